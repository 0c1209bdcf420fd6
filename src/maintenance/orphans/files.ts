import { jsonElements } from '../../db/dialect.ts'
import type { ListedFile } from '../../files/archive.ts'
import type { Tally } from '../report.ts'
import type { TaskOptions, TaskParts } from '../tasks/task.ts'
import { graceMs, type OrphanSweep } from './rule.ts'

/**
 * Files in the archive that no row tells of: what was kept just before its import could not be recorded. Where several
 * databases share a data folder, they may be another one's.
 */
export const sweepFiles: OrphanSweep = (parts, options, tally) =>
  sweep(parts, options, tally, { keptMs: graceMs, mayGo: async () => true })

/**
 * Those among them whose note says that no other database has ever known them; they go whatever the rules are, and stay
 * as long as any raw file: a database that was restored from a backup knows nothing of what came since, and it can be
 * handed in again from here.
 */
export const sweepOwnFiles: OrphanSweep = (parts, options, tally) =>
  sweep(parts, options, tally, {
    keptMs: Math.max(graceMs, parts.retention.rawMs),
    mayGo: (sha256) => parts.archive.isOursAlone(sha256),
  })

async function sweep(
  parts: TaskParts,
  { dryRun, now, signal }: TaskOptions,
  tally: Tally,
  { keptMs, mayGo }: { keptMs: number; mayGo: (sha256: string) => Promise<boolean> },
): Promise<void> {
  const { db, archive } = parts
  for await (const listed of archive.files({ withNotes: true })) {
    const old = listed.filter(({ keptAt }) => now.getTime() - keptAt.getTime() > keptMs)
    const rows = await db.all<{ sha256: string }>(
      `select sha256 from raw_files where sha256 in (${jsonElements(db.engine, '$1')})`,
      [JSON.stringify(old.map(({ sha256 }) => sha256))],
    )
    const known = new Set(rows.map(({ sha256 }) => sha256))
    for (const file of old.filter(({ sha256 }) => !known.has(sha256))) {
      if (tally.isOver(signal)) return
      if (!(await mayGo(file.sha256))) continue
      if (dryRun || (await deleteUnknown(parts, file, now)))
        tally.took({ kind: 'files', bytes: file.storedBytes, example: file.sha256 })
    }
  }
}

/**
 * While the file goes its row is there, and nobody sees it: whoever takes the same bytes in inserts theirs first, and so
 * comes before this or waits for it, and then places the file anew.
 */
async function deleteUnknown({ db, archive }: TaskParts, file: ListedFile, now: Date): Promise<boolean> {
  return db.tx(async (tx) => {
    const isOurs = await tx.run(
      `insert into raw_files (sha256, md5, size_bytes, created_at) values ($1, '', 0, $2) on conflict do nothing`,
      [file.sha256, now],
    )
    if (isOurs === 0) return false
    const wasThere = await archive.remove(file.sha256)
    await tx.run('delete from raw_files where sha256 = $1', [file.sha256])
    return wasThere
  })
}
