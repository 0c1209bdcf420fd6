import { storable } from '../../../lib/storable.ts'
import type { Cell } from '../../table/rows/row.ts'

/** A value as it was written: `''` for null, "TRUE" and "FALSE", and numbers as `jsonValue` says. */
export type JsonValue = Cell | JsonObject | JsonValue[]

/** Members in their order; no key stands twice. Objects that were read one after another may share their keys. */
export interface JsonObject {
  keys: readonly string[]
  values: JsonValue[]
}

/** Objects and arrays within each other, the outermost counted. */
export const nestingMax = 64

/** Why a text is no JSON, or none that is taken. The message is a clause about it: "names "sku" twice". */
export class JsonFault extends Error {
  readonly code: 'invalid_json' | 'repeated_key' | 'nested_too_deep' | 'not_json_value'
  /** 0-based, in characters. */
  readonly at: number
  /** Whether brackets and quotes may be misread from here on, so that what follows cannot be trusted. */
  readonly isOpen: boolean

  constructor(code: JsonFault['code'], message: string, where: { at: number; isOpen: boolean }) {
    super(message)
    this.code = code
    this.at = where.at
    this.isOpen = where.isOpen
  }
}

/**
 * Reads one JSON value. Its texts are such as the catalog can keep.
 *
 * Not JSON.parse: that makes a float of every number, and a price or a long article number may lose digits; of keys
 * that stand twice it loses one. A number becomes a number where that gives back just what was written, so that
 * "1.234" is not taken for a thousand and something; otherwise it stays text. Line breaks and tabs inside a text are
 * taken as they are, since hand-made exports have them.
 * @throws JsonFault
 */
export function jsonValue(text: string): JsonValue {
  return jsonReader()(text)
}

/**
 * `jsonValue` for many values of a kind: the keys of one are expected in the next, which saves making them again and
 * halves the time.
 */
export function jsonReader(): (text: string) => JsonValue {
  const reader = new ValueReader()
  return (text) => reader.read(text)
}

/** Writes a value that is kept as it is: an array in a cell. */
export function jsonText(value: JsonValue): string {
  if (typeof value !== 'object') return typeof value === 'number' ? String(value) : JSON.stringify(value)
  if (Array.isArray(value)) return `[${value.map(jsonText).join(',')}]`
  const members = value.keys.map((key, index) => `${JSON.stringify(key)}:${jsonText(value.values[index]!)}`)
  return `{${members.join(',')}}`
}

const numberPattern = /-?(?:0|[1-9]\d*)(?:\.(\d+))?(?:[eE][+-]?\d+)?/y
const words: readonly [string, Cell][] = [
  ['null', ''],
  ['true', 'TRUE'],
  ['false', 'FALSE'],
]
/** What programs write by mistake; it says nothing, and where it ends is plain. */
const noValue = /-?(?:NaN|Infinity)|undefined|None|True|False/y
const noKeys: readonly string[] = []
/** So many objects within a value are expected to look as they did. */
const expectedMax = 200
/** Looking through so few keys is faster than a set of them. */
const searchedKeysMax = 32
const quote = 34
const backslash = 92

class ValueReader {
  #text = ''
  #at = 0
  /** The keys of the last value's objects, in the order in which they began. */
  readonly #expected: (readonly string[])[] = []
  #objects = 0

  read(text: string): JsonValue {
    this.#text = text
    this.#at = 0
    this.#objects = 0
    this.#skipBlanks()
    const value = this.#value(0, '')
    this.#skipBlanks()
    if (this.#at < this.#text.length) throw this.#broken('is damaged')
    return value
  }

  #value(depth: number, key: string): JsonValue {
    switch (this.#text.charCodeAt(this.#at)) {
      case quote:
        return this.#string()
      case 123:
        return this.#object(depth + 1)
      case 91:
        return this.#array(depth + 1)
      case 102:
      case 110:
      case 116:
        return this.#word(key)
      default:
        return this.#number(key)
    }
  }

