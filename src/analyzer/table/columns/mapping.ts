import { type ColumnDecision, type Field, fields } from '../decision.ts'
import { coreOf, type HeaderNames } from '../header/header-names.ts'
import { looseScore } from '../header/loose-headers.ts'
import { countingHeaders, isOtherHeader, lineHeaders } from '../header/synonyms.ts'
import { perUnitOf } from '../money/affix.ts'
import { currencyIn } from '../money/currency.ts'
import { currencyColumns } from '../money/currency-columns.ts'
import { isNoPriceHeader, priceRank, yearIn } from '../money/price-rank.ts'
import { normalize } from '../text.ts'
import { type ColumnProfile, share } from './columns.ts'
import { contentFactor, contentScore, isCounting, zerosFactor } from './content.ts'

export type Mapping = Partial<Record<Field, ColumnDecision>>

/**
 * Gives every field its column: names propose, contents support or veto. SKU, name and price are settled together,
 * because one column can look like two of them; the other fields take what is left, best first.
 * @param texts headers by column, '' where blank; empty for a table without header
 * @param pinned columns that a person named (`null`: this field is not in the list); they are not asked again
 */
export function mapColumns(
  texts: readonly string[],
  profiles: readonly ColumnProfile[],
  names: HeaderNames,
  pinned: Partial<Record<Field, number | null>>,
  { breaks, reduced, currency }: PriceClues = noClues,
): Mapping {
  const candidates = proposeAll(texts, profiles, names, { breaks, reduced, currency })
  const taken = new Set<number>()
  const mapping: Mapping = {}
  const settle = (field: Field, column: number, confidence: number) => {
    taken.add(column)
    mapping[field] = {
      column,
      header: texts[column] || null,
      confidence: round(Math.min(1, confidence)),
      runnerUp: null,
    }
  }
  for (const field of fields) {
    const column = pinned[field]
    if (typeof column !== 'number') continue
    settle(field, column, 1)
    mapping[field]!.isPinned = true
  }
  const open = fields.filter((field) => pinned[field] === undefined)
  const [chief, rest] = [open.filter((field) => isChief(field)), open.filter((field) => !isChief(field))]
  for (const { field, column, score } of bestTogether(chief, candidates, taken)) settle(field, column, score)
  const priceKind = kindIn(mapping.price?.header ?? '')
  for (const candidate of candidates.currency) {
    const kind = kindIn(texts[candidate.column] ?? '')
    if (kind !== '' && kind !== priceKind) candidate.score *= otherKindFactor
  }
  if (mapping.price !== undefined) {
    const prices = candidates.price.filter(({ score }) => score >= namedMin).map(({ column }) => column)
    const own = currencyColumns(texts, profiles).of(mapping.price.column, prices)
    const top = Math.max(0, ...candidates.currency.map(({ score }) => score))
    // Of several columns of currencies the one that goes with the price.
    for (const candidate of candidates.currency)
      if (candidate.column === own) candidate.score = top + ownBonus
  }
  candidates.currency.sort((a, b) => b.score - a.score || a.column - b.column)
  const others = rest
    .flatMap((field) => candidates[field].map((candidate) => ({ field, ...candidate })))
    .filter(({ column, score }) => score >= (texts[column] ? restMin : acceptedMin))
    .sort((a, b) => b.score - a.score || a.column - b.column)
  for (const { field, column, score } of others) {
    if (mapping[field] === undefined && !taken.has(column)) settle(field, column, score)
  }
  for (const field of fields) addRunnerUp(field, mapping, candidates[field], texts)
  return mapping
}

/** What helps to choose among columns of prices. */
export interface PriceClues {
  /** Columns of prices that hold from a quantity on; see `quantityColumns`. */
  breaks: ReadonlyMap<number, number>
  /** Columns of prices after discount; see `reducedColumns`. */
  reduced: ReadonlySet<number>
  /** ISO 4217, as configured: where prices are given in several currencies, this is the one. */
  currency: string | null
}

const noClues: PriceClues = { breaks: new Map(), reduced: new Set(), currency: null }

