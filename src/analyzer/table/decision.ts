import type { TableArea } from './areas/area.ts'
import type { ProvingCells } from './card/proving-cells.ts'
import type { PriceTax } from './money/price-tax.ts'

/**
 * What a column can mean. Everything else becomes a characteristic under its own header. `group` is what the rows of
 * one article share (a handle, a parent code), `variant` what tells them apart (size, colour); rows of a group that
 * leave the name out inherit it from the row above.
 */
export const fields = [
  'sku',
  'name',
  'price',
  'currency',
  'unit',
  'price_quantity',
  'category',
  'brand',
  'ean',
  'stock',
  'description',
  'url',
  'image',
  'valid_from',
  'valid_to',
  'group',
  'variant',
] as const
export type Field = (typeof fields)[number]

/** Fields that lists may name once for several rows. */
export type CarriedField = 'name' | 'category' | 'brand' | 'group'

/** How one column was understood. */
export interface ColumnDecision {
  /** 0-based. */
  column: number
  /** The header as the file writes it; null where there is none. */
  header: string | null
  /** 0 to 1. An override has 1. */
  confidence: number
  /** The next best column for this field, and how sure that would have been. */
  runnerUp: { column: number; header: string | null; confidence: number } | null
  /** A person said it. */
  isPinned?: true
}

/** A further column of prices: another price list ("wholesale"), or the price from a quantity on. */
export interface TierColumn {
  /** 0-based. */
  column: number
  /** As the header names it; what the catalog and its history call the tier. Unique within the table. */
  name: string
  /** The price holds from this many units on, in ten-thousandths; null: for any quantity. */
  minQuantityE4: number | null
  /** ISO 4217 where the header says so; null: as the row's own price. */
  currency: string | null
  /** 0-based column that names the currency of each of these prices; null: none does but the row's own. */
  currencyColumn: number | null
  /** Without VAT or with it, where the header says so. */
  tax: PriceTax | null
  /** How the column writes decimals, as in `DecimalDecision`. */
  decimal: DecimalStyle | null
}

/**
 * The decimal sign. `mixed`: the column writes both, so a cell that does not prove its own style is rejected.
 */
export type DecimalStyle = 'dot' | 'comma' | 'mixed'

/**
 * What a decimal style rests on: cells of the column, other numbers of the file, or the coins of the currency (yen
 * have none, dinars a thousand). `usage`: that lone separators before three digits group thousands in most lists.
 */
export type DecimalSource = 'column' | 'file' | 'currency' | 'usage'

/** How the numbers of the price column are written, and what proves it. */
export interface DecimalDecision {
  /** Null: no cell needed one (whole numbers, or binary numbers of a workbook). */
  style: DecimalStyle | null
  /** Null with a style of null. */
  from: DecimalSource | null
  confidence: number
  /** Cells such as "1.234" that say nothing alone and follow the column. */
  ambiguousCount: number
  /** Up to 3 cells that prove it. */
  evidence: { row: number; raw: string }[]
  /** A person said it: whatever the column proves, it is not read again. */
  isPinned?: true
}

/** How surely the header is where it is. */
export interface HeaderDecision {
  /** 0 to 1; null: the table has none. */
  confidence: number | null
  /** A person named the rows, or said that there are none. */
  isPinned: boolean
  /** The row that would have been the header otherwise: 0-based, with its texts joined by " | ". */
  runnerUp: { row: number; text: string; confidence: number } | null
}

export type DateOrder = 'dmy' | 'mdy'

/** `symbol` without a code: the cells show several currencies by their formats, and a row does not say which. */
export type CurrencySource = 'symbol' | 'code' | 'header' | 'column' | 'title' | 'configuration'

export type Verdict = 'price-list' | 'review' | 'not-a-price-list'

/**
 * The decision card of one table (R2.9): everything that the reader of its rows needs, and why. It is plain JSON;
 * it is stored with the import, and reading the same file with the same decision gives the same rows.
 */
