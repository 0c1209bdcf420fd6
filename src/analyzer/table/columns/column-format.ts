import type { CurrencyMention } from '../money/currency.ts'

/** How a workbook shows the numbers of one column. */
export interface ColumnFormat {
  /** 0-based. */
  column: number
  /** Number cells that were looked at. */
  cells: number
  /** Every currency that some of their formats show. */
  currencies: CurrencyMention[]
  /** Most of them are shown as percentages. */
  isPercent: boolean
  /** The literal text that most of them are shown with, such as "€/kg"; '' without any. */
  text: string
}
