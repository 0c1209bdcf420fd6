import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Database } from '../db/database.ts'
import type { Archive } from '../files/archive.ts'
import { importStore } from '../imports/store.ts'
import type { Clock } from '../lib/clock.ts'
import { jobStore, type Lease } from '../queue/store.ts'
import type { RemoteReader } from './reader.ts'

interface Parts {
  db: Database
  archive: Archive
  clock: Clock
  stagingFolder: string
  fileBytesMax: number
}

/**
 * Keeps the rows that a foreign analyzer found, beside the raw file, and records them with the import: from then on
 * they are what is read, also when the import was held and is approved later.
 * @returns false when there are none
 */
export async function keepRows(
  { db, archive, clock, stagingFolder, fileBytesMax }: Parts,
  answer: { importId: string; lease: Lease; resultUrl: URL; analyzer: RemoteReader; signal: AbortSignal },
): Promise<boolean> {
  const { importId, lease, resultUrl, analyzer, signal } = answer
  await mkdir(stagingFolder, { recursive: true })
  // The name is that of a staging file, so that a crash leaves nothing that is not swept up.
  const temporary = join(stagingFolder, `${importId}.db-rows`)
  try {
    // Left by an attempt that was killed.
    await rm(temporary, { force: true })
    if (!(await analyzer.saveRows(resultUrl, temporary, signal))) return false
    const received = await archive.copy(temporary, { sizeBytesMax: fileBytesMax })
    await received.prepare()
    await db
      .tx(async (tx) => {
        const stores = { query: tx.query, tables: db.tables }
        await jobStore(stores).renew(lease)
        const { sha256, md5, sizeBytes } = received
        await tx.query
          .insert(db.tables.rawFiles)
          .values({ sha256, md5, sizeBytes, createdAt: clock.now() })
          .onConflictDoNothing()
        await importStore(stores).change(importId, { rowsSha256: sha256 })
        // Behind what refers to it, so that a clean-up that deletes the same bytes comes before or after all of this.
        await received.keep()
      })
      .finally(() => received.discard())
    return true
  } finally {
    await rm(temporary, { force: true })
  }
}
