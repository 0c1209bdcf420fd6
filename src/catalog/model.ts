import { type Static, t } from '../lib/schema.ts'

/** Draft: made from an unmatched item; active; archived: kept for its history. */
export const productStatuses = ['draft', 'active', 'archived'] as const

/** What an import did to an item that was there before. New items are those whose first import it is. */
export const changeKinds = ['changed', 'gone', 'returned'] as const
export type ChangeKind = (typeof changeKinds)[number]

/** A decimal string, exact, with at most 4 decimals: "12.50". */
export const Money = t.String({ pattern: '^\\d+(\\.\\d{1,4})?$', examples: ['13.75'] })

/** RFC 3339 in UTC with milliseconds. */
export const Instant = t.String({ format: 'date-time', examples: ['2026-11-22T08:30:00.000Z'] })

/** A supplier's article as the catalog shows it. */
export const Item = t.Object(
  {
    id: t.String({ description: 'An integer, as text.' }),
    supplier_id: t.String(),
    supplier: t.String({ description: "The supplier's name." }),
    item_key: t.String({ description: 'What identifies the item at its supplier: the SKU, or a hash.' }),
    sku: t.Union([t.String(), t.Null()]),
    name: t.String(),
    price: t.Union([Money, t.Null()], { description: 'Null: on request.' }),
    currency: t.Union([t.String(), t.Null()], { description: 'ISO 4217; null: the list does not say.' }),
    price_quantity: t.Union([Money, t.Null()], {
      description: 'The price is for this many units; null: one.',
    }),
    unit: t.Union([t.String(), t.Null()]),
    category: t.Union([t.String(), t.Null()], { description: 'Levels joined by " > ".' }),
    brand: t.Union([t.String(), t.Null()]),
    valid_from: t.Union([t.String({ format: 'date' }), t.Null()]),
    valid_to: t.Union([t.String({ format: 'date' }), t.Null()], {
      description: 'The first day it is no longer valid.',
    }),
    characteristics: t.Record(t.String(), t.String()),
    gone_at: t.Union([Instant, t.Null()], { description: 'Since when the supplier no longer lists it.' }),
  },
  { title: 'Item' },
)
export type Item = Static<typeof Item>

/** One entry of an item's price history, traced to the cell it came from (R3.3). Rows and columns are 0-based. */
export const PricePoint = t.Object(
  {
    price: t.Union([Money, t.Null()], { description: 'Null: on request.' }),
    currency: t.Union([t.String(), t.Null()]),
    price_quantity: t.Union([Money, t.Null()]),
    unit: t.Union([t.String(), t.Null()]),
    tier: t.Union([t.String(), t.Null()]),
    valid_from: t.Union([t.String(), t.Null()]),
    valid_to: t.Union([t.String(), t.Null()]),
    recorded_at: Instant,
    import_id: t.Union([t.String(), t.Null()], { description: 'Null: it was deleted with its source.' }),
    file_name: t.Union([t.String(), t.Null()]),
    sha256: t.Union([t.String(), t.Null()]),
    sheet: t.Union([t.String(), t.Null()]),
    row: t.Union([t.Integer(), t.Null()]),
    column: t.Union([t.Integer(), t.Null()]),
    raw: t.Union([t.String(), t.Null()], { description: 'The text of the cell that was read.' }),
  },
  { title: 'PricePoint' },
)
export type PricePoint = Static<typeof PricePoint>
