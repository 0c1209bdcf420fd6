import { auditStore } from '../audit/store.ts'
import type { Actor } from '../auth/model.ts'
import type { Database, Tx } from '../db/database.ts'
import { noPrecondition, type Precondition } from '../http/etag.ts'
import type { Clock } from '../lib/clock.ts'
import { ConflictError } from '../lib/errors.ts'
import { deferMerges } from '../search/store.ts'
import { supplierNameKey } from '../suppliers/model.ts'
import { supplierState, supplierStore } from '../suppliers/store.ts'
import { deleteSource, othersTurn } from './delete-source.ts'

/** What went with a supplier. */
export interface SupplierDeletion {
  sources: number
  items: number
  /** Jobs that had not ended: tell the queue that they have changed. */
  jobIds: string[]
}

interface Parts {
  db: Database
  /** Who does it. */
  actor: Actor
  clock: Clock
}

/** Items that one transaction deletes at most: others wait for it. */
const batchItems = 500

/** How often it is looked for what came in at the very moment in which the supplier was marked. */
const roundsMax = 5

/**
 * Deletes a supplier with its sources and their imports, its items with their prices, and its categories. Raw files are
 * left to the clean-ups. First it is marked, so that nothing is added to it from there on; the rest goes in short
 * transactions, since there may be millions of items. Where that is cut off, the supplier has lost a part, and deleting
 * it once more goes on, as the clean-ups do. Wake the queue afterwards.
 * @param confirmedName the supplier's name, as whoever asks has read it
 * @throws NotFoundError `unknown_supplier`
 * @throws ConflictError `wrong_name`; `supplier_busy` while an import of it runs; `precondition_failed`
 */
export async function deleteSupplier(
  parts: Parts,
  id: string,
  confirmedName: string,
  precondition: Precondition = noPrecondition,
): Promise<SupplierDeletion> {
  const { db } = parts
  await begin(parts, { id, confirmedName, precondition })
  const went: SupplierDeletion = { sources: 0, items: 0, jobIds: [] }
  for (let round = 0; round < roundsMax; round++) {
    for (const sourceId of await sourcesOf(db, id)) {
      went.jobIds.push(...(await deleteSource(parts, sourceId)))
      went.sources++
    }
    for (let deleted = batchItems; deleted === batchItems; ) {
      deleted = await db.tx((tx) => deleteItems(db, tx, id))
      went.items += deleted
      await othersTurn()
    }
    if (await end(parts, { id, sources: went.sources, items: went.items })) return went
  }
  throw new Error(`Supplier ${id} gets lists though it is being deleted.`)
}

/** Nothing is added to the supplier from here on. */
async function begin(
  { db, clock }: Parts,
  { id, confirmedName, precondition }: { id: string; confirmedName: string; precondition: Precondition },
): Promise<void> {
  await db.tx(async (tx) => {
    const store = supplierStore({ query: tx.query, tables: db.tables })
    const supplier = await store.lock(id)
    await precondition.hold(() => supplierState(supplier))
    if (!isSameName(confirmedName, supplier.name))
      throw new ConflictError(
        'wrong_name',
        `Supplier ${id} is called "${supplier.name}", not "${confirmedName}"; nothing is deleted.`,
      )
    await requireIdle(tx, id, supplier.name)
    await store.markDeleting(id, clock.now())
    await deferMerges({ engine: db.engine, tx }, true)
  })
}

async function sourcesOf(db: Database, id: string): Promise<string[]> {
  const sources = await db.all<{ id: string }>('select id from sources where supplier_id = $1 order by id', [
    id,
  ])
  return sources.map((source) => source.id)
}

function isSameName(given: string, name: string): boolean {
  try {
    return supplierNameKey(given) === supplierNameKey(name)
  } catch {
    return false
  }
}

/** What waits or is held ends with its source; what runs may be writing items this very moment. */
async function requireIdle(tx: Tx, id: string, name: string): Promise<void> {
  const [running] = await tx.all<{ id: string }>(
    `select id from imports where supplier_id = $1 and status = 'running' order by id limit 1`,
    [id],
  )
  if (running !== undefined)
    throw busy(name, `import ${running.id} is running: wait for it, or cancel its job`)
}

/** Prices and changes go with their item: see db/schema.ts. */
async function deleteItems(db: Database, tx: Tx, id: string): Promise<number> {
  // A list that comes in meanwhile comes before this, or finds these gone when it compares again.
  await supplierStore({ query: tx.query, tables: db.tables }).lock(id)
  const deleted = await tx.run(
    `delete from supplier_items where id in (
       select i.id from supplier_items as i join suppliers as p on p.no = i.supplier_no
       where p.id = $1 order by i.item_key limit ${batchItems})`,
    [id],
  )
  if (deleted > 0) await tx.run('update suppliers set revision = revision + 1 where id = $1', [id])
  return deleted
}

/** @returns false when something came in at the very moment in which it was marked, and is there still */
async function end(
  { db, actor, clock }: Parts,
  { id, ...went }: { id: string; sources: number; items: number },
): Promise<boolean> {
  return db.tx(async (tx) => {
    const stores = { query: tx.query, tables: db.tables }
    const supplier = await supplierStore(stores).lock(id)
    const left = await tx.all(
      `select 1 from sources where supplier_id = $1
       union all select 1 from supplier_items where supplier_no = (select no from suppliers where id = $1) limit 1`,
      [id],
    )
    if (left.length > 0) return false
    await tx.run(
      `delete from counters where name = (select 'pinned/' || cast(no as text) from suppliers where id = $1)`,
      [id],
    )
    await tx.run('delete from suppliers where id = $1', [id])
    await deferMerges({ engine: db.engine, tx }, false)
    await auditStore(stores).add({
      actor,
      at: clock.now(),
      action: 'supplier.delete',
      subject: { kind: 'supplier', id, name: supplier.name },
      supplierId: id,
      before: {
        name: supplier.name,
        currency: supplier.currency,
        country: supplier.country,
        time_zone: supplier.timeZone,
        uses_analyzer: supplier.usesAnalyzer,
        ...went,
      },
      after: null,
    })
    return true
  })
}

const busy = (name: string, why: string) =>
  new ConflictError('supplier_busy', `Supplier "${name}" cannot be deleted now: ${why}.`)
