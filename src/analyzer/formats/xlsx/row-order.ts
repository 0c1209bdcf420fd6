import { InvalidError } from '../../../lib/errors.ts'
import type { Cell, Row } from '../../table/rows/row.ts'
import { placeOf } from './cell-reader.ts'

/** How many rows `take` hands over, and how far out of order rows may stand. */
export const rowsPerBatch = 1024
/** Excel's last row is the one before; other programs write no more either. */
export const rowsMax = 1_048_576
/** Cells and characters of waiting rows, as bytes: rows that are much longer than usual wait in smaller numbers. */
const waitingBytesMax = 8 * 1024 * 1024
const cellBytes = 8

/**
 * Puts rows in ascending order and cuts them into batches. Sheets are written in order; the few writers that
 * repeat a row, or write one late, are understood as long as it is less than a batch late: the last writing of a
 * row counts, as a whole. Sorting the rest would take the memory of the sheet. Rows without cells are left out.
 */
export class RowOrder {
  #rows: Row[] = []
  #waitingBytes = 0
  #lastTaken = -1
  readonly #sheetName: string

  constructor(sheetName: string) {
    this.#sheetName = sheetName
  }

  /**
   * @param characterCount of the row's texts
   * @throws InvalidError `damaged_workbook` for a row that comes too late
   */
  add(index: number, cells: Cell[], characterCount: number): void {
    const last = this.#rows.at(-1)?.index ?? this.#lastTaken
    if (index <= last) this.#insert(index, cells)
    else if (cells.length > 0) this.#rows.push({ index, cells })
    this.#waitingBytes += cells.length * cellBytes + characterCount
  }

  /** Whether `take` has a batch. */
  get isFull(): boolean {
    return this.#rows.length >= 2 * rowsPerBatch || this.#isHeavy
  }

  /** The next batch, or null while there is no whole one. Some rows stay behind for those that come late. */
  take(): Row[] | null {
    if (this.#isHeavy) return this.#cut(this.#rows.length - 1)
    return this.isFull ? this.#cut(rowsPerBatch) : null
  }

  /** Everything that is left, or null when there is nothing. */
  takeRest(): Row[] | null {
    return this.#rows.length === 0 ? null : this.#cut(this.#rows.length)
  }

  get #isHeavy(): boolean {
    return this.#waitingBytes > waitingBytesMax && this.#rows.length > 1
  }

  #insert(index: number, cells: Cell[]): void {
    if (index <= this.#lastTaken) {
      throw new InvalidError(
        'damaged_workbook',
        `${placeOf({ sheetName: this.#sheetName }, index)} comes after row ${this.#rows.at(-1)!.index + 1}. Save the workbook again in Excel or LibreOffice.`,
      )
    }
    let at = this.#rows.length
    while (at > 0 && this.#rows[at - 1]!.index >= index) at--
    const replaced = this.#rows[at]?.index === index ? 1 : 0
    this.#rows.splice(at, replaced, ...(cells.length === 0 ? [] : [{ index, cells }]))
  }

  #cut(count: number): Row[] {
    const batch = this.#rows.slice(0, count)
    this.#rows = this.#rows.slice(count)
    // An estimate is enough: what a row may weigh is limited elsewhere.
    this.#waitingBytes *= this.#rows.length / (batch.length + this.#rows.length)
    this.#lastTaken = batch.at(-1)!.index
    return batch
  }
}
