import type { Cell } from '../../table/rows/row.ts'
import type { CellContext } from './cell-reader.ts'
import { CellShapes, shapeBytesMax, shapeKind } from './cell-shapes.ts'
import type { OpenRow } from './open-row.ts'
import { type RowOrder, rowsMax } from './row-order.ts'
import { ShortTexts, shortTextBytesMax } from './short-texts.ts'
import { SpecialBytes } from './special-bytes.ts'
import { asciiWord, isSelfClosed, tagEnd } from './tag.ts'
import { decodeText, textBytes } from './text.ts'
import { bytesBelow, hashStart, highBits, mixedHash, offsetOfByte, whereLessThan } from './words.ts'

/** What bounds the texts of a sheet: see `sheetRows`. */
export interface TextLimits {
  rowCharactersMax: number
  sharedCharactersMax: number
}

/**
 * Reads rows and cells as nearly all programs write them, byte for byte: `<c r="B2" s="1" t="s"><v>7</v></c>`. Whatever
 * looks different, breaks a limit or stands near the end of the bytes is left to the cell reader and the sheet
 * scanner, which know everything and take several times as long.
 *
 * What stands between a cell's reference and its value is compared with what the column had last, and texts are
 * looked at four bytes at a time. Both keep the code short: half of what reading a list costs is compiling it.
 */
export class PlainRows {
  /** Characters that shared strings have given so far, in the whole sheet. */
  sharedCharacters = 0
  readonly #context: CellContext
  readonly #order: RowOrder
  readonly #limits: TextLimits
  readonly #shapes = new CellShapes()
  readonly #short = new ShortTexts()
  readonly #special = new SpecialBytes()
  /** Of the cell that was read last. */
  #value: Cell = ''
  #bytes: Buffer = Buffer.alloc(0)
  #view: DataView<ArrayBufferLike> = new DataView(new ArrayBuffer(0))

  constructor(context: CellContext, order: RowOrder, limits: TextLimits) {
    this.#context = context
    this.#order = order
    this.#limits = limits
  }

