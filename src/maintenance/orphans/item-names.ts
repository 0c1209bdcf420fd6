import type { Database, Sql, Tx } from '../../db/database.ts'

/** Items that are looked at before other work has its turn. */
const idsPerLook = 20_000

/** What items call their categories and brands, and at which revisions of their suppliers they do. */
export interface ItemNames {
  /** By supplier: paths of categories, those above them too. */
  categories: Map<number, Set<string>>
  /** As `brands.name_key` has them. */
  brands: Set<string>
  revisions: Map<number, number>
}

/** Walks every item, gone or not. */
export async function itemNames(db: Database): Promise<ItemNames> {
  // Read first: what changes from now on raises one of them.
  const revisions = await revisionsOf(db)
  const categories = new Map<number, Set<string>>()
  const brands = new Set<string>()
  const [ends] = await db.all<{ first: number | null; last: number | null }>(
    'select min(id) as first, max(id) as last from supplier_items',
  )
  const last = Number(ends?.last ?? -1)
  for (let from = Number(ends?.first ?? 0); from <= last; from += idsPerLook) {
    await new Promise((resolve) => setImmediate(resolve))
    const rows = await db.all<{ supplier_no: number; category: string | null; brand: string | null }>(
      `select distinct supplier_no, category, brand from supplier_items where id >= $1 and id < $2`,
      [from, from + idsPerLook],
    )
    for (const { supplier_no, category, brand } of rows) {
      if (brand !== null) brands.add(brand.trim().toLowerCase())
      if (category === null) continue
      const paths = categories.get(Number(supplier_no)) ?? new Set()
      categories.set(Number(supplier_no), paths)
      addPath(paths, category)
    }
  }
  return { categories, brands, revisions }
}

/** A category's path, and those of all above it. */
export function addPath(paths: Set<string>, path: string): void {
  for (let at: string | null = path; at !== null && !paths.has(at); at = above(at)) paths.add(at)
}

function above(path: string): string | null {
  const cut = path.lastIndexOf(' > ')
  return cut < 0 ? null : path.slice(0, cut)
}

/**
 * Keeps everybody from writing items, of one supplier or of all of them, until the transaction ends.
 * @returns whether all is as it was when the names were read
 */
export async function isUnchanged(
  db: Database,
  tx: Tx,
  { revisions }: ItemNames,
  supplierNo: number | null,
): Promise<boolean> {
  const now = await revisionsOf(tx, {
    supplierNo,
    lock: db.engine === 'postgres' ? 'order by no for no key update' : '',
  })
  const isSame = [...now].every(([no, revision]) => revisions.get(no) === revision)
  return isSame && (supplierNo !== null || now.size === revisions.size)
}

async function revisionsOf(
  sql: Pick<Sql, 'all'>,
  { supplierNo, lock }: { supplierNo: number | null; lock: string } = { supplierNo: null, lock: '' },
): Promise<Map<number, number>> {
  const rows = await sql.all<{ no: number; revision: number }>(
    `select no, revision from suppliers ${supplierNo === null ? '' : 'where no = $1'} ${lock}`,
    supplierNo === null ? [] : [supplierNo],
  )
  return new Map(rows.map(({ no, revision }) => [Number(no), Number(revision)]))
}
