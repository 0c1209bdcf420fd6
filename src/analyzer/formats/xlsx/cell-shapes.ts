import { asciiWord } from './tag.ts'

/** What a cell holds that is written as most programs do. Numbers and what is written as one come first. */
export const shapeKind = { number: 0, shared: 1, string: 2, inline: 3, blank: 4 } as const

/** Longest shape that is remembered. */
export const shapeBytesMax = 56

/**
 * Remembers what stands between the reference of a column's cells and their value: `" s="1" t="s"><v>`. It is the same
 * in nearly all rows, so comparing takes the place of reading.
 */
export class CellShapes {
  /** By slot, in bytes. */
  readonly lengths = new Uint8Array(slots)
  readonly kinds = new Uint8Array(slots)
  readonly styles = new Int32Array(slots)
  readonly #words = new Int32Array(slots * wordsMax)

  /** Columns may share one. */
  slotOf(column: number): number {
    return column & (slots - 1)
  }

  /** Whether the slot's shape stands at `at`. */
  isAt(view: DataView, at: number, slot: number): boolean {
    const words = this.#words
    const last = this.lengths[slot]! - wordBytes
    if (last < 0) return false
    let i = slot * wordsMax
    for (let offset = 0; offset < last; offset += wordBytes)
      if (view.getInt32(at + offset, true) !== words[i++]) return false
    // The last word overlaps the one before it.
    return view.getInt32(at + last, true) === words[i]
  }

  /**
   * Reads and remembers a shape.
   * @param at of the quote that ends the reference
   * @returns false for what only the cell reader knows
   */
  learn(bytes: Buffer, at: number, slot: number): boolean {
    const text = bytes.latin1Slice(at, at + shapeBytesMax)
    const match = shape.exec(text)
    if (match === null) return false
    const [whole, style, type = 'n', content] = match
    const kind = content === '/>' ? shapeKind.blank : kindOf(type, content!)
    if (kind === null || whole.length < wordBytes) return false
    this.lengths[slot] = whole.length
    this.kinds[slot] = kind
    this.styles[slot] = Number(style ?? 0)
    const last = whole.length - wordBytes
    let i = slot * wordsMax
    for (let offset = 0; offset < last; offset += wordBytes)
      this.#words[i++] = asciiWord(whole.slice(offset, offset + wordBytes))
    this.#words[i] = asciiWord(whole.slice(last))
    return true
  }
}

/** A power of two. */
const slots = 64
const wordBytes = 4
const wordsMax = shapeBytesMax / wordBytes
const shape =
  /^"(?: s="(\d{1,9})")?(?: t="(s|n|str|inlineStr)")?(\/>|><v>|><is><t(?: xml:space="preserve")?>)/

function kindOf(type: string, content: string): number | null {
  const isInline = content !== '><v>'
  if (isInline) return type === 'inlineStr' ? shapeKind.inline : null
  if (type === 'n') return shapeKind.number
  if (type === 's') return shapeKind.shared
  return type === 'str' ? shapeKind.string : null
}
