import { currencyIn } from '../money/currency.ts'
import type { NumberTest } from '../money/number-cell.ts'
import type { Cell } from '../rows/row.ts'
import { cellText, normalize } from '../text.ts'
import type { HeaderNames, NameScores } from './header-names.ts'

/** A row that names its columns so well that it must be a header, wherever on the sheet it stands. */
export interface HeadingRow {
  /** Normalised texts by column, '' where blank. */
  words: string[]
  /** 0-based columns of what names articles (the first of them) and of every price; none: see `pricelessHeading`. */
  nameColumn: number
  priceColumns: number[]
}

/**
 * Reads a row as a header: words for an article and for a price, in different columns, hardly any number, no long
 * text. Null: the row may be anything.
 */
export function headingRow(
  cells: readonly Cell[],
  names: HeaderNames,
  isNumber: NumberTest,
): HeadingRow | null {
  if (cells.length > columnsMax) return null
  const words: string[] = []
  const priceColumns: number[] = []
  /** Columns that may be called a price: "Trade £ (ex VAT)" is one among other headers. */
  const mayBePriced: number[] = []
  let nameColumn = -1
  let filled = 0
  let named = 0
  let numbers = 0
  for (let column = 0; column < cells.length; column++) {
    const text = cellText(cells[column])
    words.push('')
    if (text === '') continue
    filled++
    // Data rows show it in their first cells, so most of them end here.
    if (typeof cells[column] === 'number' || isNumber(cells[column])) {
      if (++numbers > numbersMax || filled <= numbers) return null
      continue
    }
    if (text.length > textMax) return null
    words[column] = normalize(text)
    const scores = names.quick(text)
    const price = scores.price ?? 0
    const hasCurrency = price < fieldMin && currencyIn(text) !== null
    if (best(scores) >= fieldMin || hasCurrency) named++
    if (price >= scoreMin && price >= best(scores)) priceColumns.push(column)
    else if (hasCurrency || (price >= fieldMin && price >= best(scores))) mayBePriced.push(column)
    else if (nameColumn < 0 && Math.max(scores.name ?? 0, scores.sku ?? 0) >= scoreMin) nameColumn = column
  }
  if (named >= filled * namedShareMin) priceColumns.push(...mayBePriced)
  if (nameColumn < 0 || priceColumns.length === 0 || numbers * 2 > filled) return null
  return { words, nameColumn, priceColumns }
}

/**
 * Reads a row as the header of a table without prices below one that has some: "SKU | Product | Stock" under "SKU |
 * Product | Price". Its numbers would otherwise pass for prices, so a word for something else must stand in that column.
 * @param current what the table above says
 */
export function pricelessHeading(
  cells: readonly Cell[],
  names: HeaderNames,
  isNumber: NumberTest,
  current: readonly HeadingRow[],
): HeadingRow | null {
  if (cells.length > columnsMax) return null
  const isOther = current.some(({ priceColumns }) =>
    priceColumns.some((column) => {
      const { price = 0, ...others } = names.quick(cellText(cells[column]).slice(0, textMax))
      return price < fieldMin && best(others) >= fieldMin
    }),
  )
  if (!isOther) return null
  let nameColumn = -1
  let named = 0
  let filled = 0
  for (let column = 0; column < cells.length; column++) {
    const text = cellText(cells[column])
    if (text === '') continue
    filled++
    if (text.length > textMax || isNumber(cells[column])) return null
    const scores = names.quick(text)
    if (best(scores) >= fieldMin) named++
    if (nameColumn < 0 && Math.max(scores.name ?? 0, scores.sku ?? 0) >= scoreMin) nameColumn = column
  }
  if (nameColumn < 0 || named < 2 || named < filled * namedShareMin) return null
  return { words: cells.map((cell) => normalize(cellText(cell))), nameColumn, priceColumns: [] }
}

/**
 * Whether a later header says what an earlier one said: every word the same, or a word that names no field (lists
 * write the section there: "Cables | Unit | Price").
 */
export function isSameHeading(one: HeadingRow, other: HeadingRow, names: HeaderNames): boolean {
  const width = Math.max(one.words.length, other.words.length)
  for (let column = 0; column < width; column++) {
    const [a, b] = [one.words[column] ?? '', other.words[column] ?? '']
    if (a === b || b === '') continue
    if (a === '' || best(names.quick(a)) >= fieldMin || best(names.quick(b)) >= fieldMin) return false
  }
  return true
}

const columnsMax = 256
const textMax = 80
/** Columns such as "10" and "100" (prices from that many pieces on) are headers too. */
const numbersMax = 4
/** Only very names of a field count: a data row may well hold "Price tag" or "Item box". */
const scoreMin = 0.85
const fieldMin = 0.68
/** Of the filled cells. */
const namedShareMin = 0.6

function best(scores: NameScores): number {
  let highest = 0
  for (const score of Object.values(scores)) if (score > highest) highest = score
  return highest
}
