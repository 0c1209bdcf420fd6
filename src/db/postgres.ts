import { drizzle } from 'drizzle-orm/postgres-js'
import postgres from 'postgres'
import { InvalidError, systemErrorCode, UnavailableError } from '../lib/errors.ts'
import type {
  Database,
  KeptSql,
  NativePostgres,
  OpenDatabaseOptions,
  Query,
  Sql,
  SqlValue,
} from './database.ts'
import { transact } from './postgres-tx.ts'
import { postgresTables } from './schema.ts'

/** An import holds two COPY streams, and asks and renews its lease meanwhile: with fewer it waits for itself. */
const connectionsMin = 3

/**
 * Opens a pool of connections to a PostgreSQL server and makes sure that it answers.
 * @throws UnavailableError `database_unreachable`
 * @throws InvalidError `database_refused` when the server answers but does not let us in
 */
export async function openPostgres(url: string, options: OpenDatabaseOptions): Promise<Database> {
  const { log } = options
  const client = postgres(url, {
    max: Math.max(options.poolSize, connectionsMin),
    // Connections are recycled hourly, so that a moved server is noticed.
    max_lifetime: 3600,
    // The driver would ask each new connection for the types of arrays in a promise that nobody catches, so that a server
    // that goes away meanwhile would end the process. Lists travel as one text: see `textsOf` in queue/claim-sql.ts.
    fetch_types: false,
    connect_timeout: 10,
    // Seconds before a server that refused is asked again; the driver's own go up to 20, which is how long everything
    // would wait for a server that has been back for as long.
    backoff: (refused: number) => Math.min(2 ** refused / 100, 1),
    connection: {
      application_name: 'tallyman',
      TimeZone: 'UTC',
      ...(options.statementTimeoutMs !== undefined && { statement_timeout: options.statementTimeoutMs }),
    },
    onnotice: (notice) => log.debug('database notice', { message: notice.message }),
    types: {
      // Counts and ids: all of them are safe integers.
      bigint: { to: 20, from: [20], parse: Number, serialize: String },
    },
  })
  await client`select 1`.catch((error: unknown) => {
    throw connectError(url, error)
  })
  const query = queryOn(client, client)

  const native: NativePostgres = {
    engine: 'postgres',
    copy: async (text) => client.unsafe(text).writable(),
    listen: async (channel, { onMessage, onListening }) => {
      const { unlisten } = await client.listen(channel, onMessage, onListening)
      // A connection that is lost listens no more, whatever the driver has to say about that.
      return () => unlisten().catch(() => {})
    },
  }

  return {
    engine: 'postgres',
    tables: postgresTables,
    query,
    ...sqlOn(client),
    tx: (work) => transact(client, (tx) => work({ ...sqlOn(tx), query: queryOn(asClient(tx, client), tx) })),
    native,
    close: () => client.end({ timeout: 1 }),
  }
}

function queryOn(builder: postgres.Sql, client: postgres.Sql | postgres.TransactionSql): Query {
  const kept: KeptSql = { engine: 'postgres', ...sqlOn(client, { prepare: true }) }
  // What the driver gives back is what the builder's type says it may be.
  return Object.assign(drizzle(builder), { kept }) as Query
}

/** Drizzle asks a client for its options; a transaction shares those of the client it came from. */
function asClient(tx: postgres.TransactionSql, client: postgres.Sql): postgres.Sql {
  return Object.assign(tx, {
    options: client.options,
    parameters: client.parameters,
  }) as unknown as postgres.Sql
}

function connectError(url: string, cause: unknown): Error {
  const code = systemErrorCode(cause) ?? ''
  const where = hostOf(url)
  if (code.startsWith('28') || code === '3D000')
    return new InvalidError(
      'database_refused',
      `PostgreSQL at ${where} does not let us in; check user, password and database name in DATABASE_URL.`,
      { cause },
    )
  return new UnavailableError(
    'database_unreachable',
    `PostgreSQL at ${where} does not answer (${code || 'no reason given'}); is it running, and is DATABASE_URL right?`,
    { cause },
  )
}

function hostOf(url: string): string {
  return URL.parse(url)?.host || 'the address in DATABASE_URL'
}

function sqlOn(client: postgres.Sql | postgres.TransactionSql, options = { prepare: false }): Sql {
  return {
    all: async <Result>(text: string, parameters: SqlValue[] = []) =>
      // The caller names the columns it selects.
      (await client.unsafe(text, parameters.map(bound), options)) as unknown as Result[],
    run: async (text, parameters = []) =>
      (await client.unsafe(text, parameters.map(bound), options)).count ?? 0,
  }
}

/** Drizzle switches the driver's own conversion of instants off, both ways: they travel as text. */
function bound(value: SqlValue): string | number | boolean | null {
  return value instanceof Date ? value.toISOString() : value
}
