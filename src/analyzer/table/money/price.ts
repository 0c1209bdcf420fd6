import type { DecimalStyle } from '../decision.ts'
import { cellText } from '../text.ts'
import { type Affix, affixReader } from './affix.ts'
import { priceWithCoins } from './coins.ts'
import type { CurrencyMention } from './currency.ts'
import { isFree } from './free.ts'
import { type NumberShape, numberScanner, tooLarge, tooManyDecimals, valueE4 } from './number.ts'
import { isOnRequest } from './on-request.ts'

/** What a price cell turned out to be. */
export type PriceKind =
  | 'price'
  | 'on_request'
  | 'blank'
  | 'unreadable'
  | 'ambiguous'
  | 'negative'
  | 'too_many_decimals'
  | 'too_large'

/** One price cell, read. The reader fills and returns the same object each time: copy what must last. */
export interface PriceReading {
  kind: PriceKind
  /** Ten-thousandths; 0 unless `kind` is `price`. */
  e4: number
  currency: CurrencyMention | null
  unit: string | null
  quantityE4: number | null
  /** A binary number had more than 4 decimals and was rounded half up. */
  isRounded: boolean
  /** The cell as text, trimmed. */
  raw: string
  /** How the number of a text cell is written; null for a binary number and where there is no number. */
  shape: NumberShape | null
}

/**
 * Reads price cells: "1.234,56 kr", "€ 12,50 / kg", "от 100 руб.", "12,-", "½", 12.5.
 * Exact: text never becomes a float, and a binary number goes through its shortest decimal form.
 * Source: test/golden/numbers.
 * @param style how the column writes decimals; it decides cells like "1.234", no others.
 */
export function priceReader(style: DecimalStyle | null): (cell: string | number | undefined) => PriceReading {
  const scan = numberScanner()
  const affixOf = affixReader()
  const reading: PriceReading = {
    kind: 'blank',
    e4: 0,
    currency: null,
    unit: null,
    quantityE4: null,
    isRounded: false,
    raw: '',
    shape: null,
  }
  return (cell) => {
    reading.e4 = 0
    reading.currency = null
    reading.unit = null
    reading.quantityE4 = null
    reading.isRounded = false
    reading.shape = null
    reading.raw = cellText(cell)
    if (typeof cell === 'number') readBinary(cell, reading)
    else reading.kind = readText(reading, scan, affixOf, style)
    return reading
  }
}

function readText(
  reading: PriceReading,
  scan: (text: string) => NumberShape,
  affixOf: (before: string, after: string) => Affix | null,
  style: DecimalStyle | null,
): PriceKind {
  const text = reading.raw
  if (text === '') return 'blank'
  // A cell that long is a text with a number in it.
  if (text.length > priceLengthMax) return 'unreadable'
  const shape = scan(text)
  if (shape.start === text.length) return wordsOnly(text)
  if (!shape.isNumber) return 'unreadable'
  const { start, end } = shape
  let affix: Affix | null = null
  if (start > 0 || end < text.length) {
    affix = affixOf(start === 0 ? '' : text.slice(0, start), end === text.length ? '' : text.slice(end))
    if (affix === null) {
      const price = priceWithCoins(text, shape)
      if (price === null) return isOnRequest(text) ? 'on_request' : 'unreadable'
      reading.currency = price.currency
      reading.e4 = price.e4
      return 'price'
    }
    reading.currency = affix.currency
    reading.unit = affix.unit
    reading.quantityE4 = affix.quantityE4
  }
  reading.shape = shape
  let decimalAt = shape.decimalAt
  if (shape.isAmbiguous) {
    if (style === 'mixed') return 'ambiguous'
    if (!isDecimalSign(text.charCodeAt(decimalAt), style)) decimalAt = -1
  }
  const value = valueE4(text, start, end, decimalAt)
  if (value === tooManyDecimals) return 'too_many_decimals'
  if (value === tooLarge) return 'too_large'
  const e4 = value + shape.fractionE4
  if (affix?.isNegative === true && e4 !== 0) return 'negative'
  reading.e4 = e4
  return 'price'
}

/** "auf Anfrage" is no price, "gratis" is a price of 0. */
function wordsOnly(text: string): PriceKind {
  if (isFree(text)) return 'price'
  return isOnRequest(text) ? 'on_request' : 'unreadable'
}

/** Whether the separator of an ambiguous number is the column's decimal sign; without any proof it groups. */
function isDecimalSign(code: number, style: DecimalStyle | null): boolean {
  if (style === null) return false
  return (style === 'dot') === (code === 46 || code === 0xff0e)
}

function readBinary(value: number, reading: PriceReading): void {
  if (!Number.isFinite(value)) {
    reading.kind = 'unreadable'
    return
  }
  if (value < 0) {
    reading.kind = 'negative'
    return
  }
  const nearest = Math.round(value * 10_000)
  if (nearest > Number.MAX_SAFE_INTEGER) {
    reading.kind = 'too_large'
    return
  }
  reading.kind = 'price'
  // The decimal with at most 4 places that reads back as this very number is its shortest form.
  if (nearest / 10_000 === value) reading.e4 = nearest
  else roundShortest(value, reading)
}

/** More than 4 decimals, such as the noise of a sum (12.299999999999999): half up on the shortest decimal form. */
function roundShortest(value: number, reading: PriceReading): void {
  const text = cellText(value)
  const point = text.indexOf('.')
  const whole = point < 0 ? text : text.slice(0, point)
  const fraction = point < 0 ? '' : text.slice(point + 1)
  const kept = Number(whole) * 10_000 + Number(fraction.slice(0, 4).padEnd(4, '0'))
  const e4 = kept + (fraction.charCodeAt(4) >= 53 ? 1 : 0)
  if (!Number.isSafeInteger(e4)) {
    reading.kind = 'too_large'
    return
  }
  // A price that would become nothing is none that can be kept.
  if (e4 === 0) {
    reading.kind = 'too_many_decimals'
    return
  }
  reading.e4 = e4
  reading.isRounded = fraction.length > 4
}

const priceLengthMax = 120
