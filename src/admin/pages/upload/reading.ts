import type { Field } from '../../../analyzer/table/decision.ts'
import type { Changed } from '../../api/routes.ts'

/** How a list would be read, as the service shows it. */
export type Preview = Changed<'POST', '/api/v1/uploads/preview'>
export type PreviewTable = Preview['tables'][number]
export type TableDecision = NonNullable<Preview['decision']>['tables'][number]

/** What a person says about how a list is read; '' and {}: nothing. */
export interface Reading {
  /** Field → column letter; null: the list has no such field. */
  map: Partial<Record<Field, string | null>>
  currency: string
  decimal: '' | 'dot' | 'comma'
  /** As the service takes it: "7", "7-8" or "none". */
  headerRow: string
  sheet: string
}

export const noReading: Reading = { map: {}, currency: '', decimal: '', headerRow: '', sheet: '' }

/** What people call the fields. */
export const fieldNames: Record<Field, string> = {
  sku: 'Article number',
  name: 'Name',
  price: 'Price',
  currency: 'Currency',
  unit: 'Unit',
  price_quantity: 'Price is for (quantity)',
  category: 'Category',
  brand: 'Brand',
  ean: 'EAN',
  stock: 'Stock',
  description: 'Description',
  url: 'Link',
  image: 'Picture',
  valid_from: 'Valid from',
  valid_to: 'Valid to',
  group: 'Article group',
  variant: 'Variant',
}
// The keys of a record of fields are fields.
export const fieldList = Object.keys(fieldNames) as Field[]

/** 0 → "A", 26 → "AA", as spreadsheets call their columns. */
export function columnLetter(column: number): string {
  const last = String.fromCharCode(65 + (column % 26))
  return column < 26 ? last : columnLetter(Math.floor(column / 26) - 1) + last
}

/** The field that a column was taken for; null: it is none. */
export function fieldOf(decision: Pick<TableDecision, 'mapping'> | undefined, column: number): Field | null {
  return fieldList.find((field) => decision?.mapping[field]?.column === column) ?? null
}

/**
 * What is said once a person has picked a field for a column.
 * @param before what the column was taken for
 * @param picked null: it is no field
 */
export function withColumn(
  map: Reading['map'],
  { column, before, picked }: { column: number; before: Field | null; picked: Field | null },
): Reading['map'] {
  const letter = columnLetter(column)
  const next = { ...map }
  // One column is one field: what was said of it before is over.
  for (const field of fieldList) if (next[field] === letter) delete next[field]
  if (picked !== null) next[picked] = letter
  else if (before !== null) next[before] = null
  return next
}

/** The options of an upload and of its preview; what nobody said is left out. */
export function readingQuery({ map, currency, decimal, headerRow, sheet }: Reading): Record<string, string> {
  const said = Object.entries(map).map(([field, letter]) => `${field}=${letter ?? 'none'}`)
  const options = { map: said.join(','), currency, decimal, header_row: headerRow.trim(), sheet }
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== ''))
}

const wholeBytes = 2 * 1024 * 1024
const partBytes = 1024 * 1024
/** As the service has it. */
const previewBytesMax = 64 * 1024 * 1024

/**
 * As much of a file as a preview needs: all of a small one and of what cannot be cut, the beginning of a long text up
 * to the end of a line.
 * @returns null when it is too large to be looked at before
 */
export async function previewPart(file: Blob): Promise<{ part: Blob; isPart: boolean } | null> {
  if (file.size <= wholeBytes) return { part: file, isPart: false }
  const bytes = new Uint8Array(await file.slice(0, partBytes).arrayBuffer())
  const head = String.fromCharCode(...bytes.subarray(0, 1024))
  const isText = !/^(PK|%PDF|\x1f\x8b|(\xef\xbb\xbf)?\s*[<{[])/.test(head) && !head.includes('\0')
  const end = bytes.lastIndexOf(0x0a) + 1
  if (isText && end > 0) return { part: file.slice(0, end), isPart: true }
  return file.size <= previewBytesMax ? { part: file, isPart: false } : null
}

/** What a source is called that fetches a link: the address without what may be secret. */
export function linkName(link: string): string {
  try {
    const { host, pathname } = new URL(link)
    return `${host}${pathname}`.slice(0, 150)
  } catch {
    return link.slice(0, 150)
  }
}