export interface TableDecision {
  sheet: number
  sheetName: string | null
  /** Its place on the sheet; the whole sheet unless that has several tables. */
  area: TableArea
  verdict: Verdict
  /** For people; empty for a plain price list. */
  reasons: string[]
  /** 0-based row indexes; empty when the table has no header. */
  headerRows: number[]
  header: HeaderDecision
  /** What each row of a header of several rows says alone, normalised by column; empty for a header of one row. */
  headerLines: string[][]
  firstDataRow: number
  /** 0-based rows above the header that are no titles but headings of the first section. */
  sectionRows: number[]
  /** Header texts by column, '' where blank; empty when the table has no header. */
  headers: string[]
  /** 0-based column in which the header, and each time it is repeated, names the section that follows. */
  sectionColumn: number | null
  /** Whether of two headings in a row that look the same the first is the parent of the second. */
  nestsHeadings: boolean
  /** Whether a row with one text is a second line of the article above it, and no heading. */
  hasSecondLines: boolean
  /**
   * Whether names stand behind a column of SKUs and begin with capitals: below such an article, a text in small letters
   * goes on with its name.
   */
  hasCapitalNames: boolean
  mapping: Partial<Record<Field, ColumnDecision>>
  /** What shows how the columns were read. */
  cells: ProvingCells
  /** Further columns of prices, in the order of their columns. */
  tiers: TierColumn[]
  /**
   * Columns among the tiers whose price is taken where the article is not on the main price list, best first: many
   * articles of such a table are on one of its lists only. Empty where most have the main price.
   */
  otherLists: number[]
  /** Columns that become characteristics: 0-based column and key. */
  characteristics: { column: number; key: string }[]
  currency: { code: string | null; from: CurrencySource | null }
  decimal: DecimalDecision
  /** Whether the price is without VAT or with it, by its header or a title; null: nothing says so. */
  priceTax: PriceTax | null
  /** What the price header says a price is for ("Preis / 100 St" → "St", 1000000); cells of a row win over it. */
  priceUnit: { unit: string | null; quantityE4: number | null }
  /** Day or month first in "03/04/2026"; null: no date column needs it, or nothing tells. */
  dateOrder: DateOrder | null
  /** Fields whose blank cells mean what stands above them. */
  carried: CarriedField[]
  /** 0-based column beside the name, under the same merged header: read where the name is blank. */
  nameFallback: number | null
  /** Overrides that name no column of this table. */
  unknownColumns: { field: Field; value: string }[]
  /** 0-based column that only counts the rows ("№", 1, 2, 3 …); it says nothing about what a row is. */
  lineColumn: number | null
  /**
   * In delimited text: the first column beyond the header, where a row of this table has nothing; a row that has was
   * split in the wrong place ("1,234.50" without quotes). Null: not known, or rows regularly go on there.
   */
  overflowFrom: number | null
  /** A hidden sheet is left aside where a visible one is a list. */
  isHidden: boolean
  /** Whether it is among the sheets that a person named; null: nobody named any. */
  isChosen: boolean | null
  /**
   * Fields that identify an item: `['sku']`, or for a list without SKUs the configured ones (name and unit), and
   * group and variant where the list has them.
   */
  identity: Field[]
  /** It holds corrected rows of another import's table, and was decided as that one was. */
  corrects?: CorrectedTable
}

/** Where a table of corrected rows says what they are. Columns are 0-based. */
export interface CorrectedTable {
  /** Which of the tables of the import that is corrected; 0-based. */
  table: number
  /** That one's. */
  sheetName: string | null
  scope: string
  /** Why each row was rejected; the supplier's own columns end before it. */
  reasonColumn: number
  /** The rows' numbers in the supplier's file. */
  rowColumn: number
  /** The headings under which the rows stood; null: the list has none. */
  sectionColumn: number | null
  /** The columns of the table that is corrected, where others stand beside it; both null: it had its rows for itself. */
  firstColumn: number | null
  lastColumn: number | null
}

/** What a person pins. It always wins over what the table seems to say. */
export interface TableOptions {
  /** Field → header text or column letter ("A", "AB"). Null: this field is not in the list. */
  map: Partial<Record<Field, string | null>>
  /** ISO 4217, used where the file does not say. */
  currency: string | null
  /** Identity of a list without SKUs. */
  identity: Field[]
  /** Most decimals a price may have: 4, or the currency's own. */
  decimalsMax: 4 | 'currency'
  /** 0-based rows of the header; empty: the table has none; null: the table decides. */
  headerRows: number[] | null
  /** The decimal sign of the prices; null: the column decides. */
  decimal: 'dot' | 'comma' | null
}

export const defaultTableOptions: TableOptions = {
  map: {},
  currency: null,
  identity: ['name', 'unit'],
  decimalsMax: 4,
  headerRows: null,
  decimal: null,
}
