import type { Issue } from '../../src/analyzer/table/rows/issue.ts'
import type { ItemRow, PriceTier } from '../../src/analyzer/table/rows/item.ts'

/** A row as the reader gives it, all of it plain; a test names what matters to it. */
export function itemRow(sku: string, differences: Partial<ItemRow> = {}): ItemRow {
  return {
    row: 1,
    itemKey: sku,
    sku,
    name: `Article ${sku}`,
    priceE4: 10_0000,
    currency: 'EUR',
    unit: null,
    priceQuantityE4: null,
    category: null,
    brand: null,
    validFrom: null,
    validTo: null,
    characteristics: '{}',
    tiers: null,
    tierCells: null,
    priceColumn: 2,
    priceRaw: '10,00',
    notes: [],
    ...differences,
  }
}

/** The further prices of a row, from column 3 on, with what the reader says of where they stood. */
export function tiered(...tiers: Partial<PriceTier>[]): Pick<ItemRow, 'tiers' | 'tierCells'> {
  if (tiers.length === 0) return { tiers: null, tierCells: null }
  const dealer = { name: 'Dealer', min_quantity_e4: null, price_e4: 9_0000, currency: 'EUR' }
  const all = tiers.map((tier): PriceTier => ({ ...dealer, ...tier }))
  return {
    tiers: JSON.stringify(all),
    tierCells: JSON.stringify(all.map(({ price_e4 }, index) => [3 + index, `${price_e4 / 10_000} €`])),
  }
}

/** Rows of one sheet, numbered from 1 in their order. */
export function itemRows(...rows: ItemRow[]): ItemRow[] {
  return rows.map((row, index) => ({ ...row, row: index + 1 }))
}

/** Something to say about row 1. */
export function issueOf(differences: Partial<Issue> = {}): Issue {
  return {
    severity: 'error',
    errorType: 'ValidationError',
    code: 'missing_price',
    message: 'Row 2 has no price.',
    row: 1,
    column: 2,
    raw: null,
    ...differences,
  }
}
