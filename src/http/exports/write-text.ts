import { guarded } from '../../analyzer/rejects/formula-guard.ts'
import { type Column, cellOf } from './columns.ts'

type Row = Record<string, unknown>

/** Writes rows as text, a page at a time. */
export interface TextWriter {
  begin(): string
  page(rows: readonly Row[]): string
  end(): string
}

export const delimiters = { comma: ',', semicolon: ';', tab: '\t' } as const

/**
 * CSV as RFC 4180 has it. Cells that a spreadsheet would take for a formula begin with an apostrophe; decimals are
 * written as they are, with a point.
 * @param options.hasMark begins with a byte order mark, by which Excel knows UTF-8
 */
export function csvText(
  columns: readonly Column[],
  { delimiter, hasMark }: { delimiter: string; hasMark: boolean },
): TextWriter {
  const special = new RegExp(`["\\r\\n${delimiter}]|[,;\\t|][=+\\-@]|^\\s|\\s$`)
  const quoted = (text: string) => (special.test(text) ? `"${text.replaceAll('"', '""')}"` : text)
  const cell = (value: ReturnType<typeof cellOf>, kind: Column['kind']) => {
    if (value === null) return ''
    // Neither can begin a formula.
    if (kind === 'decimal' || typeof value !== 'string') return String(value)
    return quoted(guarded(value))
  }
  const line = (cells: string[]) => `${cells.join(delimiter)}\r\n`
  return {
    begin: () => (hasMark ? '\ufeff' : '') + line(columns.map(({ name }) => quoted(guarded(name)))),
    page(rows) {
      let text = ''
      for (const row of rows) text += line(columns.map((column) => cell(cellOf(row, column), column.kind)))
      return text
    },
    end: () => '',
  }
}

/** One JSON array. One that was cut off is none. */
export function jsonText(): TextWriter {
  let isFirst = true
  return {
    begin: () => '[',
    page(rows) {
      let text = ''
      for (const row of rows) {
        text += `${isFirst ? '\n' : ',\n'}${JSON.stringify(row)}`
        isFirst = false
      }
      return text
    },
    end: () => '\n]\n',
  }
}

/** One JSON object a line. */
export function ndjsonText(): TextWriter {
  return {
    begin: () => '',
    page: (rows) => rows.map((row) => `${JSON.stringify(row)}\n`).join(''),
    end: () => '',
  }
}
