import { type CurrencyMention, currencyIn } from '../../table/money/currency.ts'

/** What a number format shows beside the digits. */
export interface MoneyFormat {
  /** The sign or code that it puts beside the number; a shared sign is settled by the locale it is written for. */
  currency: CurrencyMention | null
  isPercent: boolean
  /** Its literal text, such as "€/kg"; '' without any. */
  text: string
}

/**
 * Reads a format code: `#,##0.00 "€/kg"`, `[$kr-41D] #,##0.00`, `_-* #,##0.00\ [$€-407]_-`, `0.0%`. A bare "$" is
 * whose machine wrote it, so it stays a shared sign.
 */
export function moneyFormatOf(code: string): MoneyFormat {
  const [positive = ''] = code.slice(0, codeLengthMax).split(';')
  let currency: CurrencyMention | null = null
  const bare = positive.replace(currencyBracket, (_, sign: string, locale: string) => {
    currency ??= settledBy(locale, currencyIn(sign))
    return ` "${sign}" `
  })
  const text = literalText(bare)
  const isPercent = /%/.test(bare.replace(quotedText, ''))
  return { currency: currency ?? currencyIn(text), isPercent, text: text.slice(0, textLengthMax) }
}

/** Excel allows 255 characters. */
const codeLengthMax = 1000
const textLengthMax = 60
// "[$€-407]", "[$kr-sv-SE]", "[$USD]"; "[$-409]" only names a language.
const currencyBracket = /\[\$([^\]-]{1,12})(?:-([^\]]{0,20}))?\]/g
const quotedText = /"[^"]*"?|\\./gs
const pieces = /"([^"]*)"?|\\(.)|(\p{Sc})/gsu

function literalText(code: string): string {
  let text = ''
  for (const [, quoted, escaped, sign] of code.matchAll(pieces)) text += quoted ?? escaped ?? sign ?? ''
  return text.replace(/\s+/g, ' ').trim()
}

function settledBy(locale: string | undefined, mention: CurrencyMention | null): CurrencyMention | null {
  if (mention === null || mention.code !== null || locale === undefined) return mention
  const hex = /^[0-9a-f]{3,8}$/i.test(locale) ? Number.parseInt(locale.slice(-4), 16) : null
  const region = hex === null ? locale.split('-').at(-1)!.toUpperCase() : (regions.get(hex) ?? '')
  const code = currencies.get(region)
  return code !== undefined && mention.candidates.includes(code)
    ? { code, candidates: [code], kind: 'symbol' }
    : mention
}

/** Windows language identifiers whose regions share a sign with others. Source: [MS-LCID]. */
const regions: ReadonlyMap<number, string> = new Map([
  [0x0409, 'US'],
  [0x1009, 'CA'],
  [0x0c0c, 'CA'],
  [0x0c09, 'AU'],
  [0x1409, 'NZ'],
  [0x4809, 'SG'],
  [0x1004, 'SG'],
  [0x0c04, 'HK'],
  [0x0404, 'TW'],
  [0x080a, 'MX'],
  [0x2c0a, 'AR'],
  [0x340a, 'CL'],
  [0x240a, 'CO'],
  [0x380a, 'UY'],
  [0x041d, 'SE'],
  [0x0414, 'NO'],
  [0x0814, 'NO'],
  [0x0406, 'DK'],
  [0x040f, 'IS'],
  [0x0411, 'JP'],
  [0x0804, 'CN'],
  [0x0807, 'CH'],
  [0x100c, 'CH'],
  [0x0810, 'CH'],
  [0x4009, 'IN'],
  [0x0439, 'IN'],
  [0x0418, 'RO'],
  [0x0401, 'SA'],
])

const currencies: ReadonlyMap<string, string> = new Map(
  'US USD,CA CAD,AU AUD,NZ NZD,SG SGD,HK HKD,TW TWD,MX MXN,AR ARS,CL CLP,CO COP,UY UYU,SE SEK,NO NOK,DK DKK,IS ISK,JP JPY,CN CNY,CH CHF,IN INR,PK PKR,RO RON,MD MDL,SA SAR'
    .split(',')
    .map((pair): [string, string] => [pair.slice(0, 2), pair.slice(3)]),
)
