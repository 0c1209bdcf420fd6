import { columnLetter } from '../letters.ts'
import { type Issue, rawTextMax } from './issue.ts'

/** Longest SKU and name, in characters (R2.7). */
export const skuLengthMax = 255
export const nameLengthMax = 500

/** Words the issues of one table: it knows the columns' names. */
export interface Faults {
  error(fault: Fault): Issue
  note(fault: Fault): Issue
}

export interface Fault {
  code: string
  /** 0-based. */
  row: number
  column: number | null
  /** The cell as the file writes it; null where there is none. */
  raw: string | null
  /** What follows "Column "Preis", row 12 ": "holds …; correct it". */
  text: string
}

/** @param headers header texts by column, '' where blank */
export function faultsOf(headers: readonly string[]): Faults {
  const issue = (severity: 'error' | 'note', { code, row, column, raw, text }: Fault): Issue => ({
    severity,
    errorType: 'ValidationError',
    code,
    message: `${placeName(column, headers)}row ${row + 1} ${text}`.replace(/^r/, 'R'),
    row,
    column,
    raw: raw === null ? null : raw.slice(0, rawTextMax),
  })
  return { error: (fault) => issue('error', fault), note: (fault) => issue('note', fault) }
}

/** A cell's text for a message: short, on one line, in quotes. */
export function quoted(text: string): string {
  const line = text.slice(0, quotedMax * 2).replace(/\s+/g, ' ')
  return line.length > quotedMax ? `"${line.slice(0, quotedMax)}…"` : `"${line}"`
}

const quotedMax = 60

function placeName(column: number | null, headers: readonly string[]): string {
  if (column === null) return ''
  const header = headers[column] ?? ''
  return header === '' ? `Column ${columnLetter(column)}, ` : `Column ${quoted(header)}, `
}
