import { decodeReferences, type References } from './entities.ts'

/** The attributes of a tag, read when they are first asked for. One object serves every tag. */
export class TagAttributes {
  /** More attributes than this are no document of people. */
  static readonly countMax = 1000
  readonly #references: References
  #text = ''
  #from = 0
  #to = 0
  #isRead = true
  #count = 0
  readonly #names: string[] = []
  readonly #values: string[] = []

  constructor(references: References) {
    this.#references = references
  }

  /** @param from behind the tag's name @param to before what ends the tag */
  reset(text: string, from: number, to: number): void {
    this.#text = text
    this.#from = from
    this.#to = to
    this.#isRead = to <= from
    this.#count = 0
  }

  /** Whether there are any; white space alone may look so. */
  get isEmpty(): boolean {
    return this.#isRead && this.#count === 0
  }

  /** Counting costs a look at every quote, so only long tags are looked at. */
  get isTooMany(): boolean {
    if (this.#to - this.#from < TagAttributes.countMax * 4) return false
    this.#read()
    return this.#count > TagAttributes.countMax
  }

  /** The value of the first attribute of this local name, references decoded; null without one. */
  get(local: string): string | null {
    this.#read()
    for (let i = 0; i < this.#count; i++) {
      const name = this.#names[i]!
      if (name.length < local.length || !name.endsWith(local)) continue
      if (name.length === local.length || name.charCodeAt(name.length - local.length - 1) === colon)
        return this.#value(i)
    }
    return null
  }

  /** The same by its name with its prefix. */
  getFull(full: string): string | null {
    this.#read()
    const i = this.#names.indexOf(full)
    return i < 0 || i >= this.#count ? null : this.#value(i)
  }

  /** All of them but declarations of namespaces: local names and decoded values, as they stand there. */
  all(): [name: string, value: string][] {
    this.#read()
    const all: [string, string][] = []
    for (let i = 0; i < this.#count; i++) {
      const name = this.#names[i]!
      if (name.startsWith('xmlns')) continue
      all.push([name.slice(name.indexOf(':') + 1), this.#value(i)])
    }
    return all
  }

  #value(i: number): string {
    const value = this.#values[i]!
    // A line break inside a value is a space, as XML demands.
    return decodeReferences(
      /[\r\n\t]/.test(value) ? value.replace(/[\r\n\t]+/g, ' ') : value,
      this.#references,
    )
  }

  #read(): void {
    if (this.#isRead) return
    this.#isRead = true
    const text = this.#text
    const isHtml = this.#references === 'html'
    let at = this.#from
    for (;;) {
      while (at < this.#to && isSpaceOrSlash(text.charCodeAt(at))) at++
      if (at >= this.#to) return
      const nameFrom = at
      while (at < this.#to && !endsName(text.charCodeAt(at))) at++
      const name = text.slice(nameFrom, at)
      while (at < this.#to && text.charCodeAt(at) <= space) at++
      let value = ''
      if (text.charCodeAt(at) === equals && at < this.#to) {
        at++
        while (at < this.#to && text.charCodeAt(at) <= space) at++
        const quote = text.charCodeAt(at)
        const isQuoted = quote === doubleQuote || quote === singleQuote
        const valueFrom = isQuoted ? at + 1 : at
        let end = valueFrom
        if (isQuoted) {
          end = text.indexOf(quote === doubleQuote ? '"' : "'", valueFrom)
          if (end < 0 || end > this.#to) end = this.#to
        } else while (end < this.#to && text.charCodeAt(end) > space) end++
        value = text.slice(valueFrom, end)
        at = isQuoted ? end + 1 : end
      } else if (at === nameFrom) at++
      this.#names[this.#count] = isHtml ? name.toLowerCase() : name
      this.#values[this.#count] = value
      this.#count++
    }
  }
}

const space = 0x20
const doubleQuote = 0x22
const singleQuote = 0x27
const slash = 0x2f
const colon = 0x3a
const equals = 0x3d

function isSpaceOrSlash(code: number): boolean {
  return code <= space || code === slash
}

function endsName(code: number): boolean {
  return code <= space || code === equals || code === slash
}
