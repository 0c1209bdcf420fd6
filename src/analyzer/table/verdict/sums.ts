import { type ColumnProfile, share } from '../columns/columns.ts'
import { priceReader } from '../money/price.ts'
import type { Row } from '../rows/row.ts'
import { isTotalText, mayBeTotalText } from '../rows/row-words.ts'
import { cellText } from '../text.ts'

/**
 * Whether the rows multiply a quantity with their price and are summed up below, as orders, invoices and valuations of
 * a stock are. Lists multiply too (price of a pack), but nobody sums them up.
 */
export function isSummedUp(
  priceColumn: number,
  profiles: readonly ColumnProfile[],
  body: readonly Row[],
): boolean {
  const hasTotal = body.some(({ cells }) => cells.some((cell) => mayBeTotal(cellText(cell))))
  if (!hasTotal) return false
  const proofsMin = Math.min(proofsUsual, Math.max(1, body.length - 3))
  const columns = profiles
    .filter((profile) => share(profile.priced, profile) > 0.5 && profile.filled > 0)
    .map(({ column }) => column)
    .slice(0, columnsMax)
  const numbers = numbersOf(columns, body.slice(0, rowsMax))
  const prices = numbers.get(priceColumn)
  if (prices === undefined) return false
  return columns.some(
    (quantity) =>
      quantity !== priceColumn &&
      columns.some(
        (amount) =>
          amount !== priceColumn &&
          amount !== quantity &&
          multiplies(prices, numbers.get(quantity)!, numbers.get(amount)!, proofsMin),
      ),
  )
}

/** Whether the rows say price × quantity = amount, all of them that have the three. */
export function isMultiplied(
  columns: { price: number; quantity: number; amount: number },
  body: readonly Row[],
): boolean {
  const { price, quantity, amount } = columns
  const numbers = numbersOf([price, quantity, amount], body.slice(0, rowsMax))
  return multiplies(numbers.get(price)!, numbers.get(quantity)!, numbers.get(amount)!, proofsUsual)
}

const proofsUsual = 3
/** Looking at the first letters of every cell is cheap; normalising all of them is not. */
const mayBeTotal = (text: string) => mayBeTotalText(text) && isTotalText(text)

const columnsMax = 12
const rowsMax = 200

function numbersOf(columns: readonly number[], body: readonly Row[]): Map<number, number[]> {
  const readPrice = priceReader(null)
  return new Map(
    columns.map((column) => [
      column,
      body.map(({ cells }) => {
        const { kind, e4 } = readPrice(cells[column])
        return kind === 'price' ? e4 / 10_000 : Number.NaN
      }),
    ]),
  )
}

/** Whether nearly every row that has all three says price × quantity = amount; ones and zeros prove nothing. */
function multiplies(
  prices: readonly number[],
  quantities: readonly number[],
  amounts: readonly number[],
  proofsMin: number,
): boolean {
  let rows = 0
  let right = 0
  let proofs = 0
  for (const [at, price] of prices.entries()) {
    const [quantity, amount] = [quantities[at]!, amounts[at]!]
    if (!(price > 0 && quantity > 0 && amount > 0)) continue
    rows++
    if (Math.abs(price * quantity - amount) > Math.max(0.02, amount * 0.002)) continue
    right++
    if (quantity !== 1 && price !== 1) proofs++
  }
  return proofs >= proofsMin && right >= rows * 0.9
}
