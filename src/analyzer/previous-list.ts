import { itemsAsListed, mayHavePins } from '../catalog/pinned.ts'
import type { Database } from '../db/database.ts'
import { importStore } from '../imports/store.ts'
import type { PreviousList } from './layout-changes.ts'
import type { KnownItem } from './table/card/overlap.ts'

/** Values asked for in one statement. */
const valuesPerQuery = 500
/** Names have no index, so each statement looks at every item of the supplier. */
const namesMax = 2000

interface ItemRow {
  sku: string | null
  name: string
  price_e4: number | null
  unit: string | null
  brand: string | null
  category: string | null
  /** JSON text on SQLite, an object on PostgreSQL. */
  characteristics: string | Record<string, string>
}

/** The source's last list that is in the catalog; null: there is none. */
export async function previousList(
  db: Database,
  { supplierId, sourceId }: { supplierId: string; sourceId: string },
): Promise<PreviousList | null> {
  const last = await importStore(db).lastDecision(sourceId)
  if (last === null) return null
  return { tables: last.tables, knownItems: (by, values) => knownItems(db, supplierId, { by, values }) }
}

const columns = [
  'supplier_no',
  'item_key',
  'sku',
  'name',
  'price_e4',
  'unit',
  'brand',
  'category',
  'characteristics',
]

/** The supplier's items with these SKUs, or these names, by them. */
async function knownItems(
  db: Pick<Database, 'all' | 'engine'>,
  supplierId: string,
  { by, values }: { by: 'sku' | 'name'; values: string[] },
): Promise<Map<string, KnownItem>> {
  const known = new Map<string, KnownItem>()
  const items = itemsAsListed(db.engine, await mayHavePins(db, supplierId), columns)
  const column = by === 'sku' ? 'item_key' : 'name'
  const asked = by === 'sku' ? values : values.slice(0, namesMax)
  for (let at = 0; at < asked.length; at += valuesPerQuery) {
    const some = asked.slice(at, at + valuesPerQuery)
    const list = some.map((_, index) => `$${index + 2}`).join(', ')
    const rows = await db.all<ItemRow>(
      `select i.sku, i.name, i.price_e4, i.unit, i.brand, i.category, i.characteristics
       from suppliers as p join ${items} as i on i.supplier_no = p.no
       where p.id = $1 and i.${column} in (${list})`,
      [supplierId, ...some],
    )
    for (const { price_e4, characteristics, ...row } of rows) {
      const item = {
        ...row,
        priceE4: price_e4 === null ? null : Number(price_e4),
        // The catalog's own column, an object of texts on both engines.
        characteristics: (typeof characteristics === 'string'
          ? JSON.parse(characteristics)
          : characteristics) as Record<string, string>,
      }
      const key = by === 'sku' ? row.sku : row.name
      if (key !== null) known.set(key, item)
    }
  }
  return known
}
