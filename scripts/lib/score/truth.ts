import type { Verdict } from '../../../src/analyzer/table/decision.ts'

/** What a careful person says of a file, written without looking at what the reader makes of it. */
export interface ListTruth {
  readonly file: string
  readonly note: string
  /** Every verdict that a careful person could give, the best first. */
  readonly verdict: readonly Verdict[]
  /** Empty: which columns are read is not asked. */
  readonly tables: readonly TableTruth[]
  /** ISO code; null: the list does not say (then no code, or a question, is right); or the acceptable ones. */
  readonly currency: string | null | readonly (string | null)[]
  readonly currencyNote?: string
  /** Absent: the number cannot be told from the file alone. */
  readonly items?: Count
  /** Items that have a price. */
  readonly priced?: Count
  readonly rejected?: Count
  /** Sheet that is counted; absent: the whole file. */
  readonly countedOn?: string
  /** Rows that name an article which an earlier row named too: they may count or not. */
  readonly repeated?: number
  readonly samples: readonly SampleTruth[]
  /** Every item's price by SKU; null: on request. Absent where only the sum is known. */
  readonly prices?: { readonly [sku: string]: string | null }
  /** Exact sum of the items' prices. */
  readonly priceSum?: string
  readonly pitfalls: string
  /** Where the corpus's own expected outcome differs from a careful reading. */
  readonly difference?: string
}

/** A count, or the counts that differing careful readings give. */
export type Count = number | readonly number[]

/** One table of the file: where its header stands and which columns (0-based) each field may come from. */
export interface TableTruth {
  readonly sheet?: string
  /** 0-based rows of the header; empty where the table has none. */
  readonly headerRows: readonly number[]
  readonly mapping: { readonly [field: string]: readonly number[] }
}

/** A row as a person reads it, decimals as text; what is not named is not asked, lists are acceptable readings. */
export interface SampleTruth {
  readonly sheet?: string
  /** 0-based. */
  readonly row?: number
  /** Column that the row's block starts at, where several tables stand side by side. */
  readonly column?: number
  readonly sku?: string | readonly string[]
  readonly name?: string | readonly string[]
  /** What the name must hold; where the whole name is too long to write down. */
  readonly nameHolds?: string
  /** Null: the list says that one must ask. */
  readonly price: string | null | readonly (string | null)[]
  readonly currency?: string
  readonly unit?: string | readonly string[]
  readonly priceQuantity?: string
  /** Path from the widest category down, or the acceptable paths. */
  readonly category?: readonly string[] | readonly (readonly string[])[]
  readonly ean?: string
  readonly brand?: string
  readonly tiers?: readonly TierTruth[]
}

/** A further price; `minQuantity` where it holds from a quantity on. */
export interface TierTruth {
  readonly minQuantity?: string
  readonly price: string
}

/** Whether a value is the truth, or one of the acceptable ones. */
export function isOneOf<Value>(found: Value, truth: Value | readonly Value[]): boolean {
  return Array.isArray(truth) ? truth.includes(found) : truth === found
}
