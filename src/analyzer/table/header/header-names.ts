import type { Field } from '../decision.ts'
import { fields } from '../decision.ts'
import { withoutPerUnit } from '../money/affix.ts'
import { currencyIn, withoutCurrency } from '../money/currency.ts'
import { isNoPriceHeader } from '../money/price-rank.ts'
import { statedTaxOf } from '../money/price-tax.ts'
import { normalize } from '../text.ts'
import { similarTo } from './similarity.ts'
import { isOtherHeader, synonymsOf } from './synonyms.ts'

/** How well a header's words name each field: 0 (not at all) to 1 (its very name). */
export type NameScores = Partial<Record<Field, number>>

/** Compares headers with the synonyms of every field. */
export interface HeaderNames {
  /** Exact and contained names only: cheap enough for every cell of 200 rows. */
  quick(header: string): NameScores
  /** Misspelt names too (R2.5). */
  full(header: string): NameScores
}

/** Builds the look-up once per table. */
export function headerNames(): HeaderNames {
  const index = buildIndex()
  const known = new Map<string, NameScores>()
  const knownFull = new Map<string, NameScores>()
  return {
    quick(header) {
      const found = known.get(header)
      if (found !== undefined) return found
      const scores = scoreQuick(header, index)
      if (known.size < 5000) known.set(header, scores)
      return scores
    },
    full(header) {
      const found = knownFull.get(header)
      if (found !== undefined) return found
      const scores = { ...scoreQuick(header, index) }
      const core = coreOf(header)
      // "Market" is no misspelt "marke": a word of its own.
      if (!isOtherHeader(core)) addFuzzy(core, scores, index)
      lowerAsides(core, scores)
      lowerAsides(normalize(header), scores)
      if (knownFull.size < 5000) knownFull.set(header, scores)
      return scores
    },
  }
}

/**
 * A header without what is about the price rather than its name: currency, VAT words, the unit behind a slash.
 * "Цена, RUB" → "цена", "Preis/Euro" → "preis", "€ без ПДВ" → "".
 */
export function coreOf(header: string): string {
  const words = normalize(
    withoutPerUnit(withoutCurrency(header)).replaceAll('MwSt', 'mwst').replace(asianTax, ' '),
  )
    .split(' ')
    .filter((word) => word !== '' && !vatWords.has(word))
  return words.join(' ')
}

/** "税抜", "含税" and the like, which stand beside the word for price without a space. */
const asianTax = /税[抜込别別]|不?含[税稅]|未[税稅]/g

interface Entry {
  field: Field
  score: number
}

interface Part {
  words: string
  entry: Entry
}

interface Index {
  /** Normalised synonym, spaced or not, → the fields it names. */
  exact: Map<string, Entry[]>
  /** Synonyms by their first word, to be found inside longer headers. */
  byFirstWord: Map<string, Part[]>
  /** Synonyms in scripts without spaces. */
  unspaced: Part[]
  /** Ends of Germanic compounds. */
  tails: Part[]
  /** What a misspelt header is compared with. */
  fuzzy: Part[]
}

const tierScores = { sure: 1, good: 0.9, vague: 0.7 } as const
const ownIdScore = 0.95
const moneyHeaderMax = 40
/** Cheap, since header search asks about every cell of 200 rows. */
const moneyMark =
  /\p{Sc}|(?<![\p{L}\p{N}])(?:[A-Z]{3}|kr|zł|kč|lei|lv|руб|грн|р|vat|gst|mwst|ust|tva|ttc|iva|btw|moms|mva|dph|alv)(?![\p{L}\p{N}])|ндс|пдв|kdv|φπα|מע|[税稅]/u
const moneyScore = 0.65
const taxedScore = 0.8
const fuzzyLengthMin = 5
const headerLengthMax = 60

const vatWords = new Set(
  'excl exkl ex incl inkl vat mwst ust moms mva tva iva btw dph kdv ндс пдв без с за в з ht ttc netto brutto net gross tax zzgl ohne inkl sin con bez uden uten מעמ'
    .split(' ')
    .map(normalize),
)

