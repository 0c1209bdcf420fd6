import type { TableDecision } from '../table/decision.ts'

/**
 * What stands above the rows of a table, and where the mark goes: beside the last row of the header, or, where a
 * table has none, beside a row of letters that is put between the titles and the rows. Names that have no place of
 * their own in a file, such as the keys of JSON, are a header in row -1.
 */
export function headRowOf(table: TableDecision): number {
  const { headerRows, firstDataRow, corrects } = table
  if (!hasHead(table)) return firstDataRow
  return corrects !== undefined || headerRows.length === 0 ? firstDataRow - 1 : Math.max(...headerRows)
}

/** Whether the table has a row that can bear the mark. */
export function hasHead({ headerRows, headers, corrects }: TableDecision): boolean {
  return headerRows.length > 0 || headers.length > 0 || corrects !== undefined
}

/** The first row of the table's titles. */
export function topRowOf(table: TableDecision): number {
  return Math.min(table.area.firstRow, headRowOf(table))
}

/** How many rows stand above the one that bears the mark. */
export function rowsAbove(table: TableDecision): number {
  return headRowOf(table) - topRowOf(table)
}
