import type { Database } from '../../db/database.ts'
import { jsonElements } from '../../db/dialect.ts'
import type { ListedFile, Packing } from '../../files/archive.ts'
import { usesOf } from '../needed-files.ts'
import { Tally } from '../report.ts'
import type { Task, TaskParts } from './task.ts'

/** So much is looked at in one run, so that the others have their turn; the next one goes on. */
const bytesMax = 8 * 1024 ** 3

/**
 * Packs raw files that have not been read for a while: a text list takes a fifth of its room then. Whoever reads one gets
 * it unpacked, see files/borrow.ts. What is waited for stays as it is, so that a list is read without that.
 *
 * The packed file takes the place of the plain one while its row is locked, as it is deleted: see raw-archive.ts.
 */
export const packArchive: Task = {
  name: 'pack-archive',
  description: 'Plain copies of raw files that take less room packed',
  period: { of: ({ packMs }) => packMs, setting: 'TALLYMAN_PACK_DAYS' },
  async run(parts, { dryRun, now, signal }) {
    const { archive, retention } = parts
    const tally = new Tally()
    if (retention.packMs === null) return tally.report
    const since = new Date(now.getTime() - retention.packMs)
    let looked = 0
    for await (const listed of archive.files()) {
      const old = listed.filter(({ keptAt, isPacked }) => !isPacked && keptAt < since)
      for (const file of await packable(parts, old, tally)) {
        if (tally.isOver(signal)) return tally.report
        looked += file.storedBytes
        if (looked > bytesMax) {
          tally.report.isComplete = false
          return tally.report
        }
        const saved = await (dryRun ? archive.packable(file.sha256) : packed(parts, file, signal))
        if (saved === 'being_read') tally.kept(saved)
        else if (saved !== null) tally.took({ kind: 'plain_copies', bytes: saved, example: file.sha256 })
      }
    }
    return tally.report
  },
}

/** Those that this database knows, and that nothing waits for. */
async function packable({ db }: TaskParts, files: ListedFile[], tally: Tally): Promise<ListedFile[]> {
  if (files.length === 0) return []
  const hashes = files.map(({ sha256 }) => sha256)
  const rows = await db.all<{ sha256: string }>(rowsSql(db), [JSON.stringify(hashes)])
  const known = new Set(rows.map(({ sha256 }) => sha256))
  const uses = await usesOf(db, db.engine, { hashes: [...known], since: never })
  return files.filter(({ sha256 }) => {
    const isWaiting = uses.get(sha256)?.reason === 'waiting'
    if (isWaiting) tally.kept('waiting')
    return known.has(sha256) && !isWaiting
  })
}

/** @returns how many bytes that saved; null: it would not pay */
async function packed(
  parts: TaskParts,
  file: ListedFile,
  signal: AbortSignal,
): Promise<number | 'being_read' | null> {
  const packing = await parts.archive.pack(file.sha256, signal)
  if (packing === null) return null
  try {
    return (await replace(parts, file, packing)) ? packing.savedBytes : 'being_read'
  } finally {
    await packing.discard()
  }
}

/** @returns false when it is gone by now, or somebody reads it or is about to */
async function replace({ db }: TaskParts, { sha256 }: ListedFile, packing: Packing): Promise<boolean> {
  return db.tx(async (tx) => {
    const lock = db.engine === 'postgres' ? 'for update' : ''
    const [row] = await tx.all(`${rowsSql(db)} ${lock}`, [JSON.stringify([sha256])])
    if (row === undefined) return false
    const uses = await usesOf(tx, db.engine, { hashes: [sha256], since: never })
    return uses.get(sha256)?.reason === 'waiting' ? false : packing.replace()
  })
}

/** Nothing is made or ends after it: that a list is new does not keep it from being packed. */
const never = new Date('9999-01-01')

const rowsSql = ({ engine }: Pick<Database, 'engine'>) =>
  `select sha256 from raw_files where sha256 in (${jsonElements(engine, '$1')})`
