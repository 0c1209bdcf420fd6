import { readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { Database } from '../../db/database.ts'
import { timeOfId } from '../../lib/id.ts'
import { jobStore } from '../../queue/store.ts'
import { stagingTables } from './postgres.ts'

/** A dry run has no job that says whether it is still at work, so it gets this long. */
const dryRunMs = 24 * 60 * 60 * 1000

/**
 * Deletes staging areas that a killed process has left behind: those of imports that nobody works on any more.
 * @param folder where a SQLite catalog's staging files lie
 * @returns how many areas were deleted
 */
export async function sweepStaging(db: Database, folder: string, now: Date): Promise<number> {
  // Listed before the jobs are asked for: an area that is made in between belongs to a job that is.
  const areas = db.engine === 'sqlite' ? stagingFiles(folder) : await stagingTables(db)
  let deleted = 0
  for (const [importId, names] of areas) {
    const job = await jobStore(db).ofImport(importId)
    const isAtWork =
      job === null
        ? now.getTime() - timeOfId(importId).getTime() < dryRunMs
        : job.state === 'queued' || job.state === 'running'
    if (isAtWork) continue
    await discard(db, folder, names)
    deleted++
  }
  return deleted
}

/** Deletes what a killed process has left of one import's staging area, if anything. */
export async function discardStaging(db: Database, folder: string, importId: string): Promise<void> {
  const areas = db.engine === 'sqlite' ? stagingFiles(folder) : await stagingTables(db)
  const names = areas.get(importId)
  if (names !== undefined) await discard(db, folder, names)
}

async function discard(db: Database, folder: string, names: string[]): Promise<void> {
  if (db.engine === 'sqlite') for (const name of names) rmSync(join(folder, name), { force: true })
  else await db.run(`drop table if exists ${names.join(', ')}`)
}

/** Import id → its files. */
function stagingFiles(folder: string): Map<string, string[]> {
  const files = new Map<string, string[]>()
  for (const name of listOf(folder)) {
    const importId = /^([0-9a-f-]{36})\.db/.exec(name)?.[1]
    if (importId !== undefined) files.set(importId, [...(files.get(importId) ?? []), name])
  }
  return files
}

function listOf(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch {
    // Nothing was ever staged here.
    return []
  }
}
