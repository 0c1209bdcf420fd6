import type { TSchema } from '@sinclair/typebox'

/** One column of an export: where its value stands in a row as the list shows it. */
export interface Column {
  /** "counts_read" for a field of a field. */
  name: string
  path: readonly string[]
  /** decimal: a text that is an exact decimal; json: a list or a record, written as JSON. */
  kind: 'text' | 'decimal' | 'number' | 'boolean' | 'json'
}

/** Addresses of our own API say nothing in a table. */
const leftOut = new Set(['links'])

/**
 * The columns of rows that look so, in the order of the fields; fields of objects get columns of their own.
 * @param schema what the list's answer says of one row
 */
export function columnsOf(schema: TSchema): Column[] {
  return Object.entries(propertiesOf(schema) ?? {}).flatMap(([name, field]) =>
    leftOut.has(name) ? [] : fieldColumns([name], field),
  )
}

/** What a row has in a column; null: nothing. */
export function cellOf(
  row: Record<string, unknown>,
  { path, kind }: Column,
): string | number | boolean | null {
  let value: unknown = row
  for (const step of path) {
    if (value === null || value === undefined) return null
    // Every step but the last leads to an object, by the schema that the row was checked with.
    value = (value as Record<string, unknown>)[step]
  }
  if (value === null || value === undefined) return null
  if (kind === 'json' || typeof value === 'object') return JSON.stringify(value)
  // Neither an object nor nothing.
  return value as string | number | boolean
}

function fieldColumns(path: string[], schema: TSchema): Column[] {
  const known = withoutNull(schema)
  const fields = known === null ? null : propertiesOf(known)
  if (known !== null && fields !== null)
    return Object.entries(fields).flatMap(([name, field]) =>
      leftOut.has(name) ? [] : fieldColumns([...path, name], field),
    )
  return [{ name: path.join('_'), path, kind: kindOf(known) }]
}

function kindOf(schema: TSchema | null): Column['kind'] {
  if (schema?.type === 'integer' || schema?.type === 'number') return 'number'
  if (schema?.type === 'boolean') return 'boolean'
  if (schema?.type === 'string') return isDecimal(schema) ? 'decimal' : 'text'
  if (schema?.type === 'array' || schema?.type === 'object') return 'json'
  // A choice of words, or of anything.
  return 'text'
}

/** See catalog/model.ts `Money`. */
const isDecimal = ({ pattern }: TSchema) =>
  typeof pattern === 'string' && pattern.startsWith('^\\d+(\\.\\d{1,4})?')

/** The fields of an object; null: it is none, or one with names that nobody knows beforehand. */
function propertiesOf(schema: TSchema): Record<string, TSchema> | null {
  return schema.type === 'object' && schema.properties !== undefined ? schema.properties : null
}

/** "this or null" as this; null: it may be several things. */
function withoutNull(schema: TSchema): TSchema | null {
  if (!Array.isArray(schema.anyOf)) return schema
  const others = (schema.anyOf as TSchema[]).filter(({ type }) => type !== 'null')
  return others.length === 1 ? others[0]! : null
}
