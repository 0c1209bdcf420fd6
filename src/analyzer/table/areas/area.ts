import type { Cell, Row } from '../rows/row.ts'

/** Where a table stands on its sheet: 0-based and inclusive; null: as far as the sheet goes. */
export interface TableArea {
  /** The titles above a table are part of it. */
  firstRow: number
  lastRow: number | null
  firstColumn: number
  lastColumn: number | null
}

/** Most sheets hold one table. */
export const wholeSheet: TableArea = { firstRow: 0, lastRow: null, firstColumn: 0, lastColumn: null }

/** Whether a table has its rows for itself: no other table stands beside it. */
export function hasWholeRows({ firstColumn, lastColumn }: TableArea): boolean {
  return firstColumn === 0 && lastColumn === null
}

/** Whether a table has its sheet for itself. */
export function isWholeSheet(area: TableArea): boolean {
  return hasWholeRows(area) && area.firstRow === 0 && area.lastRow === null
}

/** Whether the row belongs to the table, or to one beside it. */
export function isInRows({ firstRow, lastRow }: TableArea, index: number): boolean {
  // The names that come before a sheet's first row (-1) belong to its first table.
  return (firstRow === 0 || index >= firstRow) && (lastRow === null || index <= lastRow)
}

/** The row as its table sees it: cells keep their columns, those beyond the table are blank. */
export function rowWithin(row: Row, area: TableArea): Row {
  return hasWholeRows(area) ? row : { ...row, cells: cellsWithin(row.cells, area) }
}

function cellsWithin(cells: readonly Cell[], { firstColumn, lastColumn }: TableArea): Cell[] {
  const own = lastColumn === null ? cells.slice() : cells.slice(0, lastColumn + 1)
  return own.fill('', 0, firstColumn)
}
