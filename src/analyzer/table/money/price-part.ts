import { type ColumnProfile, fill, share } from '../columns/columns.ts'
import { columnLetter } from '../letters.ts'
import { cellText, normalize } from '../text.ts'
import type { DocumentSigns } from '../verdict/document-kind.ts'
import { priceReader } from './price.ts'
import { isTotalHeader } from './price-rank.ts'

/**
 * Why the column that was taken for the price may not be what one article costs, as a sentence for people: its coins
 * stand in a column of their own, or it is what a quantity comes to. Null: nothing speaks for that.
 */
export function partOfPrice(signs: DocumentSigns): string | null {
  const { mapping, profiles, headers } = signs
  const price = profiles[mapping.price?.column ?? -1]
  if (price === undefined) return null
  const coins = coinsBeside(price, signs)
  if (coins !== null) {
    const header = headers[coins] ?? ''
    const where = header === '' ? `Column ${columnLetter(coins)}` : `Column "${header.slice(0, quotedMax)}"`
    return `${where} may hold the coins of the prices, which were read without them.`
  }
  const quantity = profiles[mapping.stock?.column ?? -1]
  const header = headers[price.column] ?? ''
  const isSum = quantity !== undefined && quantity.filled > 0 && isTotalHeader(header)
  return isSum
    ? `Column "${header.slice(0, quotedMax)}" is what the quantities come to, and no price of one.`
    : null
}

const quotedMax = 60

/** The column right behind whole prices, of two digits in every row, that is called coins or nothing. */
function coinsBeside(price: ColumnProfile, { profiles, headers, body }: DocumentSigns): number | null {
  const next = profiles[price.column + 1]
  if (next === undefined || next.filled === 0 || fill(next) < 0.9) return null
  const header = normalize(headers[next.column] ?? '')
  if (header !== '' && !coinWords.has(header)) return null
  if (price.withDecimals > 0 || share(price.priced, price) < 0.8) return null
  const readPrice = priceReader(null)
  const areCoins = body.every(({ cells }) => {
    if (readPrice(cells[price.column]).kind !== 'price') return true
    const text = cellText(cells[next.column])
    // Called so they may come as numbers: 5 is "05".
    return header === '' ? /^\d\d$/.test(text) : /^\d?\d$/.test(text)
  })
  return areCoins ? next.column : null
}

const coinWords: ReadonlySet<string> = new Set(
  'коп копейки копеек копійки cent cents ct cts centimes centimos centavos grosze gr halere hal ore pence p kurus krs стотинки lipa bani filler'.split(
    ' ',
  ),
)
