import type { Database, Engine, Sql } from '../../db/database.ts'
import { storableJson } from '../../lib/storable.ts'
import type { Issue } from '../table/rows/issue.ts'
import type { ItemRow } from '../table/rows/item.ts'

/**
 * Where an import's rows wait before they are compared with the catalog and published. It may vanish at any moment:
 * it is rebuilt from the raw file and the stored decision.
 *
 *   add… → flush → … → seal → withSql → discard
 */
export interface Staging {
  engine: Engine
  names: StagingNames
  /** @returns the row's number in staging, from 1 on */
  addItem(item: ItemRow, place: Place): number
  addIssue(issue: Issue, place: Place, row: RejectedRow | null): void
  /** Waits until what was added has gone out; call it after every batch. */
  flush(): Promise<void>
  /** Ends the adding. */
  seal(): Promise<void>
  /** What was noticed while the rows came; from `seal` on. */
  noticed(): Noticed
  /** SQL that sees the staged tables and, where there is one, the catalog; and transactions on both. */
  withSql<Result>(work: (sql: Sql, tx: Database['tx']) => Promise<Result>): Promise<Result>
  /** Deletes everything; also after a failure half-way. */
  discard(): Promise<void>
}

export interface Noticed {
  rows: number
  /** Rows with a price, their own or a further one. */
  priced: number
  /** Those with a price of their own. */
  ownPriced: number
  /** One of the row's prices does not say in which. */
  withoutCurrency: number
  /** Whether a row has further prices. */
  hasTiers: boolean
  /** False: no key occurs twice, so every row is accepted; true: one may. */
  mayRepeat: boolean
  /** Categories and brands of all rows, in order; null: too many to keep. */
  categories: string[] | null
  brands: string[] | null
}

/** The staged tables as SQL names them. */
export interface StagingNames {
  /** One staged item a row: `itemColumns` and `outcome`. */
  rows: string
  /** One issue a row: `issueColumns`. */
  issues: string
  /** What differs from the catalog: see analyzer/diff.ts. */
  diff: string
  /** Keys that occur more than once, and the row that is kept: see duplicates.ts. */
  repeated: string
  /** Ids of items that a reload has not recognised: see fingerprint.ts. */
  missing: string
}

/** Where in the file a row stands, and which part of the assortment it speaks for. */
export interface Place {
  sheet: string | null
  scope: string
}

export interface RejectedRow {
  itemKey: string | null
  /** JSON array of the cells; null: they are not kept. */
  rowData: string | null
}

/** What became of a staged item. */
export const outcomes = { accepted: 0, duplicate: 1, rejected: 2, superseded: 3 } as const

/** Column → type, in the order in which rows are written. The types mean the same on both engines. */
export const itemColumns = {
  n: 'key',
  sheet: 'text',
  scope: 'text not null',
  row: 'bigint not null',
  item_key: 'text not null',
  sku: 'text',
  name: 'text not null',
  price_e4: 'bigint',
  currency: 'text',
  price_quantity_e4: 'bigint',
  unit: 'text',
  category: 'text',
  brand: 'text',
  valid_from: 'text',
  valid_to: 'text',
  characteristics: 'json',
  tiers: 'json',
  tier_cells: 'json',
  price_column: 'bigint',
  price_raw: 'text',
} as const

export const issueColumns = {
  sheet: 'text',
  scope: 'text not null',
  row: 'bigint',
  col: 'bigint',
  severity: 'text not null',
  error_type: 'text not null',
  code: 'text not null',
  message: 'text not null',
  raw: 'text',
  item_key: 'text',
  row_data: 'json',
} as const

/** The columns of an item that an import may write; what is compared to find out whether an item has changed. */
export const itemValueColumns = [
  'sku',
  'name',
  'price_e4',
  'currency',
  'price_quantity_e4',
  'unit',
  'category',
  'brand',
  'valid_from',
  'valid_to',
  'characteristics',
  'tiers',
] as const

/** What a row's price and its further prices have in common: for what and when they hold. */
export const termColumns = ['price_quantity_e4', 'unit', 'valid_from', 'valid_to'] as const

/** The columns of which a change makes a new entry of the price's own history. */
export const priceColumns = ['price_e4', 'currency', ...termColumns] as const

/** The columns beside the price, as bits of the diff's `fields_changed`, the first the lowest. */
export const fieldColumns = itemValueColumns.filter((column) => column !== 'price_e4')

/** `create table` statements for one staging area. */
export function createStatements(
  names: StagingNames,
  engine: { json: string; key: string; identity: string; create: string },
): string[] {
  const columns = (types: Record<string, string>) =>
    Object.entries(types)
      .map(([name, type]) => `"${name}" ${type === 'json' || type === 'key' ? engine[type] : type}`)
      .join(', ')
  return [
    `${engine.create} ${names.rows} (${columns(itemColumns)}, outcome integer not null default ${outcomes.accepted})`,
    `${engine.create} ${names.issues} (${columns(issueColumns)})`,
    `${engine.create} ${names.repeated} (item_key text not null, kept bigint not null)`,
    `${engine.create} ${names.missing} (item_id bigint primary key)`,
    `${engine.create} ${names.diff} (d ${engine.identity}, n bigint, item_id bigint, kind text not null, ` +
      'price_changed boolean not null, old_price_e4 bigint, new_price_e4 bigint, is_comparable boolean not null, ' +
      'was_priced boolean not null, is_priced boolean not null, ' +
      `terms_changed boolean not null, old_tiers ${engine.json}, tiers_moved boolean not null, ` +
      'fields_changed integer not null)',
  ]
}

/** A row of either engine's own form, written column by column. */
interface ColumnWriter {
  integer(value: number | null): void
  text(value: string | null): void
  json(value: string | null): void
}

/** In the order of `itemColumns`, but for the row's number. */
export function writeItem(row: ColumnWriter, item: ItemRow, place: Place): void {
  row.text(place.sheet)
  row.text(place.scope)
  row.integer(item.row)
  row.text(item.itemKey)
  row.text(item.sku)
  row.text(item.name)
  row.integer(item.priceE4)
  row.text(item.currency)
  row.integer(item.priceQuantityE4)
  row.text(item.unit)
  row.text(item.category)
  row.text(item.brand)
  row.text(item.validFrom)
  row.text(item.validTo)
  row.json(storableJson(item.characteristics))
  row.json(item.tiers === null ? null : storableJson(item.tiers))
  row.json(item.tierCells === null ? null : storableJson(item.tierCells))
  row.integer(item.priceColumn)
  row.text(item.priceRaw)
}

/** In the order of `issueColumns`. */
export function writeIssue(
  row: ColumnWriter,
  issue: Issue,
  place: Place,
  rejected: RejectedRow | null,
): void {
  row.text(place.sheet)
  row.text(place.scope)
  row.integer(issue.row)
  row.integer(issue.column)
  row.text(issue.severity)
  row.text(issue.errorType)
  row.text(issue.code)
  row.text(issue.message)
  row.text(issue.raw)
  row.text(rejected?.itemKey ?? null)
  row.json(rejected?.rowData ?? null)
}
