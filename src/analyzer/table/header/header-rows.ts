import { isUnitWord } from '../columns/columns.ts'
import { isQuantityRow } from '../columns/quantity-row.ts'
import { currencyIn } from '../money/currency.ts'
import type { NumberTest } from '../money/number-cell.ts'
import type { Cell, Row } from '../rows/row.ts'
import { cellText, filledCount, normalize } from '../text.ts'
import type { HeaderNames } from './header-names.ts'
import { headingRow } from './heading-row.ts'

/** Where a table's header is and what it says. */
export interface Header {
  /** 0-based row indexes, ascending. */
  rows: number[]
  /** What each of those rows says alone, normalised by column; empty where the header is one row. */
  lines: string[][]
  firstDataRow: number
  /** By column; '' where the header is blank. Headers of several rows are joined by spaces. */
  texts: string[]
  /** 0 to 1: how sure it is that this is the header. */
  confidence: number
}

export const headerCellMax = 60

/**
 * The rows around the best one that belong to the header: groups above it ("Price" over "retail | wholesale"), a second
 * row below, the same in another language, units ("pcs | EUR") and a numbering of the columns (1, 2, 3 …).
 * @param best.at place among the rows
 */
export function wholeHeader(
  rows: readonly Row[],
  best: { at: number; confidence: number },
  names: HeaderNames,
  isNumber: NumberTest,
): Header {
  const parts: Part[] = [{ row: rows[best.at]!, isJoined: true, certainty: 1 }]
  let top = best.at
  while (parts.length < upperRowsMax + 1 && isRightAbove(rows[top - 1], rows[top]!)) {
    const part = upperPart(rows[top - 1]!, rows[top]!, names, isNumber)
    if (part === null) break
    parts.unshift(part)
    top--
  }
  let bottom = best.at
  while (parts.length < rowsMax && isRightAbove(rows[bottom]!, rows[bottom + 1])) {
    const part = lowerPart(rows, { top, bottom }, names, isNumber)
    if (part === null) break
    parts.push(part)
    bottom++
  }
  return headerOf(parts, best.confidence, names)
}

/** The header in just these rows, of which there is at least one. */
export function headerOfRows(rows: readonly Row[], names: HeaderNames): Header {
  const parts = rows.map((row) => ({ row, isJoined: !isNumbering(row.cells), certainty: 1 }))
  return headerOf(
    parts.some(({ isJoined }) => isJoined) ? parts : parts.map((part) => ({ ...part, isJoined: true })),
    1,
    names,
  )
}

function headerOf(parts: readonly Part[], confidence: number, names: HeaderNames): Header {
  const lines = parts.filter(({ isJoined }) => isJoined).map(({ row }) => row.cells)
  return {
    rows: parts.map(({ row }) => row.index),
    lines: parts.length === 1 ? [] : parts.map(({ row }) => wordsOf(row.cells)),
    firstDataRow: parts.at(-1)!.row.index + 1,
    texts: lines.slice(1).reduce<string[]>((upper, lower) => joined(upper, lower, names), textsOf(lines[0]!)),
    confidence: parts.reduce((product, { certainty }) => product * certainty, confidence),
  }
}

/** Whether some column has text here and numbers in most rows below: the mark of a header in any language. */
export function hasNumbersBelow(rows: readonly Row[], at: number, isNumber: NumberTest): boolean {
  const { cells } = rows[at]!
  const below = rows.slice(at + 1, at + 21).filter((row) => filledCount(row.cells) >= 2)
  if (below.length === 0) return false
  for (let column = 0; column < cells.length; column++) {
    if (cellText(cells[column]) === '' || isNumber(cells[column])) continue
    let numbers = 0
    for (const row of below) if (isNumber(row.cells[column])) numbers++
    if (numbers / below.length >= 0.5) return true
  }
  return false
}

/** Whether the cells number the columns: 1, 2, 3 … and nothing else. */
export function isNumbering(cells: readonly Cell[]): boolean {
  let count = 0
  for (const cell of cells) {
    const text = cellText(cell)
    if (text !== '' && text !== String(++count)) return false
  }
  return count >= 3
}

interface Part {
  row: Row
  /** Whether it says something about the columns. */
  isJoined: boolean
  /** How sure the header stays with it, 0 to 1. */
  certainty: number
}

const upperRowsMax = 2
const rowsMax = 5
const namedMin = 0.68
const surelyNamedMin = 0.9

function isRightAbove(upper: Row | undefined, lower: Row | undefined): boolean {
  return upper !== undefined && lower !== undefined && upper.index === lower.index - 1
}

function upperPart(upper: Row, lower: Row, names: HeaderNames, isNumber: NumberTest): Part | null {
  if (isOtherLanguage(upper, lower, names, isNumber)) return { row: upper, isJoined: true, certainty: 0.95 }
  return isUpperRow(upper.cells, lower.cells, names, isNumber)
    ? { row: upper, isJoined: true, certainty: 0.9 }
    : null
}

function lowerPart(
  rows: readonly Row[],
  { top, bottom }: { top: number; bottom: number },
  names: HeaderNames,
  isNumber: NumberTest,
): Part | null {
  const row = rows[bottom + 1]!
  if (isNumbering(row.cells)) return { row, isJoined: false, certainty: 1 }
  const below = rows.slice(bottom + 2, bottom + 22).filter(({ cells }) => filledCount(cells) >= 2)
  if (isQuantityRow(row, rows[bottom]!.cells, below, names, isNumber))
    return { row, isJoined: true, certainty: 1 }
  if (isUnitsRow(row, rows.slice(top, bottom + 1), names, isNumber))
    return { row, isJoined: true, certainty: 1 }
  if (isOtherLanguage(row, rows[bottom]!, names, isNumber)) return { row, isJoined: true, certainty: 0.95 }
  return isSecondRow(rows, bottom, names, isNumber) ? { row, isJoined: true, certainty: 0.9 } : null
}

