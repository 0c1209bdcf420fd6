import type { AuditFields } from '../audit/model.ts'
import { auditStore } from '../audit/store.ts'
import type { Actor } from '../auth/model.ts'
import type { Database, Tx } from '../db/database.ts'
import { noPrecondition, type Precondition } from '../http/etag.ts'
import { noChanges, noRows } from '../imports/model.ts'
import { minuteText, newerList } from '../imports/newer-list.ts'
import { readingKey } from '../imports/reading-key.ts'
import { type Import, importStore } from '../imports/store.ts'
import type { Clock } from '../lib/clock.ts'
import { ConflictError } from '../lib/errors.ts'
import type { Job } from '../queue/job.ts'
import { jobStore } from '../queue/store.ts'
import { mergedPins } from '../sources/pins.ts'
import { sourceStore } from '../sources/store.ts'
import { supplierStore } from '../suppliers/store.ts'
import { correctedReading } from './corrected-reading.ts'
import type { IntakeParts } from './intake.ts'
import { importOptions, type Pins } from './pins.ts'
import { retryDelaysOf } from './retry-delays.ts'

/** What a person looks at before they decide about an import: see http/etag.ts. */
export const decidedState = ({ status, options, counts, changes, holdReasons }: Import) => ({
  status,
  options,
  counts,
  changes,
  holdReasons,
})

interface Parts {
  db: Database
  clock: Clock
  /** Who says so. */
  actor: Actor
}

/** See `IntakeParts`. */
type QueueingParts = Parts & Pick<IntakeParts, 'archive' | 'place' | 'carrier' | 'retryDelaysMs'>

/**
 * Lets a held import be published whatever the guard says. The rows are read again from the raw file with the stored
 * decision and compared with the catalog as it is by then: hand the import to the analyzer next, or wake the courier.
 * @returns the job's id
 * @throws NotFoundError, ConflictError `not_held`, `precondition_failed`; `stale_data` for a replayed list that is out
 * of date
 */
export async function approve(
  parts: QueueingParts,
  importId: string,
  precondition: Precondition = noPrecondition,
): Promise<string> {
  const { db } = parts
  return db.tx(async (tx) => {
    const stores = { query: tx.query, tables: db.tables }
    await lockImport(db, tx, importId)
    const held = await heldImport(stores, importId, 'approved')
    await precondition.hold(() => decidedState(held))
    if (held.options.replay !== undefined) await refuseOutdated(tx, held)
    const options = { ...held.options, mayHold: false }
    await importStore(stores).change(importId, { status: 'pending', options })
    await tellAudit(parts, stores, held, { action: 'import.approve', after: null })
    return requeue(parts, stores, held)
  })
}

/**
 * Has an import that is held, or that failed, read again as a person says: it is decided anew, and published or held
 * again. What is said becomes the source's own when it is published.
 * @returns the job's id
 * @throws NotFoundError also `raw_file_missing`; ConflictError `not_correctable`, `precondition_failed`
 */
export async function correct(
  parts: QueueingParts & { defaultCurrency: string | null },
  importId: string,
  pins: Pins,
  precondition: Precondition = noPrecondition,
): Promise<string> {
  const { db } = parts
  return db.tx(async (tx) => {
    const stores = { query: tx.query, tables: db.tables }
    await lockImport(db, tx, importId)
    const found = await importStore(stores).get(importId)
    await precondition.hold(() => decidedState(found))
    const supplier = await supplierStore(stores).find(found.supplier)
    const { settings, currency } = correctedReading(found, pins, { ...parts, supplier })
    await requireFiles(parts, found, await jobStore(stores).ofImport(importId))
    const { listMode, isForced } = found.options
    const said = { ...mergedPins(found.options.said, pins), listMode, mayHold: true, force: isForced }
    await tellAudit(parts, stores, found, { action: 'import.correct', after: saidFields(pins) })
    const { replay, usesAnalyzer } = found.options
    const options = {
      ...importOptions(settings, said, currency),
      ...(replay !== undefined && { replay }),
      ...(usesAnalyzer !== undefined && { usesAnalyzer }),
    }
    await importStore(stores).change(importId, {
      status: 'pending',
      options,
      readingKey: readingKey(options),
      // What was decided about the file is decided anew.
      decision: null,
      holdReasons: [],
      counts: noRows,
      ignored: {},
      changes: noChanges,
      report: null,
      error: null,
      finishedAt: null,
    })
    return requeue(parts, stores, found)
  })
}

