import type { AuditEntry, Change } from '../audit/model.ts'
import { auditStore } from '../audit/store.ts'
import type { Database, Tx } from '../db/database.ts'
import { NotFoundError } from '../lib/errors.ts'
import { noteItems } from '../search/store.ts'
import { requireStaying } from '../suppliers/store.ts'

/** What a person's work on an item has changed, for the audit log. */
export type ItemChange = Pick<AuditEntry, 'before' | 'after'>

/** The item's supplier, which is locked. */
export interface LockedSupplier {
  no: number
  id: string
  itemName: string
}

/**
 * Writes an item as nobody else does at the same time, and raises its supplier's revision: rows that are remembered and
 * lists that have been compared already are then compared again, and nothing is taken for unchanged.
 * @param work says what it has changed; null: nothing
 * @throws NotFoundError `unknown_item`; ConflictError `supplier_being_deleted`
 */
export async function writeItem(
  db: Database,
  id: string,
  { actor, at, action }: Change & { action: string },
  work: (tx: Tx, supplier: LockedSupplier) => Promise<ItemChange | null>,
): Promise<void> {
  await db.tx(async (tx) => {
    const supplier = await lockSupplierOf(db, tx, id)
    const changed = await work(tx, supplier)
    if (changed === null) return
    await noteItems(tx, Number(id), Number(id))
    await raiseRevision(tx, supplier.no)
    await auditStore({ query: tx.query, tables: db.tables }).add({
      actor,
      at,
      action,
      // As it is shown: "007" is 7.
      subject: { kind: 'item', id: String(Number(id)), name: supplier.itemName },
      supplierId: supplier.id,
      ...changed,
    })
  })
}

/** The supplier first, as a publish does: two that each held one and wanted the other would wait for ever. */
async function lockSupplierOf(db: Database, tx: Tx, id: string): Promise<LockedSupplier> {
  const [item] = await tx.all<{
    no: number
    id: string
    name: string
    supplier: string
    deletingAt: string | number | null
  }>(
    'select p.no, p.id, i.name, p.name as supplier, p.deleting_at as "deletingAt" from supplier_items as i join suppliers as p on p.no = i.supplier_no where i.id = $1',
    [Number(id)],
  )
  if (item === undefined) throw new NotFoundError('unknown_item', `There is no item ${id}.`)
  await lockSupplier(db, tx, item.no)
  const deletingAt = item.deletingAt === null ? null : new Date(item.deletingAt)
  requireStaying({ name: item.supplier, deletingAt })
  return { no: item.no, id: item.id, itemName: item.name }
}

/** Keeps everybody else from writing a supplier's items until the transaction ends. */
export async function lockSupplier(db: Database, tx: Tx, supplierNo: number): Promise<void> {
  // On SQLite transactions follow each other anyway.
  if (db.engine === 'postgres')
    await tx.all('select no from suppliers where no = $1 for no key update', [supplierNo])
}

/** Says that a supplier's items are not what they were. */
export async function raiseRevision(tx: Tx, supplierNo: number): Promise<void> {
  await tx.run('update suppliers set revision = revision + 1 where no = $1', [supplierNo])
}
