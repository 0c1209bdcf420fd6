import type { CarriedField } from '../decision.ts'
import { priceReader } from '../money/price.ts'
import type { Row } from '../rows/row.ts'
import { cellText } from '../text.ts'
import type { ColumnProfile } from './columns.ts'
import type { Mapping } from './mapping.ts'

/**
 * The fields whose blank cells repeat what stands above them: lists print a name, a category or a brand once and leave
 * the rows below it blank (as merged cells come out). A list in which a few names are missing is none of these.
 * @param nameFallback column that holds the name where its own is blank
 */
export function carriedFields(
  mapping: Mapping,
  profiles: readonly ColumnProfile[],
  body: readonly Row[],
  nameFallback: number | null,
): CarriedField[] {
  const rows = pricedRows(mapping, body)
  if (rows.length < rowsMin) return []
  const carried: CarriedField[] = []
  const { name, category, brand } = mapping
  if (
    name !== undefined &&
    isNameCarried(name.column, rows, nameFallback) &&
    tellsApart(mapping, profiles, rows)
  )
    carried.push('name')
  if (carried.includes('name') && mapping.group !== undefined) carried.push('group')
  if (category !== undefined && isGroupCarried(category.column, rows)) carried.push('category')
  if (brand !== undefined && isGroupCarried(brand.column, rows)) carried.push('brand')
  return carried
}

/**
 * Whether what was taken for the SKU is the number of a whole group: "1001 | T-shirt | S", and below it "| | M". The
 * rows below have neither number nor name, and are told apart by something else.
 */
export function isGroupNumber(
  mapping: Mapping,
  profiles: readonly ColumnProfile[],
  body: readonly Row[],
): boolean {
  const { sku, name } = mapping
  if (sku === undefined || name === undefined) return false
  const rows = pricedRows(mapping, body)
  if (rows.length < rowsMin || !isNameCarried(name.column, rows, null)) return false
  const together = rows.filter(
    ({ cells }) => (cellText(cells[sku.column]) === '') === (cellText(cells[name.column]) === ''),
  ).length
  return together === rows.length && findVariantColumn(mapping, profiles, rows) !== null
}

/**
 * The column that tells rows under one carried name apart where there is neither SKU nor variant: sizes, colours.
 * @returns null when no column does
 */
export function findVariantColumn(
  mapping: Mapping,
  profiles: readonly ColumnProfile[],
  body: readonly Row[],
): number | null {
  const mapped = new Set(Object.values(mapping).map(({ column }) => column))
  const rows = pricedRows(mapping, body)
  const names = namesAbove(mapping.name?.column ?? -1, rows)
  for (const { column } of profiles) {
    if (mapped.has(column)) continue
    const texts = rows.map((row) => cellText(row.cells[column]))
    const filled = texts.filter((text) => text !== '').length
    const pairs = new Set(texts.map((text, at) => `${names[at]}\u0000${text}`))
    if (filled > rows.length * 0.9 && pairs.size > rows.length * 0.95) return column
  }
  return null
}

const rowsMin = 5

function pricedRows({ price }: Mapping, body: readonly Row[]): Row[] {
  if (price === undefined) return []
  const readPrice = priceReader(null)
  return body.filter((row) => {
    const { kind } = readPrice(row.cells[price.column])
    return kind === 'price' || kind === 'on_request'
  })
}

function isNameCarried(column: number, rows: readonly Row[], fallback: number | null): boolean {
  const blank = rows.filter(
    ({ cells }) => cellText(cells[column]) === '' && (fallback === null || cellText(cells[fallback]) === ''),
  ).length
  return cellText(rows[0]!.cells[column]) !== '' && blank >= 3 && blank >= rows.length * carriedShareMin
}

const carriedShareMin = 0.15

/** Whether the rows without a name say what they are otherwise. */
function tellsApart(mapping: Mapping, profiles: readonly ColumnProfile[], rows: readonly Row[]): boolean {
  const { sku, variant } = mapping
  if (sku !== undefined)
    return rows.filter(({ cells }) => cellText(cells[sku.column]) !== '').length > rows.length * 0.9
  return variant !== undefined || findVariantColumn(mapping, profiles, rows) !== null
}

/** A group is named once, in its first row. */
function isGroupCarried(column: number, rows: readonly Row[]): boolean {
  const texts = rows.map(({ cells }) => cellText(cells[column])).filter((text) => text !== '')
  return (
    cellText(rows[0]!.cells[column]) !== '' &&
    texts.length >= 2 &&
    texts.length < rows.length * 0.6 &&
    new Set(texts).size >= texts.length * 0.8
  )
}

function namesAbove(column: number, rows: readonly Row[]): string[] {
  let above = ''
  return rows.map(({ cells }) => {
    above = cellText(cells[column]) || above
    return above
  })
}
