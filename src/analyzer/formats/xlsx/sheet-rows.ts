import { InvalidError } from '../../../lib/errors.ts'
import type { Cell, Row } from '../../table/rows/row.ts'
import { ByteWindow } from '../text/byte-window.ts'
import { type CellContext, CellReader, cellTooLong, damagedSheet, placeOf } from './cell-reader.ts'
import { OpenRow } from './open-row.ts'
import { PlainRows } from './plain-rows.ts'
import { RowOrder, rowsMax } from './row-order.ts'
import { afterPrefix, attributeAt, hasName, isSelfClosed, readRoot, tagEnd } from './tag.ts'
import { skipMarkup } from './text.ts'
import { doctypeError } from './xml.ts'

export interface SheetContext extends CellContext {
  /** Most characters that cells may take from the shared strings, all in all; more is a `zip_bomb`. */
  sharedCharactersMax: number
}

/**
 * The rows of a worksheet part, in batches of about a thousand, ascending by index; rows without any value are
 * left out. A row or cell that is written twice counts as written last. Merged cells stay as they are: the
 * value is in the first one.
 * @param pieces UTF-8, cut anywhere
 * @throws InvalidError, naming sheet and row: `cell_too_long`, `row_too_long`, `too_many_columns`,
 * `too_many_rows`, `zip_bomb`, `xml_doctype`, `damaged_workbook`
 */
export async function* sheetRows(
  pieces: AsyncIterable<Buffer>,
  context: SheetContext,
): AsyncGenerator<Row[]> {
  const scanner = new SheetScanner(context)
  for await (const piece of pieces) {
    if (!scanner.push(piece)) continue
    for (let batch = scanner.next(); batch !== null; batch = scanner.next()) yield batch
  }
  scanner.end()
  for (let batch = scanner.next(); batch !== null; batch = scanner.next()) yield batch
  const rest = scanner.rest()
  if (rest !== null) yield rest
}

/** A row's texts may have this many times the characters that one cell may have. */
const rowCellsOfFullLength = 16
/** What XML can make of one character: "&#x10FFFF;" is ten bytes, and runs of rich text come on top. */
const xmlBytesPerCharacter = 12
/** Room for a formula, and for tags with many attributes. */
const elementBytesSpare = 64 * 1024

const exclamation = 0x21
const slash = 0x2f
const lessThan = 0x3c
const question = 0x3f

/**
 * Where the scanner is in the part. Anything but rows and cells is stepped over.
 *
 *     start → sheet → data ⇄ row
 *               └───────┴→ done
 */
type Place = 'start' | 'sheet' | 'data' | 'row' | 'done'

class SheetScanner {
  readonly #context: SheetContext
  readonly #window = new ByteWindow()
  readonly #order: RowOrder
  readonly #cell: CellReader
  readonly #plain: PlainRows
  readonly #elementBytesMax: number
  readonly #rowCharactersMax: number
  #place: Place = 'start'
  #prefix = ''
  readonly #row = new OpenRow()
  /** The row has no number of its own: its first cell may know. */
  #isRowGuessed = false

