import type { Database, Tx } from '../db/database.ts'
import { noChanges, noRows } from '../imports/model.ts'
import { readingKey } from '../imports/reading-key.ts'
import { type Import, importStore } from '../imports/store.ts'
import type { Clock } from '../lib/clock.ts'
import { ConflictError } from '../lib/errors.ts'
import { jobStore } from '../queue/store.ts'
import { mergedPins } from '../sources/pins.ts'
import { supplierStore } from '../suppliers/store.ts'
import { importOptions, type Pins, pinnedSettings } from './pins.ts'

interface Parts {
  db: Database
  clock: Clock
  /** See `IntakeParts`. */
  isQueueKept?: boolean
}

/**
 * Lets a held import be published whatever the guard says. The rows are read again from the raw file with the stored
 * decision and compared with the catalog as it is by then: hand the import to the analyzer next, or wake the courier.
 * @throws NotFoundError, ConflictError `not_held`
 */
export async function approve(parts: Parts, importId: string, worker: string): Promise<void> {
  const { db, clock, isQueueKept = false } = parts
  await db.tx(async (tx) => {
    const stores = { query: tx.query, tables: db.tables }
    await lockImport(db, tx, importId)
    const held = await heldImport(stores, importId, 'approved')
    const options = { ...held.options, mayHold: false }
    await importStore(stores).change(importId, { status: 'pending', options })
    await jobStore(stores).requeue(importId, { worker, now: clock.now(), isKept: isQueueKept })
  })
}

/**
 * Has an import that is held, or that failed, read again as a person says: it is decided anew, and published or held
 * again. What is said becomes the source's own when it is published.
 * @throws NotFoundError, ConflictError `not_correctable`
 */
export async function correct(
  parts: Parts & { defaultCurrency: string | null },
  importId: string,
  { pins, worker }: { pins: Pins; worker: string },
): Promise<void> {
  const { db, clock, isQueueKept = false } = parts
  await db.tx(async (tx) => {
    const stores = { query: tx.query, tables: db.tables }
    await lockImport(db, tx, importId)
    const found = await importStore(stores).get(importId)
    if (found.status !== 'held' && found.status !== 'failed')
      throw new ConflictError(
        'not_correctable',
        `Import ${importId} is ${found.status}; only one that is held or failed can be corrected. Hand the list in again with what is to be changed.`,
      )
    const settings = pinnedSettings(found.options.settings, pins)
    const { listMode, isForced, table } = found.options
    const supplier = await supplierStore(stores).find(found.supplier)
    const assumed = pins.currency === null ? table.currency : (supplier?.currency ?? parts.defaultCurrency)
    const said = { ...mergedPins(found.options.said, pins), listMode, mayHold: true, force: isForced }
    const options = importOptions(settings, said, settings.currency ?? assumed)
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
      error: null,
      finishedAt: null,
    })
    await jobStore(stores).requeue(importId, { worker, now: clock.now(), isKept: isQueueKept })
  })
}

/**
 * Gives a held import up; the catalog stays as it is, the parse log stays readable.
 * @throws NotFoundError, ConflictError `not_held`
 */
export async function discard({ db, clock }: Parts, importId: string): Promise<void> {
  await db.tx(async (tx) => {
    const stores = { query: tx.query, tables: db.tables }
    const now = clock.now()
    await lockImport(db, tx, importId)
    await heldImport(stores, importId, 'discarded')
    await importStore(stores).change(importId, { status: 'cancelled', finishedAt: now })
    await jobStore(stores).close(importId, 'cancelled', now)
  })
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
