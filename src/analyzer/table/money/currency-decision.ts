import type { ColumnFormat } from '../columns/column-format.ts'
import type { Mapping } from '../columns/mapping.ts'
import type { TableDecision, TableOptions } from '../decision.ts'
import type { Row } from '../rows/row.ts'
import { cellText } from '../text.ts'
import { type CurrencyMention, currencyIn, currencyOf } from './currency.ts'
import { priceReader } from './price.ts'

/** What can name the currency of a table, beside its mapping. */
export interface CurrencyClues {
  headers: readonly string[]
  /** Rows below the header. */
  body: readonly Row[]
  /** What titles and notes say, an ISO 4217 code. */
  title: string | null
  /** How a workbook shows the numbers of the price column; null: it does not tell. */
  format: ColumnFormat | null
}

/**
 * The table's currency and where it comes from: the price cells' symbol or code (a workbook may show it by the number
 * format), else the price header, else the currency column, else a title, else the configuration. A sign that several
 * currencies share ("$", "kr", "¥") counts only with what settles it: the header, the column, a title, the
 * configuration, or letters that only one of the languages has.
 */
export function decideCurrency(
  mapping: Mapping,
  clues: CurrencyClues,
  options: TableOptions,
): TableDecision['currency'] {
  const { mentions, isUsual, isFirst } = mentionsIn(mapping, clues.body)
  const sure = majority(mentions.filter((mention) => mention.code !== null))
  if (sure !== null && isUsual) return { code: sure.code, from: sure.kind }
  const stated = statedCurrency(mapping, clues, options, isUsual ? majority(mentions) : null)
  if (isUsual || stated.code !== null || stated.from !== null) return stated
  // A sign on the first price alone is meant for all of them; one further down marks an exception.
  const first = isFirst ? majority(mentions) : null
  if (first === null) return stated
  return first.code === null
    ? statedCurrency(mapping, clues, options, first)
    : { code: first.code, from: first.kind }
}

/** What the table says beside its prices; a sign in them that several currencies share must allow it. */
function statedCurrency(
  mapping: Mapping,
  clues: CurrencyClues,
  options: TableOptions,
  inCells: CurrencyMention | null,
): TableDecision['currency'] {
  const inHeader = mapping.price?.header == null ? null : currencyIn(mapping.price.header)
  const stated = inHeader !== null && inHeader.code !== null ? inHeader.code : null
  const shown = clues.format?.currencies ?? []
  // Euros and dollars in one column, or a header that says otherwise: the numbers alone do not tell which is which.
  const isContradicted =
    shown.length > 1 || shown.some(({ candidates }) => !candidates.includes(stated ?? candidates[0]!))
  if (isContradicted && mapping.currency === undefined) return { code: null, from: 'symbol' }
  const [shownSign = null] = shown
  if (shownSign !== null && shownSign.code !== null) return { code: shownSign.code, from: 'symbol' }
  if (stated !== null) return { code: stated, from: 'header' }
  if (mapping.currency !== undefined) {
    const codes = new Set<string>()
    for (const row of clues.body) {
      const code = currencyOf(cellText(row.cells[mapping.currency.column]))?.code ?? null
      if (code !== null) codes.add(code)
    }
    return { code: codes.size === 1 ? [...codes][0]! : null, from: 'column' }
  }
  return settle(inCells ?? shownSign, inHeader, clues, options)
}

/** Without a code: what a title or the configuration says, where a shared sign allows that. */
function settle(
  inCells: CurrencyMention | null,
  inHeader: CurrencyMention | null,
  { headers, body, title }: CurrencyClues,
  options: TableOptions,
): TableDecision['currency'] {
  const sign = inCells ?? inHeader
  const may = (code: string | null) => code !== null && (sign === null || sign.candidates.includes(code))
  if (may(title)) return { code: title, from: 'title' }
  if (may(options.currency)) return { code: options.currency, from: 'configuration' }
  const told = sign === null ? null : settledByLanguage(sign, headers, body)
  return told === null
    ? { code: null, from: null }
    : { code: told, from: inCells === null ? 'header' : 'symbol' }
}

interface Mentions {
  mentions: CurrencyMention[]
  /** Most prices name a currency: the others mean the same. Where few do, those are the exceptions. */
  isUsual: boolean
  /** The first price names one. */
  isFirst: boolean
}

function mentionsIn(mapping: Mapping, body: readonly Row[]): Mentions {
  const column = mapping.price?.column
  if (column === undefined) return { mentions: [], isUsual: false, isFirst: false }
  const readPrice = priceReader(null)
  const mentions: CurrencyMention[] = []
  let priced = 0
  let isFirst = false
  for (const row of body) {
    const { kind, currency } = readPrice(row.cells[column])
    if (kind === 'price') priced++
    if (currency === null) continue
    mentions.push(currency)
    if (priced === 1) isFirst = true
  }
  return { mentions, isUsual: mentions.length > 0 && mentions.length >= priced / 2, isFirst }
}

/** The mention that nearly all cells with a currency agree on; null where they differ. */
function majority(mentions: readonly CurrencyMention[]): CurrencyMention | null {
  const counts = new Map<string, { mention: CurrencyMention; count: number }>()
  for (const mention of mentions) {
    const key = mention.candidates.join()
    const entry = counts.get(key) ?? { mention, count: 0 }
    entry.count++
    counts.set(key, entry)
  }
  for (const { mention, count } of counts.values()) if (count >= mentions.length * 0.9) return mention
  return null
}

/** Kana and 価 are Japanese, 价 is Chinese; "mva" Norwegian; Swedish and Danish by their letters and words. */
function settledByLanguage(
  sign: CurrencyMention,
  headers: readonly string[],
  body: readonly Row[],
): string | null {
  const cells = body
    .slice(0, languageRowsMax)
    .flatMap((row) => row.cells.filter((cell) => typeof cell === 'string'))
  const text = [...headers, ...cells.map((cell) => cell.slice(0, 200))].join(' ').toLowerCase()
  const fits = marks.filter(({ code, pattern }) => sign.candidates.includes(code) && pattern.test(text))
  return fits.length === 1 ? fits[0]!.code : null
}

const languageRowsMax = 100

// Only words and letters that the neighbours do not have: "enhet" and "varenummer" would prove nothing.
const marks: { code: string; pattern: RegExp }[] = [
  { code: 'JPY', pattern: /[\u3040-\u30ff価単円込抜]/ },
  { code: 'CNY', pattern: /^[^\u3040-\u30ff]*[价货单号码厂规][^\u3040-\u30ff]*$/s },
  { code: 'NOK', pattern: /(?<!\p{L})(?:mva|produsent|artikkelnummer|artikkelnr|artikkel)(?!\p{L})/u },
  {
    code: 'SEK',
    pattern:
      /(?<!\p{L})(?:benämning|varumärke|artikelbenämning|förpackning|pris exkl|försäljningspris|styckpris|inköpspris)(?!\p{L})/u,
  },
  {
    code: 'DKK',
    pattern: /(?<!\p{L})(?:enhed|mængde|mærke|stregkode|ekskl\.? moms|benævnelse|stykpris)(?!\p{L})/u,
  },
]
