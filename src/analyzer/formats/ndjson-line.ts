import { storable } from '../../lib/storable.ts'
import type { Cell } from '../table/row.ts'

/** One line: its members in the order in which they stand there, or why it cannot be taken. */
export type NdjsonLine = { members: [key: string, cell: Cell][] } | { code: string; message: string }

/**
 * Reads one line that must be a flat JSON object. Its texts are such as the catalog can keep.
 *
 * Not JSON.parse: that makes a float of every number, and a price or a long article number may lose digits. A number
 * becomes a number where that gives back just what was written, so that "1.234" is not taken for a thousand and
 * something; otherwise it stays text.
 */
export function ndjsonLine(text: string): NdjsonLine {
  const reader = new LineReader(text)
  try {
    return { members: reader.object() }
  } catch (error) {
    if (error instanceof LineFault) return { code: error.code, message: error.message }
    throw error
  }
}

class LineFault extends Error {
  readonly code: string

  constructor(code: string, message: string) {
    super(message)
    this.code = code
  }
}

const numberPattern = /-?(?:0|[1-9]\d*)(?:\.(\d+))?(?:[eE][+-]?\d+)?/y
const words: [string, Cell][] = [
  ['null', ''],
  ['true', 'TRUE'],
  ['false', 'FALSE'],
]

class LineReader {
  readonly #text: string
  #at = 0

  constructor(text: string) {
    this.#text = text
  }

  object(): [string, Cell][] {
    const members: [string, Cell][] = []
    const keys = new Set<string>()
    this.#skipBlanks()
    if (!this.#take('{')) throw this.#broken('is no JSON object')
    this.#skipBlanks()
    if (!this.#take('}')) {
      do {
        this.#skipBlanks()
        const key = this.#string()
        if (keys.has(key)) throw new LineFault('repeated_key', `names ${JSON.stringify(key)} twice`)
        keys.add(key)
        this.#skipBlanks()
        if (!this.#take(':')) throw this.#broken('is damaged')
        this.#skipBlanks()
        members.push([key, this.#value(key)])
        this.#skipBlanks()
      } while (this.#take(','))
      if (!this.#take('}')) throw this.#broken('is damaged')
    }
    this.#skipBlanks()
    if (this.#at < this.#text.length) throw this.#broken('is damaged')
    return members
  }

  #value(key: string): Cell {
    const first = this.#text[this.#at]
    if (first === '"') return this.#string()
    if (first === '{' || first === '[')
      throw new LineFault(
        'nested_value',
        `has ${first === '{' ? 'an object' : 'an array'} as ${JSON.stringify(key.slice(0, 60))}; write one value`,
      )
    for (const [word, cell] of words) {
      if (!this.#text.startsWith(word, this.#at)) continue
      this.#at += word.length
      return cell
    }
    return this.#number()
  }

  #string(): string {
    if (this.#text[this.#at] !== '"') throw this.#broken('is damaged')
    const from = this.#at
    let end = this.#text.indexOf('"', from + 1)
    let isPlain = true
    // A quote behind an odd number of backslashes is part of the text.
    while (end >= 0 && backslashesBefore(this.#text, end) % 2 === 1) {
      isPlain = false
      end = this.#text.indexOf('"', end + 1)
    }
    if (end < 0) throw this.#broken('is cut off in the middle of a text')
    this.#at = end + 1
    const inside = this.#text.slice(from + 1, end)
    if (isPlain && !unusual.test(inside)) return inside
    try {
      return storable(String(JSON.parse(this.#text.slice(from, end + 1))))
    } catch {
      throw this.#broken('is damaged')
    }
  }

  #number(): Cell {
    numberPattern.lastIndex = this.#at
    const match = numberPattern.exec(this.#text)
    if (match === null) throw this.#broken('is damaged')
    this.#at = numberPattern.lastIndex
    const [text, fraction = ''] = match
    const value = Number(text)
    if (String(value) === text) return value
    // Three decimals that end in zeros would look like thousands.
    if (fraction.length === 3 && String(value) === text.replace(/\.?0+$/, '')) return value
    return text
  }

  #take(character: string): boolean {
    if (this.#text[this.#at] !== character) return false
    this.#at++
    return true
  }

  #skipBlanks(): void {
    while (/[ \t\r\n]/.test(this.#text[this.#at] ?? '')) this.#at++
  }

  #broken(what: string): LineFault {
    return new LineFault(
      'invalid_json',
      `${what} (at character ${this.#at + 1}); it must be one flat JSON object`,
    )
  }
}

/** What JSON wants decoded, or does not allow in a text. */
const unusual = /[\\\u0000-\u001f]/

function backslashesBefore(text: string, index: number): number {
  let count = 0
  while (text[index - 1 - count] === '\\') count++
  return count
}
