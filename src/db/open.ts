import { InvalidError } from '../lib/errors.ts'
import type { Database, OpenDatabaseOptions } from './database.ts'
import { openPostgres } from './postgres.ts'
import { openSqlite } from './sqlite.ts'

/**
 * Opens the database without touching its schema; see db/migrate.ts.
 * @throws InvalidError for an address of neither engine
 * @throws UnavailableError when the server does not answer or the file cannot be opened
 */
export async function openDatabase(options: OpenDatabaseOptions): Promise<Database> {
  const { url } = options
  const sqlitePath = /^(?:sqlite|file):(?:\/\/(?=\/))?(.+)$/.exec(url)?.[1]
  if (sqlitePath !== undefined) return openSqlite(sqlitePath, options)
  if (/^postgres(ql)?:\/\//.test(url)) return openPostgres(url, options)
  throw new InvalidError(
    'unknown_database',
    'DATABASE_URL is neither SQLite nor PostgreSQL; write sqlite:PATH or postgres://user:password@host:5432/name.',
  )
}
