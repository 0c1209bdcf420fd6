import { keyNamer } from '../columns/characteristics.ts'
import { type ColumnProfile, share } from '../columns/columns.ts'
import { isCounting, isYears } from '../columns/content.ts'
import type { Mapping } from '../columns/mapping.ts'
import type { TierColumn } from '../decision.ts'
import type { HeaderNames } from '../header/header-names.ts'
import type { Row } from '../rows/row.ts'
import { normalize } from '../text.ts'
import { headerUnitOf } from './affix.ts'
import { currencyIn, withoutCurrency } from './currency.ts'
import { currencyColumns } from './currency-columns.ts'
import { priceReader } from './price.ts'
import { isCurrentPrice, isNoPriceHeader, isOfferHeader, priceRank, yearIn } from './price-rank.ts'
import { priceTaxOf } from './price-tax.ts'
import { quantityBreakOf } from './quantity-break.ts'

/** What a table looks like to whoever compares its columns of prices. */
export interface PriceTable {
  /** By column, '' where blank. */
  texts: readonly string[]
  profiles: readonly ColumnProfile[]
  /** Rows below the header. */
  body: readonly Row[]
}

/**
 * The columns whose prices hold from a quantity on, and the quantity: "1-9 | 10-99 | 100+", "ab 10 St. | ab 100 St.".
 * Numbers in a header may mean sizes or weights as well; prices by quantity fall from one column to the next.
 */
export function quantityColumns(
  { texts, profiles, body }: PriceTable,
  names: HeaderNames,
): ReadonlyMap<number, number> {
  const found = profiles
    .filter((profile) => isPriceLike(profile))
    .map(({ column }) => ({ column, stated: quantityBreakOf(texts[column] ?? '') }))
    .flatMap(({ column, stated }) => (stated === null ? [] : [{ column, ...stated }]))
    .sort((one, other) => one.from - other.from || one.column - other.column)
  const columns = new Map<number, number>()
  for (let at = 1; at < found.length; at++) {
    const [lower, higher] = [found[at - 1]!, found[at]!]
    // "Price 1 | Price 2 | Price 3" are numbered lists.
    const isNumbered = lower.kind === 'bare' && higher.kind === 'bare' && higher.from === lower.from + 1
    if (lower.from === higher.from || isNumbered || !falls(body, lower.column, higher.column)) continue
    columns.set(lower.column, lower.from)
    columns.set(higher.column, higher.from)
  }
  const plain = profiles.find(
    (profile) =>
      isPriceLike(profile) && !columns.has(profile.column) && isPriceName(texts[profile.column] ?? '', names),
  )
  if (plain === undefined) return columns
  for (const { column, from, kind } of found) {
    const isStated = kind === 'stated' && column !== plain.column
    if (isStated && falls(body, plain.column, column)) columns.set(column, from)
  }
  return columns
}

/**
 * The further columns of prices beside the price: other price lists, prices from a quantity on, old prices, prices
 * with and without VAT. What is only about prices (discounts, sums, deposits) is none.
 */
export function findTiers(
  table: PriceTable,
  names: HeaderNames,
  mapping: Mapping,
  breaks: ReadonlyMap<number, number>,
): TierColumn[] {
  const { price } = mapping
  if (price === undefined) return []
  const mapped = new Set(Object.values(mapping).map(({ column }) => column))
  const nameTier = keyNamer()
  const tiers: TierColumn[] = []
  for (const profile of table.profiles) {
    const { column } = profile
    const header = table.texts[column] ?? ''
    if (mapped.has(column) || header === '' || !isPriceLike(profile)) continue
    if (!breaks.has(column) && !isPriceName(header, names)) continue
    const stated = breaks.get(column) ?? statedQuantity(header)
    tiers.push({
      column,
      name: nameTier(header.slice(0, nameLengthMax), column),
      minQuantityE4: stated === null ? null : stated * 10_000,
      currency: currencyIn(header)?.code ?? null,
      currencyColumn: null,
      tax: priceTaxOf(header),
      decimal: null,
    })
  }
  const currencies = currencyColumns(table.texts, table.profiles)
  const prices = [price.column, ...tiers.map(({ column }) => column)]
  return tiers.slice(0, tiersMax).map((tier) => {
    const column = currencies.of(tier.column, prices)
    return { ...tier, currencyColumn: column === mapping.currency?.column ? null : column }
  })
}

/**
 * The price lists that take the place of the main one: an article that has 0 or nothing there, and a price on another,
 * costs what that one says. Only where this is the way of the table; a price that is missing in some rows is missing.
 * @returns columns, best first
 */