function buildIndex(): Index {
  const index: Index = { exact: new Map(), byFirstWord: new Map(), unspaced: [], tails: [], fuzzy: [] }
  for (const field of fields) {
    const synonyms = synonymsOf(field)
    for (const tier of ['sure', 'good', 'vague'] as const) {
      for (const words of synonyms[tier])
        addSynonym({ words, entry: { field, score: tierScores[tier] } }, index)
    }
  }
  return index
}

function addSynonym(part: Part, index: Index): void {
  const { words, entry } = part
  for (const key of new Set([words, words.replaceAll(' ', '')])) addTo(index.exact, key, entry)
  if (unspacedScript.test(words)) {
    if (words.length >= 2) index.unspaced.push(part)
    return
  }
  if (words.length >= 3) addTo(index.byFirstWord, words.split(' ', 1)[0]!, part)
  if (words.length >= fuzzyLengthMin) index.fuzzy.push(part)
  if (compoundTails.has(words)) index.tails.push(part)
}

function addTo<T>(map: Map<string, T[]>, key: string, value: T): void {
  const values = map.get(key)
  if (values === undefined) map.set(key, [value])
  else values.push(value)
}

const unspacedScript = /[\u3040-\u30ff\u3400-\u9fff]/

function scoreQuick(header: string, index: Index): NameScores {
  const scores: NameScores = {}
  if (header.length > headerLengthMax * 2) return scores
  const whole = normalize(header)
  if (whole === '') {
    // "€" or "US$" alone over a column: its numbers are prices.
    if (currencyIn(header) !== null) scores.price = 0.75
    return scores
  }
  addExact(whole, 1, scores, index)
  // The identifier that a record of an XML catalog states of itself.
  if (header === '@id') raise(scores, 'sku', ownIdScore)
  addShortened(whole, scores, index)
  const core = coreOf(header)
  if (core === '') {
    if (currencyIn(header) !== null) raise(scores, 'price', 0.75)
    // "Netto excl. btw", "HT" with the word for price left out.
    if (statedTaxOf(header) !== null && !isNoPriceHeader(header)) raise(scores, 'price', taxedScore)
    return scores
  }
  if (core !== whole) addExact(core, 0.97, scores, index)
  if (core.length <= headerLengthMax) addParts(core, scores, index)
  lowerAsides(core, scores)
  addByMoney(header, scores)
  return scores
}

/** "Trade £ (ex VAT)", "Händler EUR": what names a currency or says with or without VAT holds prices of some kind. */
function addByMoney(header: string, scores: NameScores): void {
  if (header.length > moneyHeaderMax || !moneyMark.test(header) || isNoPriceHeader(header)) return
  const namesOther = Object.entries(scores).some(([field, score]) => field !== 'price' && score >= moneyScore)
  if (namesOther) return
  if (statedTaxOf(header) !== null) raise(scores, 'price', taxedScore)
  else if (currencyIn(header) !== null) raise(scores, 'price', moneyScore)
}

function addExact(words: string, factor: number, scores: NameScores, index: Index): void {
  const entries = index.exact.get(words) ?? index.exact.get(words.replaceAll(' ', ''))
  for (const { field, score } of entries ?? []) raise(scores, field, score * factor)
}

/** The titles of a database: "prd_cd", "PRC_AMT". */
function addShortened(whole: string, scores: NameScores, index: Index): void {
  const words = whole.split(' ')
  if (words.length < 2 || !words.some((word) => shortened.has(word))) return
  const text = words.map((word) => shortened.get(word) ?? word).join(' ')
  addExact(text, shortenedFactor, scores, index)
  if (text.length <= headerLengthMax) addParts(text, scores, index)
}

const shortenedFactor = 0.95
const shortened: ReadonlyMap<string, string> = new Map(
  Object.entries({
    cd: 'code',
    nm: 'name',
    desc: 'description',
    descr: 'description',
    prd: 'product',
    prod: 'product',
    itm: 'item',
    prc: 'price',
    amt: 'amount',
    cur: 'currency',
    crncy: 'currency',
    brnd: 'brand',
    ctgry: 'category',
  }),
)

