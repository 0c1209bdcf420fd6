import type { Cell } from '../../table/rows/row.ts'
import type { RowOrder } from './row-order.ts'

/** The row whose cells are being read. */
export class OpenRow {
  /** 0-based. */
  index = -1
  /** Of the last cell; -1: there was none. */
  column = -1
  /** Of the texts so far. */
  characters = 0
  #cells: Cell[] = []
  /** As many blank cells as the longest row had: copying them is cheaper than letting every row grow. */
  readonly #blank: Cell[] = []

  begin(index: number): void {
    this.index = index
    this.column = -1
    this.characters = 0
    this.#cells = this.#blank.slice()
  }

  set(column: number, value: Cell): void {
    const cells = this.#cells
    if (column < cells.length) cells[column] = value
    // Styled blank cells at the end of a row would make it longer than what it says.
    else if (value !== '') {
      while (cells.length < column) cells.push('')
      cells.push(value)
    }
  }

  finish(order: RowOrder): void {
    const cells = this.#cells
    while (cells.length > 0 && cells[cells.length - 1] === '') cells.pop()
    const blank = this.#blank
    while (blank.length < cells.length && blank.length < blankCellsMax) blank.push('')
    order.add(this.index, cells, this.characters)
  }
}

/** Longer rows grow: each of those that wait would take the memory of the longest. */
const blankCellsMax = 64
