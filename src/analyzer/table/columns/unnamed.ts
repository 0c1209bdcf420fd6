import { priceReader } from '../money/price.ts'
import type { Row } from '../rows/row.ts'
import { sureMin } from '../verdict/sure.ts'
import { type ColumnProfile, fill, share } from './columns.ts'
import { isCounting, isYears } from './content.ts'
import type { Mapping } from './mapping.ts'

/**
 * Whether the cells alone leave no doubt which column is the SKU, which the name and which the price, as a person sees
 * it who is handed a list without a header: one column of codes, one of names, one of prices, and nothing else that
 * could be any of them.
 *
 * Prices are told from stock, pack sizes, weights and years by decimals or a currency; whole numbers only where they
 * are round, vary, and every other number is a small count. Without a column of codes a list may be a tariff, a
 * statistic or a timetable just as well, unless its prices say their currency.
 * @param mapping as the cells proposed it
 */
export function isPlainList(
  mapping: Mapping,
  profiles: readonly ColumnProfile[],
  body: readonly Row[],
): boolean {
  const at = (column: number | undefined) => (column === undefined ? null : (profiles[column] ?? null))
  const [sku, name, price] = [mapping.sku, mapping.name, mapping.price].map((decided) => at(decided?.column))
  if (!name || !price || name.rowCount < rowsMin) return false
  const others = profiles.filter((other) => other !== sku && other !== name && other !== price)
  if (!isNameAlone(name, others) || !isPriceAlone(price, others, body)) return false
  if (sku) return isSkuAlone(sku, others)
  return share(price.withCurrency, price) > 0.9
}

/**
 * Whether the column that was taken for the name can be no other: SKU and price are sure by their headers, and no other
 * column is left that holds different texts. "Art. | Quality | Width | Price": the quality is the name.
 */
export function isOnlyName(mapping: Mapping, profiles: readonly ColumnProfile[]): boolean {
  const { sku, name, price } = mapping
  if (!sku || !name || !price || sku.confidence < sureMin || price.confidence < sureMin) return false
  const own = profiles[name.column]
  if (own === undefined || share(own.withLetters, own) < 0.9 || fill(own) < 0.9) return false
  const mapped = new Set(Object.values(mapping).map(({ column }) => column))
  const rivals = profiles.filter(
    (other) =>
      !mapped.has(other.column) &&
      share(other.withLetters, other) > 0.5 &&
      share(other.distinct, other) > 0.3 &&
      fill(other) > 0.3 &&
      !isLinks(other),
  )
  return share(own.distinct, own) > 0.5 && rivals.length === 0
}

/** How sure such columns are: as sure as a header in vague words. */
export const plainConfidence = 0.7

const rowsMin = 8

function isNameAlone(name: ColumnProfile, others: readonly ColumnProfile[]): boolean {
  const isName = share(name.withLetters, name) > 0.9 && share(name.wordy, name) > 0.5 && fill(name) > 0.95
  // Another column of different texts may be the name, and this one its description. Brands and groups repeat.
  const hasRival = others.some(
    (other) =>
      share(other.wordy, other) > 0.3 &&
      fill(other) > 0.5 &&
      share(other.distinct, other) > 0.5 &&
      !isLinks(other),
  )
  return isName && share(name.distinct, name) > 0.6 && !hasRival
}

function isSkuAlone(sku: ColumnProfile, others: readonly ColumnProfile[]): boolean {
  const hasRival = others.some((other) => isCodes(other) && !isLinks(other) && share(other.eans, other) < 0.8)
  return isCodes(sku) && !hasRival
}

function isCodes(profile: ColumnProfile): boolean {
  return (
    share(profile.codeLike, profile) > 0.9 &&
    share(profile.distinct, profile) > 0.95 &&
    fill(profile) > 0.95 &&
    profile.withDecimals === 0 &&
    profile.withCurrency === 0 &&
    !isCounting(profile) &&
    // Short whole numbers that all differ are rather counts.
    (profile.withLetters > 0 || profile.meanLength >= 4)
  )
}

function isLinks(profile: ColumnProfile): boolean {
  return share(Math.max(profile.urls, profile.images), profile) > 0.8
}

function isPriceAlone(price: ColumnProfile, others: readonly ColumnProfile[], body: readonly Row[]): boolean {
  if (share(price.priced + price.onRequest, price) < 0.95 || fill(price) < 0.9) return false
  if (isYears(price) || price.zeros > price.priced * 0.1) return false
  const numbers = others.filter((other) => share(other.priced, other) > 0.5 && share(other.eans, other) < 0.8)
  const { round, inCoins } = sharesOf(price, body)
  // "12.50" and "8.00" side by side are money; "1.25" and "0.4" may be weights, beside prices in whole numbers.
  if (share(price.withCurrency, price) > 0.8 || inCoins > 0.9)
    return numbers.every((other) => isCount(other) || isYears(other) || isCounting(other))
  const isMoney = share(price.withDecimals, price) > 0.3 || round > 0.6
  const varies = price.distinct >= Math.max(5, price.filled * 0.2)
  return (
    isMoney &&
    varies &&
    numbers.every(
      (other) => isCounting(other) || (isSmallCount(other) && price.medianE4 > other.medianE4 * 5),
    )
  )
}

/** Whole numbers that say no currency: pieces, packs, days. */
function isCount(profile: ColumnProfile): boolean {
  return profile.withCurrency === 0 && profile.withDecimals === 0
}

/** Stock as small dealers have it: few different numbers, most of them below ten. */
function isSmallCount(profile: ColumnProfile): boolean {
  return (
    isCount(profile) && profile.medianE4 <= 100_000 && profile.distinct <= Math.max(5, profile.filled * 0.25)
  )
}

/** Shares of prices that end in 0 before the decimal sign, as counts do one time in ten; and of those with two decimals. */
function sharesOf(price: ColumnProfile, body: readonly Row[]): { round: number; inCoins: number } {
  const readPrice = priceReader(null)
  let round = 0
  let inCoins = 0
  let priced = 0
  for (const row of body) {
    const { kind, e4, raw } = readPrice(row.cells[price.column])
    if (kind !== 'price') continue
    priced++
    if (e4 % 100_000 === 0) round++
    if (/\d[.,]\d\d(?!\d)/.test(raw)) inCoins++
  }
  return priced === 0 ? { round: 0, inCoins: 0 } : { round: round / priced, inCoins: inCoins / priced }
}
