import { readdirSync } from 'node:fs'
import { rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Database } from '../../db/database.ts'
import { timeOfId } from '../../lib/id.ts'
import { jobStore } from '../../queue/store.ts'
import type { StagingPlace } from './index.ts'
import { type StagingTable, stagingTables } from './postgres.ts'

/** A dry run has no job that says whether it is still at work, so it gets this long. */
const dryRunMs = 24 * 60 * 60 * 1000

/** What a killed process has left behind of one import. */
export interface LeftOver {
  importId: string
  /** Files and tables, as they are called. */
  names: string[]
  /** Of the files. */
  sizeBytes: number
  discard(): Promise<void>
}

/**
 * Staging areas that killed processes have left behind: those of imports that nobody works on any more.
 * @param folder where a SQLite catalog's staging files lie, and what is unpacked
 */
export async function leftOverStaging(db: Database, folder: string, now: Date): Promise<LeftOver[]> {
  // Listed before the jobs are asked for: an area that is made in between belongs to a job that is.
  const found = await stagedParts(db, folder)
  const left: LeftOver[] = []
  for (const [importId, parts] of Map.groupBy(found, (part) => part.importId)) {
    const job = await jobStore(db).ofImport(importId)
    const isAtWork =
      job === null
        ? now.getTime() - timeOfId(importId).getTime() < dryRunMs
        : job.state === 'queued' || job.state === 'running'
    if (isAtWork) continue
    left.push({
      importId,
      names: parts.map(({ name }) => name),
      sizeBytes: await sizeOf(folder, parts),
      discard: () => discard(db, folder, parts),
    })
  }
  return left
}

/**
 * Deletes them: see `leftOverStaging`.
 * @returns how many areas were deleted
 */
export async function sweepStaging(db: Database, folder: string, now: Date): Promise<number> {
  const left = await leftOverStaging(db, folder, now)
  for (const each of left) await each.discard()
  return left.length
}

async function sizeOf(folder: string, parts: StagedPart[]): Promise<number> {
  let bytes = 0
  for (const { name, isTable } of parts) {
    const found = isTable ? null : await stat(join(folder, name)).catch(() => null)
    if (found?.isFile() === true) bytes += found.size
  }
  return bytes
}

/**
 * Deletes what killed processes have left of one import's attempts up to this one, if anything.
 * @param waitMs how long to wait for a PostgreSQL that is still at work on a killed process's last statement; null:
 * for as long as it takes
 * @throws an error of the database when it took longer
 */
export async function discardStaging(
  db: Database,
  { importId, attempt, folder }: StagingPlace,
  waitMs: number | null = null,
): Promise<void> {
  const found = await stagedParts(db, folder)
  const parts = found.filter((part) => part.importId === importId && part.attempt <= attempt)
  await discard(db, folder, parts, waitMs)
}

async function discard(
  db: Database,
  folder: string,
  parts: StagedPart[],
  waitMs: number | null = null,
): Promise<void> {
  const [tables, files] = [parts.filter(({ isTable }) => isTable), parts.filter(({ isTable }) => !isTable)]
  for (const { name } of files) await rm(join(folder, name), { recursive: true, force: true })
  if (tables.length === 0) return
  await db.tx(async (sql) => {
    if (waitMs !== null) await sql.run(`set local lock_timeout = ${Math.round(waitMs)}`)
    await sql.run(`drop table if exists ${tables.map(({ name }) => name).join(', ')}`)
  })
}

/** The tables or files of all areas, and what was unpacked for them. */
async function stagedParts(db: Database, folder: string): Promise<StagedPart[]> {
  const files = listOf(folder).flatMap((name) => {
    const [, importId, attempt = 0] = /^([0-9a-f-]{36})\.(?:(\d+)\.)?(?:db|unpacked)/.exec(name) ?? []
    return importId === undefined ? [] : [{ name, importId, attempt: Number(attempt), isTable: false }]
  })
  if (db.engine === 'sqlite') return files
  return [...files, ...(await stagingTables(db)).map((table) => ({ ...table, isTable: true }))]
}

interface StagedPart extends StagingTable {
  isTable: boolean
}

function listOf(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch {
    // Nothing was ever staged here.
    return []
  }
}
