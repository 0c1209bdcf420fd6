import { bytesPerCharacterMax, writeText } from './utf8.ts'

/** A record's header has at most 9 bytes for its length and for each column. */
const columnsMax = 40
const bodyStart = 9 * (columnsMax + 1)

/**
 * One row in SQLite's record format: a header with every column's type and length, then the values.
 * Used over and over, so that a million rows make no garbage:
 *
 *   clear → one call a column → finish → `bytes` from `start` to `end`
 *
 * Source: https://sqlite.org/fileformat2.html, section 2.1.
 */
export class SqliteRecord {
  bytes: Buffer = Buffer.alloc(16 * 1024)
  start = bodyStart
  end = bodyStart
  readonly #types = new Float64Array(columnsMax)
  #columns = 0

  clear(): void {
    this.#columns = 0
    this.end = bodyStart
  }

  null(): void {
    this.#types[this.#columns++] = 0
  }

  /** @throws RangeError for what is no integer that a number can hold exactly */
  integer(value: number | null): void {
    if (value === null) {
      this.null()
      return
    }
    if (!Number.isSafeInteger(value)) throw new RangeError(`${value} is not an exact integer.`)
    if (value === 0 || value === 1) {
      this.#types[this.#columns++] = 8 + value
      return
    }
    const { bytes } = this
    const size = integerSize(value)
    // Types 1 to 4 are integers of so many bytes, 5 and 6 of 6 and 8 bytes.
    this.#types[this.#columns++] = size <= 4 ? size : size / 2 + 2
    const low = value | 0
    if (size > 4) {
      const high = Math.floor(value / 2 ** 32)
      for (let shift = size * 8 - 40; shift >= 0; shift -= 8) bytes[this.end++] = high >> shift
    }
    for (let shift = Math.min(size, 4) * 8 - 8; shift >= 0; shift -= 8) bytes[this.end++] = low >> shift
    this.#makeRoom(0)
  }

  /** Text as `storable` leaves it. */
  text(value: string | null): void {
    if (value === null) {
      this.null()
      return
    }
    this.#makeRoom(value.length * bytesPerCharacterMax)
    const from = this.end
    this.end = writeText(this.bytes, from, value)
    this.#types[this.#columns++] = 13 + 2 * (this.end - from)
  }

  json(value: string | null): void {
    this.text(value)
  }

  /** Puts the header in front of the values. */
  finish(): void {
    let size = 0
    for (let i = 0; i < this.#columns; i++) size += varintSize(this.#types[i]!)
    // The header's length counts itself.
    size += size + 1 < 128 ? 1 : 2
    this.start = bodyStart - size
    let at = writeVarint(this.bytes, this.start, size)
    for (let i = 0; i < this.#columns; i++) at = writeVarint(this.bytes, at, this.#types[i]!)
  }

  /** For so many bytes, and for a number behind them. */
  #makeRoom(bytes: number): void {
    const needed = this.end + bytes + 16
    if (needed <= this.bytes.length) return
    const larger = Buffer.alloc(needed * 2)
    this.bytes.copy(larger, 0, 0, this.end)
    this.bytes = larger
  }
}

function integerSize(value: number): number {
  if (value >= -0x80 && value < 0x80) return 1
  if (value >= -0x8000 && value < 0x8000) return 2
  if (value >= -0x80_0000 && value < 0x80_0000) return 3
  if (value >= -0x8000_0000 && value < 0x8000_0000) return 4
  return value >= -(2 ** 47) && value < 2 ** 47 ? 6 : 8
}

/** Bytes of a number from 0 to 2^53 in SQLite's variable-length form: 7 bits a byte, the highest first. */
export function varintSize(value: number): number {
  let size = 1
  for (let rest = value; rest >= 128; rest = Math.floor(rest / 128)) size++
  return size
}

/** @returns where the next byte goes */
export function writeVarint(bytes: Uint8Array, at: number, value: number): number {
  if (value < 128) {
    bytes[at] = value
    return at + 1
  }
  const end = at + varintSize(value)
  let rest = value
  for (let i = end - 1; i >= at; i--) {
    bytes[i] = (rest % 128) | (i === end - 1 ? 0 : 0x80)
    rest = Math.floor(rest / 128)
  }
  return end
}
