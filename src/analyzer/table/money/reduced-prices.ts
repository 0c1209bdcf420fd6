import { fill, share } from '../columns/columns.ts'
import { cellText } from '../text.ts'
import { priceReader } from './price.ts'
import type { PriceTable } from './price-columns.ts'
import { isNoPriceHeader, isReducedPrice } from './price-rank.ts'

/**
 * The columns that hold what is left of a list price after the discount, which is what the buyer pays: their header
 * says so ("Price after discount"), or the cells prove it (129.00, 35 %, 83.85). Only those that every article has:
 * where some are reduced, the others have only their price.
 */
export function reducedColumns(table: PriceTable): ReadonlySet<number> {
  const { texts, profiles } = table
  const full = profiles
    .filter((profile) => profile.priced > 0 && fill(profile) >= fullMin)
    .filter((profile) => share(profile.priced + profile.onRequest, profile) >= fullMin)
    .map(({ column }) => column)
  return new Set([
    ...full.filter((column) => isReducedPrice(texts[column] ?? '')),
    ...provenColumns(table, full),
  ])
}

const fullMin = 0.95

function provenColumns({ texts, body, profiles }: PriceTable, full: readonly number[]): number[] {
  if (full.length < 2) return []
  const rows = body.slice(0, rowsMax)
  const discounts = profiles
    .filter(({ column, isPercent }) => isPercent || maybeDiscount(texts[column] ?? ''))
    .slice(0, columnsMax)
    .map(({ column, isPercent }) => rows.map(({ cells }) => rateIn(cellText(cells[column]), isPercent)))
  if (discounts.length === 0) return []
  const columns = full.slice(0, columnsMax)
  const read = priceReader(null)
  const amounts = new Map(
    columns.map((column) => [
      column,
      rows.map(({ cells }) => {
        const { kind, e4 } = read(cells[column])
        return kind === 'price' ? e4 / 10_000 : Number.NaN
      }),
    ]),
  )
  return columns.filter((reduced) =>
    columns.some(
      (list) =>
        list !== reduced &&
        discounts.some((rates) => isLess(amounts.get(list)!, rates, amounts.get(reduced)!)),
    ),
  )
}

const rowsMax = 200
const columnsMax = 12

function maybeDiscount(header: string): boolean {
  return /[%٪％]/.test(header) || isNoPriceHeader(header) || abbreviated.test(header.trim())
}

const abbreviated = /^(?:dto|desc|descto|disc|dcto|rab|rem|sc|εκπτ|скид)\.?$/iu

/** "35 %", "35", "-35%" → 0.35; a workbook's 0.35 shown as a percentage too. */
function rateIn(text: string, isPercent: boolean): number {
  const match = rate.exec(text)
  if (match === null) return text === '' ? 0 : Number.NaN
  const value = Number(match[1]!.replace(',', '.'))
  return isPercent && value <= 1 ? value : value / 100
}

const rate = /^[-–−]?\s?%?\s?(\d{1,2}(?:[.,]\d{1,4})?)\s?[%٪％]?$/u

/** Whether nearly every row says list price × (1 − discount) = reduced price, three of them with a discount. */
function isLess(lists: readonly number[], rates: readonly number[], reduced: readonly number[]): boolean {
  let rows = 0
  let right = 0
  let proofs = 0
  for (const [at, list] of lists.entries()) {
    const [discount, left] = [rates[at]!, reduced[at]!]
    if (!(list > 0 && left > 0)) continue
    rows++
    const expected = list * (1 - discount)
    // Prices are rounded to coins, and often to whole units.
    if (!(Math.abs(expected - left) <= Math.max(0.011, Math.min(0.51, expected * 0.005)))) continue
    right++
    if (discount > 0.02) proofs++
  }
  return proofs >= 3 && right >= rows * 0.9
}