/**
 * Gives a held import up; the catalog stays as it is, the parse log stays readable.
 * @throws NotFoundError, ConflictError `not_held`, `precondition_failed`
 */
export async function discard(
  parts: Parts,
  importId: string,
  precondition: Precondition = noPrecondition,
): Promise<void> {
  const { db, clock } = parts
  await db.tx(async (tx) => {
    const stores = { query: tx.query, tables: db.tables }
    const now = clock.now()
    await lockImport(db, tx, importId)
    const held = await heldImport(stores, importId, 'discarded')
    await precondition.hold(() => decidedState(held))
    await tellAudit(parts, stores, held, { action: 'import.discard', after: null })
    await importStore(stores).change(importId, { status: 'cancelled', finishedAt: now })
    await jobStore(stores).close(importId, 'cancelled', now)
  })
}

/** As the audit log has an import. */
async function tellAudit(
  { actor, clock }: Parts,
  stores: Parameters<typeof importStore>[0],
  { id, fileName, supplierId }: Import,
  { action, after }: { action: string; after: AuditFields | null },
): Promise<void> {
  const subject = { kind: 'import', id, name: fileName }
  await auditStore(stores).add({ actor, at: clock.now(), action, subject, supplierId, before: null, after })
}

/** What a person says about a list, as the audit log has it; what they do not mention is left out. */
function saidFields(pins: Pins): AuditFields {
  const said = Object.entries(pins).filter(([, value]) => value !== null && value !== undefined)
  // Pins hold nothing but what JSON does.
  return Object.fromEntries(said) as AuditFields
}

/** A replay that may only be looked at stays held. @throws ConflictError `stale_data` */
async function refuseOutdated(tx: Tx, { id, sourceId, scopes, fetchedAt }: Import): Promise<void> {
  const newer = await newerList(tx, { importId: id, sourceId, scopes, fetchedAt, isReplay: true })
  if (newer !== null)
    throw new ConflictError(
      'stale_data',
      `Import ${id} cannot be published: a newer list of the same source was published on ${minuteText(newer.publishedAt)} (import ${newer.importId}), and this one would take prices back.`,
    )
}

/**
 * So that nothing is forgotten of an import that cannot be read again. What lies in another folder only its workers know.
 * @throws NotFoundError `raw_file_missing`
 */
async function requireFiles(
  { archive, place }: QueueingParts,
  { sha256, rowsSha256 }: Import,
  job: Job | null,
): Promise<void> {
  if (job !== null && job.place !== null && job.place !== place) return
  for (const hash of [sha256, rowsSha256]) if (hash !== null) await archive.find(hash)
}

/**
 * Puts the job of an import back into the queue. Jobs that ended long ago are deleted, and their imports are not: one
 * that failed gets a new job.
 * @returns the job's id
 */
async function requeue(
  { archive, clock, place, carrier, retryDelaysMs }: QueueingParts,
  stores: Parameters<typeof importStore>[0],
  { id, supplierId, sourceId, sha256 }: Import,
): Promise<string> {
  const jobs = jobStore(stores)
  // The job stays with the folder that it is in already, unless the file is in this one.
  const isHere = sha256 !== null && (await archive.has(sha256))
  const queued = {
    worker: carrier,
    now: clock.now(),
    ...(isHere && { place }),
    ...retryDelaysOf(await sourceStore(stores).get(sourceId), {
      worker: carrier,
      ...(retryDelaysMs && { retryDelaysMs }),
    }),
  }
  const job = await jobs.ofImport(id)
  if (job === null) return jobs.add({ importId: id, lane: supplierId, ...queued })
  await jobs.requeue(id, queued)
  return job.id
}

/** Two people may decide at the same moment. On SQLite transactions follow each other anyway. */
async function lockImport(db: Database, tx: Tx, importId: string): Promise<void> {
  if (db.engine === 'postgres') await tx.all('select id from imports where id = $1 for update', [importId])
}

async function heldImport(
  stores: Parameters<typeof importStore>[0],
  importId: string,
  verb: string,
): Promise<Import> {
  const found = await importStore(stores).get(importId)
  if (found.status !== 'held')
    throw new ConflictError(
      'not_held',
      `Import ${importId} is ${found.status}; only a held one can be ${verb}.`,
    )
  return found
}
