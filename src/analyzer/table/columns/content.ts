import type { Field } from '../decision.ts'
import { type ColumnProfile, fill, share } from './columns.ts'

/**
 * How far a column's content supports its name: a factor on the name's score. 0 is a veto (text cannot be a price
 * column), 1 leaves the name as it is, a little above 1 lifts it.
 */
export function contentFactor(field: Field, profile: ColumnProfile): number {
  // Without data rows there is nothing to object with.
  if (profile.rowCount === 0) return 1
  return factors[field](profile)
}

/** How sure the content alone is of a field, where there is no header; at most 0.59, because a person should look. */
export function contentScore(field: Field, profile: ColumnProfile): number {
  if (profile.filled === 0 || isCounting(profile)) return 0
  const score = scores[field]?.(profile) ?? 0
  return Math.min(contentScoreMax, score)
}

/** A column of mostly zeros is hardly the only price list of a table: a person should look. */
export function zerosFactor({ zeros, priced }: ColumnProfile): number {
  if (priced === 0 || zeros <= priced * 0.5) return 1
  return zeros === priced ? 0.4 : 0.58
}

/** Whether the column only counts the rows: 1, 2, 3 … Numbers that rise by one from 10 on are prices like others. */
export function isCounting(profile: ColumnProfile): boolean {
  return (
    profile.filled >= 3 &&
    profile.counting >= (profile.filled - 1) * 0.8 &&
    profile.lowestE4 <= 10_000 &&
    profile.withLetters === 0
  )
}

/** Whether the column holds years. */
export function isYears(profile: ColumnProfile): boolean {
  return profile.filled >= 2 && share(profile.years, profile) > 0.9 && profile.withCurrency === 0
}

/** Any column that holds codes is better than a blank one of the right name. */
const blankSkuFactor = 0.68

/** A price quantity that is no power of ten is believed under its very name only. */
const oddQuantityFactor = 0.6

/** Confidence of a field that only the content speaks for. */
export const contentScoreMax = 0.59

const factors: Record<Field, (profile: ColumnProfile) => number> = {
  sku(profile) {
    // An export names its columns whether or not anybody has filled them; see `identityOf`.
    if (profile.filled === 0) return blankSkuFactor
    let factor = 0.5 + 0.5 * Math.min(1, fill(profile) / 0.9)
    const distinct = share(profile.distinct, profile)
    if (distinct < 0.5) factor *= 0.5
    else if (distinct < 0.9) factor *= 0.85
    if (share(profile.wordy, profile) > 0.5 && share(profile.eans, profile) < 0.5) factor *= 0.5
    if (profile.meanLength > 60) factor *= 0.6
    if (share(profile.withCurrency, profile) > 0.3) factor *= 0.3
    if (share(profile.withDecimals, profile) > 0.5 && share(profile.withLetters, profile) < 0.1) factor *= 0.4
    if (share(profile.urls, profile) > 0.5) factor *= 0.2
    // Line numbers are article numbers only where the header says so and nothing is better.
    if (isCounting(profile)) factor *= 0.75
    return factor
  },
  name(profile) {
    if (profile.filled === 0) return 0
    const letters = share(profile.withLetters, profile)
    let factor = letters >= 0.5 ? 1 : letters >= 0.2 ? 0.6 : 0.2
    if (fill(profile) < 0.5) factor *= 0.6 + 0.8 * fill(profile)
    if (profile.filled >= 10 && share(profile.distinct, profile) < 0.1) factor *= 0.6
    if (share(profile.urls, profile) > 0.5) factor *= 0.1
    if (profile.meanLength > 300) factor *= 0.7
    return factor
  },
  price(profile) {
    if (profile.filled === 0 || profile.isPercent) return 0
    const readable = share(profile.priced + profile.onRequest, profile)
    if (readable < 0.3 || profile.priced === 0) return 0
    let factor = readable >= 0.6 ? 1 : 0.6
    if (fill(profile) < 0.1) factor *= 0.6
    else if (fill(profile) < 0.5) factor *= 0.85
    if (isYears(profile)) factor *= 0.5
    if (isCounting(profile)) factor *= 0.5
    if (share(profile.eans, profile) > 0.5) factor *= 0.3
    if (profile.withCurrency > 0 || share(profile.withDecimals, profile) > 0.2) factor *= 1.02
    return factor
  },
  currency(profile) {
    if (profile.filled === 0) return 0
    return share(profile.currencyCodes, profile) >= 0.5 ? 1 : 0
  },
  unit(profile) {
    if (profile.filled === 0) return 0.6
    if (share(profile.unitWords, profile) > 0.5) return 1.05
    if (profile.meanLength > 20 || share(profile.withLetters, profile) < 0.5) return 0.3
    return 0.95
  },
  price_quantity(profile) {
    if (profile.filled === 0) return 0
    const isWhole = share(profile.wholeNumbers, profile) > 0.95
    if (!isWhole || profile.withLetters > 0 || profile.withCurrency > 0) return 0
    // Other numbers may be stock, packs or smallest orders, unless the header leaves no doubt.
    return share(profile.powersOfTen, profile) > 0.9 ? 1 : oddQuantityFactor
  },
  category(profile) {
    if (profile.filled === 0) return 0
    let factor = share(profile.withLetters, profile) >= 0.3 ? 1 : 0.7
    if (profile.filled >= 20 && share(profile.distinct, profile) > 0.9) factor *= 0.7
    return factor
  },
  brand(profile) {
    if (profile.filled === 0) return 0
    let factor = share(profile.withLetters, profile) >= 0.5 ? 1 : 0.4
    if (profile.meanLength > 50) factor *= 0.6
    return factor
  },
  ean(profile) {
    if (profile.filled === 0) return 0.3
    return share(profile.eans, profile) >= 0.5 ? 1.05 : 0.7
  },
  stock(profile) {
    if (profile.filled === 0) return 0.7
    if (share(profile.withCurrency, profile) > 0.3) return 0.2
    return profile.meanLength > 40 ? 0.5 : 1
  },
  description: () => 1,
  url: (profile) => (profile.filled > 0 && share(profile.urls, profile) < 0.3 ? 0.5 : 1),
  image: (profile) =>
    profile.filled > 0 && share(Math.max(profile.urls, profile.images), profile) < 0.3 ? 0.4 : 1,
  valid_from: dateFactor,
  valid_to: dateFactor,
  group: (profile) => (profile.filled === 0 ? 0 : 1),
  variant: (profile) => (profile.filled === 0 || share(profile.priced, profile) > 0.9 ? 0.5 : 1),
}

