import { isWholeSheet } from './table/areas/area.ts'
import type { TableDecision } from './table/decision.ts'
import type { PriceTax } from './table/money/price-tax.ts'
import { isRead } from './table/verdict/verdict.ts'

/**
 * Says whether a price is net or gross by the column that it comes from, as SQL over staged rows (`s`): rows need no
 * column of their own for it.
 * @param priceColumn SQL for the 0-based column of the price
 * @param firstParameter the number of the first parameter that is free in the statement
 * @returns `null` as SQL where no column says it
 */
export function taxSql(
  all: readonly TableDecision[],
  priceColumn: string,
  firstParameter: number,
): { sql: string; parameters: (string | number)[] } {
  const tables = all.filter((table) => isRead(table, all))
  const parameters: (string | number)[] = []
  const parameter = (value: string | number) => `$${firstParameter - 1 + parameters.push(value)}`
  const cases = tables.flatMap((table) => {
    const taxes = taxesOf(table)
    if (taxes.length === 0) return []
    const place = tables.length === 1 ? '' : placeSql(table, parameter)
    return taxes.map(([column, tax]) => `when ${place}${priceColumn} = ${column} then '${tax}'`)
  })
  return { sql: cases.length === 0 ? 'null' : `case ${cases.join(' ')} end`, parameters }
}

/** The columns of which the list says it. */
function taxesOf({ mapping, priceTax, tiers }: TableDecision): [column: number, tax: PriceTax][] {
  const price: [number, PriceTax][] =
    mapping.price === undefined || priceTax === null ? [] : [[mapping.price.column, priceTax]]
  return [
    ...price,
    ...tiers.flatMap(({ column, tax }): [number, PriceTax][] => (tax === null ? [] : [[column, tax]])),
  ]
}

function placeSql({ sheetName, area }: TableDecision, parameter: (value: string | number) => string): string {
  const sheet =
    sheetName === null ? 's.sheet is null and ' : `s.sheet = cast(${parameter(sheetName)} as text) and `
  if (isWholeSheet(area)) return sheet
  const last = area.lastRow ?? Number.MAX_SAFE_INTEGER
  return `${sheet}s."row" between ${area.firstRow} and ${last} and `
}
