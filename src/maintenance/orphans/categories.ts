import type { Database } from '../../db/database.ts'
import { jsonElements } from '../../db/dialect.ts'
import { addPath, type ItemNames, isUnchanged, itemNames } from './item-names.ts'
import type { OrphanSweep } from './rule.ts'

interface CategoryRow {
  id: string
  supplier_no: number
  path: string
}

/** Categories that no item is in, gone or not, nor in one below, and no product either. */
export const sweepCategories: OrphanSweep = async ({ db }, { dryRun, signal }, tally) => {
  const names = await itemNames(db)
  const all = await db.all<CategoryRow>(
    `select c.id, p.no as supplier_no, c.path from categories as c join suppliers as p on p.id = c.supplier_id
     order by c.path`,
  )
  const taken = await productCategories(db)
  for (const [supplierNo, own] of Map.groupBy(all, (row) => Number(row.supplier_no))) {
    if (tally.isOver(signal)) return
    const used = names.categories.get(supplierNo) ?? new Set()
    for (const { id, path } of own) if (taken.has(id)) addPath(used, path)
    const unused = own.filter(({ path }) => !used.has(path))
    if (unused.length === 0) continue
    const isDone = dryRun || (await deleteCategories(db, unused, { names, supplierNo }))
    if (!isDone) tally.report.isComplete = false
    else for (const { path } of unused) tally.took({ kind: 'categories', example: path })
  }
}

async function productCategories(sql: Pick<Database, 'all'>): Promise<Set<string>> {
  const rows = await sql.all<{ id: string }>(
    'select distinct category_id as id from products where category_id is not null',
  )
  return new Set(rows.map(({ id }) => id))
}

/** @returns false when somebody has written the supplier's items, or a product's category, in the meantime */
async function deleteCategories(
  db: Database,
  unused: CategoryRow[],
  { names, supplierNo }: { names: ItemNames; supplierNo: number },
): Promise<boolean> {
  return db.tx(async (tx) => {
    if (!(await isUnchanged(db, tx, names, supplierNo))) return false
    const ids = JSON.stringify(unused.map(({ id }) => id))
    const these = `id in (${jsonElements(db.engine, '$1')})`
    // A product that names one of them from now on waits, and is then told that there is none.
    if (db.engine === 'postgres')
      await tx.all(`select id from categories where ${these} order by id for update`, [ids])
    const taken = await productCategories(tx)
    if (unused.some(({ id }) => taken.has(id))) return false
    await tx.run(`delete from categories where ${these}`, [ids])
    return true
  })
}