function dateFactor(profile: ColumnProfile): number {
  return profile.filled === 0 ? 0.7 : share(profile.dates, profile) >= 0.5 ? 1 : 0
}

const scores: Partial<Record<Field, (profile: ColumnProfile) => number>> = {
  sku(profile) {
    const codes = share(profile.codeLike, profile)
    const distinct = share(profile.distinct, profile)
    if (codes < 0.7 || distinct < 0.9 || fill(profile) < 0.8 || profile.withDecimals > 0) return 0
    const isMixed = profile.withLetters > 0 && profile.withLetters < profile.filled
    return (
      0.4 +
      (isMixed || share(profile.withLetters, profile) > 0.9 ? 0.15 : 0) +
      (profile.meanLength >= 5 ? 0.04 : 0)
    )
  },
  name(profile) {
    const letters = share(profile.withLetters, profile)
    // "16 447 Ft" has letters too, and differs from row to row.
    if (share(profile.priced, profile) > 0.5) return 0
    if (letters < 0.7 || share(profile.urls, profile) > 0.3 || fill(profile) < 0.5) return 0
    return (
      0.25 +
      0.2 * share(profile.wordy, profile) +
      0.1 * share(profile.distinct, profile) +
      Math.min(0.04, profile.meanLength / 1000)
    )
  },
  price(profile) {
    const priced = profile.isPercent ? 0 : share(profile.priced, profile)
    if (priced < 0.8 || isYears(profile) || share(profile.eans, profile) > 0.5 || fill(profile) < 0.5)
      return 0
    // Whole numbers alone may be anything; the larger ones are rather prices than counts.
    const size = Math.min(0.1, Math.log10(Math.max(1, profile.medianE4 / 10_000)) * 0.025)
    const codes = profile.medianE4 >= 10_000_000_000 ? -0.2 : 0
    const decimals = 0.12 * share(profile.withDecimals, profile)
    return 0.4 + size + decimals + 0.15 * share(profile.withCurrency, profile) + codes
  },
  brand(profile) {
    const isShortText = share(profile.withLetters, profile) > 0.9 && profile.meanLength < 25
    return isShortText && share(profile.distinct, profile) < 0.5 && share(profile.unitWords, profile) < 0.5
      ? 0.42
      : 0
  },
  stock(profile) {
    const isSmall = share(profile.wholeNumbers, profile) > 0.9 && profile.medianE4 < 10_000_000
    return isSmall && profile.withDecimals === 0 ? 0.41 : 0
  },
  currency: (profile) => (share(profile.currencyCodes, profile) > 0.9 ? 0.55 : 0),
  unit: (profile) => (share(profile.unitWords, profile) > 0.8 ? 0.5 : 0),
  ean: (profile) => (share(profile.eans, profile) > 0.8 ? 0.55 : 0),
  url: (profile) => (share(profile.urls, profile) > 0.9 && share(profile.images, profile) < 0.1 ? 0.5 : 0),
  image: (profile) => (share(profile.images, profile) > 0.9 ? 0.5 : 0),
}
