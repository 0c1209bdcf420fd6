import { characteristicSql } from '../db/characteristics.ts'
import type { Database, SqlValue } from '../db/database.ts'
import { decodeCursor, encodeCursor, instantInCursor } from '../lib/cursor.ts'
import { NotFoundError } from '../lib/errors.ts'
import { formatE4, formatPrice } from '../lib/money.ts'
import { afterKeySql } from './after-key.ts'
import { type ItemRow, itemSelect, toItem } from './item-row.ts'
import type { Item, PricePoint } from './model.ts'

export interface ItemFilter {
  supplierId?: string
  sku?: string
  /** Part of name or SKU, in the middle of words too; case does not matter. Walks the catalog. */
  contains?: string
  /** As `Item.category` has it, or one above it. */
  category?: string
  /** Exactly as the list writes it. */
  brand?: string
  /** Every one must match exactly. */
  characteristics?: Record<string, string>
  /** Of at least so much, in ten-thousandths of whatever currency it is in; items on request have no price. */
  priceFromE4?: number
  /** Of at most so much. */
  priceToE4?: number
  /** Items that their supplier no longer lists are left out otherwise. */
  withGone?: boolean
}

export interface ItemPage {
  items: Item[]
  /** Hand it in to go on; null: this was the last page. */
  nextCursor: string | null
}

/** Which prices are looked for; what is left out does not matter. */
export interface HistoryFilter {
  /** Recorded then or later … */
  from?: Date
  /** … and before then. */
  to?: Date
  /** Only further prices, or only the item's own. */
  isTier?: boolean
}

export interface HistoryPage {
  history: PricePoint[]
  /** Hand it in to go on; null: this was the last page. */
  nextCursor: string | null
}

/** Most items a page may have. */
export const pageSizeMax = 1000

