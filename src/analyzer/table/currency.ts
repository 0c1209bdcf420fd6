import { isCurrency } from '../../lib/money.ts'

/** A currency as some text names it. */
export interface CurrencyMention {
  /** ISO 4217; null: the sign is shared and this text alone does not tell whose. */
  code: string | null
  /** Whose the sign may be; just `[code]` where it is sure. */
  candidates: readonly string[]
  kind: 'symbol' | 'code'
}

/**
 * What one word or sign says: "€" → EUR, "руб." → RUB, "sek" → SEK; "$" and "kr" → no code, only candidates.
 * Null: no currency. A shared sign never silently becomes its best-known owner.
 */
export function currencyOf(word: string): CurrencyMention | null {
  const bare = word.normalize('NFKC').trim().replace(/\.$/, '')
  if (bare === '' || bare.length > wordLengthMax) return null
  const lower = bare.toLowerCase()
  const named = mentions.get(lower)
  if (named !== undefined) return named
  // A three-letter word in capitals is a code; in small letters only if it is no common word ("all", "try", "top").
  if (/^[A-Z]{3}$/.test(bare) && isCurrency(bare)) return { code: bare, candidates: [bare], kind: 'code' }
  if (smallCodes.has(lower)) {
    const code = lower.toUpperCase()
    return { code, candidates: [code], kind: 'code' }
  }
  return null
}

/** The first currency that a header or title names: "Цена, RUB", "SRP, US$", "Preis/Euro", "EK-Preis (€)". */
export function currencyIn(text: string): CurrencyMention | null {
  let shared: CurrencyMention | null = null
  for (const word of currencyWords(text)) {
    const mention = currencyOf(word)
    if (mention === null) continue
    if (mention.code !== null) return mention
    shared ??= mention
  }
  return shared
}

/** Words and signs of a text in which a currency may hide; "US$" stays one, "100€" becomes "100" and "€". */
export function currencyWords(text: string): string[] {
  return text.slice(0, textLengthMax).match(wordOrSign) ?? []
}

/** The text with every word blanked that names a currency: "Цена, RUB" → "Цена,  ". */
export function withoutCurrency(text: string): string {
  return text.slice(0, textLengthMax).replace(wordOrSign, (word) => (isPlainCurrency(word) ? ' ' : word))
}

const wordLengthMax = 16
const textLengthMax = 300
const wordOrSign =
  /(?:US|AU|CA|NZ|HK|NT|MX|AR|CL|COL|[ACSR])\$|\$[UbB]|\p{Sc}|[\p{L}\p{M}]+(?:["'״׳][\p{L}\p{M}]+)?|د\.إ|ر\.س|ج\.م/gu

/** Words such as "lei", "din" or "peso" may be part of a name; signs, codes and owned words are not. */
function isPlainCurrency(word: string): boolean {
  const mention = currencyOf(word)
  return mention !== null && (mention.code !== null || /\p{Sc}/u.test(word) || /^kr$/i.test(word))
}

const smallCodes = new Set(
  'eur usd gbp sek nok dkk isk chf pln czk huf ron bgn rub uah byn kzt ils jpy cny inr aud cad nzd zar brl mxn clp cop krw sgd hkd thb aed sar'.split(
    ' ',
  ),
)

/** Signs and words with one owner. Those that several currencies share follow below. */
const owned = `
  EUR € euro euros евро ευρω ευρώ אירו يورو 欧元 ユーロ
  GBP £ pound pounds sterling фунт
  PLN zł zl złotych zloty złoty
  CZK kč kc korun
  HUF ft forint
  BGN лв lv лева
  RON ron
  RUB ₽ руб р рублей рубль рубли rub rur
  BYN br бел.руб byr
  UAH ₴ грн гривень гривня гривна uah
  KZT ₸ тг тенге тнг
  UZS сум soʻm so'm
  GEL ₾ лари
  AZN ₼ манат
  AMD ֏ драм
  ILS ₪ ש"ח ש״ח שח שקל שקלים nis шек
  TRY ₺ tl lira lirası ytl
  INR ₹
  VND ₫ đ vnđ
  KRW ₩ 원
  THB ฿ บาท
  NGN ₦
  PHP ₱
  CRC ₡
  PYG ₲
  GHS ₵
  MNT ₮
  LAK ₭
  KHR ៛
  JPY 円 日元 日圓
  CNY 人民币 人民幣 rmb
  TWD nt$ 新台幣 新臺幣
  HKD hk$ 港币 港幣
  USD us$ u$s u$d 美元 美金
  AUD a$ au$
  CAD c$ ca$
  NZD nz$
  SGD s$
  BRL r$ reais
  MXN mx$ mn$
  ARS ar$
  COP col$
  CHF sfr
  AED د.إ درهم dirham dhs
  SAR ر.س
  EGP ج.م
  IDR rp
  MYR rm
  KES ksh kshs
  ALL lek lekë
  MKD ден мкд
  RSD дин рсд
`

const sharedSigns = `
  $ USD CAD AUD NZD MXN ARS CLP COP UYU SGD HKD TWD
  dollar USD CAD AUD NZD SGD HKD
  dollars USD CAD AUD NZD SGD HKD
  доллар USD CAD AUD
  kr SEK NOK DKK ISK
  kronor SEK
  kroner NOK DKK
  ¥ JPY CNY
  ￥ JPY CNY
  元 CNY TWD HKD
  圆 CNY
  fr CHF XOF XAF
  francs CHF XOF XAF
  lei RON MDL
  leu RON MDL
  peso MXN ARS CLP COP UYU PHP DOP CUP
  pesos MXN ARS CLP COP UYU PHP DOP CUP
  rs INR PKR LKR NPR MUR
  ﷼ IRR SAR OMR YER QAR
  ريال SAR QAR OMR YER IRR
  دينار KWD BHD JOD IQD LYD TND DZD
  جنيه EGP SDG
  din RSD MKD
  dh AED MAD
`

const mentions: ReadonlyMap<string, CurrencyMention> = new Map([...ownedMentions(), ...sharedMentions()])

function ownedMentions(): [string, CurrencyMention][] {
  return lines(owned).flatMap(([code, ...words]) =>
    words.map((word): [string, CurrencyMention] => [
      word,
      { code: code!, candidates: [code!], kind: /\p{Sc}/u.test(word) ? 'symbol' : 'code' },
    ]),
  )
}

function sharedMentions(): [string, CurrencyMention][] {
  return lines(sharedSigns).map(([word, ...codes]) => [
    word!.normalize('NFKC'),
    { code: codes.length === 1 ? codes[0]! : null, candidates: codes, kind: 'symbol' },
  ])
}

function lines(text: string): string[][] {
  return text
    .trim()
    .split('\n')
    .map((line) => line.trim().split(' '))
}
