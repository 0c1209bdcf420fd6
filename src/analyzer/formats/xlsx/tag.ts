import { skipMarkup } from './text.ts'
import { damagedPart, doctypeError } from './xml.ts'

/** The outermost element of a part. */
export interface Root {
  /** The position after its opening tag. */
  at: number
  /** What stands before every name: '' or, as some writers like it, "x:". */
  prefix: string
  isEmpty: boolean
}

/**
 * Reads a part's bytes up to and with the opening tag of the outermost element.
 * @returns null when that is not within `end` yet
 * @throws InvalidError `xml_doctype`; `damaged_workbook` when text comes first or the element is another one
 */
export function readRoot(bytes: Buffer, end: number, name: string, partName: string): Root | null {
  let at = bytes[0] === 0xef ? 3 : 0
  for (;;) {
    while (at < end && bytes[at]! <= space) at++
    if (at + 1 >= end) return null
    if (bytes[at] !== lessThan) throw damagedPart(partName)
    const isElement = bytes[at + 1] !== exclamation && bytes[at + 1] !== question
    if (isElement) break
    at = skipMarkup(bytes, at, end)
    if (at === -2) throw doctypeError(partName)
    if (at === -1) return null
  }
  const past = tagEnd(bytes, at, end)
  if (past < 0) return null
  let nameEnd = at + 1
  while (!endsName(bytes[nameEnd]!)) nameEnd++
  const fullName = bytes.utf8Slice(at + 1, nameEnd)
  const prefix = fullName.slice(0, fullName.indexOf(':') + 1)
  if (fullName.slice(prefix.length) !== name) throw damagedPart(partName)
  return { at: past, prefix, isEmpty: isSelfClosed(bytes, past) }
}

/**
 * The position after the tag that begins at `at`, or -1 when that is not within `end` yet. A ">" within quotes
 * does not end a tag.
 */
export function tagEnd(bytes: Buffer, at: number, end: number): number {
  for (let p = at + 1; p < end; p++) {
    const byte = bytes[p]!
    if (byte === greaterThan) return p + 1
    if (byte === doubleQuote || byte === singleQuote) {
      p++
      while (p < end && bytes[p] !== byte) p++
    }
  }
  return -1
}

/** Whether the tag that ends before `past` is an element of its own: `<v/>`. */
export function isSelfClosed(bytes: Buffer, past: number): boolean {
  return bytes[past - 2] === slash
}

/** The position of a tag's name after `prefix`, given where the name begins; -1 when the prefix is another. */
export function afterPrefix(bytes: Buffer, at: number, prefix: string): number {
  for (let i = 0; i < prefix.length; i++) {
    if (bytes[at + i] !== prefix.charCodeAt(i)) return -1
  }
  return at + prefix.length
}

/** Whether exactly `name` stands at `at`; false as well when `at` is -1 or the bytes end too soon. */
export function hasName(bytes: Buffer, at: number, name: string): boolean {
  for (let i = 0; i < name.length; i++) {
    if (bytes[at + i] !== name.charCodeAt(i)) return false
  }
  return endsName(bytes[at + name.length]!)
}

/**
 * Where the value of an attribute begins, after its quote; -1 when the tag does not have it.
 * @param from anywhere between the tag's name and its first attribute
 * @param past the end of the tag
 */
export function attributeAt(bytes: Buffer, from: number, past: number, name: string): number {
  for (let at = from; at < past; at++) {
    const byte = bytes[at]!
    if (byte === doubleQuote || byte === singleQuote) {
      at++
      while (at < past && bytes[at] !== byte) at++
    } else if (byte <= space && bytes[at + 1] === name.charCodeAt(0)) {
      let p = afterPrefix(bytes, at + 1, name)
      if (p < 0) continue
      while (bytes[p]! <= space) p++
      if (bytes[p] !== equals) continue
      p++
      while (bytes[p]! <= space) p++
      if (bytes[p] === doubleQuote || bytes[p] === singleQuote) return p + 1
    }
  }
  return -1
}

/** Up to four ASCII characters as they are read from the bytes at once, the first one lowest. */
export function asciiWord(text: string): number {
  let value = 0
  for (let i = text.length - 1; i >= 0; i--) value = (value << 8) | text.charCodeAt(i)
  return value
}

const space = 0x20
const exclamation = 0x21
const doubleQuote = 0x22
const singleQuote = 0x27
const slash = 0x2f
const lessThan = 0x3c
const equals = 0x3d
const greaterThan = 0x3e
const question = 0x3f

function endsName(byte: number): boolean {
  return byte <= space || byte === greaterThan || byte === slash
}
