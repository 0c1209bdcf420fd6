import type { ListTruth, SampleTruth } from './truth.ts'

/** One file of the corpus's `pricelists/expected.json`, as far as it is understood here. */
export interface ExpectedList {
  readonly file: string
  readonly sheet?: string
  readonly header_row?: number | null
  /** Field → column, header text, or several columns. */
  readonly mapping?: { readonly [field: string]: number | string | readonly number[] }
  readonly currency?: string | null
  readonly currency_note?: string
  readonly valid_items?: number
  readonly no_price?: number
  readonly samples?: readonly ExpectedSample[]
  readonly negative?: string
  readonly pitfalls?: string
}

/** A row of the list; further keys with numbers are prices of the columns that they name. */
export interface ExpectedSample {
  readonly [key: string]: unknown
}

/** What the reader calls a field where the corpus calls it something else. */
const fieldNames: { readonly [name: string]: string } = {
  isbn_sku: 'sku',
  price_candidates: 'price',
  handle: 'group',
}
const fields = [
  'sku',
  'name',
  'price',
  'unit',
  'currency',
  'stock',
  'brand',
  'category',
  'url',
  'image',
  'group',
  'variant',
  'description',
]

/**
 * The corpus's own expectation in the form of our truths.
 * @param amendment what a careful reading adds; it wins
 * @param headers texts of the header row, where the expectation names columns by them
 */
export function truthOfExpected(
  list: ExpectedList,
  amendment: Partial<ListTruth>,
  headers: readonly string[],
): ListTruth {
  const codes = `${list.currency ?? ''} ${list.currency_note ?? ''}`.match(/\b[A-Z]{3}\b/g) ?? []
  const code = list.currency?.match(/\b[A-Z]{3}\b/)?.[0]
  // "$" alone, or nothing at all: the code is the corpus's knowledge of where the list came from.
  const isTold = code !== undefined && !(list.currency ?? '').includes('$')
  return {
    file: list.file,
    note: list.negative ?? list.pitfalls ?? '',
    verdict: list.negative === undefined ? verdicts(list) : ['not-a-price-list', 'review'],
    tables: list.negative === undefined ? [tableOf(list, headers)] : [],
    currency: isTold ? code : [null, ...codes.filter((each) => each !== 'USD')],
    ...(list.valid_items === undefined ? {} : { priced: list.valid_items }),
    ...(list.valid_items === undefined || list.no_price === undefined
      ? {}
      : { items: [list.valid_items + list.no_price, list.valid_items] }),
    samples: (list.samples ?? []).map(sampleOf),
    pitfalls: list.pitfalls ?? '',
    ...amendment,
  }
}

function verdicts({ currency_note }: ExpectedList): ListTruth['verdict'] {
  return currency_note?.includes('must be asked') ? ['price-list', 'review'] : ['price-list']
}

function tableOf(
  { sheet, header_row, mapping }: ExpectedList,
  headers: readonly string[],
): ListTruth['tables'][number] {
  const columns: { [field: string]: readonly number[] } = {}
  for (const [name, place] of Object.entries(mapping ?? {})) {
    const field = fieldNames[name] ?? name
    // Line numbers, authors and the like are characteristics: no field, so nothing to be wrong about.
    if (!fields.includes(field)) continue
    columns[field] = [place].flat().map((one) => (typeof one === 'number' ? one : headers.indexOf(one)))
  }
  return {
    ...(sheet === undefined ? {} : { sheet }),
    headerRows: header_row === null || header_row === undefined ? [] : [header_row],
    mapping: columns,
  }
}

function sampleOf(sample: ExpectedSample): SampleTruth {
  const prices = Object.entries(sample).filter(([key, value]) => typeof value === 'number' && isPriceKey(key))
  const main = prices.filter(([key]) => key === 'price')
  const text = (key: string) => (typeof sample[key] === 'string' ? sample[key] : undefined)
  const sku = text('sku') ?? text('isbn_sku')
  const name = text('name')
  const holds = text('name~')
  const brand = text('brand')
  const unit = text('unit')
  const variant = text('variant')
  const path = Array.isArray(sample.category_path) ? sample.category_path.map(String) : undefined
  return {
    ...(typeof sample.row === 'number' ? { row: sample.row } : {}),
    ...(sku === undefined ? {} : { sku }),
    ...(name === undefined ? {} : { name }),
    ...(holds === undefined ? {} : { nameHolds: holds }),
    ...(variant === undefined ? {} : { nameHolds: variant }),
    price: (main.length > 0 ? main : prices).map(([, price]) => String(price)),
    ...(brand === undefined ? {} : { brand }),
    ...(unit === undefined ? {} : { unit }),
    ...(path === undefined ? {} : { category: path }),
  }
}

/** Whole numbers of a sample that are no price. */
function isPriceKey(key: string): boolean {
  return !['row', 'stock', 'price_wholesale', 'year', 'pages'].includes(key)
}
