import { perUnitOf } from './affix.ts'
import { currencyIn, withoutCurrency } from './currency.ts'

/** From which quantity on the prices of a column hold, as its header says. */
export interface QuantityBreak {
  /** Whole units; 1 for "1-9" and "up to 9". */
  from: number
  /**
   * `stated`: the words say so ("ab 10 St", "10+", "1-9"). `bare`: there is only a number, with a unit perhaps ("10",
   * "100 pcs"), which means a break only among others of its kind.
   */
  kind: 'stated' | 'bare'
}

/**
 * Reads "от 10 шт", "10+", "1-9", "≥ 100", "ab 100 St.", "100個以上", "up to 9". Null: no quantity, or an amount of
 * money ("от 50 000 руб.": what the whole order must come to).
 */
export function quantityBreakOf(header: string): QuantityBreak | null {
  if (header.length > headerLengthMax) return null
  const text = header.normalize('NFKC').toLowerCase()
  if (!/[0-9]/.test(text)) return null
  for (const { pattern, fromOf } of stated) {
    const match = pattern.exec(text)
    if (match === null) continue
    const from = fromOf(numberOf(match[1]!), match[2] === undefined ? Number.NaN : numberOf(match[2]))
    if (from === null || isMoney(text.slice(match.index + match[0].length))) continue
    return from >= 1 && from <= quantityMax ? { from, kind: 'stated' } : null
  }
  const alone = bare.exec(text)
  // "Price per 100" is the price of so many.
  if (alone === null || perUnitOf(withoutCurrency(text)) !== null) return null
  const from = numberOf(alone[1]!)
  return from >= 1 && from <= quantityMax ? { from, kind: 'bare' } : null
}

const headerLengthMax = 120
const quantityMax = 1_000_000

// "1000", "1 000", "1.000"; bounded, so that no header of digits costs more than its length.
const number = String.raw`(\d{1,3}(?:[ .,'’]\d{3}){1,2}|\d{1,7})`
const edge = String.raw`(?<![\p{L}\d.,])`
const units = String.raw`(?:\s{0,2}(?:pcs?|pieces?|units?|ea|st(?:k|ck|ück|uks?)?|шт|уп|кг|кор|ks|szt|un|uds?|u|pz|kpl|adet|τεμ|יח['׳]?|个|個|件|箱|本|枚|kg|m|l|box(?:es)?|packs?|cartons?|krt)\.?)?`

const stated: { pattern: RegExp; fromOf: (first: number, second: number) => number | null }[] = [
  // "1-9", "10 – 99 pcs", "10 to 99"
  {
    pattern: new RegExp(
      `${edge}${number}\\s{0,2}(?:[-–—~〜]|bis|to|до|à|a|al|til|till|do|-)\\s{0,2}${number}(?!\\d)`,
      'u',
    ),
    fromOf: (first, second) => (first < second ? first : null),
  },
  // "10+", "10 pcs +", "100 шт и более", "10个以上", "10起"
  {
    pattern: new RegExp(
      `${edge}${number}${units}\\s{0,2}(?:\\+|起|以上|(?:or|and) (?:more|above|up)|(?:und|oder) mehr|et plus|ou plus|y más|o más|e mais|ou mais|o più|e oltre|(?:en|of) meer|(?:og|eller|och) (?:over|flere|fler|mer)|(?:и|или) (?:более|больше|выше)|(?:і|та|або) (?:більше|вище)|i więcej|a více|ve üzeri|και άνω|ומעלה|فأكثر|فما فوق)`,
      'u',
    ),
    fromOf: (first) => first,
  },
  // "up to 9", "до 10 шт", "< 10": from the first one on
  {
    pattern: new RegExp(
      `(?:${edge}(?:bis|up to|до|jusqu['’]?à|hasta|até|fino a|tot|til|till|do|έως|עד|حتى|max\\.?)|<=?|≤)\\s{0,2}${number}(?!\\d)`,
      'u',
    ),
    fromOf: () => 1,
  },
  // "> 100" does not hold for 100 yet
  { pattern: new RegExp(`>\\s{0,2}${number}(?!\\d)`, 'u'), fromOf: (first) => first + 1 },
  // "ab 10", "от 10 шт", "≥ 10"
  {
    pattern: new RegExp(
      `(?:${edge}(?:ab|from|от|від|dès|des|à partir de|a partir de|desde|da|dal|vanaf|v\\.?a\\.?|fra|från|od|από|min\\.?|mind\\.?|mindestens|minimum|qty|quantity|menge|кол-во|количество|החל מ-?|מ-|من)|>=|≥|⩾)\\s{0,2}${number}(?!\\d)`,
      'u',
    ),
    fromOf: (first) => first,
  },
]

// A number at the end, or with a unit behind it: "100", "Price 100 pcs".
const bare = new RegExp(`(?:^|[\\s(/:])${number}${units}\\s{0,2}\\)?$`, 'u')

function numberOf(text: string): number {
  return Number(text.replace(/\D/g, ''))
}

/** Whether what follows the number names a currency or thousands: "50 000 руб.", "10 тыс", "500 €". */
function isMoney(rest: string): boolean {
  return (
    /^\s{0,2}(?:тыс|тис|k\b|tsd|к\b)/u.test(rest) || currencyIn(/^\s{0,2}\S{0,12}/.exec(rest)![0]) !== null
  )
}
