import { isCurrency } from '../../../lib/money.ts'

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
  const bare = word
    .normalize('NFKC')
    .trim()
    .replace(/(?<=[^/])\.$/, '')
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
  const phrase = phraseIn(text)
  if (phrase !== null) return phrase
  let shared: CurrencyMention | null = null
  const cut = text.slice(0, textLengthMax)
  for (const { 0: word, index } of cut.matchAll(wordOrSign)) {
    const mention = currencyOf(word)
    if (mention === null || (commonWords.has(word) && isWordAmongOthers(cut, word, index))) continue
    if (mention.code !== null) return mention
    shared ??= mention
  }
  return shared
}

/**
 * Whether the text only states amounts of this currency ("500 EUR", "1 USD = 41,20 UAH") rather than naming it:
 * "Prices in euros, carriage paid from 400 €" names it.
 */
export function isOnlyAmountOf(text: string, code: string): boolean {
  const cut = text.slice(0, textLengthMax)
  let isAmount = false
  for (const { 0: word, index } of cut.matchAll(wordOrSign)) {
    const mention = currencyOf(word)
    if (mention?.code !== code) continue
    const before = cut.slice(0, index).trimEnd()
    const after = cut.slice(index + word.length).trimStart()
    if (!/\p{Nd}$/u.test(before) && !/^[\p{Nd}=]/u.test(after)) return false
    isAmount = true
  }
  return isAmount
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
  /(?:US|AU|CA|NZ|HK|NT|MX|AR|CL|COL|RD|[ACSR])\$|\$[UbB]|S\/\.?(?!\s*\p{L})|B\/\.|(?<!\p{L})[درجل]\s?\.\s?\p{L}(?!\p{L})|\p{Sc}|[\p{L}\p{M}]+(?:["'״׳][\p{L}\p{M}]+)?/gu

/** Currencies that need two words: "US dollars", "danske kroner", "ريال سعودي". */
const phrases: readonly { code: string; pattern: RegExp }[] = (
  [
    [
      'USD',
      'u\\.?s\\.? ?dollars?|american dollars?|us-dollar|доллар\\p{L}* сша|долл\\.? сша|dolar\\p{L}* usa|dólares americanos|دولار أمريكي|دولار امريكي',
    ],
    ['CAD', 'canadian dollars?'],
    ['AUD', 'australian dollars?'],
    ['NZD', 'new zealand dollars?'],
    ['SGD', 'singapore dollars?'],
    ['HKD', 'hong kong dollars?'],
    ['GBP', 'british pounds?|pounds? sterling|britische pfund|фунт\\p{L}* стерлингов'],
    [
      'CHF',
      'swiss francs?|schweizer franken|francs? suisses?|franchi svizzeri|швейцарски\\p{L}* франк\\p{L}*',
    ],
    ['DKK', 'danske? kroner|danish (?:kroner?|crowns?)'],
    ['SEK', 'svenska kronor|swedish (?:kronor|krona|crowns?)|schwedische kronen'],
    ['NOK', 'norske kroner|norwegian (?:kroner?|crowns?)|norwegische kronen'],
    ['ISK', 'íslenskar krónur|icelandic krónur?'],
    ['CZK', 'česk\\p{L}* korun\\p{L}*|czech (?:koruna|crowns?)'],
    ['MXN', 'pesos? mexicanos?|mexican pesos?'],
    ['ARS', 'pesos? argentinos?|argentine pesos?'],
    ['COP', 'pesos? colombianos?|colombian pesos?'],
    ['CLP', 'pesos? chilenos?|chilean pesos?'],
    ['UYU', 'pesos? uruguayos?'],
    ['PHP', 'philippine pesos?'],
    ['BRL', 'reais|real brasileiro'],
    ['TRY', 'türk liras[ıi]|turkish liras?'],
    ['BYN', 'бел(?:орусски\\p{L}*|\\.)? ?руб\\p{L}*'],
    ['INR', 'indian rupees?'],
    ['PKR', 'pakistani? rupees?'],
    ['CNY', 'chinese yuan|renminbi|人民币元?'],
    ['SAR', 'ريال سعودي|الريال السعودي|saudi riyals?'],
    ['QAR', 'ريال قطري|الريال القطري|qatari riyals?'],
    ['OMR', 'ريال عماني|الريال العماني|omani rials?'],
    ['AED', 'درهم إماراتي|درهم اماراتي|الدرهم الإماراتي'],
    ['MAD', 'درهم مغربي|الدرهم المغربي'],
    ['KWD', 'دينار كويتي|الدينار الكويتي|kuwaiti dinars?'],
    ['BHD', 'دينار بحريني|bahraini dinars?'],
    ['JOD', 'دينار أردني|دينار اردني|jordanian dinars?'],
    ['IQD', 'دينار عراقي'],
    ['TND', 'دينار تونسي'],
    ['DZD', 'دينار جزائري'],
    ['EGP', 'جنيه مصري|الجنيه المصري|egyptian pounds?'],
  ] as const
).map(([code, words]) => ({ code, pattern: new RegExp(`(?<!\\p{L})(?:${words})(?!\\p{L})`, 'iu') }))

/** One look instead of forty: header search asks about every cell of 200 rows. */
const phraseStem =
  /dol+ar|dólar|дол+ар|долл|دولار|pound|pfund|фунт|fran[ck]|франк|kron|korun|crown|krón|peso|reais|brasileiro|lira|руб|rupee|yuan|renminbi|人民|ريال|r[iy]+al|درهم|دينار|dinar|جنيه/iu

function phraseIn(text: string): CurrencyMention | null {
  const cut = text.slice(0, textLengthMax)
  if (!phraseStem.test(cut)) return null
  const found = phrases.find(({ pattern }) => pattern.test(cut))
  return found === undefined ? null : { code: found.code, candidates: [found.code], kind: 'code' }
}

/** Words such as "lei", "din" or "peso" may be part of a name; signs, codes and owned words are not. */
function isPlainCurrency(word: string): boolean {
  const mention = currencyOf(word)
  return mention !== null && (mention.code !== null || /\p{Sc}/u.test(word) || /^kr$/i.test(word))
}

// "ALL PRICES", "PRICE PER CUP": codes that are words as well, in texts of capitals.
const commonWords: ReadonlySet<string> = new Set(
  'ALL TOP CUP MOP PEN TRY GEL COP MAD SOS BAM BOB ANG LAK'.split(' '),
)

/** Whether a word in capitals stands among other words in capitals, and not apart in brackets or behind a comma. */
function isWordAmongOthers(text: string, word: string, at: number): boolean {
  if (/\p{Ll}/u.test(text) || text.trim() === word) return false
  return !/[([,/:]\s*$/.test(text.slice(Math.max(0, at - 4), at))
}

const smallCodes = new Set(
  'eur usd gbp sek nok dkk isk chf pln czk huf ron bgn rub uah byn kzt ils jpy cny inr aud cad nzd zar brl mxn clp cop krw sgd hkd thb aed sar'.split(
    ' ',
  ),
)

/** Signs and words with one owner. Those that several currencies share follow below. */
const owned = `
  EUR € euro euros eur евро євро ευρω ευρώ אירו يورو اليورو 欧元 歐元 ユーロ eurá
  GBP £ pound pounds sterling фунт
  PLN zł zl złotych zloty złoty pln złotówkach
  CZK kč kc korun korunách korunami
  HUF ft forint
  BGN лв lv лева
  RON ron
  RUB ₽ руб р рублей рубль рубли рублях рубля rub rur
  BYN br бел.руб byr
  UAH ₴ грн гривень гривня гривна гривнях гривні гривны uah
  KZT ₸ тг тенге тнг
  UZS сум soʻm so'm
  GEL ₾ лари
  AZN ₼ манат
  AMD ֏ драм
  ILS ₪ ש"ח ש״ח שח שקל שקלים בשקלים בש"ח בש״ח nis шек
  TRY ₺ tl lirası ytl
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
  CAD ca$
  NZD nz$
  SGD s$
  BRL r$ reais
  MXN mx$ mn$
  ARS ar$
  COP col$
  CHF sfr
  AED د.إ dhs
  KWD د.ك
  BHD د.ب
  JOD د.أ
  IQD د.ع
  TND د.ت
  DZD د.ج
  QAR ر.ق
  OMR ر.ع
  LBP ل.ل
  SYP ل.س
  PEN s/ s/. soles
  PAB b/.
  DOP rd$
  BOB bs
  KGS сом
  ISK krónur
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
  درهم AED MAD
  dirham AED MAD
  dirhams AED MAD
  c$ CAD NIO
  ₤ GBP TRY
  lira TRY LBP SYP
  lire TRY LBP SYP
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
