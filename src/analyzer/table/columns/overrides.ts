import { InvalidError } from '../../../lib/errors.ts'
import { type Field, fields, type TableDecision, type TableOptions } from '../decision.ts'
import { columnLetter, columnOfLetter } from '../letters.ts'
import { normalize } from '../text.ts'

/** The header texts among the overrides, normalised: they help to find the header row. */
export function pinnedHeaders(options: TableOptions): string[] {
  return fields
    .map((field) => options.map[field])
    .filter((value) => typeof value === 'string')
    .map((text) => normalize(text))
    .filter((text) => text !== '')
}

/** What the overrides come to in one table. */
export interface Pinned {
  /** Field → 0-based column; null: this field is not in the list. */
  columns: Partial<Record<Field, number | null>>
  /** Overrides that name no column of this table; another sheet of the file may have it. */
  unknown: { field: Field; value: string }[]
}

/**
 * Finds the columns that a person named. A text is tried as a header first, then as a column letter.
 * @param texts headers by column; empty for a table without header
 * @param width number of columns of the table
 */
export function resolveOverrides(options: TableOptions, texts: readonly string[], width: number): Pinned {
  const columns: Pinned['columns'] = {}
  const unknown: Pinned['unknown'] = []
  const byHeader = new Map<string, number>()
  for (let column = texts.length - 1; column >= 0; column--) {
    const words = normalize(texts[column]!)
    if (words !== '') byHeader.set(words, column)
  }
  for (const field of fields) {
    const value = options.map[field]
    if (value === undefined) continue
    const column = value === null ? null : columnOf(value, byHeader, width)
    if (value !== null && column === null) unknown.push({ field, value })
    else columns[field] = column
  }
  return { columns, unknown }
}

/** A person named a column that no table of the file has. */
export class UnknownColumnError extends InvalidError {
  /** The tables; each lacks it. */
  readonly tables: readonly TableDecision[]

  /** @param hint the end of the message: what the column may be called now; '' when nobody knows */
  constructor(tables: readonly TableDecision[], hint = '') {
    const { field, value } = missingColumn(tables)!
    super(
      'unknown_column',
      `No column "${value.slice(0, 100)}" for ${field}: ${tables.map(listHeaders).join('; ')}.${hint}`,
    )
    this.tables = tables
  }
}

/**
 * Refuses overrides that no table of the file knows.
 * @throws UnknownColumnError `unknown_column`; the message lists the headers that are there
 */
export function checkOverrides(tables: readonly TableDecision[]): void {
  if (missingColumn(tables) !== undefined) throw new UnknownColumnError(tables)
}

function missingColumn([first, ...others]: readonly TableDecision[]) {
  return first?.unknownColumns.find(({ field }) =>
    others.every((table) => table.unknownColumns.some((unknown) => unknown.field === field)),
  )
}

function columnOf(value: string, byHeader: ReadonlyMap<string, number>, width: number): number | null {
  const named = byHeader.get(normalize(value))
  if (named !== undefined) return named
  const column = columnOfLetter(value.trim())
  return column !== null && column < width ? column : null
}

const listedMax = 50

function listHeaders({ sheetName, headers }: TableDecision): string {
  const place = sheetName === null ? 'the table' : `sheet "${sheetName}"`
  if (headers.length === 0) return `${place} has no header, name a column by its letter`
  const listed = headers
    .slice(0, listedMax)
    .map((text, column) => (text === '' ? columnLetter(column) : `"${text.slice(0, 100)}"`))
  return `${place} has ${listed.join(', ')}${headers.length > listedMax ? ', …' : ''}`
}
