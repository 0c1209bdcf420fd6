import type { Issue } from '../../src/analyzer/table/issue.ts'
import type { ItemRow } from '../../src/analyzer/table/item.ts'

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
    priceColumn: 2,
    priceRaw: '10,00',
    notes: [],
    ...differences,
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
