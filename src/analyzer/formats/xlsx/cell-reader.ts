import { InvalidError } from '../../../lib/errors.ts'
import type { Cell } from '../../table/rows/row.ts'
import type { ReadLimits } from '../format.ts'
import type { CellStyles } from './cell-styles.ts'
import { isoDateText } from './serial-date.ts'
import type { SharedStrings } from './shared-strings.ts'
import { afterPrefix, hasName, isSelfClosed, tagEnd } from './tag.ts'
import { skipMarkup, TextReader } from './text.ts'
import { doctypeError } from './xml.ts'

/** What cells mean depends on the workbook they stand in. */
export interface CellContext {
  /** Names the part in messages. */
  partName: string
  sheetName: string
  strings: SharedStrings
  styles: CellStyles
  limits: ReadLimits
}

/**
 * Reads one cell at a time from a sheet's bytes. One reader is used again for every cell: `read`, then look at
 * the fields. It is the hottest code of the format and so looks at each byte once, without strings in between.
 */
export class CellReader {
  /** 0-based; -1: the cell does not say. */
  column = -1
  value: Cell = ''
  /** Characters that shared strings have given so far: they cost the file next to nothing. */
  sharedCharacters = 0
  readonly #context: CellContext
  readonly #text = new TextReader()
  #prefix = ''
  #type: CellType = 'n'
  #style = 0
  #referenceAt = -1

  constructor(context: CellContext) {
    this.#context = context
  }

  set prefix(prefix: string) {
    this.#prefix = prefix
  }

  /**
   * Reads the cell whose attributes begin at `from`, just after its name.
   * @param row 0-based, for messages
   * @returns the position after the cell, or -1 when that is not within `end` yet
   * @throws InvalidError `cell_too_long`, `damaged_workbook`, `xml_doctype`
   */
  read(bytes: Buffer, from: number, end: number, row: number): number {
    this.value = ''
    const { sharedCharacters } = this
    const past = this.#readAttributes(bytes, from, end, row)
    if (past < 0 || isSelfClosed(bytes, past)) return past
    const cellEnd = this.#readContent(bytes, past, end, row)
    // A cell that is not whole yet will be read again from its start.
    if (cellEnd < 0) this.sharedCharacters = sharedCharacters
    return cellEnd
  }

  /** 0-based, from the reference of the cell that was read last; -1 when it has none. `bytes` as then. */
  rowOf(bytes: Buffer): number {
    const match = /^[a-z]+([0-9]+)/i.exec(
      this.#referenceAt < 0 ? '' : bytes.toString('latin1', this.#referenceAt, this.#referenceAt + 20),
    )
    return match === null ? -1 : Number(match[1]) - 1
  }

