/**
 * Knows where bytes stand that make a text something else than what the bytes say: "&", "_" and carriage returns, as
 * `textBytes.special`. They are few, and the runtime finds the next one faster than every byte can be looked at.
 */
export class SpecialBytes {
  #bytes: Buffer = Buffer.alloc(0)
  readonly #next = new Float64Array(specials.length)
  /** The first of all of them. */
  #first = -1

  begin(bytes: Buffer): void {
    this.#bytes = bytes
    this.#next.fill(-1)
    this.#first = -1
  }

  /** Whether one stands in bytes[from, to); `from` never goes back. */
  isWithin(from: number, to: number): boolean {
    if (this.#first < from) this.#seek(from)
    return this.#first < to
  }

  #seek(from: number): void {
    const next = this.#next
    let first = Number.POSITIVE_INFINITY
    for (let i = 0; i < specials.length; i++) {
      if (next[i]! < from) {
        const at = this.#bytes.indexOf(specials[i]!, from)
        next[i] = at < 0 ? Number.POSITIVE_INFINITY : at
      }
      first = Math.min(first, next[i]!)
    }
    this.#first = first
  }
}

const specials = [0x26, 0x5f, 0x0d]
