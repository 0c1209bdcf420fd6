import { normalize } from '../text.ts'

/** Whether prices are without VAT or with it. */
export type PriceTax = 'net' | 'gross'

/**
 * What the header of prices says about VAT: "ohne MwSt.", "без НДС", "HT", "netto" → net; "incl. VAT", "TTC", "s DPH",
 * "brutto" → gross; null where it says nothing, or both.
 */
export function priceTaxOf(header: string): PriceTax | null {
  if (header.length > headerLengthMax) return null
  const stated = statedTaxOf(header)
  if (stated !== null) return stated
  const words = wordsOf(header)
  const isNet = words.some((word) => netWords.has(word))
  const isGross = words.some((word) => grossWords.has(word))
  return isNet === isGross ? null : isNet ? 'net' : 'gross'
}

/**
 * The same of any sentence, such as a title above the table. Only what names the tax counts: "netto" may be a weight
 * there, and "gross" anything.
 */
export function statedTaxOf(sentence: string): PriceTax | null {
  if (sentence.length > sentenceLengthMax) return null
  let isNet = asianNet.test(sentence)
  let isGross = asianGross.test(isNet ? sentence.replace(asianNet, ' ') : sentence)
  const words = wordsOf(sentence)
  for (const [at, word] of words.entries()) {
    if (ownNet.has(word)) isNet = true
    if (ownGross.has(word)) isGross = true
    if (!taxes.has(word)) continue
    // "Hinta alv 0 %", "0 % VAT": without.
    if (words[at + 1] === '0' || words[at - 1] === '0') isNet = true
    const side = besideTax(words, at)
    if (side === 'net') isNet = true
    if (side === 'gross') isGross = true
  }
  return isNet === isGross ? null : isNet ? 'net' : 'gross'
}

const headerLengthMax = 200
const sentenceLengthMax = 500
/** "zzgl. der gesetzlichen MwSt." */
const wordsBetween = 4

function wordsOf(text: string): string[] {
  // In lower case: "MwSt" is no camel case.
  return normalize(text.replaceAll('+', ' plus ').toLowerCase()).split(' ')
}

/** The nearest word before the name of the tax that says with or without, else one right behind it. */
function besideTax(words: readonly string[], at: number): PriceTax | null {
  const before = words[at - 1] ?? ''
  const pair = letterPairs.get(`${before} ${words[at]!}`)
  if (pair !== undefined) return pair
  for (let i = at - 1; i >= Math.max(0, at - wordsBetween); i--) {
    const word = words[i]!
    if (without.has(word)) return 'net'
    if (including.has(word)) return negations.has(words[i - 1] ?? '') ? 'net' : 'gross'
  }
  for (let i = at + 1; i <= Math.min(words.length - 1, at + 2); i++) {
    const word = words[i]!
    if (excluded.has(word)) return 'net'
    if (included.has(word))
      return negations.has(words[i - 1]!) || laterNegations.has(words[i + 1] ?? '') ? 'net' : 'gross'
  }
  return null
}

const taxes = wordSet(
  'mwst ust mehrwertsteuer umsatzsteuer vat gst tax taxes tva taxe taxes iva igic btw moms mva dph ндс пдв kdv φπα מעמ ضريبة الضريبة المضافة alv afa pdv ddv ддс pvm',
)
const without = wordSet(
  `ohne exkl exklusive ekskl eksklusive excl exc ex eks exclusive exclusief exclusive excluding excluded excludes without zzgl zuzuglich plus before
   sans hors senza escl esclusa esclusi esclusivo sin excluye excluido mas sem acresce uden uten utan bez без fara χωρις προ πλεον לפני ללא בלי בתוספת بدون قبل nem iman`,
)
const including = wordSet(
  `inkl inklusive incl inc ink inclusive inclusief including includes include with mit avec con incluye inclui com med cu vc vcetne wraz zawiera z со включая включает включен включая учетом числе
   урахуванням включаючи με συμπ συμπεριλαμβανομενου כולל شامل شاملة تشمل يشمل مع sisaltaa sis sisältää sisältäen`,
)
const excluded = wordSet(
  'excluded excl exkl excluido escl esclusa esclusi excluida aparte haric hariç hariçtir nicht hors',
)
const included = wordSet(
  'included incl inkl incluido incluida inclusa inclusi compreso compresa compris comprise dahil dahildir enthalten включен включена включено включений כלול',
)
const negations = wordSet('not no nicht non nao ne nie не לא غير μη δεν icke ikke pas inte')

/** "KDV dahil değildir": Turkish says no behind the word. */
const laterNegations = wordSet('değil değildir degil degildir')

/** One letter decides only right before the tax, and by the tax: "s/IVA" is without, "s DPH" with. */
const letterPairs: ReadonlyMap<string, PriceTax> = new Map([
  ['s iva', 'net'],
  ['c iva', 'gross'],
  ['s dph', 'gross'],
  ['z vat', 'gross'],
  ['u moms', 'net'],
  ['m moms', 'gross'],
  ['с ндс', 'gross'],
  ['з пдв', 'gross'],
  ['x iva', 'net'],
  ['s pdv', 'gross'],
  ['sa pdv', 'gross'],
])

const ownNet = wordSet('htva kdvsiz')
const ownGross = wordSet('ttc tvac kdvli ivato')
const netWords = wordSet('netto net neto nettopreis nettopris nettoprijs ht нетто')
const grossWords = wordSet('brutto gross bruto bruttopreis bruttopris brutoprijs брутто')
const asianNet = /不含[税稅]|未[税稅]|税抜|税别|税別/
const asianGross = /含[税稅]|税込/

function wordSet(text: string): ReadonlySet<string> {
  return new Set(text.split(/\s+/).map((word) => normalize(word)))
}