/** Two headers in a row that fill the same columns say the same in two languages. */
function isOtherLanguage(row: Row, header: Row, names: HeaderNames, isNumber: NumberTest): boolean {
  if (headingRow(row.cells, names, isNumber) === null) return false
  const width = Math.max(row.cells.length, header.cells.length)
  for (let column = 0; column < width; column++) {
    if (cellText(row.cells[column]) !== '' && cellText(header.cells[column]) === '') return false
  }
  return filledCount(row.cells) >= filledCount(header.cells) * 0.6
}

/** "pcs | EUR" below the names: units and currencies, and nothing where articles are named. */
function isUnitsRow(row: Row, header: readonly Row[], names: HeaderNames, isNumber: NumberTest): boolean {
  let units = 0
  let filled = 0
  for (let column = 0; column < row.cells.length; column++) {
    const text = cellText(row.cells[column])
    if (text === '') continue
    filled++
    if (text.length > unitLengthMax || isNumber(row.cells[column])) return false
    const scores = header.map(({ cells }) => names.quick(cellText(cells[column])))
    if (scores.some(({ sku = 0, name = 0 }) => Math.max(sku, name) >= surelyNamedMin)) return false
    const bare = text.replace(/^[([]\s*|\s*[)\]]$/g, '')
    if (isUnitWord(bare) || currencyIn(bare) !== null || bare === '%') units++
  }
  return filled > 0 && units >= filled * 0.6
}

const unitLengthMax = 15

/**
 * The row below the header belongs to it when it names something under a blank (merged) header cell, holds no
 * number, and stands above numbers.
 */
function isSecondRow(rows: readonly Row[], at: number, names: HeaderNames, isNumber: NumberTest): boolean {
  const upper = rows[at]!.cells
  const lower = rows[at + 1]!.cells
  let filled = 0
  let underBlank = 0
  let named = 0
  const width = Math.max(upper.length, lower.length)
  for (let column = 0; column < width; column++) {
    const text = cellText(lower[column])
    if (text === '') continue
    filled++
    if (text.length > headerCellMax || isNumber(lower[column])) return false
    if (cellText(upper[column]) === '') underBlank++
    if (bestScore(text, names) >= surelyNamedMin) named++
  }
  if (filled < 2 || underBlank === 0) return false
  return (named > 0 || filled < filledCount(upper)) && hasNumbersBelow(rows, at + 1, isNumber)
}

/**
 * The row above the header belongs to it when it is text that names columns and fills the header's blanks, or when it
 * is one text over a later column that says what several columns are ("Prices, EUR").
 */
function isUpperRow(
  upper: readonly Cell[],
  lower: readonly Cell[],
  names: HeaderNames,
  isNumber: NumberTest,
): boolean {
  let filled = 0
  let overBlank = 0
  let named = 0
  let first = -1
  for (let column = 0; column < upper.length; column++) {
    const text = cellText(upper[column])
    if (text === '') continue
    filled++
    if (first < 0) first = column
    if (text.length > headerCellMax || isNumber(upper[column])) return false
    if (cellText(lower[column]) === '') overBlank++
    if (bestScore(text, names) >= namedMin || currencyIn(text) !== null) named++
  }
  if (filledCount(lower) < 2 || named === 0) return false
  if (filled >= 2) return overBlank > 0 || isGrouping(upper, lower)
  // A title may begin in a later column too; it then stands over what is something by itself.
  const under = cellText(lower[first])
  return under !== '' && !isOther(under, cellText(upper[first]), names) && isGrouping(upper, lower)
}

/** Each text stands over several columns, or over one that others are left of: no title, which begins at the left. */
function isGrouping(upper: readonly Cell[], lower: readonly Cell[]): boolean {
  const leftmost = lower.findIndex((cell) => cellText(cell) !== '')
  return upper.every((cell, column) => cellText(cell) === '' || column > leftmost)
}

/** "Price | (merged)" over "retail | wholesale" → "Price retail", "Price wholesale". */
function joined(upper: readonly string[], lower: readonly Cell[], names: HeaderNames): string[] {
  const texts: string[] = []
  let carried = ''
  for (let column = 0; column < Math.max(upper.length, lower.length); column++) {
    const top = upper[column] ?? ''
    const bottom = headerText(lower[column])
    if (top !== '') carried = top
    // A blank above a filled cell is the rest of a merged cell; a blank above a blank ends it, and so does a cell that
    // is something else by itself.
    else if (bottom === '' || isOther(bottom, carried, names)) carried = ''
    const over = top !== '' ? top : carried
    texts.push(over === '' || bottom === '' || over === bottom ? top || bottom : `${over} ${bottom}`)
  }
  return texts
}

/** Whether a text names a field that the group it might belong to does not name. */
function isOther(text: string, group: string, names: HeaderNames): boolean {
  const own = names.quick(text)
  const shared = names.quick(group)
  return (
    ['sku', 'name', 'unit', 'stock', 'ean', 'brand', 'category', 'currency', 'description'] as const
  ).some((field) => (own[field] ?? 0) >= surelyNamedMin && (shared[field] ?? 0) < namedMin)
}

function bestScore(text: string, names: HeaderNames): number {
  return Math.max(0, ...Object.values(names.quick(text)))
}

export function textsOf(cells: readonly Cell[]): string[] {
  return cells.map((cell) => headerText(cell))
}

function headerText(cell: Cell | undefined): string {
  return cellText(cell).replace(/\s+/g, ' ')
}

function wordsOf(cells: readonly Cell[]): string[] {
  return cells.map((cell) => normalize(cellText(cell)))
}
