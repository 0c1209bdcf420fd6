/** The name of an element: as it is written ("table:table-cell"), and without its prefix. */
export interface ElementName {
  full: string
  local: string
}

/**
 * The names of a document's elements. There are few of them, and each stands there a thousand times: finding one again
 * by its letters costs a fraction of making a string of it.
 */
export class ElementNames {
  readonly #known = new Array<ElementName>(slots).fill({ full: '', local: '' })
  readonly #isHtml: boolean

  /** @param isHtml whether names have no case */
  constructor(isHtml: boolean) {
    this.#isHtml = isHtml
  }

  /** The name that begins at `at`; it may go on beyond the text, and is then cut off. */
  at(text: string, at: number): ElementName {
    let end = at
    let hash = 0
    for (; end < text.length; end++) {
      const code = text.charCodeAt(end)
      if (code <= 0x20 || code === greaterThan || code === slash) break
      hash = (hash * 31 + code) | 0
    }
    const slot = (hash ^ (hash >>> 9)) & (slots - 1)
    const known = this.#known[slot]!
    if (known.full.length === end - at && isAt(text, at, known.full)) return known
    const full = detached(text.slice(at, end))
    const local = full.slice(full.indexOf(':') + 1)
    const name = { full, local: this.#isHtml ? local.toLowerCase() : local }
    this.#known[slot] = name
    return name
  }
}

/** A copy: a slice would keep the whole text alive that it was cut from. */
export function detached(slice: string): string {
  return Buffer.from(slice, 'utf16le').toString('utf16le')
}

const slots = 512
const slash = 0x2f
const greaterThan = 0x3e

function isAt(text: string, at: number, name: string): boolean {
  for (let i = 0; i < name.length; i++) if (text.charCodeAt(at + i) !== name.charCodeAt(i)) return false
  return true
}
