import type { Database } from '../../db/database.ts'
import { jsonElements } from '../../db/dialect.ts'
import { usesOf } from '../needed-files.ts'
import type { ArchiveParts } from './list-files.ts'

/**
 * What may be wrong with a raw file: `missing`, although something needs it; `damaged`, when its bytes are not those that
 * its name, or its row, says; `unknown`, when it lies there and this database does not know it.
 */
export const faultKinds = ['missing', 'damaged', 'unknown'] as const
export type FaultKind = (typeof faultKinds)[number]

export interface FileFault {
  sha256: string
  kind: FaultKind
  message: string
}

/** What was looked at. */
export interface Verified {
  files: number
  /** As they lie in the archive. */
  storedBytes: number
  counts: Record<FaultKind, number>
}

/** Rows that are asked for at once. */
const batchSize = 200

/**
 * Reads every file that is kept, and compares it with its name and its row; then looks for files that something needs
 * and that are not there. Repairs nothing. Memory does not grow with the archive.
 * @param only one file; null: all of them
 * @param onFault told of each as it is found
 */
export async function verifyFiles(
  parts: ArchiveParts,
  only: string | null,
  {
    signal,
    onFault,
    onFile,
  }: {
    signal: AbortSignal
    onFault: (fault: FileFault) => void
    onFile?: (verified: Verified) => void
  },
): Promise<Verified> {
  const { archive } = parts
  const verified: Verified = { files: 0, storedBytes: 0, counts: { missing: 0, damaged: 0, unknown: 0 } }
  const fault = (sha256: string, kind: FaultKind, message: string) => {
    verified.counts[kind]++
    onFault({ sha256, kind, message })
  }
  const check = async (hashes: string[]) => {
    const sizes = await sizesOf(parts.db, hashes)
    for (const sha256 of hashes) {
      signal.throwIfAborted()
      const { state, sizeBytes, storedBytes } = await archive.check(sha256, signal)
      // A clean-up has deleted it since it was listed, or it is looked for below.
      if (state === 'missing') continue
      verified.files++
      verified.storedBytes += storedBytes
      const size = sizes.get(sha256)
      if (state === 'damaged') fault(sha256, 'damaged', 'its bytes are not those that its name says')
      else if (size === undefined) fault(sha256, 'unknown', 'this database does not know it')
      else if (size !== sizeBytes)
        fault(sha256, 'damaged', `it has ${sizeBytes} bytes, and this database says ${size}`)
      onFile?.(verified)
    }
  }
  if (only !== null) await check([only])
  else for await (const listed of archive.files()) await check(listed.map(({ sha256 }) => sha256))
  for await (const sha256 of missingFiles(parts, only, signal))
    fault(sha256, 'missing', 'something needs it, and it is not in this archive')
  return verified
}

async function sizesOf(db: Database, hashes: string[]): Promise<Map<string, number>> {
  const rows = await db.all<{ sha256: string; size: number }>(
    `select sha256, size_bytes as size from raw_files where sha256 in (${jsonElements(db.engine, '$1')})`,
    [JSON.stringify(hashes)],
  )
  return new Map(rows.map(({ sha256, size }) => [sha256, size]))
}

/** What a clean-up has deleted is not missed. */
async function* missingFiles(
  { db, archive, clock, rawMs }: ArchiveParts,
  only: string | null,
  signal: AbortSignal,
): AsyncGenerator<string> {
  const since = new Date(clock.now().getTime() - rawMs)
  for (let after = ''; ; ) {
    const rows = await db.all<{ sha256: string }>(
      `select sha256 from raw_files where ${only === null ? 'sha256 > $1' : 'sha256 = $1'}
       order by sha256 limit ${batchSize}`,
      [only ?? after],
    )
    const absent: string[] = []
    for (const { sha256 } of rows) {
      signal.throwIfAborted()
      if (!(await archive.has(sha256))) absent.push(sha256)
    }
    const uses = await usesOf(db, db.engine, { hashes: absent, since })
    for (const sha256 of absent) if (uses.get(sha256)!.reason !== null) yield sha256
    const last = rows.at(-1)
    if (last === undefined || only !== null) return
    after = last.sha256
  }
}
