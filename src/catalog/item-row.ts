import type { PriceTier } from '../analyzer/table/rows/item.ts'
import { formatE4, formatPrice } from '../lib/money.ts'
import { type Item, isDeletedSql, pinnedFields, shownTiers } from './model.ts'

/** An item as `itemSelect` reads it. */
export interface ItemRow {
  id: number
  supplier_no: number
  supplier_id: string
  supplier: string
  item_key: string
  sku: string | null
  name: string
  price_e4: number | null
  currency: string | null
  price_quantity_e4: number | null
  unit: string | null
  category: string | null
  brand: string | null
  valid_from: string | null
  valid_to: string | null
  /** JSON text on SQLite, an object on PostgreSQL. */
  characteristics: string | Record<string, string>
  /** The same. */
  tiers: string | PriceTier[] | null
  /** JSON text on SQLite, an object on PostgreSQL. */
  pinned: unknown
  /** Milliseconds on SQLite, text on PostgreSQL. */
  gone_at: number | string | null
  /** The same; null unless it counts: see delete-item.ts. */
  deleted_at: number | string | null
}

/** What every read of items begins with: `i` is the item, `p` its supplier. */
export const itemSelect = `select i.id, i.supplier_no, p.id as supplier_id, p.name as supplier, i.item_key, i.sku, i.name, i.price_e4, i.currency,
    i.price_quantity_e4, i.unit, i.category, i.brand, i.valid_from, i.valid_to, i.characteristics, i.tiers, i.pinned, i.gone_at,
    case when ${isDeletedSql('i')} then i.deleted_at end as deleted_at
  from supplier_items as i join suppliers as p on p.no = i.supplier_no`

/** Prices leave as decimal strings, instants as text. */
export function toItem(row: ItemRow): Item {
  const { price_e4, price_quantity_e4, characteristics, gone_at, deleted_at } = row
  return {
    id: String(row.id),
    supplier_id: row.supplier_id,
    supplier: row.supplier,
    item_key: row.item_key,
    sku: row.sku,
    name: row.name,
    price: price_e4 === null ? null : formatPrice(price_e4),
    currency: row.currency,
    price_quantity: price_quantity_e4 === null ? null : formatE4(price_quantity_e4),
    unit: row.unit,
    tiers: shownTiers(row.tiers),
    category: row.category,
    brand: row.brand,
    valid_from: row.valid_from,
    valid_to: row.valid_to,
    characteristics: typeof characteristics === 'string' ? JSON.parse(characteristics) : characteristics,
    pinned: pinnedFields(row.pinned),
    gone_at: gone_at === null ? null : new Date(gone_at).toISOString(),
    deleted_at: deleted_at === null ? null : new Date(deleted_at).toISOString(),
  }
}
