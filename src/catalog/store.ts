import type { PriceTier } from '../analyzer/table/rows/item.ts'
import { characteristicSql } from '../db/characteristics.ts'
import type { Database, SqlValue } from '../db/database.ts'
import { decodeCursor, encodeCursor, invalidCursor } from '../lib/cursor.ts'
import { NotFoundError } from '../lib/errors.ts'
import { formatE4, formatPrice } from '../lib/money.ts'
import { type Item, type PricePoint, shownTiers } from './model.ts'

export interface ItemFilter {
  supplierId?: string
  sku?: string
  /** Part of name or SKU; case does not matter. */
  search?: string
  /** As `Item.category` has it, or one above it. */
  category?: string
  /** Exactly as the list writes it. */
  brand?: string
  /** Every one must match exactly. */
  characteristics?: Record<string, string>
  /** Items that their supplier no longer lists are left out otherwise. */
  withGone?: boolean
}

export interface ItemPage {
  items: Item[]
  /** Hand it in to go on; null: this was the last page. */
  nextCursor: string | null
}

export interface HistoryPage {
  history: PricePoint[]
  /** Hand it in to go on; null: this was the last page. */
  nextCursor: string | null
}

/** Most items a page may have. */
export const pageSizeMax = 1000

interface ItemRow {
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
  /** Milliseconds on SQLite, text on PostgreSQL. */
  gone_at: number | string | null
}

/** Reads of the catalog. Prices leave as decimal strings. */
export function itemStore(db: Database) {
  const select = `select i.id, i.supplier_no, p.id as supplier_id, p.name as supplier, i.item_key, i.sku, i.name, i.price_e4, i.currency,
      i.price_quantity_e4, i.unit, i.category, i.brand, i.valid_from, i.valid_to, i.characteristics, i.tiers, i.gone_at
    from supplier_items as i join suppliers as p on p.no = i.supplier_no`

  return {
    /**
     * Items by supplier and key, a page at a time.
     * @throws InvalidError `invalid_cursor`
     */
    async list(filter: ItemFilter, page: { limit: number; cursor: string | null }): Promise<ItemPage> {
      const limit = Math.min(page.limit, pageSizeMax)
      const { sql, parameters } = where(db, filter, page.cursor)
      const rows = await db.all<ItemRow>(
        `${select} ${sql} order by i.supplier_no, i.item_key limit ${limit + 1}`,
        parameters,
      )
      const shown = rows.slice(0, limit)
      const last = shown.at(-1)
      const hasMore = rows.length > limit && last !== undefined
      return {
        items: shown.map(toItem),
        nextCursor: hasMore ? encodeCursor([last.supplier_no, last.item_key]) : null,
      }
    },

    /**
     * The items that a person means: a SKU of any supplier, or else an id (12 or #12).
     * @throws NotFoundError `unknown_item`
     */
    async find(idOrSku: string): Promise<Item[]> {
      const bySku = await db.all<ItemRow>(
        `${select} where (i.supplier_no, i.item_key) in (select s.no, $1 from suppliers as s)
         order by i.supplier_no, i.item_key limit ${pageSizeMax}`,
        [idOrSku],
      )
      const id = /^#?(\d{1,15})$/.exec(idOrSku)?.[1]
      const rows =
        bySku.length > 0 || id === undefined
          ? bySku
          : await db.all<ItemRow>(`${select} where i.id = $1`, [Number(id)])
      if (rows.length === 0)
        throw new NotFoundError(
          'unknown_item',
          `There is no item with the SKU or id "${idOrSku}"; "tallyman items --search TEXT" finds items by name.`,
        )
      return rows.map(toItem)
    },

    /** @throws NotFoundError `unknown_item` */
    async get(id: string): Promise<Item> {
      const [row] = await db.all<ItemRow>(`${select} where i.id = $1`, [Number(id)])
      if (row === undefined) throw new NotFoundError('unknown_item', `There is no item ${id}.`)
      return toItem(row)
    },

    /**
     * Prices of an item, newest first, a page at a time, with the cell each came from. What one list said about it
     * stands together: the price, then the further ones in the list's order.
     * @throws InvalidError `invalid_cursor`
     */
    async history(itemId: string, page: { limit: number; cursor: string | null }): Promise<HistoryPage> {
      const limit = Math.min(page.limit, pageSizeMax)
      const parameters: SqlValue[] = [Number(itemId)]
      const behind = page.cursor === null ? '' : `and ${behindCursor(page.cursor, parameters)}`
      const rows = await db.all<HistoryRow>(
        `select h.tier, h.min_quantity_e4, h.price_e4, h.currency, h.price_quantity_e4, h.unit, h.tax,
                h.valid_from, h.valid_to, h.recorded_at, m.id as import_id, m.file_name, m.sha256, h.sheet, h."row", h."column", h.raw,
                h.import_no, h.n
         from price_history as h left join imports as m on m.no = h.import_no
         where h.item_id = $1 ${behind}
         order by h.recorded_at desc, h.import_no desc, h.n limit ${limit + 1}`,
        parameters,
      )
      const shown = rows.slice(0, limit)
      const last = shown.at(-1)
      const hasMore = rows.length > limit && last !== undefined
      return {
        history: shown.map(toPricePoint),
        nextCursor: hasMore
          ? encodeCursor([new Date(last.recorded_at).getTime(), last.import_no, last.n])
          : null,
      }
    },
  }
}

