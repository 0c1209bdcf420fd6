import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Database } from '../../db/database.ts'
import { stageInPostgres } from './postgres.ts'
import { stageInSqlite } from './sqlite.ts'
import type { Staging } from './staging.ts'

export type { Staging } from './staging.ts'

/** Whose area it is, and where. sweep.ts finds areas by their names. */
export interface StagingPlace {
  importId: string
  /** Each attempt has an area of its own: one that was thought dead clears up after itself, and not after the next. */
  attempt: number
  /** Where a SQLite catalog's staging files lie, and what is unpacked. */
  folder: string
}

/** Where an attempt may unpack its file, beside its staging area: whoever sweeps up the one sweeps up the other. */
export function unpackFolder({ importId, attempt, folder }: StagingPlace): string {
  return join(folder, `${importId}.${attempt}.unpacked`)
}

/** A staging area beside the catalog, on the catalog's own engine. */
export async function openStaging(
  db: Database,
  { importId, attempt, folder }: StagingPlace,
): Promise<Staging> {
  if (db.native.engine === 'postgres') return stageInPostgres(db, db.native, { importId, attempt })
  mkdirSync(folder, { recursive: true })
  return stageInSqlite(join(folder, `${importId}.${attempt}.db`), db.native)
}
