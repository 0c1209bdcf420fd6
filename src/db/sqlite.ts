import { Database as Connection, type SQLQueryBindings, type Statement } from 'bun:sqlite'
import { setTimeout as delay } from 'node:timers/promises'
import { drizzle } from 'drizzle-orm/bun-sqlite'
import { InvalidError, systemErrorCode, UnavailableError } from '../lib/errors.ts'
import type {
  Database,
  KeptSql,
  NativeSqlite,
  OpenDatabaseOptions,
  Query,
  Sql,
  SqlValue,
  Tx,
} from './database.ts'
import { sqliteTables, type Tables } from './schema.ts'

/**
 * Opens (and makes, where it is missing) a SQLite file in WAL mode: one connection that writes, transactions one
 * after the other, and one that only reads.
 *
 * Drizzle's own `transaction` is not used: with an async callback it commits at the first `await`.
 */
export function openSqlite(path: string, options: OpenDatabaseOptions): Database {
  const writer = connect(path, 'write')
  const reader = connect(path, 'read')
  const sql = sqlOn(writer)
  const writerQuery = queryOn(writer)
  const readerQuery = queryOn(reader)
  const inTurn = turns()

  async function transaction<Result>(work: (tx: Tx) => Promise<Result>): Promise<Result> {
    await begin(writer, options.lockTimeoutMs)
    try {
      const result = await work({ ...sql, query: writerQuery })
      writer.run('commit')
      return result
    } catch (error) {
      if (writer.inTransaction) writer.run('rollback')
      // The query builder's statements do not pass through `sqlOn`.
      throw diskFullError(error) ?? error
    }
  }

  const native: NativeSqlite = {
    engine: 'sqlite',
    withAttached: (file, work) =>
      inTurn(async () => {
        writer.run('attach ? as staging', [file])
        // Staging is thrown away after a crash, so it needs neither journal nor sync.
        writer.run('pragma staging.journal_mode = off')
        writer.run('pragma staging.synchronous = off')
        // Publishing writes ids that it has checked in the same transaction; looking each of them up again for every
        // row is a fifth of its time.
        writer.run('pragma foreign_keys = off')
        try {
          return await work(sql, transaction)
        } finally {
          writer.run('pragma foreign_keys = on')
          writer.run('detach staging')
        }
      }),
  }

  return {
    engine: 'sqlite',
    // The same factory made them: see schema.ts.
    tables: sqliteTables as Tables,
    query: readerQuery,
    all: sqlOn(reader).all,
    run: (text, parameters) => inTurn(() => transaction((tx) => tx.run(text, parameters))),
    tx: (work) => inTurn(() => transaction(work)),
    native,
    async close() {
      await inTurn(async () => {})
      reader.close()
      writer.close()
    },
  }
}

/** The SQLite builder is used through PostgreSQL's type, like the tables: see schema.ts. */
function queryOn(connection: Connection): Query {
  return Object.assign(drizzle(connection), { kept: keptOn(connection) }) as unknown as Query
}

function connect(path: string, mode: 'read' | 'write'): Connection {
  try {
    // In memory each connection has a database of its own, which cannot be opened for reading alone.
    const isMade = mode === 'write' || path === ':memory:'
    const connection = new Connection(path, isMade ? { create: true } : { readonly: true })
    // The process never sleeps inside SQLite: a lock that is held is tried again by `begin`.
    connection.run('pragma busy_timeout = 0')
    retryLocked(() => {
      connection.run('pragma foreign_keys = on')
      connection.run('pragma cache_size = -16384')
      if (mode === 'write') {
        // For a file that is new. Half as many pages of twice the size: a sixth off the time of a large load.
        connection.run('pragma page_size = 8192')
        connection.run('pragma journal_mode = wal')
        connection.run('pragma synchronous = normal')
        connection.run('pragma wal_autocheckpoint = 4000')
        // The log of a large publish is not kept at its size.
        connection.run('pragma journal_size_limit = 67108864')
      }
      // Reads the header, so that a file that is no database is found out here.
      connection.query('select count(*) from sqlite_schema').get()
    })
    return connection
  } catch (error) {
    throw openError(path, error)
  }
}