/** Adds what a cursor says to the parameters. @returns the condition that leaves what lies behind it */
function behindCursor(cursor: string, parameters: SqlValue[]): string {
  const [recordedMs, importNo, n] = decodeCursor(cursor, ['integer', 'integer', 'integer'])
  // What PostgreSQL cannot read as a time was never given.
  if (recordedMs < 0 || recordedMs > year10000Ms) throw invalidCursor()
  const [at, by, behind] = [new Date(recordedMs), importNo, n].map((part) => `$${parameters.push(part)}`)
  return `((h.recorded_at, h.import_no) < (${at}, ${by})
    or (h.recorded_at, h.import_no) = (${at}, ${by}) and h.n > ${behind})`
}

const year10000Ms = Date.UTC(9999, 11, 31)

interface HistoryRow extends Omit<PricePoint, 'price' | 'price_quantity' | 'min_quantity' | 'recorded_at'> {
  min_quantity_e4: number | null
  price_e4: number | null
  price_quantity_e4: number | null
  recorded_at: number | string
  import_no: number
  n: number
}

function where(
  db: Database,
  filter: ItemFilter,
  cursor: string | null,
): { sql: string; parameters: SqlValue[] } {
  const conditions: string[] = []
  const parameters: SqlValue[] = []
  const parameter = (value: SqlValue) => `$${parameters.push(value)}`
  const characteristics = Object.entries(filter.characteristics ?? {})
  // SQLite would walk all of a supplier's items rather than use a characteristic's index; the plus keeps it from that.
  const supplierNo = db.engine === 'sqlite' && characteristics.length > 0 ? '+i.supplier_no' : 'i.supplier_no'
  if (cursor !== null) {
    const [afterSupplierNo, afterKey] = decodeCursor(cursor, ['integer', 'string'])
    conditions.push(`(${supplierNo}, i.item_key) > (${parameter(afterSupplierNo)}, ${parameter(afterKey)})`)
  }
  if (filter.withGone !== true) conditions.push('i.gone_at is null')
  if (filter.supplierId !== undefined)
    conditions.push(`${supplierNo} = (select no from suppliers where id = ${parameter(filter.supplierId)})`)
  if (filter.sku !== undefined) {
    // Items with a SKU have it as their key, and the keys are indexed by supplier.
    const sku = parameter(filter.sku)
    conditions.push(
      `(i.supplier_no, i.item_key) in (select s.no, ${sku} from suppliers as s) and i.sku = ${sku}`,
    )
  }
  if (filter.search !== undefined) conditions.push(searchCondition(db, filter.search, parameter))
  if (filter.category !== undefined) {
    const path = parameter(filter.category)
    const below = parameter(`${filter.category} > `)
    conditions.push(`(i.category = ${path} or substr(i.category, 1, length(${below})) = ${below})`)
  }
  if (filter.brand !== undefined) conditions.push(`i.brand = ${parameter(filter.brand)}`)
  for (const [key, value] of characteristics)
    conditions.push(characteristicCondition(db, key, value, parameter))
  return { sql: conditions.length === 0 ? '' : `where ${conditions.join(' and ')}`, parameters }
}

/** Part of name or SKU. SQLite's `lower` and `like` know the case of ASCII only, so each letter is looked for in both. */
function searchCondition(db: Database, search: string, parameter: (value: SqlValue) => string): string {
  // No name is that long, and SQLite refuses patterns that are.
  if (search.length > 1000) return '1 = 0'
  if (db.engine === 'sqlite') {
    const pattern = parameter(`*${[...search].map(eitherCase).join('')}*`)
    return `(i.name glob ${pattern} or i.sku glob ${pattern})`
  }
  const pattern = parameter(`%${search.toLowerCase().replace(/[\\%_]/g, '\\$&')}%`)
  return `(lower(i.name) like ${pattern} escape '\\' or lower(i.sku) like ${pattern} escape '\\')`
}

/** One character as a GLOB pattern: "ä" → "[äÄ]", "*" → "[*]". */
function eitherCase(character: string): string {
  const cases = [character, character.toLowerCase(), character.toUpperCase()]
  const letters = new Set(cases.filter((letter) => letter.length === character.length))
  return letters.size > 1 || /[*?[]/.test(character) ? `[${[...letters].join('')}]` : character
}

/** A condition that each engine answers from an index: see db/characteristics.ts. */
function characteristicCondition(
  db: Database,
  key: string,
  value: string,
  parameter: (value: SqlValue) => string,
): string {
  // Refuses the same keys on both engines.
  const text = characteristicSql(key)
  if (db.engine === 'sqlite') return `${text} = ${parameter(value)}`
  return `i.characteristics @> ${parameter(JSON.stringify({ [key]: value }))}::text::jsonb`
}

function toItem(row: ItemRow): Item {
  const { price_e4, price_quantity_e4, characteristics, gone_at } = row
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
    gone_at: gone_at === null ? null : new Date(gone_at).toISOString(),
  }
}

function toPricePoint(row: HistoryRow): PricePoint {
  const { min_quantity_e4, price_e4, price_quantity_e4, recorded_at, ...rest } = row
  return {
    tier: rest.tier,
    min_quantity: min_quantity_e4 === null ? null : formatE4(min_quantity_e4),
    price: price_e4 === null ? null : formatPrice(price_e4),
    currency: rest.currency,
    price_quantity: price_quantity_e4 === null ? null : formatE4(price_quantity_e4),
    unit: rest.unit,
    tax: rest.tax,
    valid_from: rest.valid_from,
    valid_to: rest.valid_to,
    recorded_at: new Date(recorded_at).toISOString(),
    import_id: rest.import_id,
    file_name: rest.file_name,
    sha256: rest.sha256,
    sheet: rest.sheet,
    row: rest.row,
    column: rest.column,
    raw: rest.raw,
  }
}
