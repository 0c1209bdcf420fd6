/** Longest text that is remembered, in bytes. */
export const shortTextBytesMax = 24
const words = shortTextBytesMax / 4
/** A power of two. A sheet's units, brands and categories are some hundreds; articles that come between push few out. */
const slots = 1024

/**
 * Remembers the short texts of a sheet by their bytes: a column of units or brands says the same few words in every
 * row, and finding one costs a fifth of making a string of it anew.
 */
export class ShortTexts {
  readonly #keys = new Int32Array(slots * (words + 1))
  readonly #texts: (string | null)[] = new Array<string | null>(slots).fill(null)
  /** Of the text that was sought last. */
  readonly #key = new Int32Array(words + 1)
  #slot = 0

  /**
   * @param view the text is view[from, to), of at most `shortTextBytesMax` bytes, with at least three bytes behind it
   * @returns null when it is not known; `set` makes it so
   */
  get(view: DataView, from: number, to: number): string | null {
    const key = this.#key
    const length = to - from
    let hash = length
    key[words] = length
    for (let i = 0, rest = length; i < words; i++, rest -= 4) {
      let word = 0
      if (rest > 0) {
        word = view.getInt32(from + i * 4, true)
        // What stands behind the text is none of it.
        if (rest < 4) word &= (1 << (rest * 8)) - 1
        hash = Math.imul(hash ^ word, 0x9e3779b1)
        hash ^= hash >>> 15
      }
      key[i] = word
    }
    const slot = (hash ^ (hash >>> 10)) & (slots - 1)
    this.#slot = slot
    const keys = this.#keys
    for (let i = 0, at = slot * (words + 1); i <= words; i++, at++) if (keys[at] !== key[i]) return null
    return this.#texts[slot]!
  }

  /** Remembers what the text that was sought last says. */
  set(text: string): void {
    const at = this.#slot * (words + 1)
    for (let i = 0; i <= words; i++) this.#keys[at + i] = this.#key[i]!
    this.#texts[this.#slot] = text
  }
}