  /** Most cells have only the attributes r, s and t, without spaces around "=". */
  #readAttributes(bytes: Buffer, from: number, end: number, row: number): number {
    this.column = -1
    this.#type = 'n'
    this.#style = 0
    this.#referenceAt = -1
    let at = from
    while (at < end) {
      const byte = bytes[at]!
      if (byte === greaterThan) return at + 1
      if (byte <= space || byte === slash) {
        at++
        continue
      }
      const name = at
      while (at < end && bytes[at] !== equals && bytes[at] !== greaterThan) at++
      if (bytes[at] === greaterThan) throw damagedSheet(this.#context, row)
      const nameEnd = at
      at++
      while (at < end && bytes[at]! <= space) at++
      if (at >= end) return -1
      const quote = bytes[at]
      if (quote !== doubleQuote && quote !== singleQuote) throw damagedSheet(this.#context, row)
      const value = ++at
      while (at < end && bytes[at] !== quote) at++
      if (at >= end) return -1
      const isOneLetter = nameEnd === name + 1 || bytes[name + 1]! <= space
      if (isOneLetter && byte === letterR) {
        this.#referenceAt = value
        this.column = columnOf(bytes, value)
      } else if (isOneLetter && byte === letterS) this.#style = digitsOf(bytes, value, at)
      else if (isOneLetter && byte === letterT) this.#type = typeOf(bytes, value, at)
      at++
    }
    return -1
  }

  #readContent(bytes: Buffer, from: number, end: number, row: number): number {
    let at = from
    let isPhonetic = false
    let inline = ''
    for (;;) {
      while (at < end && bytes[at] !== lessThan) at++
      if (at + 1 >= end) return -1
      const next = bytes[at + 1]
      if (next === exclamation || next === question) {
        at = skipMarkup(bytes, at, end)
        if (at === -2) throw doctypeError(this.#context.partName)
        if (at === -1) return -1
        continue
      }
      const past = tagEnd(bytes, at, end)
      if (past < 0) return -1
      const name = afterPrefix(bytes, next === slash ? at + 2 : at + 1, this.#prefix)
      at = past
      if (next === slash) {
        if (hasName(bytes, name, 'c')) break
        if (hasName(bytes, name, 'rPh')) isPhonetic = false
      } else if (isSelfClosed(bytes, past)) {
        // An empty element has no text.
      } else if (hasName(bytes, name, 'v')) {
        at = this.#readValue(bytes, past, end, row)
        if (at < 0) return -1
      } else if (hasName(bytes, name, 'rPh')) {
        isPhonetic = true
      } else if (!isPhonetic && hasName(bytes, name, 't')) {
        at = this.#text.read(bytes, past, end)
        if (at < 0) return -1
        inline += this.#text.text(bytes)
      }
    }
    if (inline !== '' && (this.#type === 'inlineStr' || this.value === '')) this.value = inline
    if (typeof this.value === 'string' && this.value.length > this.#context.limits.cellCharactersMax) {
      throw cellTooLong(this.#context, row)
    }
    return at
  }

  #readValue(bytes: Buffer, from: number, end: number, row: number): number {
    if (this.#type === 'n' || this.#type === 's') {
      const at = this.#readPlainNumber(bytes, from, end, row)
      if (at >= 0) return at
    }
    const at = this.#text.read(bytes, from, end)
    if (at < 0) return -1
    const text = this.#text.text(bytes)
    if (this.#type === 'n') this.value = this.#numberOrText(text)
    else if (this.#type === 's') this.value = text.trim() === '' ? '' : this.#sharedText(Number(text), row)
    else if (this.#type === 'b') this.value = booleanText(text)
    else if (this.#type === 'd') this.value = isoDateText(text)
    else this.value = text
    return at
  }

  /** Digits with at most one point, up to the tag. @returns its position; -1: another way of writing it */
  #readPlainNumber(bytes: Buffer, from: number, end: number, row: number): number {
    let at = from
    const isNegative = bytes[at] === minus
    if (isNegative) at++
    const first = at
    let mantissa = 0
    let point = -1
    for (; at < end; at++) {
      const digit = bytes[at]! - digitZero
      if (digit >= 0 && digit <= 9) mantissa = mantissa * 10 + digit
      else if (bytes[at] === dot && point < 0) point = at
      else break
    }
    const length = at - first - (point < 0 ? 0 : 1)
    if (at + 1 >= end || bytes[at] !== lessThan || bytes[at + 1] !== slash) return -1
    if (length < 1 || length > exactDigits) return -1
    if (this.#type === 's') {
      if (point >= 0 || isNegative) return -1
      this.value = this.#sharedText(mantissa, row)
      return at
    }
    // Both are exact, so the quotient is the nearest double, as when JavaScript parses the text (Clinger 1990).
    const size = point < 0 ? mantissa : mantissa / powersOfTen[at - point - 1]!
    this.value = this.#styled(isNegative ? -size : size)
    return at
  }

  #sharedText(index: number, row: number): string {
    const { strings } = this.#context
    if (!(index >= 0 && index < strings.count && Number.isInteger(index))) {
      throw new InvalidError(
        'damaged_workbook',
        `${placeOf(this.#context, row)} refers to shared text ${index}, and the workbook holds ${strings.count}. Save it again in Excel or LibreOffice.`,
      )
    }
    const text = strings.get(index)
    if (text === null) throw cellTooLong(this.#context, row)
    this.sharedCharacters += text.length
    return text
  }

  #numberOrText(text: string): Cell {
    const trimmed = text.trim()
    if (trimmed === '') return ''
    const value = numberPattern.test(trimmed) ? Number(trimmed) : Number.NaN
    // What is no number, or too big for one, is kept as it is written rather than lost.
    return Number.isFinite(value) ? this.#styled(value) : text
  }

  #styled(value: number): Cell {
    const { styles } = this.#context
    return styles.changesNumber[this.#style] === 1 ? styles.numberCell(value, this.#style) : value
  }
}

/** `Sheet "Prices", row 12` */
export function placeOf(context: { sheetName: string }, row: number): string {
  return `Sheet "${context.sheetName}", row ${row + 1}`
}

export function cellTooLong(context: CellContext, row: number): InvalidError {
  return new InvalidError(
    'cell_too_long',
    `${placeOf(context, row)} has a cell of more than ${context.limits.cellCharactersMax} characters. Shorten it, or remove it from the sheet.`,
  )
}

export function damagedSheet(context: CellContext, row: number): InvalidError {
  return new InvalidError(
    'damaged_workbook',
    `${placeOf(context, row)}: the part ${context.partName} is not a well-formed worksheet. Save the workbook again in Excel or LibreOffice.`,
  )
}

type CellType = 'n' | 's' | 'str' | 'inlineStr' | 'b' | 'e' | 'd'

const space = 0x20
const exclamation = 0x21
const doubleQuote = 0x22
const singleQuote = 0x27
const minus = 0x2d
const dot = 0x2e
const slash = 0x2f
const digitZero = 0x30
const lessThan = 0x3c
const equals = 0x3d
const greaterThan = 0x3e
const question = 0x3f
const letterB = 0x62
const letterD = 0x64
const letterE = 0x65
const letterI = 0x69
const letterR = 0x72
const letterS = 0x73
const letterT = 0x74

/** Whole numbers of so many digits are exact in a double. */
const exactDigits = 15
const powersOfTen = Array.from({ length: exactDigits + 1 }, (_, exponent) => 10 ** exponent)
const numberPattern = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/
/** Beyond any sheet; the sum stops growing here. */
const columnMax = 1_000_000

/** "AB12" → 27; -1 when there are no letters. */
function columnOf(bytes: Buffer, from: number): number {
  let column = 0
  for (let at = from; column < columnMax; at++) {
    const letter = (bytes[at]! & 0xdf) - 0x40
    if (letter < 1 || letter > 26) break
    column = column * 26 + letter
  }
  return column - 1
}

function digitsOf(bytes: Buffer, from: number, to: number): number {
  let value = 0
  for (let at = from; at < to; at++) value = value * 10 + bytes[at]! - digitZero
  return value
}

/** By length and first letter, since this runs for every cell; other words are read as numbers. */
function typeOf(bytes: Buffer, from: number, to: number): CellType {
  const letter = bytes[from]
  if (to === from + 1) {
    if (letter === letterS) return 's'
    if (letter === letterB) return 'b'
    if (letter === letterE) return 'e'
    return letter === letterD ? 'd' : 'n'
  }
  if (to === from + 3 && letter === letterS) return 'str'
  return to === from + 9 && letter === letterI ? 'inlineStr' : 'n'
}

/** XML Schema's spellings; anything else is left to be seen. */
function booleanText(text: string): string {
  const value = text.trim().toLowerCase()
  if (value === '1' || value === 'true') return 'TRUE'
  return value === '0' || value === 'false' ? 'FALSE' : text
}
