import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Database } from '../../db/database.ts'
import { stageInPostgres } from './postgres.ts'
import { stageInSqlite } from './sqlite.ts'
import type { Staging } from './staging.ts'

export type { Staging } from './staging.ts'

/**
 * A staging area beside the catalog, on the catalog's own engine.
 * @param folder where a SQLite catalog's staging files lie
 */
export async function openStaging(
  db: Database,
  options: { importId: string; folder: string },
): Promise<Staging> {
  if (db.native.engine === 'postgres') return stageInPostgres(db, db.native, options.importId)
  mkdirSync(options.folder, { recursive: true })
  return stageInSqlite(join(options.folder, `${options.importId}.db`), db.native)
}
