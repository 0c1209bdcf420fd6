/**
 * Price lists that are made up, the same on every machine: a row follows from the seed and its number alone, so a
 * variant differs from its base in exactly what its name says.
 */
export interface PriceListOptions {
  rows: number
  seed: number
  variant: Variant
}

/**
 * `base` is the list. `rewritten` has the same rows in other bytes (another line end), `one-percent` and `all-prices`
 * other prices by up to 3 %, and `shuffled` the same rows in another order.
 */
export const variants = ['base', 'rewritten', 'one-percent', 'all-prices', 'shuffled'] as const
export type Variant = (typeof variants)[number]

export const columns = [
  'Artikelnummer',
  'EAN',
  'Bezeichnung',
  'Hersteller',
  'Warengruppe',
  'Einheit',
  'Nettopreis',
  'Währung',
  'Bestand',
  'Gewicht kg',
  'Lieferzeit',
] as const

/** One line. Numbers are numbers in a workbook; a text may be blank, a number null. */
export interface ListRow {
  sku: string
  ean: string
  name: string
  brand: string
  category: string
  unit: string
  /** In hundredths of a euro. */
  priceCents: number
  currency: string
  stock: number
  weightGrams: number | null
  delivery: string
}

/** What a program that has taken a list in must have found. */
export interface ListFacts {
  rows: number
  /** Cells that are not blank, without the header's. */
  cells: number
  /** Rows with another price than in `base`. */
  changed: number
  /** Of all prices, in hundredths of a euro. */
  priceSumCents: number
}

/** The rows in the order of the list. */
export function* listRows({ rows, seed, variant }: PriceListOptions): Generator<ListRow> {
  const order = variant === 'shuffled' ? shuffledNumbers(rows, seed) : null
  for (let position = 0; position < rows; position++) {
    const number = order === null ? position : order[position]!
    const row = rowOf(number, seed)
    if (isChanged(number, variant)) row.priceCents = changedPrice(row.priceCents, number)
    yield row
  }
}

/** Counts what `listRows` yields. */
export function listFacts(options: PriceListOptions): ListFacts {
  const facts: ListFacts = { rows: 0, cells: 0, changed: 0, priceSumCents: 0 }
  for (const row of listRows(options)) {
    facts.rows++
    facts.cells +=
      columns.length - Number(row.ean === '') - Number(row.weightGrams === null) - Number(row.delivery === '')
    facts.priceSumCents += row.priceCents
  }
  for (let number = 0; number < options.rows; number++)
    if (isChanged(number, options.variant)) facts.changed++
  return facts
}

/** @param number of the row in `base`, from 0 */
function isChanged(number: number, variant: Variant): boolean {
  return variant === 'all-prices' || (variant === 'one-percent' && number % 100 === 37)
}

/** Up or down by 3 %, at least by a cent: never enough for a list to be held. */
function changedPrice(cents: number, number: number): number {
  const step = Math.max(1, Math.round(cents * 0.03))
  return number % 2 === 0 ? cents + step : cents - step
}

const brands = [
  ...['Brandt Werkzeuge', 'Kärntner Stahl', 'Möller & Söhne', 'Hagelin', 'Ødegaard', 'Fröhlich', 'Nordwerk'],
  ...[
    'Béranger',
    'Łukasik',
    'Tessner',
    'Aldenhoven',
    'Quist',
    'Rüdiger Kabel',
    'Vantor',
    'Zwickauer Armaturen',
  ],
]
const things = [
  ...[
    'Senkkopfschraube',
    'Kugelhahn',
    'Winkelschleifer',
    'Mantelleitung',
    'Rohrschelle',
    'Dübel',
    'Türschließer',
  ],
  ...[
    'Wasserpumpenzange',
    'Schlüsselsatz',
    'Lötstation',
    'Gewindestange',
    'Dichtring',
    'Säulenventil',
    'Bohrkrone',
  ],
]
const materials = [
  'Edelstahl A2',
  'verzinkt',
  'Messing',
  'Stahl',
  'schwarz',
  'Größe L',
  'wärmebeständig',
  'PVC grau',
]
const sizes = ['4,0 x 40 mm', '1/2"', '3/4"', 'DN 25', '230 V', '16 mm²', 'M8', '125 mm', '0,5 l', 'IP 54']
const groups = [
  ...[
    'Befestigung',
    'Armaturen',
    'Elektrowerkzeug',
    'Kabel und Leitungen',
    'Sanitär',
    'Heizung',
    'Beschläge',
  ],
  ...['Handwerkzeug', 'Prüfgeräte', 'Dichtungen', 'Arbeitsschutz', 'Lüftung', 'Türen & Tore'],
]
const units = ['Stück', 'Stück', 'Stück', 'Pkg.', 'm', 'kg', 'Satz', 'Rolle']
const deliveries = ['sofort', 'sofort', '2-3 Tage', '1 Woche', 'auf Bestellung', '']

/** Articles of one product group stand together, ascending by number; the groups stand in no order. */
const groupSize = 250

function rowOf(number: number, seed: number): ListRow {
  const next = randomOf(seed, number)
  const pick = (from: readonly string[]) => from[Math.floor(next() * from.length)]!
  const group = Math.floor(number / groupSize)
  // 73,687 and 100,000 have no common divisor: every group gets a number of its own.
  const groupCode = (group * 73_687 + 12_345) % 100_000
  const sku = `${padded(groupCode, 5)}-${padded((number % groupSize) * 4 + 1, 4)}`
  const brand = pick(brands)
  const thing = pick(things)
  const extra = next() < 0.4 ? `, ${pick(sizes)}` : ''
  // A list has names that need quotes in CSV: inch marks, and here and there the delimiter itself.
  const note = number % 997 === 0 ? '; Restposten' : ''
  const name = `${thing} ${pick(materials)} ${pick(sizes)}${extra}, Typ ${Math.floor(next() * 9000) + 1000}${note}`
  return {
    sku,
    ean: next() < 0.03 ? '' : eanOf(Math.floor(next() * 1e9)),
    name,
    brand,
    category: groups[group % groups.length]!,
    unit: pick(units),
    // Most articles cost little, a few cost thousands.
    priceCents: 50 + Math.floor(next() ** 4 * 900_000),
    currency: 'EUR',
    stock: next() < 0.2 ? 0 : Math.floor(next() * 2500),
    weightGrams: next() < 0.05 ? null : 1 + Math.floor(next() ** 2 * 40_000),
    delivery: pick(deliveries),
  }
}

/** An EAN-13 with its check digit. */
function eanOf(number: number): string {
  const digits = `400${padded(number, 9)}`
  let sum = 0
  for (let at = 0; at < 12; at++) sum += Number(digits[at]) * (at % 2 === 0 ? 1 : 3)
  return `${digits}${(10 - (sum % 10)) % 10}`
}

const padded = (number: number, length: number) => String(number).padStart(length, '0')

/** Fisher and Yates. */
function shuffledNumbers(count: number, seed: number): Uint32Array {
  const numbers = Uint32Array.from({ length: count }, (_, index) => index)
  const next = randomOf(seed, 0x5eed)
  for (let last = count - 1; last > 0; last--) {
    const other = Math.floor(next() * (last + 1))
    const swapped = numbers[last]!
    numbers[last] = numbers[other]!
    numbers[other] = swapped
  }
  return numbers
}

/** Mulberry32: fractions from 0 to below 1, the same for the same two numbers. */
function randomOf(seed: number, stream: number): () => number {
  let state = (Math.imul(seed, 0x9e3779b1) ^ Math.imul(stream + 1, 0x85ebca6b)) | 0
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}