/** The column that only counts the rows, null without one. */
export function findLineColumn(
  texts: readonly string[],
  profiles: readonly ColumnProfile[],
  mapping: Mapping,
): number | null {
  const mapped = new Set(Object.values(mapping).map(({ column }) => column))
  for (const profile of profiles) {
    if (mapped.has(profile.column)) continue
    const named = lineHeaders.has(normalize(texts[profile.column] ?? ''))
    const wholeShare = profile.filled === 0 ? 0 : profile.wholeNumbers / profile.filled
    if (isCounting(profile) || (named && wholeShare > 0.8)) return profile.column
  }
  return null
}

/** "cur[net]" is the currency of "price[net]", and of no other price. */
function kindIn(header: string): string {
  return /\[([^\]]+)\]/.exec(header)?.[1] ?? ''
}

const otherKindFactor = 0.8
const ownBonus = 0.01

interface Candidate {
  column: number
  score: number
}

type Candidates = Record<Field, Candidate[]>

/** Below this a field has no column. Name and price may be guesses: the verdict then asks a person. */
const acceptedMin = 0.4
const guessMin = 0.25
/** The other fields only rename a characteristic; a far-fetched likeness is not worth that. */
const restMin = 0.55
/** A header that names anything this well is no riddle to be solved by the content. */
const namedMin = 0.4
const runnerUpMin = 0.3
/** "10+" beside "1-9" names prices as well as a word would. */
const breakScore = 0.9
const surePriceName = 0.75
const sureName = 0.95
const measureFactor = 0.2
const formerYearFactor = 0.7
const perUnitFactor = 0.4
const sumFactor = 0.6
const priceNameMin = 0.6
const beforeDiscountFactor = 0.93
/** More than ties differ by. */
const preferredBonus = 0.03
/** Comparing every column of a very wide table with every misspelt synonym would cost minutes. */
const fuzzyColumnsMax = 256
const considered = 6

function isChief(field: Field): boolean {
  return field === 'sku' || field === 'name' || field === 'price'
}

function proposeAll(
  texts: readonly string[],
  profiles: readonly ColumnProfile[],
  names: HeaderNames,
  { breaks, reduced, currency }: PriceClues,
): Candidates {
  const isOnSeveralLists = hasSeveralPriceLists(texts, profiles, names)
  const latestYear = Math.max(0, ...texts.map((text) => priceYear(text, names)))
  const hasPriceName = profiles.some(
    ({ column, priced }) => priced > 0 && isPriceName(texts[column] ?? '', names),
  )
  // fromEntries forgets the key type; every field is there.
  const candidates = Object.fromEntries(fields.map((field) => [field, []])) as unknown as Candidates
  for (const profile of profiles) {
    const header = texts[profile.column] ?? ''
    const named =
      header === '' ? {} : profile.column < fuzzyColumnsMax ? names.full(header) : names.quick(header)
    const isOther = isOtherHeader(coreOf(header))
    const isNamed =
      isOther ||
      breaks.has(profile.column) ||
      reduced.has(profile.column) ||
      Object.values(names.quick(header)).some((score) => score >= namedMin)
    for (const field of fields) {
      let name = named[field]
      const isSurePrice = breaks.has(profile.column) || reduced.has(profile.column)
      if (field === 'price' && isSurePrice) name = Math.max(name ?? 0, breakScore)
      let score = 0
      if (name !== undefined) {
        score = (field === 'price' ? asPrice(name) : name) * factorOf(field, name, profile)
        if (field === 'price' && (!isOnSeveralLists || profile.zeros === profile.priced))
          score *= zerosFactor(profile)
        score = Math.min(1, score)
        if (field === 'price')
          score *= (reduced.has(profile.column) ? 1 : priceRank(header)) * yearFactor(header, latestYear)
        // A sum is the price only where nothing else is.
        if (field === 'price' && hasPriceName && isNoPriceHeader(header)) score *= sumFactor
        // What stands before the discount is what nobody pays.
        if (field === 'price' && reduced.size > 0 && !reduced.has(profile.column))
          score *= beforeDiscountFactor
        if (field === 'price' && currency !== null && currencyIn(header)?.code === currency)
          score += preferredBonus
        // "Preis/St. ca." is nearly "Preis je", and far from it.
        if (field === 'price_quantity' && name < surePriceName) score = 0
        // "Antal/bunt" is the size of a bunch.
        if (field === 'stock' && perUnitOf(header) !== null) score *= perUnitFactor
        // "Nr." over 1, 2, 3 counts the rows.
        if (field === 'sku' && isCounting(profile) && countingHeaders.has(normalize(header))) score = 0
      }
      if (field === 'sku' || field === 'name') score = Math.max(score, looseScore(field, header, profile))
      // "Leistung" over "100 W" is power and no service.
      if (field === 'name' && (name ?? 0) < sureName && share(profile.measures, profile) > 0.8)
        score *= measureFactor
      // What the cells show is worth a guess where the header is blank, foreign or missing.
      if (!isNamed) score = Math.max(score, contentScore(field, profile) * (header === '' ? 1 : 0.9))
      if (score > 0) candidates[field].push({ column: profile.column, score })
    }
  }
  for (const field of fields) candidates[field].sort((a, b) => b.score - a.score || a.column - b.column)
  return candidates
}

