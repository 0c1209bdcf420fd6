import { bytesPerCharacterMax, writeText } from './utf8.ts'

const signature = Buffer.from('PGCOPY\n\xff\r\n\0', 'latin1')
const initialBytes = 512 * 1024

/**
 * Rows in the binary form of PostgreSQL's COPY. Text would have to be searched for what it must escape, put together
 * value by value and encoded once more on its way out.
 *
 *   row → one call a column → … → take → … → end → take
 *
 * Source: https://www.postgresql.org/docs/current/sql-copy.html, "Binary Format".
 */
export class CopyBuffer {
  #bytes: Buffer = Buffer.allocUnsafe(initialBytes)
  #end: number

  constructor() {
    // Neither flags nor an extension of the header.
    this.#end = signature.copy(this.#bytes)
    this.#int32(0)
    this.#int32(0)
  }

  get length(): number {
    return this.#end
  }

  /** Begins a row of so many columns. */
  row(columns: number): void {
    this.#makeRoom(2)
    this.#int16(columns)
  }

  null(): void {
    this.#makeRoom(4)
    this.#int32(-1)
  }

  /** For a column of type `bigint`. */
  integer(value: number | null): void {
    if (value === null) {
      this.null()
      return
    }
    this.#makeRoom(12)
    this.#int32(8)
    this.#int32(Math.floor(value / 2 ** 32))
    this.#int32(value | 0)
  }

  /** Text as `storable` leaves it. */
  text(value: string | null): void {
    if (value === null) {
      this.null()
      return
    }
    this.#makeRoom(4 + value.length * bytesPerCharacterMax)
    const start = this.#end + 4
    const end = writeText(this.#bytes, start, value)
    this.#int32(end - start)
    this.#end = end
  }

  /** For a column of type `jsonb`, whose binary form is its text behind the number of that form. */
  json(value: string | null): void {
    if (value === null) {
      this.null()
      return
    }
    this.#makeRoom(5 + value.length * bytesPerCharacterMax)
    const start = this.#end + 5
    const end = writeText(this.#bytes, start, value)
    this.#int32(end - start + 1)
    this.#bytes[this.#end] = 1
    this.#end = end
  }

  /** Ends the last row. */
  end(): void {
    this.#makeRoom(2)
    this.#int16(-1)
  }

  /** What has been written since the last time; the bytes are the caller's. */
  take(): Buffer {
    const taken = this.#bytes.subarray(0, this.#end)
    // The socket may keep it until it is sent.
    this.#bytes = Buffer.allocUnsafe(Math.max(initialBytes, taken.length))
    this.#end = 0
    return taken
  }

  #int16(value: number): void {
    this.#bytes[this.#end++] = value >> 8
    this.#bytes[this.#end++] = value
  }

  #int32(value: number): void {
    const bytes = this.#bytes
    bytes[this.#end++] = value >> 24
    bytes[this.#end++] = value >> 16
    bytes[this.#end++] = value >> 8
    bytes[this.#end++] = value
  }

  #makeRoom(bytes: number): void {
    const needed = this.#end + bytes
    if (needed <= this.#bytes.length) return
    const larger = Buffer.allocUnsafe(needed * 2)
    this.#bytes.copy(larger, 0, 0, this.#end)
    this.#bytes = larger
  }
}
