/**
 * The text of an element, read from UTF-8 bytes up to the next tag. One reader is used again for every text:
 * `read`, then look at the fields.
 */
export class TextReader {
  /** Where the text stands when it is one plain stretch (`isPlain`). */
  from = 0
  to = 0
  /** No entities, carriage returns, escapes, CDATA or comments: the bytes are the text. */
  isPlain = true
  /** Whether the plain text is ASCII. */
  isAscii = true
  #decoded = ''

  /** @returns the position of the tag after the text, or -1 when it is not within `end` yet */
  read(bytes: Buffer, from: number, end: number): number {
    let seen = 0
    let at = from
    for (; at < end; at++) {
      const byte = bytes[at]!
      if (byte === lessThan) break
      seen |= byteKinds[byte]!
    }
    if (at + 1 >= end) return -1
    if (bytes[at + 1] === exclamation || bytes[at + 1] === question)
      return this.#readInPieces(bytes, from, end)
    this.from = from
    this.to = at
    this.isPlain = (seen & textBytes.special) === 0
    this.isAscii = (seen & textBytes.high) === 0
    this.#decoded = this.isPlain ? '' : decodeText(bytes, from, at, seen)
    return at
  }

  /** The text that was read last; `bytes` as then. */
  text(bytes: Buffer): string {
    if (!this.isPlain) return this.#decoded
    if (this.from === this.to) return ''
    return this.isAscii ? bytes.latin1Slice(this.from, this.to) : bytes.utf8Slice(this.from, this.to)
  }

  /** Text that comments, instructions or CDATA sections interrupt. */
  #readInPieces(bytes: Buffer, from: number, end: number): number {
    let text = ''
    let at = from
    for (;;) {
      const tag = bytes.indexOf(lessThan, at)
      if (tag < 0 || tag + 1 >= end) return -1
      text += decodeEntities(normaliseLines(bytes.utf8Slice(at, tag)))
      if (bytes[tag + 1] !== exclamation && bytes[tag + 1] !== question) {
        at = tag
        break
      }
      const past = skipMarkup(bytes, tag, end)
      if (past < 0) return -1
      if (bytes[tag + 2] === bracket) text += normaliseLines(bytes.utf8Slice(tag + cdata.length, past - 3))
      at = past
    }
    this.from = from
    this.to = at
    this.isPlain = false
    this.#decoded = decodeEscapes(text)
    return at
  }
}

/**
 * Steps over a comment, an instruction or a CDATA section that begins at `at`.
 * @returns the position after it; -1 when it does not end within `end`; -2 for any other declaration (DOCTYPE)
 */
export function skipMarkup(bytes: Buffer, at: number, end: number): number {
  const isInstruction = bytes[at + 1] === question
  if (!isInstruction && at + cdata.length > end) return -1
  const start = isInstruction ? '<?' : bytes[at + 2] === bracket ? cdata : '<!--'
  if (bytes.latin1Slice(at, at + start.length) !== start) return -2
  const stop = isInstruction ? '?>' : start === cdata ? ']]>' : '-->'
  const found = bytes.indexOf(stop, at + start.length)
  return found < 0 || found + stop.length > end ? -1 : found + stop.length
}

/** What a text's bytes tell about it: the sum of `byteKinds` over them. */
export const textBytes = {
  high: 1,
  ampersand: 2,
  /** May begin an escape. */
  underscore: 4,
  /** Is to become a line feed. */
  carriageReturn: 8,
  /** Any of those that make the bytes something else than the text. */
  special: 2 | 4 | 8,
} as const

export const byteKinds = Uint8Array.from({ length: 256 }, (_, byte) => {
  if (byte >= 0x80) return textBytes.high
  if (byte === 0x26) return textBytes.ampersand
  if (byte === 0x5f) return textBytes.underscore
  return byte === 0x0d ? textBytes.carriageReturn : 0
})

/** The text of bytes[from, to) without markup, of which some are special. @param seen their kinds */
export function decodeText(bytes: Buffer, from: number, to: number, seen: number): string {
  let text = (seen & textBytes.high) === 0 ? bytes.latin1Slice(from, to) : bytes.utf8Slice(from, to)
  if ((seen & textBytes.carriageReturn) !== 0) text = normaliseLines(text)
  if ((seen & textBytes.ampersand) !== 0) text = decodeEntities(text)
  // An entity may stand for the underscore; nobody writes it so, but then it is one.
  return (seen & (textBytes.underscore | textBytes.ampersand)) === 0 ? text : decodeEscapes(text)
}

/** Replaces the five named entities and character references; anything else stays as it is written. */
export function decodeEntities(text: string): string {
  if (!text.includes('&')) return text
  return text.replace(/&(?:(amp|lt|gt|quot|apos)|#x([0-9a-fA-F]{1,6})|#([0-9]{1,7}));/g, entityText)
}

declare global {
  // Bun and Node have these; the types leave them out. `toString` takes half as long again, and it is most of
  // what a cell of text costs (123 against 85 ns).
  interface Buffer {
    latin1Slice(from: number, to: number): string
    utf8Slice(from: number, to: number): string
  }
}

const lessThan = 0x3c
const exclamation = 0x21
const question = 0x3f
const bracket = 0x5b
const cdata = '<![CDATA['

/** As XML demands of every parser; a carriage return that is meant is written as a reference or an escape. */
function normaliseLines(text: string): string {
  return text.includes('\r') ? text.replace(/\r\n?/g, '\n') : text
}

/**
 * Replaces `_x000D_` by the character it names; `_x005F_` stands for the underscore of a text that only looks
 * so. Halves of a surrogate pair that stay alone become U+FFFD, since no database takes them.
 * Source: ECMA-376 part 1, 22.9.2.19 (ST_Xstring).
 */
function decodeEscapes(text: string): string {
  if (!text.includes('_x')) return text
  return text
    .replace(/_x([0-9a-fA-F]{4})_/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
    .toWellFormed()
}

const namedEntities = new Map([
  ['amp', '&'],
  ['lt', '<'],
  ['gt', '>'],
  ['quot', '"'],
  ['apos', "'"],
])

function entityText(whole: string, name?: string, hex?: string, decimal?: string): string {
  if (name !== undefined) return namedEntities.get(name) ?? whole
  const code = hex === undefined ? Number(decimal) : Number.parseInt(hex, 16)
  const isCharacter = code <= 0x10ffff && (code < 0xd800 || code > 0xdfff)
  return isCharacter ? String.fromCodePoint(code) : '\ufffd'
}
