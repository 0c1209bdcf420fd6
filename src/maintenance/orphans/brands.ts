import { jsonElements } from '../../db/dialect.ts'
import { isUnchanged, itemNames } from './item-names.ts'
import type { OrphanSweep } from './rule.ts'

const batchSize = 500

/** Brands that no item has, gone or not, and no product. */
export const sweepBrands: OrphanSweep = async ({ db }, { dryRun, signal }, tally) => {
  const names = await itemNames(db)
  const isOfNoProduct = 'not exists (select 1 from products as p where p.brand_id = b.id)'
  const all = await db.all<{ id: string; name: string; name_key: string }>(
    `select b.id, b.name, b.name_key from brands as b where ${isOfNoProduct} order by b.id`,
  )
  const unused = all.filter(({ name_key }) => !names.brands.has(name_key))
  for (let at = 0; at < unused.length && !tally.isOver(signal); at += batchSize) {
    const batch = unused.slice(at, at + batchSize)
    const deleted = dryRun
      ? batch
      : await db.tx(async (tx) => {
          if (!(await isUnchanged(db, tx, names, null))) return null
          const these = `b.id in (${jsonElements(db.engine, '$1')})`
          const ids = [JSON.stringify(batch.map(({ id }) => id))]
          // A product that names one of them from now on waits, and is then told that there is none.
          if (db.engine === 'postgres')
            await tx.all(`select b.id from brands as b where ${these} order by b.id for update`, ids)
          return tx.all<{ name: string }>(
            `delete from brands as b where ${these} and ${isOfNoProduct} returning name`,
            ids,
          )
        })
    if (deleted === null) {
      tally.report.isComplete = false
      return
    }
    for (const { name } of deleted) tally.took({ kind: 'brands', example: name })
  }
}
