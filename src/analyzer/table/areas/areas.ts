import type { HeaderNames } from '../header/header-names.ts'
import { type HeadingRow, headingRow, isSameHeading, pricelessHeading } from '../header/heading-row.ts'
import { type NumberTest, numberTest } from '../money/number-cell.ts'
import type { Row } from '../rows/row.ts'
import { cellText, filledCount } from '../text.ts'
import { type TableArea, wholeSheet } from './area.ts'

/** Most tables that are told apart on one sheet; what follows belongs to the last one. */
export const tablesMax = 100

/** One table of a sheet, as far as its place goes. */
export interface FoundArea {
  area: TableArea
  /** Index of the row that names its columns best; null: no row does so without doubt. */
  headingRow: number | null
}

/**
 * The tables of one sheet, in the order of their rows, then of their columns: one below another, each with a header of
 * its own that says something else, and side by side, under a header that says the same twice.
 * @param rows the sampled rows, ascending by index; there may be gaps between samples
 * @returns at least one area; together they cover the sheet
 */
export function findAreas(rows: readonly Row[], names: HeaderNames): FoundArea[] {
  const isNumber = numberTest()
  const starts = findStarts(rows, names, isNumber)
  return starts.flatMap(({ heading, at, firstRow }, index): FoundArea[] => {
    const next = starts[index + 1]
    const area: TableArea = {
      ...wholeSheet,
      firstRow,
      lastRow: next === undefined ? null : next.firstRow - 1,
    }
    if (heading === null) return [{ area, headingRow: null }]
    const body = rows.slice(at + 1, next?.at)
    return besideEachOther(area, heading, body).map((one) => ({ area: one, headingRow: rows[at]!.index }))
  })
}

interface Start {
  /** Null: a sheet without such a header is one table. */
  heading: HeadingRow | null
  /** Place of the header among the sampled rows. */
  at: number
  /** Index of the first row of the table, its titles included. */
  firstRow: number
}

function findStarts(rows: readonly Row[], names: HeaderNames, isNumber: NumberTest): Start[] {
  const starts: Start[] = [{ heading: null, at: -1, firstRow: 0 }]
  /** Headers above the first data row of the current table: two languages, or a title in words of a header. */
  let current: HeadingRow[] = []
  let hasData = false
  for (let at = 0; at < rows.length && starts.length < tablesMax; at++) {
    const { cells } = rows[at]!
    const heading: HeadingRow | null =
      headingRow(cells, names, isNumber) ??
      (hasData ? pricelessHeading(cells, names, isNumber, current) : null)
    if (heading === null) {
      hasData ||= current.some(({ priceColumns }) => priceColumns.some((column) => isNumber(cells[column])))
      continue
    }
    if (!hasData) {
      current.push(heading)
      // The last of several headers in a row is the one right above the data.
      if (starts.length === 1) starts[0] = { heading, at, firstRow: 0 }
      else starts.push({ ...starts.pop()!, heading, at })
      continue
    }
    if (current.some((known) => isSameHeading(known, heading, names))) continue
    const isPriceless: boolean = heading.priceColumns.length === 0
    if (!isPriceless && !hasPricesBelow(rows, at, heading, isNumber)) continue
    starts.push({ heading, at, firstRow: rows[firstTitle(rows, at)]!.index })
    current = [heading]
    hasData = isPriceless
  }
  return starts
}

const lookedBelow = 30

function hasPricesBelow(
  rows: readonly Row[],
  at: number,
  { priceColumns }: HeadingRow,
  isNumber: NumberTest,
): boolean {
  return rows
    .slice(at + 1, at + 1 + lookedBelow)
    .some(({ cells }) => priceColumns.some((column) => isNumber(cells[column])))
}

/** Titles of a table stand right above its header: rows with one text, and blank ones between. */
function firstTitle(rows: readonly Row[], at: number): number {
  let first = at
  for (let above = at - 1; above >= Math.max(1, at - titleRowsMax); above--) {
    const { cells } = rows[above]!
    const filled = filledCount(cells)
    if (filled > 1) break
    if (filled === 1) {
      if (!/\p{L}/u.test(cellText(cells.find((cell) => cellText(cell) !== '')))) break
      first = above
    }
  }
  return first
}

const titleRowsMax = 12

/** Splits a table whose header says the same several times: "SKU | Name | Price | | SKU | Name | Price". */
function besideEachOther(area: TableArea, heading: HeadingRow, body: readonly Row[]): TableArea[] {
  const starts = repeatedAt(heading)
  const blocks = starts.map((from, block) => ({ from, to: starts[block + 1] ?? heading.words.length }))
  // A lone column beside the list under the same two names is no table.
  const areFilled = blocks.every(({ from, to }) =>
    body.some(({ cells }) => filledCount(cells.slice(from, to)) >= 2),
  )
  if (blocks.length < 2 || !areFilled) return [area]
  return blocks.map(({ from, to }, block) => ({
    ...area,
    firstColumn: block === 0 ? 0 : from,
    lastColumn: block === blocks.length - 1 ? null : to - 1,
  }))
}

/** The columns at which a block of headers begins that comes several times with the same words. */
function repeatedAt({ words, nameColumn, priceColumns }: HeadingRow): number[] {
  const lead = words.find((word) => word !== '')
  const starts = words.flatMap((word, column) => (word === lead ? [column] : []))
  if (starts.length < 2) return []
  const blocks = starts.map((from, index) =>
    words
      .slice(from, starts[index + 1] ?? words.length)
      .filter((word) => word !== '')
      .join('|'),
  )
  const isTable = nameColumn < starts[1]! && priceColumns[0]! < starts[1]!
  // The last block may be followed by a column of its own, such as notes.
  return isTable && blocks.every((block) => `${block}|`.startsWith(`${blocks[0]}|`)) ? starts : []
}