/** Names inside longer headers: "Variant Price", "Artikelnummer intern", "Einzelpreis netto", "商品名称（中文）". */
function addParts(core: string, scores: NameScores, index: Index): void {
  const padded = ` ${core} `
  for (const word of new Set(core.split(' '))) {
    for (const { words, entry } of index.byFirstWord.get(word) ?? []) {
      if (!padded.includes(` ${words} `)) continue
      // What a header is about stands at its start or end; the middle is an aside.
      const isAside = !core.startsWith(words) && !core.endsWith(words)
      raisePart(scores, entry, (words.length / core.length) * (isAside ? 0.5 : 1))
    }
  }
  // Germanic compounds end in what they are: "Aktionspreis", "nettoprijs", "artikelbenämning".
  for (const { words, entry } of index.tails) {
    if (core.length > words.length && core.endsWith(words))
      raisePart(scores, entry, words.length / core.length)
  }
  if (!unspacedScript.test(core)) return
  for (const { words, entry } of index.unspaced) {
    if (core.includes(words)) raisePart(scores, entry, words.length / core.length)
  }
}

/** @param coverage how much of the header the synonym is, 0 to 1 */
function raisePart(scores: NameScores, { field, score }: Entry, coverage: number): void {
  raise(scores, field, score * (0.7 + 0.25 * coverage))
}

const compoundTails = new Set(
  'preis prijs pris nummer kurztext bezeichnung benamning beskrivelse omschrijving prisen gruppe einheit wahrung'.split(
    ' ',
  ),
)

function addFuzzy(core: string, scores: NameScores, index: Index): void {
  if (core.length < fuzzyLengthMin || core.length > headerLengthMax) return
  const alikeTo = similarTo(core)
  for (const { words, entry } of index.fuzzy) {
    const alike = alikeTo(words)
    // Below 0.75 a match is a guess, and its confidence says so (under 0.6, hence a review).
    if (alike > 0) raise(scores, entry.field, entry.score * alike * (alike >= 0.75 ? 0.95 : 0.75))
  }
}

/** "Option1 Name", "Vendor name", "Weight unit": the field's word is there, and belongs to something else. */
function lowerAsides(core: string, scores: NameScores): void {
  const words = core.split(' ')
  for (const [field, asides] of Object.entries(asideWords)) {
    // Object.entries forgets the key type of `asideWords`.
    const score = scores[field as Field]
    if (score === undefined || score >= 0.97) continue
    if (words.some((word) => asides.has(word))) scores[field as Field] = Math.min(score, 0.45)
  }
}

const asideWords: Partial<Record<Field, ReadonlySet<string>>> = {
  name: wordSet(
    `option option1 option2 option3 attribute type seo alt tag category brand group supplier vendor manufacturer company contact
     variant color colour file sheet user customer store image tax gift short internal tracker
     группы категории бренда производителя поставщика файла цвета групи категорії виробника постачальника
     gewicht вес вага страна країна land country menge anzahl количество кількість
     latin latein latina latinsk latinskt latinska lacinska latinský lateinischer lateinische latijnse latijn botanical botanisch botanischer botanisk botanique латинское латинська лат
     gruppe hersteller marke lieferant kategorie farbe marque fournisseur couleur grupo marca proveedor`,
  ),
  sku: wordSet(`price preis prix prezzo precio preço prijs pris cena ceny цены ціни fiyat discount rabatt rabat remise sconto descuento korting скидки знижки tax vat tariff customs hs zip postal bank color colour country group category page order customer supplier vendor
     налоговый тнвэд тн таможенный страны группы категории групи категорії`),
  price: wordSet(
    `minimum minimale minimal minimaal минимальное минимальный мінімальне мінімальний list code group level type date category список poids gewicht weight вес вага peso waga hmotnost الوزن`,
  ),
  unit: wordSet(`weight dimension size tax length width height volume вес веса веси gewicht poids peso`),
  url: wordSet(`image picture photo img bild изображения фото зображення`),
  brand: wordSet(`country code id land страна країна pays`),
  category: wordSet(`tax google price`),
  stock: wordSet(
    `tracker policy min minimum order packing pack value frp forp karton krt carton ctn box kolli palle pallet уп упак упаковке коробке opak baleni koli bestellen bestil заказ замовлення sipariş`,
  ),
}

function wordSet(text: string): ReadonlySet<string> {
  return new Set(
    text
      .split(/\s+/)
      .map(normalize)
      .filter((word) => word !== ''),
  )
}

function raise(scores: NameScores, field: Field, score: number): void {
  if (score > (scores[field] ?? 0)) scores[field] = score
}