/** Reads of the catalog. Prices leave as decimal strings. */
export function itemStore(db: Database) {
  return {
    /**
     * Items by supplier and key, a page at a time.
     * @throws InvalidError `invalid_cursor`
     */
    async list(filter: ItemFilter, page: { limit: number; cursor: string | null }): Promise<ItemPage> {
      const limit = Math.min(page.limit, pageSizeMax)
      const { sql, parameters } = where(db, filter, page.cursor)
      const rows = await db.all<ItemRow>(
        `${itemSelect} ${sql} order by i.supplier_no, i.item_key limit ${limit + 1}`,
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
        `${itemSelect} where (i.supplier_no, i.item_key) in (select s.no, $1 from suppliers as s)
         order by i.supplier_no, i.item_key limit ${pageSizeMax}`,
        [idOrSku],
      )
      const id = /^#?(\d{1,15})$/.exec(idOrSku)?.[1]
      const rows =
        bySku.length > 0 || id === undefined
          ? bySku
          : await db.all<ItemRow>(`${itemSelect} where i.id = $1`, [Number(id)])
      if (rows.length === 0)
        throw new NotFoundError(
          'unknown_item',
          `There is no item with the SKU or id "${idOrSku}"; "tallyman items --search TEXT" finds items by name.`,
        )
      return rows.map(toItem)
    },

    /** @throws NotFoundError `unknown_item` */
    async get(id: string): Promise<Item> {
      const [row] = await db.all<ItemRow>(`${itemSelect} where i.id = $1`, [Number(id)])
      if (row === undefined) throw new NotFoundError('unknown_item', `There is no item ${id}.`)
      return toItem(row)
    },

    /**
     * Prices of an item, newest first, a page at a time, with the cell each came from. What one list said about it
     * stands together: the price, then the further ones in the list's order.
     * @throws InvalidError `invalid_cursor`
     */
    async history(
      itemId: string,
      page: { limit: number; cursor: string | null },
      filter: HistoryFilter = {},
    ): Promise<HistoryPage> {
      const limit = Math.min(page.limit, pageSizeMax)
      const parameters: SqlValue[] = [Number(itemId)]
      const behind = page.cursor === null ? '' : `and ${behindCursor(page.cursor, parameters)}`
      const { from, to, isTier } = filter
      const since = from === undefined ? '' : `and h.recorded_at >= $${parameters.push(from)}`
      const until = to === undefined ? '' : `and h.recorded_at < $${parameters.push(to)}`
      const tier = isTier === undefined ? '' : `and h.tier is ${isTier ? 'not ' : ''}null`
      const rows = await db.all<HistoryRow>(
        `select h.tier, h.min_quantity_e4, h.price_e4, h.currency, h.price_quantity_e4, h.unit, h.tax,
                h.valid_from, h.valid_to, h.recorded_at, m.id as import_id, m.file_name, m.sha256, h.sheet, h."row", h."column", h.raw,
                h.import_no, h.n
         from price_history as h left join imports as m on m.no = h.import_no
         where h.item_id = $1 ${behind} ${since} ${until} ${tier}
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
  const [at, by, behind] = [instantInCursor(recordedMs), importNo, n].map(
    (part) => `$${parameters.push(part)}`,
  )
  return `((h.recorded_at, h.import_no) < (${at}, ${by})
    or (h.recorded_at, h.import_no) = (${at}, ${by}) and h.n > ${behind})`
}

export interface HistoryRow
  extends Omit<PricePoint, 'price' | 'price_quantity' | 'min_quantity' | 'recorded_at'> {
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
  if (cursor !== null) {
    const after = decodeCursor(cursor, ['integer', 'string'])
    conditions.push(afterKeySql(after, filter.supplierId, parameter))
  }
  conditions.push(...itemConditions(db, filter, parameter))
  return { sql: conditions.length === 0 ? '' : `where ${conditions.join(' and ')}`, parameters }
}

/**
 * What a filter says, as SQL about `i`.
 * @param options.isDriven something else leads to the items: no index of theirs is to be used for it
 */
export function itemConditions(
  db: Database,
  filter: ItemFilter,
  parameter: (value: SqlValue) => string,
  { isDriven = false } = {},
): string[] {
  const conditions: string[] = []
  // The plus keeps SQLite from an index.
  const supplierNo = db.engine === 'sqlite' && isDriven ? '+i.supplier_no' : 'i.supplier_no'
  if (filter.withGone !== true) conditions.push('i.gone_at is null')
  if (filter.supplierId !== undefined)
    conditions.push(`${supplierNo} = (select no from suppliers where id = ${parameter(filter.supplierId)})`)
  if (filter.sku !== undefined) {
    const sku = parameter(filter.sku)
    // Items with a SKU have it as their key, and the keys are indexed by supplier.
    if (!isDriven) conditions.push(`(i.supplier_no, i.item_key) in (select s.no, ${sku} from suppliers as s)`)
    conditions.push(`i.sku = ${sku}`)
  }
  if (filter.contains !== undefined) conditions.push(containsCondition(db, filter.contains, parameter))
  if (filter.category !== undefined) {
    const path = parameter(filter.category)
    const below = parameter(`${filter.category} > `)
    conditions.push(`(i.category = ${path} or substr(i.category, 1, length(${below})) = ${below})`)
  }
  if (filter.brand !== undefined) conditions.push(`i.brand = ${parameter(filter.brand)}`)
  if (filter.priceFromE4 !== undefined) conditions.push(`i.price_e4 >= ${parameter(filter.priceFromE4)}`)
  if (filter.priceToE4 !== undefined) conditions.push(`i.price_e4 <= ${parameter(filter.priceToE4)}`)
  for (const [key, value] of Object.entries(filter.characteristics ?? {}))
    conditions.push(characteristicCondition(db, key, value, parameter))
  return conditions
}

/** Part of name or SKU. SQLite's `lower` and `like` know the case of ASCII only, so each letter is looked for in both. */
function containsCondition(db: Database, search: string, parameter: (value: SqlValue) => string): string {
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

/** The key as SQL text on SQLite: see db/characteristics.ts. */
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

export function toPricePoint(row: HistoryRow): PricePoint {
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
