import { type CurrencyMention, currencyOf, currencyWords } from './currency.ts'
import { isMinus } from './number.ts'
import { normalize } from './text.ts'

/** What stands before and behind the number of a price cell, understood as a whole. */
export interface Affix {
  currency: CurrencyMention | null
  /** "€ 12,50 / 100 st" → "st" and 1000000. */
  unit: string | null
  quantityE4: number | null
  isNegative: boolean
}

/**
 * A reader that remembers: a column has a handful of different affixes, and each is taken apart once.
 * Null: there are words in the cell that no price has ("size 42", "100–200"), so it is none.
 */
export function affixReader(): (before: string, after: string) => Affix | null {
  const known = new Map<string, Affix | null>()
  return (before, after) => {
    if (before === '' && after === '') return bare
    if (before.length + after.length > lengthMax) return null
    const key = `${before}\u0000${after}`
    const found = known.get(key)
    if (found !== undefined) return found
    const affix = readAffix(before, after)
    if (known.size < knownMax) known.set(key, affix)
    return affix
  }
}

/** "/ 100 St", "pro kg", "за шт": unit and quantity of a price; null where the text names none. */
export function perUnitOf(text: string): { unit: string | null; quantityE4: number | null } | null {
  const match = perPart.exec(text)
  if (match === null) return null
  const rest = match[1]!.trim()
  const parts = unitWithQuantity.exec(rest)
  if (parts === null) return null
  const quantity = parts[1] === undefined ? null : Number(parts[1]) * 10_000
  const unit = parts[2] === undefined || parts[2] === '' ? null : parts[2].replace(/\.$/, '')
  if (quantity === null && unit === null) return null
  return { unit, quantityE4: quantity === 10_000 ? null : quantity }
}

/** The text without its unit of a price: "Price per kg" → "Price". */
export function withoutPerUnit(text: string): string {
  return perUnitOf(text) === null ? text : text.replace(perPart, ' ')
}

const lengthMax = 60
const knownMax = 1000
const bare: Affix = { currency: null, unit: null, quantityE4: null, isNegative: false }

// A slash, or a word for "per", with the unit behind it up to the end.
const perPart = /(?:\/|(?:^|[\s.])(?:per|pro|je|за|par|por|pr|à)[\s.])\s*([^/]{1,30})$/iu
const unitWithQuantity = /^([1-9][0-9]{0,6})?\s*([\p{L}][\p{L}\p{M}0-9²³.]{0,15})?$/u

/** "(", "($", "(EUR" */
const openParenthesis = /^\((?:\p{Sc}|[A-Z]{2,3}\p{Sc}?|\s)*$/u
const foreignSign = /[^\s\p{L}\p{M}\p{Sc}*()[\]|.,:;!'"’״׳/+_\u2010-\u2015-]/u

function readAffix(before: string, after: string): Affix | null {
  let lead = before.trim()
  let tail = after.trim()
  let isNegative = false
  // "(12.50)" as book-keepers write it.
  if (openParenthesis.test(lead) && tail.startsWith(')')) {
    lead = lead.replace('(', '').trim()
    tail = tail.slice(1).trim()
    isNegative = true
  }
  // "12,-" and "12.–" have no decimals; "12.50-" is negative.
  const roundMark = /^[.,:][-\u2010-\u2015\u2212]{1,2}/u.exec(tail)
  if (roundMark !== null) tail = tail.slice(roundMark[0].length).trim()
  else if (tail !== '' && isMinus(tail.charCodeAt(0))) {
    isNegative = true
    tail = tail.slice(1).trim()
  }
  // The sign may stand before the number or before the currency: "€ -12", "-€ 12".
  if (lead !== '' && isMinus(lead.charCodeAt(lead.length - 1))) {
    isNegative = true
    lead = lead.slice(0, -1).trim()
  } else if (lead !== '' && isMinus(lead.charCodeAt(0))) {
    isNegative = true
    lead = lead.slice(1).trim()
  } else if (lead.startsWith('+')) lead = lead.slice(1).trim()

  const per = perUnitOf(tail)
  if (per !== null) tail = tail.replace(perPart, '')
  // "10/12": nothing says that this is a quantity and no second price.
  if (per !== null && per.unit === null && !/\p{L}|\p{Sc}/u.test(`${lead}${after}`)) return null
  // Digits outside "per 100" mean a second number: a range, a size, a date.
  if (/[0-9]/.test(lead) || /[0-9]/.test(tail)) return null
  // So do signs that are none of a price's: "15 %", "±3", "3 = 2".
  if (foreignSign.test(lead) || foreignSign.test(tail)) return null
  const currency = understand(`${lead} ${tail}`)
  if (currency === undefined) return null
  return { currency, unit: per?.unit ?? null, quantityE4: per?.quantityE4 ?? null, isNegative }
}

/** The currency among the words, null without one, undefined where a word is none that prices have. */
function understand(text: string): CurrencyMention | null | undefined {
  let currency: CurrencyMention | null = null
  for (const word of currencyWords(text.replace(/[*()[\]|]/g, ' '))) {
    const mention = currencyOf(word)
    if (mention !== null) {
      if (currency === null || currency.code === null) currency = mention
      continue
    }
    const folded = normalize(word)
    if (folded !== '' && !priceWords.has(folded)) return undefined
  }
  return currency
}

/** "From", VAT and the like: they surround a price and change nothing about its number. */
const priceWords = new Set(
  `ab von from starting at as low only nur now jetzt price preis prix precio pris cena цена cijena
   a partir de des desde da partire dal vanaf fra fran od от від від itibaren baslayan απο από החל مل من 起 から より
   excl exkl exclusive incl inkl inclusive ex inc vat mwst ust moms mva tva iva btw dph kdv alv gst ндс пдв без с з со в т ч
   tax taxes tasse netto net nett brutto gross ht ttc hors zzgl plus sin con sem com con o m dazn fi vol each ea
   税込 税抜 含税 不含税 税别 לפני כולל מעמ שח
  `
    .split(/\s+/)
    .map(normalize)
    .filter((word) => word !== ''),
)
