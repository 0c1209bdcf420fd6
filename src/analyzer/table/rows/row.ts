/**
 * One cell as a format hands it over. Text stays text; a number is a workbook's own binary number (never made
 * from text, so leading zeros and long codes survive); `''` is a blank cell. Dates arrive as ISO text
 * ("2026-11-22" or "2026-11-22T08:30:00"), booleans as "TRUE"/"FALSE", error cells as their text ("#VALUE!").
 */
export type Cell = string | number

/**
 * One row of one sheet. `index` is 0-based and counts every row of the sheet, blank ones included; -1 is a header
 * without a place of its own, such as the keys of NDJSON.
 */
export interface Row {
  index: number
  cells: Cell[]
  /**
   * Which texts are known to be tidy: no white space at their ends, and only characters of `isTidyCode`. Most are, and
   * whoever found the ends of the cells has looked at their bytes already. Bit n stands for column n; columns that
   * have no bit are only known where all are tidy (`tidyThroughout`). Absent: nothing is known.
   */
  tidy?: number
  /** The section that the row stands in, where the file says so beside the row: headings above it do not count. */
  section?: string
  /** Why the format could not make cells of it; it is rejected, whatever its cells are. */
  fault?: RowFault
}

export interface RowFault {
  /** Stable and for machines. */
  code: string
  message: string
  raw: string
}

export const tidyThroughout = -1

/** Whether the text in a column is known to be tidy. */
export function isTidyAt({ tidy = 0 }: Row, column: number): boolean {
  return tidy === tidyThroughout || (column < columnsWithBit && ((tidy >>> column) & 1) === 1)
}

/** The same but for one column. */
export function withoutTidy(tidy: number, column: number): number {
  const rest = tidy & 0x7fffffff
  return column < columnsWithBit ? rest & ~(1 << column) : rest
}

/** The sign bit is only set where all are. */
const columnsWithBit = 31
