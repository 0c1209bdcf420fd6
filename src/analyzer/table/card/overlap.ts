import type { DecimalStyle, Field, TableDecision } from '../decision.ts'
import { priceReader } from '../money/price.ts'
import type { Cell, Row } from '../rows/row.ts'
import { cellText, normalize } from '../text.ts'

/** An item of the catalog, as far as a list's columns can be compared with it. */
export interface KnownItem {
  sku: string | null
  name: string
  priceE4: number | null
  unit: string | null
  brand: string | null
  category: string | null
  characteristics: Record<string, string>
}

/** Rows of a list beside the items that they are, found by one of its columns. */
export interface MatchedRows {
  /** By column: the share of its different values that are known SKUs (or names). */
  keyShares: Map<number, number>
  rows: { cells: readonly Cell[]; item: KnownItem }[]
}

/** Texts that may be keys of items, by column; each once. */
export function keyTexts(rows: readonly Row[], width: number): Map<number, Set<string>> {
  const texts = new Map<number, Set<string>>()
  for (let column = 0; column < width; column++) {
    const found = new Set<string>()
    for (const { cells } of rows) {
      const text = cellText(cells[column])
      if (text !== '' && text.length <= keyLengthMax && isStorable(text)) found.add(text)
    }
    if (found.size > 0) texts.set(column, found)
  }
  return texts
}

const keyLengthMax = 255
/** No item is called what no database keeps. */
const isStorable = (text: string) => text.isWellFormed() && !text.includes('\0')

/** @param known items by their key, as it stands in a cell */
export function matchRows(
  rows: readonly Row[],
  texts: ReadonlyMap<number, ReadonlySet<string>>,
  known: ReadonlyMap<string, KnownItem>,
): MatchedRows {
  const keyShares = new Map<number, number>()
  let key = -1
  for (const [column, values] of texts) {
    let count = 0
    for (const value of values) if (known.has(value)) count++
    keyShares.set(column, count / values.size)
    // The fuller column of two that are as well known: a chance hit is no key.
    if (count > 0 && (key < 0 || count / values.size > (keyShares.get(key) ?? 0))) key = column
  }
  const matched: MatchedRows['rows'] = []
  for (const { cells } of key < 0 ? [] : rows) {
    const item = known.get(cellText(cells[key]))
    if (item !== undefined) matched.push({ cells, item })
  }
  return { keyShares, rows: matched }
}

/**
 * How well a column holds what the catalog knows of a field, 0 to 1; null: there is nothing to compare. Prices move,
 * so near ones count.
 */
export function overlapOf(
  matched: MatchedRows,
  column: number,
  { field, key, style }: { field: Field | null; key: string; style: DecimalStyle | null },
): number | null {
  const readPrice = priceReader(style)
  let compared = 0
  let same = 0
  for (const { cells, item } of matched.rows) {
    if (field === 'price') {
      const reading = readPrice(cells[column])
      if (item.priceE4 === null || item.priceE4 === 0) continue
      compared++
      if (reading.kind === 'price' && isNear(reading.e4, item.priceE4)) same++
      continue
    }
    const value = knownText(item, field, key)
    if (value === null) continue
    compared++
    if (normalize(cellText(cells[column])) === normalize(value)) same++
  }
  return compared === 0 ? null : Math.round((same / compared) * 100) / 100
}

/** The column that holds a field best, of those that may. */
export function bestColumn(
  matched: MatchedRows,
  columns: readonly number[],
  what: { field: Field | null; key: string; style: DecimalStyle | null },
): { column: number; overlap: number } | null {
  let best: { column: number; overlap: number } | null = null
  for (const column of columns) {
    const overlap =
      what.field === 'sku' ? (matched.keyShares.get(column) ?? 0) : overlapOf(matched, column, what)
    if (overlap !== null && overlap > (best?.overlap ?? 0)) best = { column, overlap }
  }
  return best
}

/** How many columns of a table there are to look at. */
export function widthOf(rows: readonly Row[], { headers }: Pick<TableDecision, 'headers'>): number {
  const widest = rows.reduce((width, { cells }) => Math.max(width, cells.length), headers.length)
  return Math.min(widest, columnsMax)
}

/** What is asked of the catalog stays bounded: rows times columns. */
const columnsMax = 64

const nearMax = 0.25

function isNear(value: number, known: number): boolean {
  return Math.abs(value - known) <= known * nearMax
}

function knownText(item: KnownItem, field: Field | null, key: string): string | null {
  switch (field) {
    case 'sku':
      return item.sku
    case 'name':
      return item.name
    case 'unit':
      return item.unit
    case 'brand':
      return item.brand
    case 'category':
      return item.category
    default:
      return item.characteristics[field ?? key] ?? null
  }
}
