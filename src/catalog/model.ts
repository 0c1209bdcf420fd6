import type { PriceTier } from '../analyzer/table/rows/item.ts'
import { formatE4, formatPrice } from '../lib/money.ts'
import { oneOf, type Static, t } from '../lib/schema.ts'

/** Draft: made from an unmatched item; active; archived: kept for its history. */
export const productStatuses = ['draft', 'active', 'archived'] as const

/** What an import did to an item that was there before. New items are those whose first import it is. */
export const changeKinds = ['changed', 'gone', 'returned'] as const
export type ChangeKind = (typeof changeKinds)[number]

/** A decimal string, exact, with at most 4 decimals: "12.50". */
export const Money = t.String({ pattern: '^\\d+(\\.\\d{1,4})?$', examples: ['13.75'] })

/** RFC 3339 in UTC with milliseconds. */
export const Instant = t.String({ format: 'date-time', examples: ['2026-11-22T08:30:00.000Z'] })

/** A further price of an item, as the catalog shows it. */
export const Tier = t.Object(
  {
    name: t.String({ description: 'As the list calls it.', examples: ['Wholesale', 'from 10 pcs'] }),
    min_quantity: t.Union([Money, t.Null()], {
      description: 'The price holds from this many units on; null: for any quantity.',
    }),
    price: Money,
    currency: t.Union([t.String(), t.Null()], { description: 'ISO 4217; null: the list does not say.' }),
  },
  { title: 'Tier' },
)
export type Tier = Static<typeof Tier>

/** @param stored JSON text on SQLite and in staging files, an array on PostgreSQL */
export function shownTiers(stored: string | PriceTier[] | null): Tier[] {
  if (stored === null) return []
  // What stands there is what an import has written: see analyzer/staging/staging.ts.
  const tiers: PriceTier[] = typeof stored === 'string' ? JSON.parse(stored) : stored
  return tiers.map(({ name, min_quantity_e4, price_e4, currency }) => ({
    name,
    min_quantity: min_quantity_e4 === null ? null : formatE4(min_quantity_e4),
    price: formatPrice(price_e4),
    currency,
  }))
}

/** What a person may set of an item, so that no list changes it: see catalog/pinned.ts. */
export const pinnableFields = ['name', 'category', 'brand', 'unit'] as const
export type PinnableField = (typeof pinnableFields)[number]

/** Field → what its list says of it, for the fields that a person has set. */
export const Pinned = t.Object(
  {
    name: t.Optional(t.String()),
    category: t.Optional(t.Union([t.String(), t.Null()])),
    brand: t.Optional(t.Union([t.String(), t.Null()])),
    unit: t.Optional(t.Union([t.String(), t.Null()])),
  },
  {
    title: 'Pinned',
    description:
      'What its list says of the fields that a person has set, and that no list changes; {}: nobody has set any.',
    examples: [{ name: 'HAMMER 300G SORT.' }],
  },
)
export type Pinned = Static<typeof Pinned>

/** @param stored JSON text on SQLite, an object on PostgreSQL; null: nothing is pinned */
export function pinnedFields(stored: unknown): Pinned {
  if (stored === null) return {}
  // What stands there is what catalog/edit-item.ts and imports have written.
  return (typeof stored === 'string' ? JSON.parse(stored) : stored) as Pinned
}

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
    tiers: t.Array(Tier, {
      description:
        'Further prices: other price lists, or prices from a quantity on. For the same units and time as the price.',
    }),
    category: t.Union([t.String(), t.Null()], { description: 'Levels joined by " > ".' }),
    brand: t.Union([t.String(), t.Null()]),
    valid_from: t.Union([t.String({ format: 'date' }), t.Null()]),
    valid_to: t.Union([t.String({ format: 'date' }), t.Null()], {
      description: 'The first day it is no longer valid.',
    }),
    characteristics: t.Record(t.String(), t.String()),
    pinned: Pinned,
    gone_at: t.Union([Instant, t.Null()], {
      description:
        'Since when it is not shown any more: its supplier no longer lists it, or a person deleted it.',
    }),
    deleted_at: t.Union([Instant, t.Null()], {
      description: 'When a person deleted it; null: nobody did, or a list has brought it back.',
    }),
  },
  { title: 'Item' },
)
export type Item = Static<typeof Item>

/**
 * What a person deletes is gone, and `deleted_at` says since when: only while both are the same instant does it count
 * as deleted. So a list that has the item again brings it back without knowing of this, and whatever restores an
 * earlier state of the item restores that too.
 *
 *   listed or gone → deleted (a person) → listed (a list has it again, or a person restores it) or gone, as it was before
 *                                       → deleted for good (a task, after some weeks)
 */
export const isDeletedSql = (item: string) => `(${item}.deleted_at = ${item}.gone_at)`

/** One entry of an item's price history, traced to the cell it came from (R3.3). Rows and columns are 0-based. */
export const PricePoint = t.Object(
  {
    tier: t.Union([t.String(), t.Null()], {
      description: "Which further price this is, as the list calls it; null: the item's own price.",
    }),
    min_quantity: t.Union([Money, t.Null()], {
      description: 'The price holds from this many units on; null: for any quantity.',
    }),
    price: t.Union([Money, t.Null()], {
      description: 'Null: on request; of a further price: no longer on the list.',
    }),
    currency: t.Union([t.String(), t.Null()]),
    price_quantity: t.Union([Money, t.Null()]),
    unit: t.Union([t.String(), t.Null()]),
    tax: t.Union([oneOf(['net', 'gross']), t.Null()], {
      description: 'Whether it is without VAT or with it, where the list says so.',
    }),
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
