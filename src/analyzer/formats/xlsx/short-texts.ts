import { bytesBelow } from './words.ts'

/** Longest text that is remembered, in bytes. */
export const shortTextBytesMax = 24
const words = shortTextBytesMax / 4
/** A power of two. A sheet's units, brands and categories are some hundreds; articles that come between push few out. */
const slots = 1024

/**
 * Remembers the short texts of a sheet by their bytes: a column of units or brands says the same few words in every
 * row, and finding one costs a fifth of making a string of it anew.
 *
 * A text is view[from, from + length), of at most `shortTextBytesMax` bytes, with at least three bytes behind it, and
 * comes with a hash of its bytes.
 */
export class ShortTexts {
  readonly #keys = new Int32Array(slots * words)
  /** 0xff: nothing is there. */
  readonly #lengths = new Uint8Array(slots).fill(0xff)
  readonly #texts = new Array<string>(slots).fill('')

  /** @returns null when it is not known; `set` makes it so */
  get(view: DataView, from: number, length: number, hash: number): string | null {
    const slot = slotOf(hash, length)
    if (this.#lengths[slot] !== length) return null
    const keys = this.#keys
    const whole = from + (length & ~3)
    let i = slot * words
    for (let at = from; at < whole; at += 4) if (view.getInt32(at, true) !== keys[i++]) return null
    // What stands behind the text is none of it.
    const rest = length & 3
    return rest === 0 || (view.getInt32(whole, true) & bytesBelow(rest)) === keys[i]
      ? this.#texts[slot]!
      : null
  }

  /** Remembers what a text says. */
  set(view: DataView, from: number, length: number, hash: number, text: string): void {
    const slot = slotOf(hash, length)
    const keys = this.#keys
    const whole = from + (length & ~3)
    let i = slot * words
    for (let at = from; at < whole; at += 4) keys[i++] = view.getInt32(at, true)
    if (length > (length & ~3)) keys[i] = view.getInt32(whole, true) & bytesBelow(length & 3)
    this.#lengths[slot] = length
    this.#texts[slot] = text
  }
}

function slotOf(hash: number, length: number): number {
  return (hash ^ (hash >>> 10) ^ length) & (slots - 1)
}