export function findOtherLists(
  { texts, body }: PriceTable,
  { price }: Mapping,
  tiers: readonly TierColumn[],
): number[] {
  if (price === undefined) return []
  const tax = priceTaxOf(texts[price.column] ?? '')
  const lists = tiers
    .filter((tier) => tier.minQuantityE4 === null && isCurrentPrice(texts[tier.column] ?? ''))
    // "Preis 2025" beside "Preis 2026"
    .filter((tier) => yearIn(texts[tier.column] ?? '') >= yearIn(texts[price.column] ?? ''))
    // A price with VAT cannot stand in for one without.
    .filter((tier) => tax === null || tier.tax === null || tier.tax === tax)
    .map(({ column }) => column)
    .sort((one, other) => priceRank(texts[other] ?? '') - priceRank(texts[one] ?? '') || one - other)
  // Without an offer an article costs what it always does, however few of the sample have none.
  if (lists.length === 0 || isOfferHeader(texts[price.column] ?? '')) return lists
  const read = priceReader(null)
  const hasPrice = (row: Row, column: number) => {
    const { kind, e4 } = read(row.cells[column])
    return kind === 'price' && e4 > 0
  }
  let priced = 0
  let onOther = 0
  for (const row of body) {
    if (hasPrice(row, price.column)) priced++
    else if (lists.some((column) => hasPrice(row, column))) onOther++
  }
  return onOther >= otherRowsMin && onOther >= (priced + onOther) * otherShareMin ? lists : []
}

/**
 * Whether the price and its runner-up are so alike that a person has to choose: named alike, filled in the same rows,
 * and not of the same value.
 */
export function isPriceTie(table: PriceTable, mapping: Mapping): boolean {
  const { price } = mapping
  const next = price?.runnerUp
  if (price === undefined || next == null || next.confidence < price.confidence - tieMax) return false
  const [one, other] = [table.texts[price.column] ?? '', table.texts[next.column] ?? '']
  if (priceRank(one) !== priceRank(other)) return false
  // Prices in euros and in dollars are not in doubt: the configured currency is preferred, else the first column.
  const [oneCode, otherCode] = [currencyIn(one)?.code ?? null, currencyIn(other)?.code ?? null]
  if (oneCode !== null && otherCode !== null && oneCode !== otherCode) return false
  // Neither are prices of a metre and of a kilometre: each says what it is for.
  const [oneUnit, otherUnit] = [headerUnitOf(withoutCurrency(one)), headerUnitOf(withoutCurrency(other))]
  if (
    oneUnit?.unit != null &&
    otherUnit?.unit != null &&
    normalize(oneUnit.unit) !== normalize(otherUnit.unit)
  )
    return false
  const [oneBreak, otherBreak] = [quantityBreakOf(one), quantityBreakOf(other)]
  if (oneBreak !== null && otherBreak !== null && oneBreak.from !== otherBreak.from) return false
  const { both, equal } = compare(table.body, price.column, next.column)
  return both > 0 && equal < both
}

/** More columns of prices than any list has: beyond it they are only kept as text. */
const tiersMax = 100
const nameLengthMax = 200
const tieMax = 0.02
/** A header that names a price this well, once its words for "wholesale" and the like are understood. */
const tierNameMin = 0.5
const fallingMin = 0.9
const comparedRows = 200
const otherRowsMin = 3
const otherShareMin = 0.1

function isPriceLike(profile: ColumnProfile): boolean {
  const readable = share(profile.priced + profile.onRequest, profile)
  if (profile.priced === 0 || profile.isPercent || readable < 0.5) return false
  return !isYears(profile) && !isCounting(profile) && share(profile.eans, profile) <= 0.5
}

function isPriceName(header: string, names: HeaderNames): boolean {
  if (isNoPriceHeader(header)) return false
  const scores = names.full(header)
  const price = scores.price ?? 0
  const best = Math.max(...Object.values(scores))
  return price >= tierNameMin && price >= best
}

/** "Price from 10 pcs" says it by itself; "Price 10 pcs" may be the price of ten. */
function statedQuantity(header: string): number | null {
  const stated = quantityBreakOf(header)
  return stated?.kind === 'stated' ? stated.from : null
}

/** Whether the prices of the higher quantity are nowhere above those of the lower, and somewhere below. */
function falls(body: readonly Row[], lower: number, higher: number): boolean {
  const { both, greater, equal } = compare(body, lower, higher)
  return both > 0 && greater > 0 && greater + equal >= both * fallingMin
}

/** How the values of two columns compare in the rows that have both. */
function compare(
  body: readonly Row[],
  one: number,
  other: number,
): { both: number; equal: number; greater: number } {
  const readOne = priceReader(null)
  const readOther = priceReader(null)
  const counts = { both: 0, equal: 0, greater: 0 }
  for (const row of body.slice(0, comparedRows)) {
    const first = readOne(row.cells[one])
    if (first.kind !== 'price' || first.e4 === 0) continue
    const second = readOther(row.cells[other])
    if (second.kind !== 'price' || second.e4 === 0) continue
    counts.both++
    if (first.e4 === second.e4) counts.equal++
    if (first.e4 > second.e4) counts.greater++
  }
  return counts
}
