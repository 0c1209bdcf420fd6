import type { Database } from '../db/database.ts'
import type { Archive, ReceivedFile } from '../files/archive.ts'
import type { RunTrigger } from '../imports/model.ts'
import { readingKey } from '../imports/reading-key.ts'
import { importStore } from '../imports/store.ts'
import type { Clock } from '../lib/clock.ts'
import { jobStore } from '../queue/store.ts'
import { sourceStore } from '../sources/store.ts'
import { supplierStore } from '../suppliers/store.ts'
import { importOptions, type Pins, pinnedSettings } from './pins.ts'

/** A file that somebody hands in, and what they say about it. */
export interface Handover extends Pins {
  path: string
  /** As people know it: the last part of the path, or the upload's name. */
  fileName: string
  supplier: string
  source: string
  trigger: RunTrigger
  mayHold: boolean
  /** Read the file even when it is the one that was read last. */
  force: boolean
}

export interface IntakeParts {
  db: Database
  archive: Archive
  clock: Clock
  fileBytesMax: number
  /** Assumed where neither the list nor its supplier says one. */
  defaultCurrency: string | null
  /** Who takes it in and will analyze it. */
  worker: string
  /** The worker keeps a queue (it is `serve`): what it takes in may wait for as long as its process lives. */
  isQueueKept?: boolean
}

export interface TakenIn {
  importId: string
  /** The file is the one that the source's last import read, in the same way: there is nothing to do. */
  isUnchanged: boolean
}

/**
 * Takes a file in: keeps its bytes, then records supplier, source, run, import and job in one transaction. What is
 * pinned by hand (mapping, currency, identity, limits) is remembered for the source's next lists.
 * @throws InvalidError for a file that cannot be kept; nothing is recorded then
 */
export async function takeIn(parts: IntakeParts, handover: Handover): Promise<TakenIn> {
  return takeInReceived(
    parts,
    handover,
    await parts.archive.copy(handover.path, { sizeBytesMax: parts.fileBytesMax }),
  )
}

/** The same for bytes that were received already. They are kept or deleted, whatever happens. */
export async function takeInReceived(
  parts: IntakeParts,
  handover: Omit<Handover, 'path'>,
  received: ReceivedFile,
): Promise<TakenIn> {
  try {
    return await record(parts, handover, received)
  } catch (error) {
    await received.discard()
    throw error
  }
}

async function record(
  { db, clock, defaultCurrency, worker, isQueueKept = false }: IntakeParts,
  handover: Omit<Handover, 'path'>,
  received: ReceivedFile,
): Promise<TakenIn> {
  return db.tx(async (tx) => {
    const stores = { query: tx.query, tables: db.tables }
    const { sha256, md5, sizeBytes } = received
    const supplier = await supplierStore(stores).findOrAdd(handover.supplier, clock.now())
    const source = await sourceStore(stores).findOrAddUpload(supplier.id, handover.source, clock.now())
    // The lists of a source are recorded one after the other, so that their times, and the order in which they are
    // worked on, are one: a list that is worked on after one with a later time is refused as stale.
    if (db.engine === 'postgres')
      await tx.run('select 1 from sources where id = $1 for no key update', [source.id])
    const now = clock.now()
    const settings = pinnedSettings(source, handover)
    const options = importOptions(
      settings,
      handover,
      settings.currency ?? supplier.currency ?? defaultCurrency,
    )
    await tx.query
      .insert(db.tables.rawFiles)
      .values({ sha256, md5, sizeBytes, createdAt: now })
      .onConflictDoNothing()
    const imports = importStore(stores)
    const key = readingKey(options)
    const last = handover.force ? null : await imports.lastOfSource(source.id)
    const importId = await imports.add({
      trigger: handover.trigger,
      supplierId: supplier.id,
      sourceId: source.id,
      fileName: handover.fileName,
      sha256,
      options,
      readingKey: key,
      now,
    })
    const isUnchanged =
      last !== null &&
      (last.status === 'completed' || last.status === 'partial_success') &&
      last.sha256 === sha256 &&
      last.readingKey === key &&
      // Somebody else may have written the same items since: then the list is read again.
      last.supplierRevision === supplier.revision
    await jobStore(stores).add({ importId, worker, now, isKept: isQueueKept })
    if (isUnchanged) {
      await imports.change(importId, {
        status: 'unchanged',
        sameAsImportId: last.id,
        scopes: last.scopes,
        finishedAt: now,
      })
      await jobStore(stores).close(importId, 'succeeded', now)
      // Limits change no row, and are remembered all the same.
      await sourceStore(stores).change(source.id, settings)
    }
    // Last, so that nothing is kept of what could not be recorded; before the commit, so that nothing is recorded
    // that could not be kept.
    await received.keep()
    return { importId, isUnchanged }
  })
}
