import { normalize } from '../text.ts'
import { type CurrencyMention, currencyOf, currencyWords } from './currency.ts'
import { isMinus } from './number.ts'

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
  // "s/IVA", "à vista", "c/u"
  if (unit !== null && noUnits.has(normalize(unit))) return null
  return { unit, quantityE4: quantity === 10_000 ? null : quantity }
}

/**
 * The unit of a price in a header, where more may follow: "Preis je 100 Stück ab 10 VE", "Price (per kg) net". Only
 * words that are units count there.
 */
export function headerUnitOf(text: string): ReturnType<typeof perUnitOf> {
  // "Preise 2025/2026", "Price 01/26": dates.
  const header = text.replace(/\d\s?\/\s?(?=\d)/g, ' ').replace(/[\s,.;:]+$/, '')
  const atEnd = perUnitOf(header)
  if (atEnd !== null) return isYear(atEnd) ? null : (thousandIn(atEnd) ?? atEnd)
  if (header.length > headerLengthMax) return null
  const named = namedUnitOf(header)
  if (named !== null) return named
  const match = perInside.exec(header)
  const inside = match === null ? null : perUnitOf(`/${match[1]!}`)
  if (inside !== null) return isYear(inside) ? null : inside
  // "Pris pr. 1000 frø eks. mva.": whatever is counted, the price is for so many.
  const counted = perCount.exec(header)
  const count = counted === null ? null : { unit: null, quantityE4: Number(counted[1]) * 10_000 }
  return count === null || isYear(count) ? null : count
}

/** "USD/K", "€/Tsd": a thousand of whatever it is. */
function thousandIn({ unit, quantityE4 }: { unit: string | null; quantityE4: number | null }) {
  if (unit === null || quantityE4 !== null || !thousand.test(unit)) return null
  return { unit: null, quantityE4: 10_000_000 }
}

const thousand = /^(?:k|tsd|mille|thousand|tausend|тыс)$/iu

/** "Kilopreis", "KG FİYATI", "Prezzo al mq": the unit stands beside the word for price. */
function namedUnitOf(header: string): ReturnType<typeof perUnitOf> {
  const words = normalize(header)
  const match = unitBefore.exec(words) ?? unitBehind.exec(words)
  if (match === null) return null
  const unit = pricedUnits.find(({ names }) => names.includes(match[1]!))
  return unit === undefined ? null : { unit: unit.unit, quantityE4: null }
}

const pricedUnits = [
  { unit: 'kg', names: ['kg', 'kilo', 'quilo', 'кг', 'κιλου', 'κιλο'] },
  { unit: 'l', names: ['liter', 'litre', 'litro', 'litr', 'литр'] },
  { unit: 'm²', names: ['m2', 'qm', 'mq', 'кв м', 'м2'] },
  { unit: 'm³', names: ['m3', 'cbm', 'mc', 'м3'] },
  { unit: 'm', names: ['lfm', 'meter', 'metre', 'metro', 'metr', 'метр'] },
]
const pricedUnit = `(${pricedUnits.flatMap(({ names }) => names).join('|')})`
const unitBefore = new RegExp(`^${pricedUnit} ?(?:preis|pris|prijs|price|fiyati?|hinta)(?: |$)`, 'u')
const unitBehind = new RegExp(
  `^(?:price|preis|pris|prijs|prix|prezzo|precio|preco|cena|цена|ціна|τιμη)(?: (?:al|au|a|le|la|il|el|del|do|o|1|за))? ${pricedUnit}(?: |$)`,
  'u',
)

/** "Цена за 2026 г.": the price of a year, not of 2026 grams. */
function isYear({ unit, quantityE4 }: { unit: string | null; quantityE4: number | null }): boolean {
  if (quantityE4 === null || quantityE4 < 19_000_000 || quantityE4 >= 21_000_000) return false
  return unit === null || /^(?:г|год|року|р|a|år|jahr|year|an|rok)$/iu.test(unit)
}

/** The text without its unit of a price: "Price per kg" → "Price". */
export function withoutPerUnit(text: string): string {
  if (perUnitOf(text) !== null) return text.replace(perPart, ' ')
  return text.length > headerLengthMax ? text : text.replace(perInside, ' ')
}

const headerLengthMax = 200
const lengthMax = 60
const knownMax = 1000
const bare: Affix = { currency: null, unit: null, quantityE4: null, isNegative: false }

// A slash, or a word for "per", with the unit behind it up to the end.
const perPart = /(?:\/|(?:^|[\s.])(?:per|pro|je|за|par|por|pr|à|za)[\s.])\s*([^/]{1,30})$/iu
const perInside =
  /(?:\/|(?<!\p{L})(?:per|pro|je|за|par|por|pr|à|za)[\s.])\s?((?:[1-9][0-9]{0,6}\s?)?(?:pcs?|pieces?|units?|ea|st(?:k|ck|ück|uks?|yck)?|шт(?:ук[аиу]?)?|ks|szt(?:uk[aię]?)?|kus(?:y|ů)?|pz|pezz[io]|uds?|unidad(?:es)?|pièces?|unités?|kg|g|gr|km|m|m2|m²|m3|m³|lfm|l|ltr|ml|t|кг|г|км|м|м2|м²|м3|м³|л|т|тн|тонн[ау]?|уп|box|pack|rolle|karton)(?![\p{L}\p{N}])\.?)/iu
