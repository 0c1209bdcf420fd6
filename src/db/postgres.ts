import { drizzle } from 'drizzle-orm/postgres-js'
import postgres from 'postgres'
import { InvalidError, systemErrorCode, UnavailableError } from '../lib/errors.ts'
import type { Database, NativePostgres, OpenDatabaseOptions, Query, Sql, SqlValue } from './database.ts'
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
    connect_timeout: 10,
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
  const query = drizzle(client) as Query

  const native: NativePostgres = {
    engine: 'postgres',
    copy: async (text) => client.unsafe(text).writable(),
  }

  return {
    engine: 'postgres',
    tables: postgresTables,
    query,
    ...sqlOn(client),
    tx: async (work) => {
      // postgres.js types the result as an unwrapped array of promises; the work's own promise is what comes back.
      const result = await client.begin(async (tx) => ({
        value: await work({ ...sqlOn(tx), query: drizzle(asClient(tx, client)) as Query }),
      }))
      return result.value
    },
    native,
    close: () => client.end({ timeout: 1 }),
  }
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

function sqlOn(client: postgres.Sql | postgres.TransactionSql): Sql {
  return {
    all: async <Result>(text: string, parameters: SqlValue[] = []) =>
      // The caller names the columns it selects.
      (await client.unsafe(text, parameters.map(bound))) as unknown as Result[],
    run: async (text, parameters = []) => (await client.unsafe(text, parameters.map(bound))).count ?? 0,
  }
}

/** Drizzle switches the driver's own conversion of instants off, both ways: they travel as text. */
function bound(value: SqlValue): string | number | boolean | null {
  return value instanceof Date ? value.toISOString() : value
}
