import { decodeHead } from '../text/encoding.ts'
import { damagedBook, recordHeadBytes, recordTypes } from './records.ts'

/**
 * Reads texts out of a record and the records that continue it. Since BIFF8 a text is UTF-16, or the low bytes of
 * it, and says so again wherever it goes on in another record; before, it is in the workbook's encoding.
 */
export class TextReader {
  readonly #bytes: Buffer
  /** Null: BIFF8. */
  readonly #encoding: string | null
  #at = 0
  #end = 0

  constructor(bytes: Buffer, encoding: string | null) {
    this.#bytes = bytes
    this.#encoding = encoding
  }

  /** Goes to a place in a record that ends at `end`. */
  seek(at: number, end: number): void {
    this.#at = at
    this.#end = end
  }

  /**
   * The text that begins here, with its length before it.
   * @param lengthBytes of that length: 1 or 2
   * @throws InvalidError `damaged_workbook` when the records end before the text does
   */
  read(lengthBytes: 1 | 2): string {
    const length = lengthBytes === 1 ? this.#byte() : this.#word()
    return this.#encoding === null ? this.#readUnicode(length) : this.#readEncoded(length, this.#encoding)
  }

  /** The 32-bit number that begins here. */
  long(): number {
    const low = this.#word()
    return low + this.#word() * 0x10000
  }

  #readUnicode(length: number): string {
    const flags = this.#byte()
    const runCount = (flags & richFlag) === 0 ? 0 : this.#word()
    const phoneticBytes = (flags & phoneticFlag) === 0 ? 0 : this.long()
    const text = this.#characters(length, (flags & wideFlag) !== 0)
    this.#skip(runCount * 4 + phoneticBytes)
    return text
  }

  #characters(length: number, startsWide: boolean): string {
    const bytes = this.#bytes
    let isWide = startsWide
    let text = ''
    for (let left = length; ; ) {
      const room = isWide ? (this.#end - this.#at) >> 1 : this.#end - this.#at
      const count = Math.min(left, room)
      const end = this.#at + (isWide ? count * 2 : count)
      text += isWide ? bytes.toString('utf16le', this.#at, end) : bytes.latin1Slice(this.#at, end)
      this.#at = end
      left -= count
      if (left === 0) return text
      this.#goOn()
      isWide = (this.#byte() & wideFlag) !== 0
    }
  }

  #readEncoded(length: number, encoding: string): string {
    const bytes: Buffer[] = []
    for (let left = length; left > 0; ) {
      if (this.#at === this.#end) this.#goOn()
      const end = Math.min(this.#end, this.#at + left)
      bytes.push(this.#bytes.subarray(this.#at, end))
      left -= end - this.#at
      this.#at = end
    }
    return decodeHead(bytes.length === 1 ? bytes[0]! : Buffer.concat(bytes), encoding)
  }

  #skip(count: number): void {
    for (let left = count; left > 0; ) {
      if (this.#at >= this.#end) this.#goOn()
      const step = Math.min(left, this.#end - this.#at)
      this.#at += step
      left -= step
    }
  }

  #byte(): number {
    if (this.#at >= this.#end) this.#goOn()
    return this.#bytes[this.#at++]!
  }

  #word(): number {
    const low = this.#byte()
    return low | (this.#byte() << 8)
  }

  /** To the record that continues this one; one without bytes leads to the next. */
  #goOn(): void {
    do {
      const at = this.#end
      const bytes = this.#bytes
      const isContinued =
        at + recordHeadBytes <= bytes.length && bytes.readUInt16LE(at) === recordTypes.continued
      if (!isContinued) throw damagedBook('a text in it has no end')
      this.#at = at + recordHeadBytes
      this.#end = this.#at + bytes.readUInt16LE(at + 2)
      if (this.#end > bytes.length) throw damagedBook('it ends in the middle')
    } while (this.#at === this.#end)
  }
}

const wideFlag = 1
const phoneticFlag = 4
const richFlag = 8
