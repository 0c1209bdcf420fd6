import { InvalidError } from '../../../lib/errors.ts'

export interface SharedStringsOptions {
  /** Names the part in messages. */
  partName: string
  /** Most bytes that the table may take: the texts as UTF-8 and four bytes for each. */
  tableBytesMax: number
  /** A text with more bytes of XML than this is not kept; `get` answers null for it. */
  stringXmlBytesMax: number
}

/** Longest text that is kept decoded once it was asked for; longer ones rarely repeat. */
const cachedBytesMax = 64
/** Calling `copy` costs more than copying so many bytes one by one. */
const shortBytes = 64
/** A power of two. Units, brands and categories repeat; 4,096 of them take about 200 kB. */
const cacheSlots = 4096

/**
 * The texts that cells refer to by number: one stretch of UTF-8 and where each text ends, decoded on demand.
 * Arrays of JavaScript strings take three times the memory and the time of decoding all of them.
 */
export class SharedStrings {
  #bytes: Buffer
  #sizeBytes = 0
  #ends = new Uint32Array(1024)
  #count = 0
  readonly #tooLong = new Set<number>()
  readonly #options: SharedStringsOptions
  readonly #cacheIndexes = new Int32Array(cacheSlots).fill(-1)
  readonly #cacheTexts: string[] = new Array<string>(cacheSlots).fill('')

  /** @param sizeBytes what the table will take, about; it grows where that was too little */
  constructor(options: SharedStringsOptions, sizeBytes = 0) {
    this.#options = options
    this.#bytes = Buffer.allocUnsafe(Math.min(sizeBytes, options.tableBytesMax))
  }

  get count(): number {
    return this.#count
  }

  /**
   * The text with this index, which must be below `count`; null when it is longer than any cell may be.
   * Rich text is joined, phonetic readings are left out.
   */
  get(index: number): string | null {
    const slot = index & (cacheSlots - 1)
    if (this.#cacheIndexes[slot] === index) return this.#cacheTexts[slot]!
    const from = index === 0 ? 0 : this.#ends[index - 1]!
    const to = this.#ends[index]!
    if (to === from) return this.#tooLong.has(index) ? null : ''
    const text = this.#bytes.utf8Slice(from, to)
    if (to - from <= cachedBytesMax) {
      this.#cacheIndexes[slot] = index
      this.#cacheTexts[slot] = text
    }
    return text
  }

  /** Appends bytes to the text that `finish` will end. */
  append(source: Buffer, from: number, to: number): void {
    const sizeBytes = this.#sizeBytes + (to - from)
    if (sizeBytes > this.#bytes.length) this.#grow(sizeBytes)
    if (to - from > shortBytes) {
      source.copy(this.#bytes, this.#sizeBytes, from, to)
    } else {
      const bytes = this.#bytes
      for (let at = this.#sizeBytes, p = from; p < to; p++) bytes[at++] = source[p]!
    }
    this.#sizeBytes = sizeBytes
  }

  /** Ends a text; what was appended since the last one is its content. */
  finish(isTooLong = false): void {
    if (isTooLong) this.#tooLong.add(this.#count)
    if (this.#count === this.#ends.length) {
      const ends = new Uint32Array(this.#count * 2)
      ends.set(this.#ends)
      this.#ends = ends
    }
    this.#ends[this.#count++] = this.#sizeBytes
    if (this.#sizeBytes + this.#count * 4 > this.#options.tableBytesMax) throw this.#tooLarge()
  }

  /** Forgets what was appended since the last text ended. */
  discard(): void {
    this.#sizeBytes = this.#count === 0 ? 0 : this.#ends[this.#count - 1]!
  }

  #grow(sizeBytes: number): void {
    const { tableBytesMax } = this.#options
    if (sizeBytes > tableBytesMax) throw this.#tooLarge()
    const bytes = Buffer.allocUnsafe(Math.min(Math.max(sizeBytes, this.#bytes.length * 2), tableBytesMax))
    this.#bytes.copy(bytes, 0, 0, this.#sizeBytes)
    this.#bytes = bytes
  }

  #tooLarge(): InvalidError {
    const { partName, tableBytesMax } = this.#options
    return new InvalidError(
      'workbook_too_large',
      `The texts in ${partName} take more than ${tableBytesMax} bytes. Split the workbook, or send it as CSV.`,
    )
  }
}
