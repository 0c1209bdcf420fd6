import { type ChangeKind, changeKinds, Money } from '../catalog/model.ts'
import type { Database, Sql } from '../db/database.ts'
import { formatE4, formatPrice } from '../lib/money.ts'
import { oneOf, type Static, t, textOrNull } from '../lib/schema.ts'

/** What an import may have done to an item. */
export const itemChangeKinds = ['new', ...changeKinds] as const
export type ItemChangeKind = 'new' | ChangeKind

const Terms = {
  price: t.Union([Money, t.Null()], { description: 'Null: on request.' }),
  currency: textOrNull('ISO 4217; null: the list does not say.'),
  price_quantity: t.Union([Money, t.Null()], { description: 'The price is for this many units; null: one.' }),
  unit: textOrNull(''),
  valid_from: textOrNull(''),
  valid_to: textOrNull('The first day it is no longer valid.'),
}

/** An item that an import changed, over HTTP. */
export const ChangedItem = t.Object(
  {
    item_id: t.String({ description: 'An integer, as text.' }),
    kind: oneOf(itemChangeKinds),
    sku: textOrNull('As it is today.'),
    name: t.String({ description: 'As it is today.' }),
    before: t.Union(
      [
        t.Object({
          sku: textOrNull(''),
          name: t.String(),
          category: textOrNull(''),
          brand: textOrNull(''),
          ...Terms,
        }),
        t.Null(),
      ],
      { description: 'As it was before the import; null: it is new.' },
    ),
    after: t.Union([t.Object(Terms), t.Null()], {
      description: 'The price that the import brought; null: it brought no other one.',
    }),
  },
  { title: 'ChangedItem' },
)
export type ChangedItem = Static<typeof ChangedItem>

/** A price as columns have it. */
interface StoredTerms {
  price_e4: number | null
  currency: string | null
  price_quantity_e4: number | null
  unit: string | null
  valid_from: string | null
  valid_to: string | null
}

interface Row extends StoredTerms {
  id: number
  sku: string | null
  name: string
  /** 0: the import brought no price. */
  has_price: number
  /** JSON text on SQLite, an object on PostgreSQL; null: the item is new. */
  before: unknown
}

/**
 * Items that a published import made, changed, brought back or marked gone, in the order of their ids. What it did to them
 * is told as it was then, whatever has become of them since.
 * @param sql what finds them; new ones are looked for among all items
 * @param page.after only items after this one
 */
export async function changedItems(
  sql: Pick<Sql, 'all'>,
  engine: Database['engine'],
  importId: string,
  { kind, after, limit }: { kind: ItemChangeKind; after: number; limit: number },
): Promise<ChangedItem[]> {
  const price = `h.price_e4, h.currency, h.price_quantity_e4, h.unit, h.valid_from, h.valid_to,
    case when h.item_id is null then 0 else 1 end as has_price`
  const history = `left join price_history as h
    on h.item_id = i.id and h.import_no = m.no and h.n = 0 and h.tier is null`
  const nothing = engine === 'sqlite' ? 'null' : 'null::jsonb'
  const rows = await sql.all<Row>(
    kind === 'new'
      ? `select i.id, i.sku, i.name, ${price}, ${nothing} as before
         from imports as m join suppliers as p on p.id = m.supplier_id
         join supplier_items as i on i.supplier_no = p.no and i.first_import_no = m.no ${history}
         where m.id = $1 and i.id > $2 order by i.id limit $3`
      : `select i.id, i.sku, i.name, ${price}, c.before
         from imports as m join item_changes as c on c.import_no = m.no join supplier_items as i on i.id = c.item_id
         ${history}
         where m.id = $1 and c.item_id > $2 and c.kind = $4 order by c.item_id limit $3`,
    kind === 'new' ? [importId, after, limit] : [importId, after, limit, kind],
  )
  return rows.map((row) => ({
    item_id: String(row.id),
    kind,
    sku: row.sku,
    name: row.name,
    before: beforeView(row.before),
    after: row.has_price === 1 ? termsView(row) : null,
  }))
}

function beforeView(stored: unknown): ChangedItem['before'] {
  if (stored === null) return null
  // A before-image, as analyzer/publish.ts writes it.
  const before = (typeof stored === 'string' ? JSON.parse(stored) : stored) as StoredTerms & {
    sku: string | null
    name: string
    category: string | null
    brand: string | null
  }
  const { sku, name, category, brand } = before
  return { sku, name, category, brand, ...termsView(before) }
}

const termsView = (terms: StoredTerms) => ({
  price: terms.price_e4 === null ? null : formatPrice(terms.price_e4),
  currency: terms.currency,
  price_quantity: terms.price_quantity_e4 === null ? null : formatE4(terms.price_quantity_e4),
  unit: terms.unit,
  valid_from: terms.valid_from,
  valid_to: terms.valid_to,
})