function openError(path: string, cause: unknown): Error {
  const code = systemErrorCode(cause)
  if (code === 'SQLITE_NOTADB')
    return new InvalidError('not_a_database', `${path} is not a SQLite database; name another file.`, {
      cause,
    })
  if (isLocked(cause))
    return new UnavailableError(
      'database_locked',
      `Another process holds ${path}; try again when it is done.`,
      {
        cause,
        retryAfterMs: 1000,
      },
    )
  if (code === 'SQLITE_CORRUPT')
    return new InvalidError(
      'database_damaged',
      `${path} is damaged; restore it from a backup, or move it away and hand the lists in again.`,
      { cause },
    )
  if (code === 'SQLITE_CANTOPEN' || code === 'SQLITE_READONLY' || code === 'SQLITE_PERM')
    return new InvalidError(
      'database_unreachable',
      `Cannot open ${path}; does its folder exist, and may it be written?`,
      {
        cause,
      },
    )
  return diskFullError(cause) ?? (cause instanceof Error ? cause : new Error(String(cause)))
}

/**
 * Switching to WAL, and recovering it after a crash or clearing it away at the end, needs the file alone for an
 * instant; processes that start and end together meet here.
 */
function retryLocked(work: () => unknown): void {
  for (let attempt = 0; ; attempt++) {
    try {
      work()
      return
    } catch (error) {
      if (!isLocked(error) || attempt >= 100) throw error
      Bun.sleepSync(20)
    }
  }
}

const isLocked = (error: unknown) => (systemErrorCode(error) ?? '').startsWith('SQLITE_BUSY')

async function begin(connection: Connection, lockTimeoutMs: number): Promise<void> {
  const startedAt = performance.now()
  for (let waitMs = 5; ; waitMs = Math.min(waitMs * 1.5, 100)) {
    try {
      connection.run('begin immediate')
      return
    } catch (error) {
      if (!isLocked(error)) throw error
      if (performance.now() - startedAt > lockTimeoutMs)
        throw new UnavailableError(
          'database_locked',
          `Another process has held the database's write lock for ${Math.round(lockTimeoutMs / 1000)} s; try again when it is done.`,
          { cause: error, retryAfterMs: 1000 },
        )
      await delay(waitMs)
    }
  }
}

/** Runs the work; errors of the disk come in words. */
export function orDiskFull<Result>(work: () => Result): Result {
  try {
    return work()
  } catch (error) {
    throw diskFullError(error) ?? error
  }
}

/** What the disk, and no bug, is the cause of; null for any other error. */
export function diskFullError(error: unknown): UnavailableError | null {
  const code = systemErrorCode(error) ?? ''
  if (code === 'SQLITE_FULL' || code === 'ENOSPC' || code === 'EDQUOT')
    return new UnavailableError(
      'disk_full',
      'The disk is full; nothing was published. Make room and try again.',
      { cause: error },
    )
  // A quota, a limit on the size of files (ulimit -f), or a disk that fails.
  if (!code.startsWith('SQLITE_IOERR') && code !== 'EFBIG' && code !== 'EIO') return null
  return new UnavailableError(
    'disk_failed',
    `The database file could not be read or written (${code}); nothing was published. ` +
      'Check its room, quotas and the limit on file sizes (ulimit -f), then try again.',
    { cause: error },
  )
}

/** Work in the order it was asked for, one at a time. */
function turns(): <Result>(work: () => Promise<Result>) => Promise<Result> {
  let last: Promise<unknown> = Promise.resolve()
  return (work) => {
    const mine = last.then(work)
    last = mine.catch(() => {})
    return mine
  }
}

/** Statements on one connection; prepared once, kept by bun:sqlite's cache. */
export function sqlOn(connection: Connection): Sql {
  return {
    all: async <Result>(text: string, parameters: SqlValue[] = []) =>
      // The caller names the columns it selects.
      orDiskFull(() => connection.query(numbered(text)).all(...parameters.map(bound)) as Result[]),
    run: async (text, parameters = []) =>
      orDiskFull(() => connection.query(numbered(text)).run(...parameters.map(bound)).changes),
  }
}

/** The same without a look at the text each time. */
function keptOn(connection: Connection): KeptSql {
  const statements = new Map<string, Statement>()
  const prepared = (text: string) => {
    let statement = statements.get(text)
    if (statement === undefined) {
      statement = connection.query(numbered(text))
      statements.set(text, statement)
    }
    return statement
  }
  return {
    engine: 'sqlite',
    all: async <Result>(text: string, parameters: SqlValue[] = []) =>
      // The caller names the columns it selects.
      orDiskFull(() => prepared(text).all(...parameters.map(bound)) as Result[]),
    run: async (text, parameters = []) =>
      orDiskFull(() => prepared(text).run(...parameters.map(bound)).changes),
  }
}

const numbered = (text: string) => text.replace(/\$(\d+)/g, '?$1')

function bound(value: SqlValue): SQLQueryBindings {
  if (value instanceof Date) return value.getTime()
  return typeof value === 'boolean' ? Number(value) : value
}
