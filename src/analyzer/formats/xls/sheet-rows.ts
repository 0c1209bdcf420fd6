import type { Row } from '../../table/rows/row.ts'
import { rkNumber } from '../biff/rk-number.ts'
import { RowMaker } from '../biff/row-maker.ts'
import type { ReadLimits } from '../format.ts'
import { cellPlaces, cellTypes } from './cell-places.ts'
import { damagedBook, Records, recordTypes, startTypes } from './records.ts'
import { TextReader } from './text-reader.ts'
import type { XlsSheet, XlsWorkbook } from './workbook.ts'

/**
 * The rows of a worksheet in batches of about a thousand, ascending by index and without blank ones, as XLSX gives
 * them. Some writers put cells down in the order in which they thought of them; those are sorted first.
 * @param onRead called with the place in the bytes
 * @throws InvalidError `damaged_workbook`; as for XLSX `cell_too_long`, `row_too_long`, `too_many_columns`, `zip_bomb`
 */
export function* xlsRows(
  book: XlsWorkbook,
  sheet: XlsSheet,
  { limits, onRead }: { limits: ReadLimits; onRead: (at: number) => void },
): Generator<Row[]> {
  const { places, end } = cellPlaces(book.bytes, sheet)
  const reader = new SheetReader(book, sheet, limits)
  const records = new Records(book.bytes, sheet.at)
  for (let index = 0; places === null || index < places.length; index++) {
    if (places !== null) records.to = places[index]!
    if (records.to >= end || !records.next()) break
    reader.read(records, places !== null)
    const batch = reader.rows.take()
    if (batch === null) continue
    onRead(records.to)
    yield batch
  }
  onRead(end)
  const rest = reader.rows.takeRest()
  if (rest !== null) yield rest
}

/** What may stand between a formula and the text that it gave. */
const afterFormula: readonly number[] = [0x0021, 0x0221, 0x0036, 0x0236, 0x04bc, recordTypes.continued]
const stringTypes: readonly number[] = [0x0007, 0x0207]
/** The last two bytes of a formula's result, where it is no number. */
const noNumber = 0xffff

class SheetReader {
  readonly rows: RowMaker
  readonly #book: XlsWorkbook
  readonly #sheet: XlsSheet
  readonly #text: TextReader
  #depth = 0

  constructor(book: XlsWorkbook, sheet: XlsSheet, limits: ReadLimits) {
    this.#book = book
    this.#sheet = sheet
    this.#text = new TextReader(book.bytes, book.encoding)
    const { styles } = book
    const sharedCharactersMax = limits.unpackedBytesMax
    this.rows = new RowMaker({ sheetName: sheet.name, styles, limits, sharedCharactersMax })
  }

  /** @param isCell it surely is a cell of this sheet; otherwise it may stand in a chart */
  read({ type, from, to }: Records, isCell: boolean): void {
    if (isCell || this.#depth === 1) this.#readCell(type, from, to)
    if (isCell) return
    if (startTypes.includes(type)) this.#depth++
    else if (type === recordTypes.endOfPart) this.#depth--
  }

  #readCell(type: number, from: number, to: number): void {
    const { bytes } = this.#book
    // Some writers of BIFF3 and BIFF4 keep to the records of BIFF2.
    const isOld = type < cellTypes.formula || this.#book.generation === 2
    const at = from + (isOld ? 7 : 6)
    switch (type) {
      case cellTypes.sharedLabel:
        this.#need(to - at, 4)
        this.#readShared(this.#begin(from), bytes.readUInt32LE(at))
        break
      case cellTypes.rk:
        this.#need(to - at, 4)
        this.rows.number(this.#begin(from), rkNumber(bytes, at), this.#styleAt(from, at))
        break
      case cellTypes.number:
      case cellTypes.number2:
        this.#need(to - at, 8)
        this.rows.number(this.#begin(from), bytes.readDoubleLE(at), this.#styleAt(from, at))
        break
      case cellTypes.severalRk:
        this.#need(to - at, 0)
        this.#readSeveral(from, to)
        break
      case cellTypes.label:
      case cellTypes.richLabel:
        this.#need(to - at, 2)
        this.#text.seek(at, to)
        this.rows.text(this.#begin(from), this.#text.read(2))
        break
      case cellTypes.label2:
        this.#need(to - at, 1)
        this.#text.seek(at, to)
        this.rows.text(this.#begin(from), this.#text.read(1))
        break
      case cellTypes.whole2:
        this.#need(to - at, 2)
        this.rows.number(this.#begin(from), bytes.readUInt16LE(at), this.#styleAt(from, at))
        break
      case cellTypes.boolean:
      case cellTypes.boolean2:
        this.#need(to - at, 2)
        if (bytes[at + 1] === 0) this.rows.boolean(this.#begin(from), bytes[at]!)
        else this.rows.error(this.#begin(from), bytes[at]!)
        break
      case cellTypes.formula:
      case cellTypes.formula3:
      case cellTypes.formula4:
        this.#need(to - at, 8)
        this.#readFormula(from, at, to)
        break
    }
  }

  #readShared(column: number, index: number): void {
    const text = this.#book.texts[index]
    if (text === undefined) throw damagedBook(`${this.rows.place()} refers to a text that it does not hold`)
    this.rows.sharedText(column, text)
  }

  /** Row, first column, then a style and a number for each cell, and the last column. */
  #readSeveral(from: number, to: number): void {
    const { bytes } = this.#book
    let column = this.#begin(from)
    for (let at = from + 4; at + 6 <= to - 2; at += 6)
      this.rows.number(column++, rkNumber(bytes, at + 2), bytes.readUInt16LE(at))
  }

  #readFormula(from: number, at: number, to: number): void {
    const { bytes } = this.#book
    const column = this.#begin(from)
    if (bytes.readUInt16LE(at + 6) !== noNumber)
      this.rows.number(column, bytes.readDoubleLE(at), this.#styleAt(from, at))
    else if (bytes[at] === 0) this.rows.text(column, this.#formulaText(to))
    else if (bytes[at] === 1) this.rows.boolean(column, bytes[at + 2]!)
    else if (bytes[at] === 2) this.rows.error(column, bytes[at + 2]!)
  }

  /** It stands in a record of its own, further on. */
  #formulaText(from: number): string {
    const records = new Records(this.#book.bytes, from)
    while (records.next()) {
      if (stringTypes.includes(records.type)) {
        this.#text.seek(records.from, records.to)
        return this.#text.read(records.type === stringTypes[0] ? 1 : 2)
      }
      if (!afterFormula.includes(records.type)) break
    }
    return ''
  }

  /** Of the cell whose content begins at `at`; BIFF2 says the format itself. */
  #styleAt(from: number, at: number): number {
    const { bytes, generation } = this.#book
    if (generation === 2) return bytes[from + 5]! & 0x3f
    return at === from + 6 ? bytes.readUInt16LE(from + 4) : bytes[from + 4]! & 0x3f
  }

  /** Begins the row of this cell, if it is another one. @returns the cell's column */
  #begin(from: number): number {
    const { bytes } = this.#book
    const row = bytes.readUInt16LE(from)
    if (row !== this.rows.index) this.rows.begin(row)
    return bytes.readUInt16LE(from + 2)
  }

  #need(length: number, least: number): void {
    if (length < least) throw damagedBook(`sheet "${this.#sheet.name}" has a cell that is cut short`)
  }
}
