import type { DecimalStyle } from '../table/decision.ts'
import type { ReturnedRow } from './rejected-rows.ts'

/** Where the bytes of a file go; it may make the writer wait. */
export type ByteSink = (bytes: Uint8Array) => Promise<void>

/** One table of a file of rejected rows, before its rows come. */
export interface ReturnedTable {
  sheetName: string | null
  /** What the header of the reason column says. */
  mark: string
  /** 0-based; the supplier's own columns end before it, and the rows' numbers stand behind it. */
  reasonColumn: number
  /** Whether the rows stand in sections, which are said behind their numbers. */
  hasSections: boolean
  /** In the supplier's file, of the first title and of the row beside which the mark goes. */
  topRow: number
  headRow: number
  /** Longest text of each column, in characters. */
  widths: number[]
  /** How the price column writes decimals. */
  decimalStyle: DecimalStyle | null
}

/** Writes rejected rows in a format, table after table, without holding them. */
export interface RejectsWriter {
  table(table: ReturnedTable): Promise<void>
  /** @param number of the row in the supplier's file, from 1 on; null: not known, or no rejected row */
  row(row: ReturnedRow, number: number | null): Promise<void>
  /** Ends the file. */
  end(): Promise<void>
}