/**
 * That its prices have decimals speaks for a column that may be something else. Of several that are surely prices it
 * would prefer another one each week.
 */
function factorOf(field: Field, name: number, profile: ColumnProfile): number {
  const factor = contentFactor(field, profile)
  return field === 'price' && name >= surePriceName ? Math.min(1, factor) : factor
}

/** How exactly a header is called a price matters less than which kind of price it says. */
function asPrice(name: number): number {
  return name >= surePriceName ? 0.9 + 0.1 * name : name
}

/** "Preis 2025 | Preis 2026": the older one is what things used to cost. */
function yearFactor(header: string, latestYear: number): number {
  const year = yearIn(header)
  return year > 0 && year < latestYear ? formerYearFactor : 1
}

function priceYear(header: string, names: HeaderNames): number {
  const year = yearIn(header)
  return year > 0 && (names.quick(header).price ?? 0) >= namedMin ? year : 0
}

function isPriceName(header: string, names: HeaderNames): boolean {
  return header !== '' && !isNoPriceHeader(header) && (names.quick(header).price ?? 0) >= priceNameMin
}

/** Where an article may stand on one of several price lists, 0 means that it is not on that one. */
function hasSeveralPriceLists(
  texts: readonly string[],
  profiles: readonly ColumnProfile[],
  names: HeaderNames,
): boolean {
  const lists = profiles.filter(({ column, zeros, priced }) => {
    const header = texts[column] ?? ''
    if (zeros === 0 || zeros === priced || header === '' || isNoPriceHeader(header)) return false
    return (names.quick(header).price ?? 0) >= namedMin
  })
  return lists.length >= 2
}

/** The assignment of distinct columns to the chief fields with the highest sum of squares; leaving a field out counts 0. */
function bestTogether(
  chief: readonly Field[],
  candidates: Candidates,
  taken: ReadonlySet<number>,
): (Candidate & { field: Field })[] {
  let best: (Candidate & { field: Field })[] = []
  let bestSum = 0
  const tryFrom = (at: number, chosen: (Candidate & { field: Field })[], sum: number) => {
    if (at === chief.length) {
      if (sum > bestSum + 1e-9) {
        best = chosen
        bestSum = sum
      }
      return
    }
    const field = chief[at]!
    for (const candidate of candidates[field].slice(0, considered)) {
      const { column, score } = candidate
      if (
        score < (field === 'sku' ? acceptedMin : guessMin) ||
        taken.has(column) ||
        chosen.some((other) => other.column === column)
      )
        continue
      // Squared: one sure column is better than two doubtful ones.
      tryFrom(at + 1, [...chosen, { field, ...candidate }], sum + score * score)
    }
    tryFrom(at + 1, chosen, sum)
  }
  tryFrom(0, [], 0)
  return best
}

function addRunnerUp(
  field: Field,
  mapping: Mapping,
  candidates: Candidate[],
  texts: readonly string[],
): void {
  const decided = mapping[field]
  if (decided === undefined) return
  const next = candidates.find(({ column, score }) => column !== decided.column && score >= runnerUpMin)
  if (next === undefined) return
  decided.runnerUp = {
    column: next.column,
    header: texts[next.column] || null,
    confidence: round(Math.min(1, next.score)),
  }
}

function round(score: number): number {
  return Math.round(score * 100) / 100
}
