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
   * Whether all texts are known to be tidy: no white space at their ends and none of what `isTidyCode` excludes
   * within. Most rows are, and whoever found the ends of the cells has looked at their bytes already.
   */
  isTidy?: boolean
  /** Why the format could not make cells of it; it is rejected, whatever its cells are. */
  fault?: RowFault
}

export interface RowFault {
  /** Stable and for machines. */
  code: string
  message: string
  raw: string
}
