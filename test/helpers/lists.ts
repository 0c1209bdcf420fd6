/** What `ingest --json` and `imports show --json` print, as far as tests look at it. */
export interface ImportJson {
  id: string
  status: string
  file_name: string
  counts: CountsJson
  ignored: Record<string, number>
  changes: ChangesJson
  hold_reasons: { code: string; message: string }[]
  error: { code: string; message: string } | null
  same_as_import_id: string | null
  list_mode: string
  decision: { verdict: string; tables: TableJson[] } | null
}

export interface CountsJson {
  read: number
  accepted: number
  priced: number
  unchanged: number
  rejected: number
  ignored: number
}

export interface ChangesJson {
  new: number
  changed: number
  price_up: number
  price_down: number
  gone: number
  returned: number
}

export interface TableJson {
  sheet: string | null
  header_rows: number[]
  mapping: Record<string, { column: number; header: string | null; confidence: number; is_pinned: boolean }>
  currency: { code: string | null; from: string | null }
  decimal: { style: string | null }
  counts: CountsJson
}

/** What `try --json` prints. */
export interface TryJson {
  file: {
    name: string
    bytes: number
    sha256: string
    format: string
    wrapping: unknown
    encoding: string
    delimiter: string
  }
  verdict: string
  tables: TableJson[]
  counts: CountsJson
  items: {
    row: number
    sku: string | null
    name: string
    price: string | null
    currency: string | null
    unit: string | null
    category: string | null
  }[]
  issues: { row: number | null; column: number | null; code: string; message: string; raw: string | null }[]
}

/** What `items --json` and `history --json` print. */
export interface ItemsJson {
  items: ItemJson[]
  next_cursor: string | null
}

export interface ItemJson {
  id: string
  supplier: string
  sku: string | null
  name: string
  price: string | null
  currency: string | null
  tiers: { name: string; min_quantity: string | null; price: string; currency: string | null }[]
  gone_at: string | null
  characteristics: Record<string, string>
  history: PriceJson[]
}

export interface PriceJson {
  tier: string | null
  min_quantity: string | null
  price: string | null
  currency: string | null
  recorded_at: string
  import_id: string
  file_name: string
  sheet: string | null
  row: number
  column: number | null
  raw: string | null
}

export interface ErrorJson {
  error: { code: string; message: string }
}

/** Lines of cells as CSV. */
export function csvOf(...lines: (string | number)[][]): string {
  return lines.map((cells) => `${cells.join(';')}\n`).join('')
}

export const priceHeader = ['SKU', 'Name', 'Price EUR']

/** A list of `count` articles, A-0 (10.00 EUR), A-1 (11.00 EUR), …, with what differs by number. */
export function priceList(
  count: number,
  difference: (n: number) => { name?: string; price?: string; sku?: string } | null = () => ({}),
): string {
  const lines: string[][] = []
  for (let n = 0; n < count; n++) {
    const differs = difference(n)
    if (differs === null) continue
    const { sku = `A-${n}`, name = `Article ${n}`, price = `${n + 10}.00` } = differs
    lines.push([sku, name, price])
  }
  return csvOf(priceHeader, ...lines)
}
