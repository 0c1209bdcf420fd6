import { InvalidError } from '../../../lib/errors.ts'
import type { Cell, Row } from '../../table/rows/row.ts'
import type { ReadLimits } from '../format.ts'
import { placeOf } from '../xlsx/cell-reader.ts'
import type { CellStyles } from '../xlsx/cell-styles.ts'
import { OpenRow } from '../xlsx/open-row.ts'
import { RowOrder, rowsMax } from '../xlsx/row-order.ts'
import { errorText, notANumber } from './error-text.ts'

export interface RowMakerOptions {
  sheetName: string
  styles: CellStyles
  limits: ReadLimits
  /** Most characters that cells may take from the shared texts, all in all; more is a `zip_bomb`. */
  sharedCharactersMax: number
}

/** A row's texts may have this many times the characters that one cell may have. */
const rowCellsOfFullLength = 16

/** Makes rows of cells that come one by one, and keeps to the limits; the rules are those of XLSX. */
export class RowMaker {
  readonly #options: RowMakerOptions
  readonly #order: RowOrder
  readonly #row = new OpenRow()
  /** Characters that shared texts have given so far: they cost the file next to nothing. */
  #sharedCharacters = 0

  constructor(options: RowMakerOptions) {
    this.#options = options
    this.#order = new RowOrder(options.sheetName)
  }

  /** Of the row that is being made; -1: none. */
  get index(): number {
    return this.#row.index
  }

  /** @throws InvalidError `too_many_rows`, and `damaged_workbook` for a row that comes far too late */
  begin(index: number): void {
    this.finish()
    if (index >= rowsMax)
      throw new InvalidError(
        'too_many_rows',
        `${placeOf(this.#options, index)} is beyond row ${rowsMax}, the last one of a worksheet; save the workbook anew.`,
      )
    this.#row.begin(index)
  }

  finish(): void {
    if (this.#row.index < 0) return
    this.#row.finish(this.#order)
    this.#row.index = -1
  }

  /** @throws InvalidError `cell_too_long`, `row_too_long`, `too_many_columns` */
  text(column: number, text: string): void {
    this.#checkColumn(column)
    const { cellCharactersMax } = this.#options.limits
    this.#row.characters += text.length
    if (text.length > cellCharactersMax) throw this.cellTooLong()
    if (this.#row.characters > cellCharactersMax * rowCellsOfFullLength)
      throw new InvalidError(
        'row_too_long',
        `${this.place()} has more than ${cellCharactersMax * rowCellsOfFullLength} characters.`,
      )
    this.#row.set(column, text)
  }

  /** @throws InvalidError as `text`, and `zip_bomb` */
  sharedText(column: number, text: string): void {
    const { sharedCharactersMax } = this.#options
    this.#sharedCharacters += text.length
    if (this.#sharedCharacters > sharedCharactersMax)
      throw new InvalidError(
        'zip_bomb',
        `${this.place()}: up to here the shared texts of the sheet add up to more than ${sharedCharactersMax} characters.`,
      )
    this.text(column, text)
  }

  /** A number under a style: a date becomes its text, and digits may have zeros before them. */
  number(column: number, value: number, style: number): void {
    this.#checkColumn(column)
    const { styles } = this.#options
    let cell: Cell = value
    if (!Number.isFinite(value)) cell = errorText(notANumber)
    else if (styles.changesNumber[style] === 1) cell = styles.numberCell(value, style)
    this.#row.set(column, cell)
  }

  boolean(column: number, value: number): void {
    this.text(column, value === 0 ? 'FALSE' : 'TRUE')
  }

  error(column: number, code: number): void {
    this.text(column, errorText(code))
  }

  /** The next batch, or null while there is no whole one. */
  take(): Row[] | null {
    return this.#order.isFull ? this.#order.take() : null
  }

  /** Everything that is left, or null when there is nothing. */
  takeRest(): Row[] | null {
    this.finish()
    return this.#order.takeRest()
  }

  /** `Sheet "Prices", row 12` */
  place(): string {
    return placeOf(this.#options, Math.max(0, this.#row.index))
  }

  cellTooLong(): InvalidError {
    const { cellCharactersMax } = this.#options.limits
    return new InvalidError(
      'cell_too_long',
      `${this.place()} has a cell of more than ${cellCharactersMax} characters. Shorten it, or remove it from the sheet.`,
    )
  }

  #checkColumn(column: number): void {
    const { columnsMax } = this.#options.limits
    if (column < columnsMax) return
    throw new InvalidError(
      'too_many_columns',
      `${this.place()} has more than ${columnsMax} columns; keep the columns of the list in a sheet of their own.`,
    )
  }
}
