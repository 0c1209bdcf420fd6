/** The kinds of error that a parse log distinguishes (R2.7). */
export const errorTypes = [
  'ValidationError',
  'ParserError',
  'DatabaseError',
  'NetworkError',
  'AuthenticationError',
] as const
export type ErrorType = (typeof errorTypes)[number]

/**
 * `error`: the row was rejected. `note`: the row was taken, and this is what was done to it.
 * `ignored`: the row is no item, and `code` says what it is.
 */
export const severities = ['error', 'note', 'ignored'] as const
export type Severity = (typeof severities)[number]

/** Something to say about one row. Rows and columns are 0-based; null means the whole sheet or the whole row. */
export interface Issue {
  severity: Severity
  errorType: ErrorType
  /** Stable and for machines: `missing_price`, `duplicate_sku`, … */
  code: string
  /** For people: what, where (1-based, as a spreadsheet shows it) and what to do. */
  message: string
  row: number | null
  column: number | null
  /** The text of the offending cell, cut to `rawTextMax` characters. */
  raw: string | null
}

/** Longest raw text an issue or a price point keeps, in characters. */
export const rawTextMax = 1000

/** Why a row is no item. */
export const ignoredReasons = [
  'blank',
  'title',
  'header',
  'repeated_header',
  'section',
  'total',
  'note',
  'duplicate',
  'superseded',
  'not_a_list',
] as const
export type IgnoredReason = (typeof ignoredReasons)[number]

/** How many issues there are of a code. */
export interface IssueCount {
  code: string
  count: number
}
