import { InvalidError } from '../../../lib/errors.ts'

/** Numbers of the records that are read. Source: [MS-XLS] 2.3, and OpenOffice's description of BIFF2 to BIFF5. */
export const recordTypes = {
  continued: 0x003c,
  endOfPart: 0x000a,
  filePass: 0x002f,
  codePage: 0x0042,
  date1904: 0x0022,
  sheet: 0x0085,
  sharedTexts: 0x00fc,
  format: 0x041e,
  oldFormat: 0x001e,
} as const

/** Where parts of a workbook begin, by generation: BIFF2, BIFF3, BIFF4, BIFF5 and BIFF8. */
export const startTypes: readonly number[] = [0x0009, 0x0209, 0x0409, 0x0809]

/** Walks over records, one after another: number, length, bytes. `next`, then look at the fields. */
export class Records {
  type = 0
  /** The record's bytes are bytes[from, to). */
  from = 0
  to: number
  readonly #bytes: Buffer

  /** @param at where the first record begins */
  constructor(bytes: Buffer, at: number) {
    this.#bytes = bytes
    this.to = at
  }

  /**
   * @returns false at the end of the bytes
   * @throws InvalidError `damaged_workbook` for a record that goes on beyond it, and for what is none: where a length is
   * wrong, other bytes are taken for records, and one of them would soon look like the end of a sheet
   */
  next(): boolean {
    const bytes = this.#bytes
    const at = this.to
    if (at + recordHeadBytes > bytes.length) return false
    this.type = bytes[at]! | (bytes[at + 1]! << 8)
    this.from = at + recordHeadBytes
    this.to = this.from + (bytes[at + 2]! | (bytes[at + 3]! << 8))
    if (this.to > bytes.length) throw damagedBook('it ends in the middle')
    const isEnd = this.type === recordTypes.endOfPart
    if (this.type > typeMax || (isEnd && this.to > this.from))
      throw damagedBook('something in it is no record')
    return true
  }
}

export const recordHeadBytes = 4
/** The highest number of any record is 0x1066, for charts. */
const typeMax = 0x10ff

export function damagedBook(what: string): InvalidError {
  return new InvalidError(
    'damaged_workbook',
    `The workbook is damaged: ${what}. Fetch it again, or save it again in Excel or LibreOffice.`,
  )
}
