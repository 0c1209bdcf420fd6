import type { Tier } from '../catalog/model.ts'
import { cutToWidth, type TableColumn } from './output.ts'

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

/** "Dealer: 9.00; ab 10: 8.50; Export: 11.00 USD": the currency where it is not that of the price. */
function tiersText({ tiers, currency }: { tiers: Tier[]; currency: string | null }): string | null {
  if (tiers.length === 0) return null
  return tiers
    .map((tier) => {
      const name = [cutToWidth(tier.name, nameWidthMax), fromText(tier)].filter((part) => part !== null)
      const other = tier.currency === currency ? '' : ` ${tier.currency ?? 'without currency'}`
      return `${name.join(' ')}: ${tier.price}${other}`
    })
    .join('; ')
}

/** So that the prices are seen: the card, or the history, has the names whole. */
const nameWidthMax = 24

/** "(from 10)", unless the name says so. */
function fromText({ name, min_quantity }: Tier): string | null {
  if (min_quantity === null || name.match(/\d+(?:\.\d+)?/g)?.includes(min_quantity)) return null
  return `(from ${min_quantity})`
}
