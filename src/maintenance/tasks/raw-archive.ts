import type { Tx } from '../../db/database.ts'
import { jsonElements } from '../../db/dialect.ts'
import type { ListedFile } from '../../files/archive.ts'
import { type FileUse, usesOf } from '../needed-files.ts'
import { Tally } from '../report.ts'
import type { Task, TaskParts } from './task.ts'

/** Files that are deleted under one lock. */
const batchSize = 50

/**
 * Raw files that are old and that nothing needs: see needed-files.ts. What an import says stays as it is, the hash of its
 * file too, by which every price can be traced; so the row in `raw_files` tells what the file was, and the archive alone
 * whether it is still kept. A row goes with its file when no import names it any more.
 *
 * Where several databases share a folder or bucket, a file stays as long as another one keeps it: see `Archive.release`.
 *
 * The file is deleted while its row is locked. Whoever takes the same bytes in writes an import that refers to the row,
 * and places the file behind that, in one transaction (courier/intake.ts): it comes before this one, which then sees the
 * import, or after it, and then the file is placed anew. When the process is killed in between, the file is gone or it
 * is not, and the next run looks again.
 */
export const rawArchive: Task = {
  name: 'raw-archive',
  description: 'Raw files that are old and that nothing needs any more',
  period: { of: ({ rawMs }) => rawMs, setting: 'TALLYMAN_RAW_DAYS' },
  async run(parts, { dryRun, now, signal }) {
    const { db, archive } = parts
    const tally = new Tally()
    const since = new Date(now.getTime() - parts.retention.rawMs)
    const delay = () => new Promise((resolve) => setImmediate(resolve))
    for await (const listed of archive.files({ withNotes: true })) {
      if (tally.isOver(signal)) break
      // A request that waits comes first.
      await delay()
      const old = listed.filter(({ keptAt }) => keptAt < since)
      const uses = await usesOf(db, db.engine, { hashes: old.map(({ sha256 }) => sha256), since })
      const unneeded: ListedFile[] = []
      for (const file of old) {
        const use = uses.get(file.sha256)!
        if (use.reason !== null) tally.kept(use.reason)
        else unneeded.push(file)
      }
      for (let at = 0; at < unneeded.length && !tally.isOver(signal); at += batchSize) {
        const batch = unneeded.slice(at, at + batchSize)
        const { known, shared, deleted } = await (dryRun
          ? knownOf(parts, batch)
          : deleteUnneeded(parts, batch, since))
        tally.kept('unknown_file', batch.length - known)
        tally.kept('other_installation', shared)
        for (const { sha256, storedBytes } of deleted)
          tally.took({ kind: 'raw_files', bytes: storedBytes, example: sha256 })
      }
    }
    return tally.report
  },
}

/** Those with a row. One without may be another database's: see orphans/files.ts. */
async function knownOf({ db, archive }: TaskParts, files: ListedFile[]): Promise<Deleted> {
  const known = withRow(files, await db.all(rowsSql(db.engine), [hashesOf(files)]))
  const deleted: ListedFile[] = []
  for (const file of known) if (!(await archive.isOthers(file.sha256))) deleted.push(file)
  return { known: known.length, shared: known.length - deleted.length, deleted }
}

interface Deleted {
  /** How many of the batch have a row. */
  known: number
  /** How many of these stay, since other installations have kept them too. */
  shared: number
  deleted: ListedFile[]
}

async function deleteUnneeded(
  { db, archive }: TaskParts,
  files: ListedFile[],
  since: Date,
): Promise<Deleted> {
  return db.tx(async (tx) => {
    const lock = db.engine === 'postgres' ? 'order by sha256 for update' : ''
    const locked = withRow(files, await tx.all(`${rowsSql(db.engine)} ${lock}`, [hashesOf(files)]))
    // Only now nobody can begin to need them.
    const uses = await usesOf(tx, db.engine, { hashes: locked.map(({ sha256 }) => sha256), since })
    const unneeded = locked.filter(({ sha256 }) => uses.get(sha256)!.reason === null)
    const deleted: ListedFile[] = []
    let shared = 0
    for (const file of unneeded) {
      const given = await archive.release(file.sha256)
      if (given === 'deleted') deleted.push(file)
      if (given === 'others') shared++
    }
    await forget(tx, unneeded, { uses, engine: db.engine })
    return { known: locked.length, shared, deleted }
  })
}

/** Takes the rows away that no import names. */
async function forget(
  tx: Tx,
  files: ListedFile[],
  { uses, engine }: { uses: Map<string, FileUse>; engine: TaskParts['db']['engine'] },
): Promise<void> {
  const unnamed = files.filter(({ sha256 }) => !uses.get(sha256)!.isNamed)
  if (unnamed.length > 0)
    await tx.run(`delete from raw_files where sha256 in (${jsonElements(engine, '$1')})`, [hashesOf(unnamed)])
}

const rowsSql = (engine: TaskParts['db']['engine']) =>
  `select sha256 from raw_files where sha256 in (${jsonElements(engine, '$1')})`
const hashesOf = (files: ListedFile[]) => JSON.stringify(files.map(({ sha256 }) => sha256))

function withRow(files: ListedFile[], rows: unknown[]): ListedFile[] {
  // `rowsSql` selects just this.
  const hashes = new Set((rows as { sha256: string }[]).map(({ sha256 }) => sha256))
  return files.filter(({ sha256 }) => hashes.has(sha256))
}
