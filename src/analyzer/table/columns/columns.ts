import { currencyOf } from '../money/currency.ts'
import { priceReader } from '../money/price.ts'
import type { Row } from '../rows/row.ts'
import { cellText } from '../text.ts'
import type { ColumnFormat } from './column-format.ts'
import { parseDate } from './dates.ts'
import { isEan } from './ean.ts'

/** What a column holds, counted over the rows below the header. All counts are of filled cells. */
export interface ColumnProfile {
  column: number
  /** Rows looked at, blank cells included. */
  rowCount: number
  filled: number
  distinct: number
  /** Readable as a price: "12,50 kr", 12.5, "1 200". */
  priced: number
  /** With a currency, and with one or two decimals: what prices have and counts have not. */
  withCurrency: number
  withDecimals: number
  onRequest: number
  zeros: number
  wholeNumbers: number
  /** Whole numbers from 1900 to 2100. */
  years: number
  /** 1, 10, 100, 1000 …: what prices are for. */
  powersOfTen: number
  /** Each one more than the one above: 1, 2, 3 … */
  counting: number
  /** Letters in it; several words; codes such as "ZX-1405" (digits, no spaces). */
  withLetters: number
  wordy: number
  codeLike: number
  /** Codes with a space in them: "LN 101", "NU 206 E". */
  spacedCodes: number
  eans: number
  urls: number
  images: number
  dates: number
  currencyCodes: number
  unitWords: number
  /** A number with a few letters: "100 W", "1,5 kg". */
  measures: number
  /** Mean characters of a filled cell. */
  meanLength: number
  /** Median of the readable prices, in ten-thousandths. */
  medianE4: number
  /** Of the cells that read as a price. */
  lowestE4: number
  /** A workbook shows its numbers as percentages. */
  isPercent: boolean
}

/**
 * Profiles the columns 0 to width - 1.
 * @param rows data rows: no headings, no blank rows
 * @param formats how a workbook shows the numbers of its columns
 */
export function profileColumns(
  rows: readonly Row[],
  width: number,
  formats: ReadonlyMap<number, ColumnFormat> = new Map(),
): ColumnProfile[] {
  return Array.from({ length: width }, (_, column) => ({
    ...profileColumn(rows, column),
    isPercent: formats.get(column)?.isPercent ?? false,
  }))
}

/** A share of the filled cells, 0 where none is filled. */
export function share(count: number, profile: ColumnProfile): number {
  return profile.filled === 0 ? 0 : count / profile.filled
}

/** How much of the column is filled. */
export function fill(profile: ColumnProfile): number {
  return profile.rowCount === 0 ? 0 : profile.filled / profile.rowCount
}

/** Whether a text is a unit of sale, with or without a number before it: "шт.", "kg", "100 St". */
export function isUnitWord(text: string): boolean {
  return text.length <= 10 && unitWord.test(text)
}

function profileColumn(rows: readonly Row[], column: number): ColumnProfile {
  const profile = emptyProfile(column, rows.length)
  const seen = new Set<string>()
  const values: number[] = []
  const readPrice = priceReader(null)
  let characters = 0
  let above = Number.NaN
  for (const row of rows) {
    const cell = row.cells[column]
    const text = cellText(cell)
    if (text === '') continue
    profile.filled++
    characters += text.length
    if (seen.size < distinctMax) seen.add(text.length > 100 ? text.slice(0, 100) : text)
    const reading = readPrice(cell)
    if (reading.kind === 'on_request') profile.onRequest++
    // "Free" in every row says nothing of a column: it may be the freight.
    if (reading.kind === 'price' && reading.e4 === 0 && !/\p{N}/u.test(text)) profile.onRequest++
    else if (reading.kind === 'price') {
      profile.priced++
      values.push(reading.e4)
      if (reading.e4 === 0) profile.zeros++
      if (reading.currency !== null) profile.withCurrency++
      if (reading.e4 % 10_000 !== 0) profile.withDecimals++
      else {
        profile.wholeNumbers++
        const value = reading.e4 / 10_000
        if (value >= 1900 && value <= 2100) profile.years++
        if (value === 1 || value === 10 || value === 100 || value === 1000 || value === 10_000)
          profile.powersOfTen++
        // "10.00" below "9.00" is a price: nobody numbers rows with decimals.
        if (value === above + 1 && !/[.,]\d/.test(text)) profile.counting++
        above = value
      }
    }
    countText(text, profile)
  }
  profile.distinct = seen.size
  profile.meanLength = profile.filled === 0 ? 0 : characters / profile.filled
  values.sort((a, b) => a - b)
  profile.medianE4 = values[values.length >> 1] ?? 0
  profile.lowestE4 = values[0] ?? 0
  return profile
}

function countText(text: string, profile: ColumnProfile): void {
  const head = text.length > 200 ? text.slice(0, 200) : text
  const hasLetters = /\p{L}/u.test(head)
  const hasSpace = /\s/.test(head)
  if (hasLetters) profile.withLetters++
  // "0 986 494 019" is a code, however many parts it has.
  if (hasLetters && /\S+\s+\S+\s+\S/.test(head) && /\p{L}{3}/u.test(head)) profile.wordy++
  if (!hasSpace && /\p{N}/u.test(head) && head.length >= 2 && head.length <= 40) profile.codeLike++
  if (hasSpace && spacedCode.test(head)) profile.spacedCodes++
  if (isEan(head)) profile.eans++
  if (/^(?:https?:\/\/|www\.)\S+$/i.test(head)) profile.urls++
  if (/\.(?:jpe?g|png|gif|webp|svg|bmp)(?:[?#]\S*)?$/i.test(text)) profile.images++
  if (head.length <= 30 && parseDate(head, 'dmy') !== null) profile.dates++
  if (head.length <= 12 && currencyOf(head) !== null) profile.currencyCodes++
  if (isUnitWord(head)) profile.unitWords++
  if (head.length <= 12 && /^\d{1,5}(?:[.,]\d{1,3})?\s?\p{L}{1,4}\.?$/u.test(head)) profile.measures++
}

const distinctMax = 1000
const spacedCode = /^\p{L}{1,4} \d[\p{L}\d./-]{0,12}(?: [\p{L}\d]{1,4})?$/u
const unitWord =
  /^(?:\d{0,4}\s?)(?:pcs?|pieces?|ea|each|st|stk|stck|stück|stuks?|ks|szt|шт|шт\.|уп|упак|кг|г|м|м2|м²|л|компл|пара|kg|g|gr|m|m2|m²|m3|cm|mm|l|lt|ltr|ml|box|pack|pk|pkg|set|pair|paar|par|rolle?|un|und|ud|uds|u|pz|pza|kpl|förp|frp|krt|ctn|bag|btl|flasche|adet|יח|יח'|ق|حبة|件|个|個|箱|本|枚|τεμ|τμχ)\.?$/iu

function emptyProfile(column: number, rowCount: number): ColumnProfile {
  return {
    column,
    rowCount,
    filled: 0,
    distinct: 0,
    priced: 0,
    withCurrency: 0,
    withDecimals: 0,
    onRequest: 0,
    zeros: 0,
    wholeNumbers: 0,
    years: 0,
    powersOfTen: 0,
    counting: 0,
    withLetters: 0,
    wordy: 0,
    codeLike: 0,
    spacedCodes: 0,
    eans: 0,
    urls: 0,
    images: 0,
    dates: 0,
    currencyCodes: 0,
    unitWords: 0,
    measures: 0,
    meanLength: 0,
    medianE4: 0,
    lowestE4: 0,
    isPercent: false,
  }
}
