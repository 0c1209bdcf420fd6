import type { SampleTruth } from '../../scripts/lib/score/truth.ts'

/** One cell of a drafted list; the object form carries what a plain value cannot. */
export type DraftCell = string | number | null | StyledCell

export interface StyledCell {
  readonly value: string | number
  /** Excel number format, e.g. `R$ #,##0.00`. */
  readonly format?: string
  readonly bold?: boolean
  readonly strike?: boolean
  /** The formula whose cached result `value` is. */
  readonly formula?: string
}

/** What a person reads from one row. */
export interface DraftItem extends Omit<SampleTruth, 'sheet' | 'row' | 'sku'> {
  readonly sku: string
  readonly price: string | null
}

/** A sheet (or the only table of a CSV) while it is written, together with what it says. */
export interface Draft {
  readonly name: string | null
  readonly rows: DraftCell[][]
  readonly merges: string[]
  readonly items: { readonly row: number; readonly item: DraftItem }[]
  readonly rejectedRows: number[]
  /** Adds a row and returns its 0-based number. */
  row(...cells: DraftCell[]): number
  blank(): void
  /** Adds a row that is an item. */
  item(cells: DraftCell[], item: DraftItem): number
  /** Adds a row that a reader must reject. */
  reject(cells: DraftCell[]): number
  /** Says that the row added last also holds this item. */
  also(item: DraftItem): void
  merge(range: string): void
}

/** Starts an empty sheet; `name` is null for a CSV. */
export function draft(name: string | null = null): Draft {
  const rows: DraftCell[][] = []
  const items: { row: number; item: DraftItem }[] = []
  const merges: string[] = []
  const rejectedRows: number[] = []
  const row = (...cells: DraftCell[]) => rows.push(cells) - 1
  return {
    name,
    rows,
    items,
    merges,
    rejectedRows,
    row,
    blank: () => void row(),
    item(cells, item) {
      items.push({ row: rows.length, item })
      return row(...cells)
    },
    reject(cells) {
      rejectedRows.push(rows.length)
      return row(...cells)
    },
    also: (item) => void items.push({ row: rows.length - 1, item }),
    merge: (range) => void merges.push(range),
  }
}