  /**
   * Adds cells to the open row, hands it over at its end and opens the next one.
   * @returns where the first thing begins that it cannot read, or where the rows' order is full
   */
  read(bytes: Buffer, from: number, row: OpenRow): number {
    if (bytes !== this.#bytes) {
      this.#bytes = bytes
      this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
      this.#special.begin(bytes)
    }
    const view = this.#view
    let at = from
    for (;;) {
      at = this.#readCells(view, at, row)
      const past = this.#readRowTags(view, at, row)
      if (past < 0) return at
      at = past
      if (this.#order.isFull) return at
    }
  }

  #readCells(view: DataView, from: number, row: OpenRow): number {
    const shapes = this.#shapes
    const last = view.byteLength - tailBytes
    const { columnsMax } = this.#context.limits
    let at = from
    while (at < last) {
      if (view.getInt32(at, true) !== startOfCell || view.getInt16(at + 4, true) !== equalsQuote) break
      let p = at + 6
      let column = 0
      let byte = view.getUint8(p)
      for (; byte >= letterA && byte <= letterZ && column < columnsMax; byte = view.getUint8(++p))
        column = column * 26 + byte - letterA + 1
      column--
      if (column < 0 || column >= columnsMax) break
      const referenceEnd = at + referenceBytesMax
      while (byte >= digit0 && byte <= digit9 && p < referenceEnd) byte = view.getUint8(++p)
      const slot = shapes.slotOf(column)
      if (!shapes.isAt(view, p, slot) && !shapes.learn(this.#bytes, p, slot)) break
      p += shapes.lengths[slot]!
      const kind = shapes.kinds[slot]!
      if (kind === shapeKind.blank) this.#value = ''
      else if (kind <= shapeKind.shared) p = this.#readNumber(view, p, kind, shapes.styles[slot]!)
      else p = this.#readText(view, p, last, kind === shapeKind.inline)
      if (p < 0) break
      at = p
      row.column = column
      const value = this.#value
      if (typeof value === 'string') row.characters += value.length
      row.set(column, value)
    }
    return at
  }

  /** Digits with at most one point. @returns the position after the cell, or -1 */
  #readNumber(view: DataView, from: number, kind: number, style: number): number {
    let p = from
    let byte = view.getUint8(p)
    const isNegative = byte === minus
    if (isNegative) byte = view.getUint8(++p)
    const first = p
    let mantissa = 0
    let point = -1
    for (; p - first <= exactDigits; byte = view.getUint8(++p)) {
      if (byte >= digit0 && byte <= digit9) mantissa = mantissa * 10 + byte - digit0
      else if (byte === dot && point < 0) point = p
      else break
    }
    const length = p - first - (point < 0 ? 0 : 1)
    if (length < 1 || length > exactDigits) return -1
    if (view.getInt32(p, true) !== endOfValue || view.getInt32(p + 4, true) !== endOfCell) return -1
    if (kind === shapeKind.shared) {
      const { strings, limits } = this.#context
      if (point >= 0 || isNegative || mantissa >= strings.count) return -1
      const text = strings.get(mantissa)
      if (text === null || text.length > limits.cellCharactersMax) return -1
      this.sharedCharacters += text.length
      this.#value = text
    } else {
      // Both are exact, so the quotient is the nearest double: see cell-reader.ts.
      const size = point < 0 ? mantissa : mantissa / powersOfTen[length - (point - first)]!
      const value = isNegative ? -size : size
      const { styles } = this.#context
      this.#value = styles.changesNumber[style] === 1 ? styles.numberCell(value, style) : value
    }
    return p + 8
  }

  /** @returns the position after the cell, or -1 */
  #readText(view: DataView, from: number, last: number, isInline: boolean): number {
    let p = from
    let hash = hashStart
    let seen = 0
    let word = view.getInt32(p, true)
    let less = whereLessThan(word)
    while (less === 0 && p < last) {
      seen |= word
      hash = mixedHash(hash, word)
      p += 4
      word = view.getInt32(p, true)
      less = whereLessThan(word)
    }
    if (less === 0) return -1
    const offset = offsetOfByte(less)
    word &= bytesBelow(offset)
    seen |= word
    hash = mixedHash(hash, word)
    p += offset
    const length = p - from
    if (length > this.#context.limits.cellCharactersMax) return -1
    if (isInline) {
      if (view.getInt32(p, true) !== endOfText || view.getInt32(p + 4, true) !== endOfInline) return -1
      if (view.getInt32(p + 8, true) !== endOfInlineCell || view.getUint8(p + 12) !== greaterThan) return -1
      p += 13
    } else {
      if (view.getInt32(p, true) !== endOfValue || view.getInt32(p + 4, true) !== endOfCell) return -1
      p += 8
    }
    const known = length > shortTextBytesMax ? null : this.#short.get(view, from, length, hash)
    this.#value = known ?? this.#textOf(view, from, length, (seen & highBits) !== 0, hash)
    return p
  }

  /** A text that is not remembered. */
  #textOf(view: DataView, from: number, length: number, isBeyondAscii: boolean, hash: number): string {
    const to = from + length
    const bytes = this.#bytes
    let text: string
    if (this.#special.isWithin(from, to))
      text = decodeText(bytes, from, to, (isBeyondAscii ? textBytes.high : 0) | textBytes.special)
    else text = isBeyondAscii ? bytes.utf8Slice(from, to) : bytes.latin1Slice(from, to)
    if (length <= shortTextBytesMax) this.#short.set(view, from, length, hash, text)
    return text
  }

  /** `</row><row r="12" …>`. @returns the position after it; -1: something else is there */
  #readRowTags(view: DataView, at: number, row: OpenRow): number {
    if (at + rowTagsBytes > view.byteLength) return -1
    if (view.getInt32(at, true) !== endOfRow || view.getInt32(at + 4, true) !== endOfRowStart) return -1
    if (view.getInt32(at + 8, true) !== startOfRow || view.getInt16(at + 12, true) !== equalsQuote) return -1
    let p = at + 14
    let byte = view.getUint8(p)
    let number = 0
    for (; byte >= digit0 && byte <= digit9 && number < rowsMax; byte = view.getUint8(++p))
      number = number * 10 + byte - digit0
    const index = number - 1
    if (byte !== quote || index <= row.index || index >= rowsMax) return -1
    if (view.getUint8(++p) === greaterThan) p++
    else {
      p = tagEnd(this.#bytes, p - 1, view.byteLength)
      if (p < 0 || isSelfClosed(this.#bytes, p)) return -1
    }
    const { rowCharactersMax, sharedCharactersMax } = this.#limits
    if (row.characters > rowCharactersMax || this.sharedCharacters > sharedCharactersMax) return -1
    row.finish(this.#order)
    row.begin(index)
    return p
  }
}

/** `<c r="XFD1048576`, and room to spare. */
const referenceBytesMax = 24
/** A number with its tags, or the tags behind a text, and what is read four bytes at a time. */
const valueBytesMax = 48
/** What no cell that is begun before it reaches beyond, but for its text. */
const tailBytes = referenceBytesMax + shapeBytesMax + valueBytesMax
/** `</row><row r="1048576">` */
const rowTagsBytes = 32

const startOfCell = asciiWord('<c r')
const equalsQuote = asciiWord('="')
const endOfValue = asciiWord('</v>')
const endOfCell = asciiWord('</c>')
const endOfText = asciiWord('</t>')
const endOfInline = asciiWord('</is')
const endOfInlineCell = asciiWord('></c')
const endOfRow = asciiWord('</ro')
const endOfRowStart = asciiWord('w><r')
const startOfRow = asciiWord('ow r')

const quote = 0x22
const minus = 0x2d
const dot = 0x2e
const digit0 = 0x30
const digit9 = 0x39
const greaterThan = 0x3e
const letterA = 0x41
const letterZ = 0x5a

/** Whole numbers of so many digits are exact in a double. */
const exactDigits = 15
const powersOfTen = Array.from({ length: exactDigits + 1 }, (_, exponent) => 10 ** exponent)
