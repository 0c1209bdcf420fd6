import { InvalidError } from '../../../lib/errors.ts'
import { byteKinds, textBytes } from './text.ts'

export interface SharedStringsOptions {
  /** Names the part in messages. */
  partName: string
  /** Most bytes that the table may take: the texts as UTF-8 and five bytes for each. */
  tableBytesMax: number
  /** A text with more bytes of XML than this is not kept; `get` answers null for it. */
  stringXmlBytesMax: number
}

/** Most bytes of the table of shared strings. A million texts of 60 characters take a quarter of it. */
export const sharedStringsBytesMax = 256 * 1024 * 1024

/** Where the text ends, and whether it is ASCII. */
const bytesPerText = 5
/** Longest text that is kept decoded once it was asked for; longer ones rarely repeat. */
const cachedBytesMax = 64
/** Calling `copy` costs more than copying so many bytes one by one. */
const shortBytes = 64
const lessThan = 0x3c
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
  /** By text: 1 where it may have more than ASCII. */
  #isBeyondAscii = new Uint8Array(1024)
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
    const bytes = this.#bytes
    const text = this.#isBeyondAscii[index] === 1 ? bytes.utf8Slice(from, to) : bytes.latin1Slice(from, to)
    if (to - from <= cachedBytesMax) {
      this.#cacheIndexes[slot] = index
      this.#cacheTexts[slot] = text
    }
    return text
  }

  /** Appends bytes to the text that `finish` will end. */
  append(source: Buffer, from: number, to: number, isAscii: boolean): void {
    if (!isAscii) this.#isBeyondAscii[this.#count] = 1
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

  /**
   * Appends what stands between `from` and the next tag, which has to begin before `end`.
   * @returns where the tag begins; -1: not before `end`, or the bytes are not the text; then `discard`
   */
  appendPlain(source: Buffer, from: number, end: number): number {
    const sizeBytes = this.#sizeBytes
    // Room for all of it would be too much to ask for; what does not fit goes the long way.
    const endMax = Math.min(end, from + this.#bytes.length - sizeBytes)
    const bytes = this.#bytes
    let seen = 0
    let to = sizeBytes
    for (let at = from; at < endMax; at++) {
      const byte = source[at]!
      if (byte === lessThan) {
        if ((seen & textBytes.special) !== 0) return -1
        if (seen !== 0) this.#isBeyondAscii[this.#count] = 1
        this.#sizeBytes = to
        return at
      }
      seen |= byteKinds[byte]!
      bytes[to++] = byte
    }
    return -1
  }

  /** Ends a text; what was appended since the last one is its content. */
  finish(isTooLong = false): void {
    if (isTooLong) this.#tooLong.add(this.#count)
    this.#ends[this.#count++] = this.#sizeBytes
    if (this.#count === this.#ends.length) this.#growCount()
    if (this.#sizeBytes + this.#count * bytesPerText > this.#options.tableBytesMax) throw this.#tooLarge()
  }

  /** Forgets what was appended since the last text ended. */
  discard(): void {
    this.#isBeyondAscii[this.#count] = 0
    this.#sizeBytes = this.#count === 0 ? 0 : this.#ends[this.#count - 1]!
  }

  #growCount(): void {
    const ends = new Uint32Array(this.#count * 2)
    ends.set(this.#ends)
    this.#ends = ends
    const isBeyondAscii = new Uint8Array(this.#count * 2)
    isBeyondAscii.set(this.#isBeyondAscii)
    this.#isBeyondAscii = isBeyondAscii
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
