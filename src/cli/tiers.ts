import type { Tier } from '../catalog/model.ts'
import type { TableColumn } from './output.ts'

/**
 * A column of further prices for a table of items, left out where none of them has any: as an addition to its columns
 * and to each of its rows.
 */
export function tiersColumn(items: { tiers: Tier[]; currency: string | null }[]): {
  columns: TableColumn[]
  cells: (index: number) => (string | null)[]
} {
  if (items.every(({ tiers }) => tiers.length === 0)) return { columns: [], cells: () => [] }
  return {
    columns: [{ header: 'FURTHER PRICES', canShrink: true }],
    cells: (index) => [tiersText(items[index]!)],
  }
}

/**
 * "9.00 Dealer; 8.50 ab 10; 11.00 USD Export": the currency where it is not that of the price. The figures come first,
 * for names are long and the end is cut.
 */
function tiersText({ tiers, currency }: { tiers: Tier[]; currency: string | null }): string | null {
  if (tiers.length === 0) return null
  return tiers
    .map((tier) =>
      [
        tier.price,
        tier.currency === currency ? null : (tier.currency ?? 'without currency'),
        tier.name,
        fromText(tier),
      ]
        .filter((part) => part !== null)
        .join(' '),
    )
    .join('; ')
}

/** "(from 10)", unless the name says so. */
function fromText({ name, min_quantity }: Tier): string | null {
  if (min_quantity === null || name.match(/\d+(?:\.\d+)?/g)?.includes(min_quantity)) return null
  return `(from ${min_quantity})`
}
