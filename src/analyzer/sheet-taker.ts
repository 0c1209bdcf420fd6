import type { RowTaker } from './row-taker.ts'
import { hasWholeRows, isInRows, rowWithin, type TableArea } from './table/areas/area.ts'
import type { Row } from './table/rows/row.ts'
import { filledCount } from './table/text.ts'

/** A table of a sheet, and who takes its rows. */
export interface TakenTable {
  area: TableArea
  taker: RowTaker
}

/**
 * Gives every row of a sheet to its table. A row that tables share, because they stand side by side, is a row of each
 * table that has something in it, and counts in each; a blank one is a row of the first.
 * @param tables at least one, in the order of `findAreas`
 */
export function sheetTaker(tables: readonly TakenTable[]): RowTaker {
  const [only] = tables
  if (tables.length === 1 && only !== undefined) return only.taker
  const bands = bandsOf(tables)
  let at = 0
  return {
    knows(index, bytes, from, to) {
      const [first] = bandAt(index)
      return hasWholeRows(first!.area) && first!.taker.knows(index, bytes, from, to)
    },
    take(row, isLine) {
      const band = bandAt(row.index)
      if (band.length === 1) band[0]!.taker.take(row, isLine)
      else takeShared(row, band)
    },
    hasRepeated: () => tables.some(({ taker }) => taker.hasRepeated()),
  }

  /** Rows come in the order of their index. */
  function bandAt(index: number): TakenTable[] {
    while (at < bands.length - 1 && !isInRows(bands[at]![0]!.area, index)) at++
    return bands[at]!
  }
}

/** Tables that share their rows, top to bottom. */
function bandsOf(tables: readonly TakenTable[]): TakenTable[][] {
  const bands = new Map<number, TakenTable[]>()
  for (const table of tables) {
    const { firstRow } = table.area
    bands.set(firstRow, [...(bands.get(firstRow) ?? []), table])
  }
  return [...bands.values()]
}

function takeShared(row: Row, band: readonly TakenTable[]): void {
  let isTaken = false
  // What is wrong with the whole row is said once.
  for (const { area, taker } of row.fault === undefined ? band : band.slice(0, 1)) {
    const own = rowWithin(row, area)
    if (row.fault === undefined && filledCount(own.cells) === 0) continue
    taker.take(own, false)
    isTaken = true
  }
  const [first] = band
  if (!isTaken) first!.taker.take(rowWithin(row, first!.area), false)
}
