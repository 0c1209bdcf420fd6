import type { IgnoredReason, Issue } from './issue.ts'

/** A further price of an item, as JSON holds it. */
export interface PriceTier {
  /** As the header names it. */
  name: string
  /** From this many units on, in ten-thousandths; null: for any quantity. */
  min_quantity_e4: number | null
  /** Ten-thousandths of the currency unit. */
  price_e4: number
  /** ISO 4217; null: it could not be told. */
  currency: string | null
}

/** A row that was understood: what staging takes. */
export interface ItemRow {
  row: number
  /** At most 255 characters; the SKU, or `~` and an identity hash. Unique per supplier. */
  itemKey: string
  sku: string | null
  name: string
  /** Ten-thousandths of the currency unit; null: on request. */
  priceE4: number | null
  /** ISO 4217; null only where the price is null or the currency could not be told. */
  currency: string | null
  unit: string | null
  /** The price is for this many units, in ten-thousandths ("per 100 pcs" is 1000000); null: one. */
  priceQuantityE4: number | null
  /** Levels joined by " > ". */
  category: string | null
  brand: string | null
  /** ISO dates, half-open. */
  validFrom: string | null
  validTo: string | null
  /** JSON object of strings, keys in order of their characters. */
  characteristics: string
  /** JSON array of `PriceTier`, in the order of their columns; null: the row has no further prices. */
  tiers: string | null
  /** Where each of the tiers came from: JSON array of its 0-based column and the cell's text; null with `tiers`. */
  tierCells: string | null
  /** Where the price came from: 0-based column and the cell's text. */
  priceColumn: number | null
  priceRaw: string | null
  /** Notes only; the row was taken. */
  notes: Issue[]
}

/** Whether a row has a price, its own or a further one. */
export const hasPrice = ({ priceE4, tiers }: ItemRow): boolean => priceE4 !== null || tiers !== null

/** Whether one of a row's prices does not say in which currency it is. */
export function lacksCurrency({ priceE4, currency, tiers }: ItemRow): boolean {
  if (priceE4 !== null && currency === null) return true
  // A quote inside a text is escaped, so no name is taken for this.
  return tiers?.includes('"currency":null') ?? false
}

/** What became of one row. Exactly one of the three. */
export type RowOutcome =
  | { kind: 'item'; item: ItemRow }
  | {
      kind: 'rejected'
      issues: Issue[]
      /** Where it could be read: a rejected row still counts as present in a full list. */
      itemKey: string | null
    }
  | {
      kind: 'ignored'
      reason: IgnoredReason
      /** The item that it might be after all: it counts as present in a full list. */
      itemKey?: string
    }