  #object(depth: number): JsonObject {
    this.#enter(depth)
    const number = this.#objects++
    const expected = this.#expected[number] ?? noKeys
    const values: JsonValue[] = []
    // Null: so far the keys are those that were expected.
    let keys: string[] | null = null
    let known: Set<string> | null = null
    this.#skipBlanks()
    if (this.#take(125)) return { keys: noKeys, values }
    do {
      this.#skipBlanks()
      const foreseen = keys === null ? expected[values.length] : undefined
      let key: string
      if (foreseen !== undefined && this.#takeKey(foreseen)) key = foreseen
      else {
        keys ??= expected.slice(0, values.length)
        if (keys.length >= searchedKeysMax && known === null) known = new Set(keys)
        key = this.#newKey(known === null ? keys : known)
        keys.push(key)
        known?.add(key)
      }
      this.#skipBlanks()
      if (!this.#take(58)) throw this.#broken()
      this.#skipBlanks()
      values.push(this.#value(depth, key))
      this.#skipBlanks()
    } while (this.#take(44))
    if (!this.#take(125)) throw this.#broken()
    if (keys === null && values.length === expected.length) return { keys: expected, values }
    keys ??= expected.slice(0, values.length)
    if (number < expectedMax) this.#expected[number] = keys
    return { keys, values }
  }

  #takeKey(key: string): boolean {
    const text = this.#text
    const from = this.#at + 1
    const end = from + key.length
    if (text.charCodeAt(end) !== quote || text.charCodeAt(this.#at) !== quote || !text.startsWith(key, from))
      return false
    // A key with a backslash may be written in several ways.
    if (key.includes('\\')) return false
    this.#at = end + 1
    return true
  }

  #newKey(before: readonly string[] | Set<string>): string {
    const at = this.#at
    const key = this.#string()
    if (before instanceof Set ? before.has(key) : before.includes(key))
      throw new JsonFault('repeated_key', `names ${JSON.stringify(key.slice(0, 60))} twice`, {
        at,
        isOpen: false,
      })
    return key
  }

  #array(depth: number): JsonValue[] {
    this.#enter(depth)
    const values: JsonValue[] = []
    this.#skipBlanks()
    if (this.#take(93)) return values
    do {
      this.#skipBlanks()
      values.push(this.#value(depth, ''))
      this.#skipBlanks()
    } while (this.#take(44))
    if (!this.#take(93)) throw this.#broken()
    return values
  }

  #enter(depth: number): void {
    if (depth > nestingMax)
      throw new JsonFault('nested_too_deep', `is nested deeper than ${nestingMax} levels`, {
        at: this.#at,
        isOpen: false,
      })
    this.#at++
  }

  #string(): string {
    const text = this.#text
    const from = this.#at + 1
    if (text.charCodeAt(this.#at) !== quote) throw this.#broken()
    let at = from
    let isPlain = true
    for (;;) {
      const code = text.charCodeAt(at)
      if (code === quote) break
      if (code === backslash) {
        isPlain = false
        at += 2
      } else {
        if (code < 32) isPlain = false
        // Beyond the end the code is NaN.
        else if (!(code >= 32)) break
        at++
      }
    }
    if (at >= text.length) throw this.#broken('is cut off in the middle of a text')
    this.#at = at + 1
    const inside = text.slice(from, at)
    return isPlain ? inside : storable(this.#unescaped(inside, from))
  }

  #unescaped(inside: string, from: number): string {
    return inside.replace(escapeSequence, (sequence, letter: string, offset: number) => {
      const plain = plainEscapes[letter]
      if (plain !== undefined) return plain
      if (letter.length === 5) return String.fromCharCode(Number.parseInt(letter.slice(1), 16))
      throw new JsonFault(
        'invalid_json',
        `has ${JSON.stringify(sequence)} within a text, which JSON does not know`,
        {
          at: from + offset,
          isOpen: false,
        },
      )
    })
  }

  #word(key: string): Cell {
    for (const [word, cell] of words) {
      if (!this.#text.startsWith(word, this.#at)) continue
      this.#at += word.length
      return cell
    }
    return this.#number(key)
  }

  #number(key: string): Cell {
    const whole = this.#wholeNumber()
    if (whole >= 0) return whole
    numberPattern.lastIndex = this.#at
    const match = numberPattern.exec(this.#text)
    if (match === null) throw this.#noValue(key)
    const [text, fraction = ''] = match
    if (text === '-' || text === '') throw this.#noValue(key)
    this.#at = numberPattern.lastIndex
    const value = Number(text)
    if (String(value) === text) return value
    // Three decimals that end in zeros would look like thousands.
    if (fraction.length === 3 && String(value) === text.replace(/\.?0+$/, '')) return value
    return text
  }

  /** The number of few digits and without a sign that most are; -1: it is another one. */
  #wholeNumber(): number {
    const text = this.#text
    let at = this.#at
    let value = 0
    for (let code = text.charCodeAt(at); code >= 48 && code <= 57; code = text.charCodeAt(++at))
      value = value * 10 + (code - 48)
    const next = text.charCodeAt(at)
    const length = at - this.#at
    const isOther = next === 46 || next === 101 || next === 69 || (next >= 48 && next <= 57)
    if (length === 0 || length > 15 || isOther || (length > 1 && text.charCodeAt(this.#at) === 48)) return -1
    this.#at = at
    return value
  }

  #noValue(key: string): JsonFault {
    noValue.lastIndex = this.#at
    const word = noValue.exec(this.#text)?.[0]
    if (word === undefined) return this.#broken()
    const where = key === '' ? '' : ` as ${JSON.stringify(key.slice(0, 60))}`
    return new JsonFault('not_json_value', `has ${word}${where}, which is no value; write null`, {
      at: this.#at,
      isOpen: false,
    })
  }

  #take(code: number): boolean {
    if (this.#text.charCodeAt(this.#at) !== code) return false
    this.#at++
    return true
  }

  #skipBlanks(): void {
    const text = this.#text
    let at = this.#at
    let code = text.charCodeAt(at)
    // Most often there are none.
    if (code > 32) return
    while (code === 32 || code === 10 || code === 13 || code === 9) code = text.charCodeAt(++at)
    this.#at = at
  }

  #broken(what = `is damaged${mistakeAt(this.#text, this.#at)}`): JsonFault {
    return new JsonFault('invalid_json', what, { at: this.#at, isOpen: true })
  }
}

/** Beside the quotation marks, every letter behind a backslash, and four digits behind a `u`. */
const escapeSequence = /\\(u[0-9a-fA-F]{4}|[\s\S])/g
const plainEscapes: Record<string, string> = {
  '"': '"',
  '\\': '\\',
  '/': '/',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
}

/** What people take for JSON, as an aside: " by a comment". */
export function mistakeAt(text: string, at: number): string {
  const code = text.charCodeAt(at)
  if (code === 39) return ' by single quotes'
  if (code === 47 || code === 35) return ' by a comment'
  if ((code === 125 || code === 93) && /,\s*$/.test(text.slice(Math.max(0, at - 100), at)))
    return ' by a comma too many'
  return /[\p{L}_$]/u.test(text[at] ?? '') ? ' by a word without quotes' : ''
}
