import { InvalidError } from '../../../lib/errors.ts'
import { ByteWindow } from '../text/byte-window.ts'

/** Numbers of the records that are read. Source: [MS-XLSB] 2.3.1. */
export const recordTypes = {
  row: 0,
  blank: 1,
  rk: 2,
  error: 3,
  boolean: 4,
  real: 5,
  text: 6,
  sharedText: 7,
  formulaText: 8,
  formulaReal: 9,
  formulaBoolean: 10,
  formulaError: 11,
  richText: 62,
  /** The same without a column of their own: they stand in the one that follows. */
  shortBlank: 12,
  shortRk: 13,
  shortError: 14,
  shortBoolean: 15,
  shortReal: 16,
  shortText: 17,
  shortSharedText: 18,
  sharedItem: 19,
  format: 44,
  style: 47,
  sheetDataEnd: 146,
  bookProperties: 153,
  sheet: 156,
  sharedEnd: 160,
  formatsStart: 615,
  formatsEnd: 616,
  cellStylesStart: 617,
  cellStylesEnd: 618,
} as const

/** Nothing but a text can be long, and no text is. */
const recordBytesMax = 64 * 1024 * 1024

/** Walks over the records of a part of a binary workbook that comes in pieces: number, length, bytes. */
export class PartRecords {
  type = 0
  /** The record's bytes are bytes[from, to); they are valid until more is pushed. */
  from = 0
  to = 0
  readonly #window = new ByteWindow()
  readonly #partName: string

  constructor(partName: string) {
    this.#partName = partName
  }

  get bytes(): Buffer {
    return this.#window.bytes
  }

  /** @returns whether `next` can have something new */
  push(piece: Buffer): boolean {
    return this.#window.push(piece)
  }

  /** Takes in what waits, when the part has ended. */
  end(): void {
    this.#window.join()
  }

  /** @returns false: the next record is not whole yet */
  next(): boolean {
    const { bytes } = this.#window
    const end = bytes.length
    let at = this.#window.at
    if (at + 2 > end) return false
    let type = bytes[at++]!
    if (type >= 0x80) type = (type & 0x7f) | ((bytes[at++]! & 0x7f) << 7)
    let length = 0
    for (let shift = 0; shift < 28; shift += 7) {
      if (at >= end) return false
      const byte = bytes[at++]!
      length |= (byte & 0x7f) << shift
      if (byte < 0x80) break
    }
    if (length > recordBytesMax) throw damagedPart(this.#partName)
    if (at + length > end) return false
    this.type = type
    this.from = at
    this.to = at + length
    this.#window.at = this.to
    return true
  }

  /** @throws InvalidError `damaged_workbook` when the record has fewer bytes */
  need(byteCount: number): void {
    if (this.to - this.from < byteCount) throw damagedPart(this.#partName)
  }

  /**
   * The text that begins at `at` in the record, in UTF-16 with its length before it; '' where there is none.
   * @returns the text; `textEnd` is where it ends
   */
  text(at: number): string {
    const { bytes } = this.#window
    if (at + 4 > this.to) throw damagedPart(this.#partName)
    const length = bytes.readUInt32LE(at)
    this.textEnd = at + 4
    if (length === absent) return ''
    this.textEnd += length * 2
    if (this.textEnd > this.to) throw damagedPart(this.#partName)
    return bytes.toString('utf16le', at + 4, this.textEnd)
  }

  textEnd = 0
}

const absent = 0xffffffff

export function damagedPart(partName: string): InvalidError {
  return new InvalidError(
    'damaged_workbook',
    `The part ${partName} of the workbook is damaged, or cut off. Save it again in Excel or LibreOffice.`,
  )
}
