import { isDeletedSql } from '../../catalog/model.ts'
import { lockSupplier, raiseRevision } from '../../catalog/write-item.ts'
import { instant, jsonElements } from '../../db/dialect.ts'
import { deletedMax, Tally } from '../report.ts'
import type { Task, TaskParts } from './task.ts'

const batchSize = 200

interface DeletedItem {
  id: number
  supplier_no: number
  sku: string | null
  name: string
}

/** Items that a person deleted and that nothing brought back, with their prices and changes. */
export const deletedItems: Task = {
  name: 'deleted-items',
  description: 'Items that a person deleted, with their prices, once they cannot be restored any more',
  period: { of: ({ deletedItemsMs }) => deletedItemsMs, setting: 'TALLYMAN_DELETED_ITEM_DAYS' },
  async run(parts, { dryRun, now, signal }) {
    const { db } = parts
    const tally = new Tally()
    const before = new Date(now.getTime() - parts.retention.deletedItemsMs)
    // Their own index has them by when they were deleted.
    const found = await db.all<DeletedItem>(
      `select i.id, i.supplier_no, i.sku, i.name from supplier_items as i
       where i.deleted_at < ${instant(db.engine, '$1')} and ${isDeletedSql('i')}
       order by i.deleted_at limit ${deletedMax + 1}`,
      [before],
    )
    for (const [supplierNo, items] of Map.groupBy(found, (item) => Number(item.supplier_no)))
      for (let at = 0; at < items.length && !tally.isOver(signal); at += batchSize) {
        const batch = items.slice(at, at + batchSize)
        const deleted = dryRun ? batch : await deleteBatch(parts, supplierNo, { batch, before })
        for (const { id, sku, name } of deleted)
          tally.took({ kind: 'items', example: `${id} (${sku ?? 'without SKU'}, ${name})` })
      }
    return tally.report
  },
}

/** Prices and changes go with their item: see db/schema.ts. @returns those that were still deleted, and are no more */
async function deleteBatch(
  { db }: TaskParts,
  supplierNo: number,
  { batch, before }: { batch: DeletedItem[]; before: Date },
): Promise<DeletedItem[]> {
  return db.tx(async (tx) => {
    // A list that brings one back at this moment comes before this, or finds it gone when it compares again.
    await lockSupplier(db, tx, supplierNo)
    const deleted = await tx.all<DeletedItem>(
      `delete from supplier_items where id in (${jsonElements(db.engine, '$1', 'bigint')})
         and ${isDeletedSql('supplier_items')} and deleted_at < ${instant(db.engine, '$2')}
       returning id, supplier_no, sku, name`,
      [JSON.stringify(batch.map(({ id }) => Number(id))), before],
    )
    if (deleted.length > 0) await raiseRevision(tx, supplierNo)
    return deleted
  })
}