  constructor(context: SheetContext) {
    this.#context = context
    this.#order = new RowOrder(context.sheetName)
    this.#cell = new CellReader(context)
    const { cellCharactersMax } = context.limits
    this.#elementBytesMax = cellCharactersMax * xmlBytesPerCharacter + elementBytesSpare
    this.#rowCharactersMax = cellCharactersMax * rowCellsOfFullLength
    const { sharedCharactersMax } = context
    const limits = { rowCharactersMax: this.#rowCharactersMax, sharedCharactersMax }
    this.#plain = new PlainRows(context, this.#order, limits)
  }

  /** @returns whether `next` can have something new */
  push(piece: Buffer): boolean {
    return this.#place !== 'done' && this.#window.push(piece)
  }

  end(): void {
    this.#window.join()
  }

  /** The next batch; null: push more first. */
  next(): Row[] | null {
    if (this.#place === 'start') this.#readStart()
    if (this.#place !== 'start') this.#scan()
    return this.#order.take()
  }

  rest(): Row[] | null {
    if (this.#place !== 'done') throw this.#damaged()
    return this.#order.takeRest()
  }

  #readStart(): void {
    const { bytes } = this.#window
    const root = readRoot(bytes, bytes.length, 'worksheet', this.#context.partName)
    if (root === null) {
      this.#refuseEndless()
      return
    }
    this.#prefix = root.prefix
    this.#cell.prefix = root.prefix
    this.#window.at = root.at
    this.#place = root.isEmpty ? 'done' : 'sheet'
  }

  /** Reads on until a batch is full or the bytes are used up. */
  #scan(): void {
    const { bytes } = this.#window
    const end = bytes.length
    while (this.#place !== 'done' && !this.#order.isFull) {
      const past = this.#place === 'row' ? this.#readCells(bytes, end) : this.#readElement(bytes, end)
      if (past < 0) {
        this.#refuseEndless()
        return
      }
      this.#window.at = past
    }
  }

  /** The cells up to the first tag that is none. @returns where that begins, or -1: the bytes are used up */
  #readCells(bytes: Buffer, end: number): number {
    const isPrefixed = this.#prefix !== ''
    let at = this.#window.at
    for (;;) {
      while (at < end && bytes[at] !== lessThan) at++
      this.#window.at = at
      if (at + 1 >= end) return -1
      const name = isPrefixed ? afterPrefix(bytes, at + 1, this.#prefix) : at + 1
      if (!hasName(bytes, name, 'c')) return this.#readElement(bytes, end)
      if (!isPrefixed && !this.#isRowGuessed) {
        const past = this.#readPlain(bytes, at)
        if (this.#order.isFull) return past
        if (past > at) {
          at = past
          continue
        }
      }
      at = this.#cell.read(bytes, name + 1, end, this.#row.index)
      if (at < 0) return -1
      if (this.#isRowGuessed) this.#learnRow(bytes)
      this.#placeCell(this.#cell.column, this.#cell.value)
    }
  }

  /** @returns where the plain cells and rows end that begin at `from` */
  #readPlain(bytes: Buffer, from: number): number {
    const plain = this.#plain
    const cell = this.#cell
    plain.sharedCharacters = cell.sharedCharacters
    const at = plain.read(bytes, from, this.#row)
    cell.sharedCharacters = plain.sharedCharacters
    this.#countCharacters(0)
    return at
  }

  /** Any other tag. @returns the position after it, or -1: it is not whole yet */
  #readElement(bytes: Buffer, end: number): number {
    let { at } = this.#window
    // Tags mostly follow each other, and a look is cheaper than a call.
    if (at < end && bytes[at] !== lessThan) at = bytes.indexOf(lessThan, at)
    this.#window.at = at < 0 ? end : at
    if (at < 0 || at + 1 >= end) return -1
    const next = bytes[at + 1]
    if (next === exclamation || next === question) {
      const past = skipMarkup(bytes, at, end)
      if (past === -2) throw doctypeError(this.#context.partName)
      return past
    }
    const past = tagEnd(bytes, at, end)
    if (past < 0) return -1
    const isClosing = next === slash
    const name = afterPrefix(bytes, isClosing ? at + 2 : at + 1, this.#prefix)
    if (hasName(bytes, name, 'row')) {
      if (isClosing) this.#finishRow()
      else this.#startRow(bytes, name, past)
    } else if (hasName(bytes, name, 'sheetData')) {
      if (this.#place === 'row') throw this.#damaged()
      this.#place = isClosing || isSelfClosed(bytes, past) ? 'done' : 'data'
    } else if (isClosing && hasName(bytes, name, 'worksheet')) {
      if (this.#place !== 'sheet') throw this.#damaged()
      this.#place = 'done'
    }
    return past
  }

  #startRow(bytes: Buffer, name: number, past: number): void {
    if (this.#place === 'sheet') return
    if (this.#place === 'row') throw this.#damaged()
    const valueAt = attributeAt(bytes, name, past, 'r')
    this.#isRowGuessed = valueAt < 0
    const row = valueAt < 0 ? this.#row.index + 1 : rowIndexOf(bytes, valueAt)
    this.#checkRow(row)
    this.#row.begin(row)
    this.#place = 'row'
    if (isSelfClosed(bytes, past)) this.#finishRow()
  }

  #learnRow(bytes: Buffer): void {
    this.#isRowGuessed = false
    const row = this.#cell.rowOf(bytes)
    if (row < 0) return
    this.#checkRow(row)
    this.#row.index = row
  }

  #checkRow(row: number): void {
    if (Number.isNaN(row)) throw this.#damaged()
    if (row < rowsMax) return
    throw new InvalidError(
      'too_many_rows',
      `${placeOf(this.#context, row)} is beyond row ${rowsMax}, the last one of a worksheet; save the workbook anew.`,
    )
  }

  #placeCell(givenColumn: number, value: Cell): void {
    const row = this.#row
    const column = givenColumn < 0 ? row.column + 1 : givenColumn
    if (column >= this.#context.limits.columnsMax) throw this.#tooManyColumns()
    row.column = column
    if (typeof value === 'string') this.#countCharacters(value.length)
    row.set(column, value)
  }

  #countCharacters(count: number): void {
    this.#row.characters += count
    const { sharedCharactersMax } = this.#context
    if (this.#row.characters > this.#rowCharactersMax) {
      throw new InvalidError(
        'row_too_long',
        `${placeOf(this.#context, this.#row.index)} has more than ${this.#rowCharactersMax} characters.`,
      )
    }
    if (this.#cell.sharedCharacters > sharedCharactersMax) {
      throw new InvalidError(
        'zip_bomb',
        `${placeOf(this.#context, this.#row.index)}: up to here the shared texts of the sheet add up to more than ${sharedCharactersMax} characters.`,
      )
    }
  }

  #finishRow(): void {
    if (this.#place !== 'row') throw this.#damaged()
    this.#row.finish(this.#order)
    this.#place = 'data'
  }

  /** Nothing but a cell can be long; what does not end otherwise is no XML. */
  #refuseEndless(): void {
    if (this.#window.unused() <= this.#elementBytesMax) return
    throw this.#place === 'row' ? cellTooLong(this.#context, this.#row.index) : this.#damaged()
  }

  #tooManyColumns(): InvalidError {
    return new InvalidError(
      'too_many_columns',
      `${placeOf(this.#context, this.#row.index)} has more than ${this.#context.limits.columnsMax} columns; keep the columns of the list in a sheet of their own.`,
    )
  }

  #damaged(): InvalidError {
    return damagedSheet(this.#context, Math.max(this.#row.index, 0))
  }
}

/** From "12" and a quote; NaN for anything but a number above 0. */
function rowIndexOf(bytes: Buffer, from: number): number {
  let row = 0
  let at = from
  for (; at < from + 15; at++) {
    const digit = bytes[at]! - 0x30
    if (!(digit >= 0 && digit <= 9)) break
    row = row * 10 + digit
  }
  const isEnded = bytes[at] === 0x22 || bytes[at] === 0x27
  return isEnded && row > 0 ? row - 1 : Number.NaN
}
