import type { Row } from '../../table/rows/row.ts'
import { rkNumber } from '../biff/rk-number.ts'
import { RowMaker, type RowMakerOptions } from '../biff/row-maker.ts'
import type { SharedStrings } from '../xlsx/shared-strings.ts'
import { damagedPart, PartRecords, recordTypes } from './records.ts'

export interface SheetContext extends RowMakerOptions {
  /** Names the part in messages. */
  partName: string
  strings: SharedStrings
}

/**
 * The rows of a binary worksheet part, by the rules of XLSX: in batches of about a thousand, ascending by index,
 * without blank ones.
 * @param pieces cut anywhere
 * @throws InvalidError `damaged_workbook`; as for XLSX `cell_too_long`, `row_too_long`, `too_many_columns`,
 * `too_many_rows`, `zip_bomb`
 */
export async function* xlsbRows(pieces: AsyncIterable<Buffer>, context: SheetContext): AsyncGenerator<Row[]> {
  const reader = new SheetReader(context)
  for await (const piece of pieces) {
    if (!reader.push(piece)) continue
    for (let batch = reader.next(); batch !== null; batch = reader.next()) yield batch
  }
  reader.end()
  for (let batch = reader.next(); batch !== null; batch = reader.next()) yield batch
  const rest = reader.rest()
  if (rest !== null) yield rest
}

class SheetReader {
  readonly #context: SheetContext
  readonly #records: PartRecords
  readonly #rows: RowMaker
  /** Of the last cell. */
  #column = -1
  #isDone = false

  constructor(context: SheetContext) {
    this.#context = context
    this.#records = new PartRecords(context.partName)
    this.#rows = new RowMaker(context)
  }

  /** @returns whether `next` can have something new */
  push(piece: Buffer): boolean {
    return !this.#isDone && this.#records.push(piece)
  }

  end(): void {
    this.#records.end()
  }

  /** The next batch; null: push more first. */
  next(): Row[] | null {
    const records = this.#records
    while (!this.#isDone && records.next()) {
      this.#read(records)
      const batch = this.#rows.take()
      if (batch !== null) return batch
    }
    return null
  }

  rest(): Row[] | null {
    if (!this.#isDone) throw damagedPart(this.#context.partName)
    return this.#rows.takeRest()
  }

  #read(records: PartRecords): void {
    const { type } = records
    if (type === recordTypes.row) {
      records.need(4)
      this.#rows.begin(records.bytes.readUInt32LE(records.from))
      this.#column = -1
    } else if (type === recordTypes.sheetDataEnd) this.#isDone = true
    else if (type <= recordTypes.shortSharedText || type === recordTypes.richText) this.#readCell(records)
  }

  #readCell(records: PartRecords): void {
    if (this.#rows.index < 0) throw damagedPart(this.#context.partName)
    const { type, bytes } = records
    const isShort = type >= recordTypes.shortBlank && type <= recordTypes.shortSharedText
    const headBytes = isShort ? 4 : 8
    records.need(headBytes)
    const column = isShort ? this.#column + 1 : bytes.readUInt32LE(records.from)
    this.#column = column
    const at = records.from + headBytes
    const style = bytes.readUIntLE(at - 4, 3)
    switch (type) {
      case recordTypes.rk:
      case recordTypes.shortRk:
        records.need(headBytes + 4)
        this.#rows.number(column, rkNumber(bytes, at), style)
        break
      case recordTypes.real:
      case recordTypes.shortReal:
      case recordTypes.formulaReal:
        records.need(headBytes + 8)
        this.#rows.number(column, bytes.readDoubleLE(at), style)
        break
      case recordTypes.sharedText:
      case recordTypes.shortSharedText:
        records.need(headBytes + 4)
        this.#readShared(column, bytes.readUInt32LE(at))
        break
      case recordTypes.text:
      case recordTypes.shortText:
      case recordTypes.formulaText:
        this.#rows.text(column, records.text(at))
        break
      case recordTypes.richText:
        // A byte of flags comes first.
        this.#rows.text(column, records.text(at + 1))
        break
      case recordTypes.boolean:
      case recordTypes.shortBoolean:
      case recordTypes.formulaBoolean:
        records.need(headBytes + 1)
        this.#rows.boolean(column, bytes[at]!)
        break
      case recordTypes.error:
      case recordTypes.shortError:
      case recordTypes.formulaError:
        records.need(headBytes + 1)
        this.#rows.error(column, bytes[at]!)
        break
    }
  }

  #readShared(column: number, index: number): void {
    const { strings, partName } = this.#context
    if (index >= strings.count) throw damagedPart(partName)
    const text = strings.get(index)
    if (text === null) throw this.#rows.cellTooLong()
    this.#rows.sharedText(column, text)
  }
}
