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
  const path = sqlitePath(url)
  if (path !== null) return openSqlite(path, options)
  if (/^postgres(ql)?:\/\//.test(url)) return openPostgres(url, options)
  throw new InvalidError(
    'unknown_database',
    'DATABASE_URL is neither SQLite nor PostgreSQL; write sqlite:PATH or postgres://user:password@host:5432/name.',
  )
}

/** The file that an address of SQLite names; null for any other address. */
export function sqlitePath(url: string): string | null {
  return /^(?:sqlite|file):(?:\/\/(?=\/))?(.+)$/.exec(url)?.[1] ?? null
}
