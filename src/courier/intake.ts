import { auditStore } from '../audit/store.ts'
import type { Actor } from '../auth/model.ts'
import type { Database, Tx } from '../db/database.ts'
import type { Archive, ReceivedFile } from '../files/archive.ts'
import type { Room } from '../files/room.ts'
import { noOrigin, type RunTrigger } from '../imports/model.ts'
import { readingKey } from '../imports/reading-key.ts'
import { importStore } from '../imports/store.ts'
import type { Clock } from '../lib/clock.ts'
import { jobStore } from '../queue/store.ts'
import { auditSource } from '../sources/audit-source.ts'
import { sourceStore } from '../sources/store.ts'
import { supplierStore } from '../suppliers/store.ts'
import { afterLast } from './after-last.ts'
import { importOptions, type Pins, pinnedSettings } from './pins.ts'
import { retryDelaysOf } from './retry-delays.ts'
import { readAlready } from './unchanged.ts'

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
  /** Whether the analyzer reads it; left out: as its source and its supplier say. */
  usesAnalyzer?: boolean
}

export interface IntakeParts {
  db: Database
  /** Who hands it in. */
  actor: Actor
  archive: Archive
  clock: Clock
  fileBytesMax: number
  /** Assumed where neither the list nor its supplier says one. */
  defaultCurrency: string | null
  /** Whether there is room for what comes in; left out: there always is. */
  room?: Room
  /** Where the archive's files lie: see files/place.ts; null: this process takes nothing in. */
  place: string | null
  /** The command that sees it through itself; null: whoever works on this place's jobs does. */
  carrier: string | null
  /** Pauses before what it takes in is tried again by itself; left out: the usual ones, and none for a command. */
  retryDelaysMs?: readonly number[]
}

/** The same before anybody has asked for anything. */
export type AskedIntake = Omit<IntakeParts, 'actor'>

export interface TakenIn {
  importId: string
  jobId: string
  /** The file is the one that the source's last import read, in the same way: there is nothing to do. */
  isUnchanged: boolean
}

/**
 * Takes a file in: keeps its bytes, then records supplier, source, run, import and job in one transaction. What is
 * pinned by hand (mapping, currency, identity, limits) is remembered for the source's next lists.
 * @throws InvalidError for a file that cannot be kept; nothing is recorded then
 * @throws UnavailableError `disk_full` while there is no room for what comes in
 */
export async function takeIn(parts: IntakeParts, handover: Handover): Promise<TakenIn> {
  await parts.room?.require()
  return takeInReceived(
    parts,
    handover,
    await parts.archive.copy(handover.path, { sizeBytesMax: parts.fileBytesMax }),
  )
}

/**
 * The same for bytes that were received already. They are kept or deleted, whatever happens.
 * @param also what is written in the same transaction
 */
export async function takeInReceived(
  parts: IntakeParts,
  handover: Omit<Handover, 'path'>,
  received: ReceivedFile,
  also: (tx: Tx, taken: TakenIn) => Promise<void> = async () => {},
): Promise<TakenIn> {
  try {
    // What may take long comes before the transaction that everybody else waits for.
    await received.prepare()
    return await record(parts, { handover, received, also })
  } catch (error) {
    await received.discard()
    throw error
  }
}

async function record(
  { db, actor, clock, defaultCurrency, place, carrier, retryDelaysMs }: IntakeParts,
  {
    handover,
    received,
    also,
  }: {
    handover: Omit<Handover, 'path'>
    received: ReceivedFile
    also(tx: Tx, taken: TakenIn): Promise<void>
  },
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
    const { usesAnalyzer } = handover
    const options = {
      ...importOptions(settings, handover, settings.currency ?? supplier.currency ?? defaultCurrency),
      ...(usesAnalyzer !== undefined && { usesAnalyzer }),
    }
    await tx.query
      .insert(db.tables.rawFiles)
      .values({ sha256, md5, sizeBytes, createdAt: now })
      .onConflictDoNothing()
    const imports = importStore(stores)
    const key = readingKey(options)
    const came = { sourceId: source.id, readingKey: key, received, revision: supplier.revision }
    const last = handover.force ? null : await readAlready(imports, came)
    const fetchedAt = afterLast(await imports.lastFetchedAt(source.id), now)
    const importId = await imports.add({
      trigger: handover.trigger,
      supplierId: supplier.id,
      sourceId: source.id,
      fileName: handover.fileName,
      sha256,
      options,
      readingKey: key,
      fetchedAt,
      now,
    })
    const jobId = await jobStore(stores).add({
      importId,
      // One list of a supplier after the other: see analyzer/publish.ts.
      lane: supplier.id,
      worker: carrier,
      place,
      now,
      ...retryDelaysOf(source, { worker: carrier, ...(retryDelaysMs && { retryDelaysMs }) }),
    })
    if (last !== null) {
      await imports.change(importId, {
        status: 'unchanged',
        sameAsImportId: last.id,
        scopes: last.scopes,
        finishedAt: now,
      })
      await jobStore(stores).close(importId, 'succeeded', now)
      // Limits change no row, and are remembered all the same.
      await sourceStore(stores).change(source.id, settings)
      const after = await sourceStore(stores).get(source.id)
      const told = { action: 'source.learn', before: source, after, more: { import: importId } }
      await auditSource(stores, { actor, at: now }, told)
    }
    await auditStore(stores).add({
      actor,
      at: now,
      action: 'import.hand_in',
      subject: { kind: 'import', id: importId, name: handover.fileName },
      supplierId: supplier.id,
      before: null,
      after: { source: source.name, sha256, ...(handover.force && { force: true }) },
    })
    const taken = { importId, jobId, isUnchanged: last !== null }
    await also(tx, taken)
    // Last, so that nothing is kept of what could not be recorded; before the commit, so that nothing is recorded
    // that could not be kept.
    await received.keep({
      ...noOrigin,
      source: source.name,
      supplier: supplier.name,
      originalName: handover.fileName,
      fetchedAt,
    })
    return taken
  })
}
