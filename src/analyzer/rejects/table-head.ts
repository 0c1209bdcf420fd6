import type { TableDecision } from '../table/decision.ts'

/**
 * What stands above the rows of a table, and where the mark goes: beside the last row of the header, or, where a
 * table has none, beside a row of letters that is put between the titles and the rows.
 */
export function headRowOf(table: TableDecision): number {
  if (table.corrects !== undefined) return table.firstDataRow - 1
  return hasHead(table) ? Math.max(...table.headerRows) : table.firstDataRow
}

/** Whether the table has a row that can bear the mark. */
export function hasHead({ headerRows, corrects }: TableDecision): boolean {
  return headerRows.length > 0 || corrects !== undefined
}

/** The first row of the table's titles; -1 is a header without a place of its own. */
export function topRowOf({ area, headerRows }: TableDecision): number {
  return Math.min(area.firstRow, ...headerRows)
}

/** How many rows stand above the one that bears the mark. */
export function rowsAbove(table: TableDecision): number {
  return headRowOf(table) - topRowOf(table)
}
