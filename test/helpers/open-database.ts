import type { Database, OpenDatabaseOptions } from '../../src/db/database.ts'
import { migrateUp } from '../../src/db/migrate.ts'
import { openDatabase } from '../../src/db/open.ts'
import type { Logger } from '../../src/lib/log.ts'
import { type Engine, freshDatabaseUrl } from './engines.ts'

/** An opened database of its own for one test. */
export interface TestDatabase extends AsyncDisposable {
  db: Database
  url: string
}

/** Says nothing. */
export const silentLog: Logger = {
  debug: () => {},
  info: () => {},
  warn: () => {},
  error: () => {},
  child: () => silentLog,
  isEnabled: () => false,
}

export const migratedAt = new Date('2026-11-22T08:00:00.000Z')

/**
 * A fresh database with this program's schema.
 *
 *     await using database = await openMigrated(engine)
 *     await database.db.all('select 1')
 */
export async function openMigrated(engine: Engine): Promise<TestDatabase> {
  const database = await openEmpty(engine)
  await migrateUp(database.db, { now: () => migratedAt })
  return database
}

/** A fresh database without any schema. */
export async function openEmpty(engine: Engine): Promise<TestDatabase> {
  const fresh = await freshDatabaseUrl(engine)
  const db = await openUrl(fresh.url)
  return {
    db,
    url: fresh.url,
    async [Symbol.asyncDispose]() {
      await db.close()
      await fresh[Symbol.asyncDispose]()
    },
  }
}

/** Opens a database as another process would; the caller closes it. */
export async function openUrl(url: string, options: Partial<OpenDatabaseOptions> = {}): Promise<Database> {
  return openDatabase({ url, log: silentLog, poolSize: 8, lockTimeoutMs: 10_000, ...options })
}

/** Another process's hand in a database; disposing closes it. */
export async function written(url: string): Promise<Pick<Database, 'run'> & AsyncDisposable> {
  const db = await openUrl(url)
  return {
    run: (text, parameters) => db.tx((tx) => tx.run(text, parameters)),
    [Symbol.asyncDispose]: () => db.close(),
  }
}

/** What a promise is rejected with; a promise that is kept fails the test. */
export async function rejection(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    (value) => {
      throw new Error(`Expected a rejection, got ${JSON.stringify(value) ?? 'undefined'}.`)
    },
    (error: unknown) => error,
  )
}