const perCount =
  /(?:\/|(?<!\p{L})(?:per|pro|je|за|par|por|pr|à|za)[\s.])\s?([1-9][0-9]{1,5})(?=\s+\p{L}{2})/iu
const unitWithQuantity = /^([1-9][0-9]{0,6})?\s*([\p{L}][\p{L}\p{M}0-9²³.]{0,15})?$/u

/** "(", "($", "(EUR" */
const openParenthesis = /^\((?:\p{Sc}|[A-Z]{2,3}\p{Sc}?|\s)*$/u
const each = /(?<!\p{L})c\s?\/\s?u(?!\p{L})\.?/iu
/** "12,50 ¹", "12.50†", "12,50 1)" */
const footnoteMark = /\s*[\u00b9\u00b2\u00b3\u2020\u2021]{1,2}\)?$|(?:^|\s)[1-9]\)$/u
/** A multiple or a part of the number, written right behind it. */
const glued = /^(?:[kKMmкК](?![\p{L}.])|\s*[¢￠])/u
const foreignSign = /[^\s\p{L}\p{M}\p{Sc}*()[\]|.,:;!'"’״׳/+_\u2010-\u2015-]/u

function readAffix(before: string, after: string): Affix | null {
  let lead = before.trim()
  // "c/u" is Spanish for each.
  let tail = after.replace(each, ' ').trim()
  let isNegative = false
  // "(12.50)" as book-keepers write it.
  if (openParenthesis.test(lead) && tail.startsWith(')')) {
    lead = lead.replace('(', '').trim()
    tail = tail.slice(1).trim()
    isNegative = true
  }
  // "12,-" and "12.–" have no decimals; "12.50-" is negative.
  const roundMark = /^(?:[.,:][-\u2010-\u2015\u2212]{1,2}|\/=)/u.exec(tail)
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
  tail = tail.replace(footnoteMark, '')
  // Digits outside "per 100" mean a second number: a range, a size, a date.
  if (/[0-9]/.test(lead) || /[0-9]/.test(tail)) return null
  // "1.2M" is a million and more, "99¢" less than one.
  if (glued.test(after)) return null
  // So do signs that are none of a price's: "15 %", "±3", "3 = 2".
  if (foreignSign.test(lead) || foreignSign.test(tail)) return null
  const currency = understand(`${lead} ${tail}`)
  if (currency === undefined) return null
  return { currency, unit: per?.unit ?? null, quantityE4: per?.quantityE4 ?? null, isNegative }
}

/** The currency among the words, null without one, undefined where a word is none that prices have. */
function understand(text: string): CurrencyMention | null | undefined {
  let currency: CurrencyMention | null = null
  let hasTax = false
  let hasSide = text.includes('+')
  let hasLetter = false
  for (const word of currencyWords(text.replace(/[*()[\]|]/g, ' '))) {
    const mention = currencyOf(word)
    if (mention !== null) {
      if (currency === null || currency.code === null) currency = mention
      continue
    }
    // In lower case: "MwSt" is no camel case.
    const folded = normalize(word.toLowerCase())
    if (folded === '') continue
    if (taxNames.has(folded)) hasTax = true
    else if (taxSides.has(folded)) hasSide = true
    else if (letterOfTax.has(folded)) hasLetter = true
    else if (!priceWords.has(folded)) return undefined
  }
  // "с" and "s" stand before the name of a tax; a tax alone ("VAT 12.50") is not the price.
  if ((hasLetter && !hasTax) || (hasTax && !hasSide && !hasLetter)) return undefined
  return currency
}

/** What stands behind a slash or "à" and is no unit. */
const noUnits = wordSet(
  'net netto neto brutto bruto gross ht ttc excl incl exkl inkl ekskl eks exclusive inclusive iva vat tva mwst ust moms mva dph btw kdv ндс пдв igv vista prazo partir u',
)

/** "From" and the like: they surround a price and change nothing about its number. */
const priceWords = wordSet(
  `ab von from starting at as low only nur now jetzt price preis prix precio prezzo preço prijs pris cena ceny цена ціна cijena fiyat τιμη מחיר سعر
   a partir de des desde da partire dal vanaf fra fran od от від od itibaren baslayan απο από החל מל من 起 から より
   ca circa cirka approx approximately environ около прибл приблизно
   new neu nouveau nuevo novo nowosc ny nyhet novinka новинка хит sale aktion angebot promo promotion offer oferta offerta tilbud акция акція sonderpreis spar
   rrp rrp msrp srp uvp мрц ррц рекомендованная
   vol each ea dazn fi`,
)

/** A tax, and what says whether it is in the price. */
const taxNames = wordSet(
  `vat mwst ust moms mva tva iva btw dph kdv alv gst ндс пдв φπα tax taxes tasse מעמ ضريبة`,
)
const taxSides = wordSet(
  `excl exkl ekskl eks exclusive incl inkl inklusive exklusive inclusive including excluding included excluded ex inc netto net neto nett brutto bruto gross ht ttc hors zzgl plus + without with
   sin con sem com com bez без con senza inclusa esclusa incluido mas uden med uten dahil haric χωρις με לפני כולל ללא в т ч 税込 税抜 含税 不含税 税别 税別`,
)
const letterOfTax = wordSet('s c z m u с з со')

function wordSet(text: string): ReadonlySet<string> {
  return new Set(
    text
      .split(/\s+/)
      .map((word) => normalize(word))
      .filter((word) => word !== ''),
  )
}
