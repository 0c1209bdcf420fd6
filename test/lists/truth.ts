import type { Draft, DraftItem } from './draft.ts'

export type Verdict = 'price-list' | 'review' | 'not-a-price-list'

/** One table of the file: where its header stands and which columns (0-based) each field may come from. */
export interface TableTruth {
  readonly sheet?: string
  /** 0-based rows of the header; empty where the table has none. */
  readonly headerRows: readonly number[]
  readonly mapping: { readonly [field: string]: readonly number[] }
}

/** A count, or the counts that differing careful readings give. */
export type Count = number | readonly number[]

/** A row as a person reads it; what is not named is not asked. */
export interface SampleTruth extends Omit<DraftItem, 'price' | 'category'> {
  readonly sheet?: string
  readonly row?: number
  readonly price: string | null | readonly (string | null)[]
  /** Path from the widest category down, or the acceptable paths. */
  readonly category?: readonly string[] | readonly (readonly string[])[]
  readonly brand?: string
}

/** What a careful person says of a file, written without looking at what the reader makes of it. */
export interface ListTruth {
  readonly file: string
  readonly note: string
  /** Every verdict that a careful person could give, the best first. */
  readonly verdict: readonly Verdict[]
  /** Empty: which columns are read is not asked. */
  readonly tables: readonly TableTruth[]
  /** ISO code; null: the list does not say (then no code, or a question, is right). */
  readonly currency: string | null
  readonly currencyNote?: string
  /** Absent: the number cannot be told from the file alone. */
  readonly items?: Count
  /** Items that have a price. */
  readonly priced?: Count
  readonly rejected?: Count
  /** Rows that name an article which an earlier row named too: they may count or not. */
  readonly repeated?: number
  readonly samples: readonly SampleTruth[]
  /** Every item's price in reading order; null: on request. Absent where only the sum is known. */
  readonly prices?: readonly (string | null)[]
  /** Exact sum of the items' prices. */
  readonly priceSum?: string
  readonly pitfalls: string
  /** Where the corpus's own expected outcome differs from a careful reading. */
  readonly difference?: string
}

export interface Opinion
  extends Pick<
    ListTruth,
    'file' | 'note' | 'verdict' | 'tables' | 'currency' | 'currencyNote' | 'pitfalls'
  > {}

/** The truth of a drafted list: the opinion, and counts and samples of what was drafted. */
export function truthOf(opinion: Opinion, drafts: readonly Draft[]): ListTruth {
  const several = drafts.filter((each) => each.items.length > 0).length > 1
  const all = drafts.flatMap((each) =>
    each.items.map(({ row, item }) => ({
      ...(several && each.name !== null ? { sheet: each.name } : {}),
      row,
      ...item,
    })),
  )
  const prices = all.map((each) => each.price)
  return {
    ...opinion,
    items: all.length,
    priced: prices.filter((price) => price !== null).length,
    rejected: drafts.reduce((sum, each) => sum + each.rejectedRows.length, 0),
    samples: dozen(all),
    prices,
    priceSum: sumOf(prices),
  }
}

/** The truth as JSON that a person can look through: one line a table and a sample. */
export function truthText(truth: ListTruth): string {
  const fields = Object.entries(truth).map(([key, value]) => {
    const lines = (key === 'samples' || key === 'tables') && Array.isArray(value) && value.length > 0
    const text = lines
      ? `[\n  ${value.map((each) => JSON.stringify(each)).join(',\n  ')}\n ]`
      : JSON.stringify(value)
    return ` "${key}": ${text}`
  })
  return `{\n${fields.join(',\n')}\n}\n`
}

/** Exact sum of decimal strings with at most four decimals. */
export function sumOf(prices: readonly (string | null)[]): string {
  const total = prices.reduce((sum, price) => sum + (price === null ? 0n : tenThousandths(price)), 0n)
  const text = total.toString().padStart(5, '0')
  return `${text.slice(0, -4)}.${text.slice(-4)}`.replace(/\.?0+$/, '')
}

/** Up to a dozen, evenly spread, with the first, the last and the first that has no price. */
function dozen<Item extends DraftItem>(all: readonly Item[]): Item[] {
  const chosen = new Set<number>()
  for (let step = 0; step < 11; step++) chosen.add(Math.round((step * (all.length - 1)) / 10))
  const onRequest = all.findIndex((each) => each.price === null)
  if (onRequest >= 0) chosen.add(onRequest)
  return [...chosen]
    .sort((one, other) => one - other)
    .map((index) => all[index])
    .filter((each) => each !== undefined)
}

function tenThousandths(price: string): bigint {
  const [whole = '0', decimals = ''] = price.split('.')
  return BigInt(whole) * 10_000n + BigInt(decimals.padEnd(4, '0'))
}
