import type { Cell } from '../../table/row.ts'
import type { CellContext } from './cell-reader.ts'
import { ShortTexts, shortTextBytesMax } from './short-texts.ts'
import { asciiWord } from './tag.ts'
import { byteKinds, decodeText, textBytes } from './text.ts'

/**
 * Reads cells as nearly all programs write them, byte for byte: `<c r="B2" s="1" t="s"><v>7</v></c>`. Whatever looks
 * different, breaks a limit or stands near the end of the bytes is left to the cell reader, which knows everything
 * and takes twice the time.
 */
export class PlainCells {
  /** 0-based column of the last cell; -1: there was none in this row. */
  column = -1
  /** Characters of the texts that were read; of them, those from shared strings. */
  characters = 0
  sharedCharacters = 0
  readonly #context: CellContext
  readonly #short = new ShortTexts()
  #bytes: Buffer = Buffer.alloc(0)
  #view: DataView<ArrayBufferLike> = new DataView(new ArrayBuffer(0))

  constructor(context: CellContext) {
    this.#context = context
  }

  /**
   * Appends cells to a row.
   * @returns where the first cell begins that it cannot read
   */
  read(bytes: Buffer, from: number, cells: Cell[]): number {
    if (bytes !== this.#bytes) {
      this.#bytes = bytes
      this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
    }
    const view = this.#view
    const { strings, styles, limits } = this.#context
    const last = bytes.length - headBytesMax - valueBytesMax
    let at = from
    while (at < last) {
      if (view.getInt32(at, true) !== startOfCell || view.getInt16(at + 4, true) !== equalsQuote) break
      let p = at + 6
      let column = 0
      let byte = bytes[p]!
      for (; byte >= letterA && byte <= letterZ; byte = bytes[++p]!) column = column * 26 + byte - letterA + 1
      column--
      // A column that the row has had already is rare, and none of the fast way's business.
      if (column < cells.length || column >= limits.columnsMax) break
      while (byte >= digit0 && byte <= digit9) byte = bytes[++p]!
      if (byte !== quote) break
      byte = bytes[++p]!
      let style = 0
      if (byte === space && bytes[p + 1] === letterS) {
        if (view.getInt16(p + 2, true) !== equalsQuote) break
        p += 4
        for (byte = bytes[p]!; byte >= digit0 && byte <= digit9; byte = bytes[++p]!)
          style = style * 10 + byte - digit0
        if (byte !== quote) break
        byte = bytes[++p]!
      }
      let type = typeNumber
      if (byte === space && bytes[p + 1] === letterT) {
        if (view.getInt16(p + 2, true) !== equalsQuote) break
        p += 4
        const word = view.getInt32(p, true)
        if ((word & 0xffff) === sharedType) {
          type = typeShared
          p += 2
        } else if (word === inlineType && view.getInt32(p + 4, true) === inlineTypeRest) {
          if (view.getInt16(p + 8, true) !== inlineTypeEnd) break
          type = typeInline
          p += 10
        } else if (word === stringType) {
          type = typeString
          p += 4
        } else if ((word & 0xffff) === numberType) p += 2
        else break
        byte = bytes[p]!
      }
      if (p - at > headBytesMax) break
      if (byte !== greaterThan) {
        if (byte !== slash || bytes[p + 1] !== greaterThan) break
        this.column = column
        at = p + 2
        continue
      }
      p++

      let value: Cell | null
      if (type === typeNumber || type === typeShared) {
        if ((view.getInt32(p, true) & 0xffffff) !== startOfValue) break
        p += 3
        byte = bytes[p]!
        const isNegative = byte === minus
        if (isNegative) byte = bytes[++p]!
        const first = p
        let mantissa = 0
        let point = -1
        for (; p - first <= exactDigits; byte = bytes[++p]!) {
          if (byte >= digit0 && byte <= digit9) mantissa = mantissa * 10 + byte - digit0
          else if (byte === dot && point < 0) point = p
          else break
        }
        const length = p - first - (point < 0 ? 0 : 1)
        if (length < 1 || length > exactDigits) break
        if (view.getInt32(p, true) !== endOfValue || view.getInt32(p + 4, true) !== endOfCell) break
        p += 8
        if (type === typeShared) {
          if (point >= 0 || isNegative || mantissa >= strings.count) break
          const text = strings.get(mantissa)
          if (text === null || text.length > limits.cellCharactersMax) break
          this.sharedCharacters += text.length
          value = text
        } else {
          // Both are exact, so the quotient is the nearest double: see cell-reader.ts.
          const size = point < 0 ? mantissa : mantissa / powersOfTen[length - (point - first)]!
          value = isNegative ? -size : size
          if (styles.changesNumber[style] === 1) value = styles.numberCell(value, style)
        }
      } else {
        if (type === typeInline) {
          if (view.getInt32(p, true) !== startOfInline) break
          p += 4
          const word = view.getInt32(p, true)
          if ((word & 0xffffff) === startOfText) p += 3
          else if (word === startOfSpacedText && bytes.latin1Slice(p, p + spacedText.length) === spacedText)
            p += spacedText.length
          else break
        } else {
          if ((view.getInt32(p, true) & 0xffffff) !== startOfValue) break
          p += 3
        }
        const start = p
        let seen = 0
        for (byte = bytes[p]!; byte !== lessThan; byte = bytes[++p]!) {
          if (p >= last) return at
          seen |= byteKinds[byte]!
        }
        const end = p
        if (type === typeInline) {
          if (view.getInt32(p, true) !== endOfText || view.getInt32(p + 4, true) !== endOfInline) break
          if (view.getInt32(p + 8, true) !== endOfInlineCell || bytes[p + 12] !== greaterThan) break
          p += 13
        } else {
          if (view.getInt32(p, true) !== endOfValue || view.getInt32(p + 4, true) !== endOfCell) break
          p += 8
        }
        if (end - start > limits.cellCharactersMax) break
        value = end - start > shortTextBytesMax ? null : this.#short.get(view, start, end)
        if (value === null) {
          value =
            (seen & textBytes.special) === 0
              ? (seen & textBytes.high) === 0
                ? bytes.latin1Slice(start, end)
                : bytes.utf8Slice(start, end)
              : decodeText(bytes, start, end, seen)
          if (end - start <= shortTextBytesMax) this.#short.set(value)
        }
      }
      at = p
      this.column = column
      if (typeof value === 'string') {
        // Blank cells at the end of a row would make it longer than what it says.
        if (value === '') continue
        this.characters += value.length
      }
      while (cells.length < column) cells.push('')
      cells.push(value)
    }
    return at
  }
}

/** What stands before a cell's value: `<c r="XFD1048576" s="12345" t="inlineStr">`, and room to spare. */
const headBytesMax = 64
/** A number with its tags, or the tags of a text. */
const valueBytesMax = 64

const typeNumber = 0
const typeShared = 1
const typeString = 2
const typeInline = 3

const startOfCell = asciiWord('<c r')
const equalsQuote = asciiWord('="')
const sharedType = asciiWord('s"')
const numberType = asciiWord('n"')
const stringType = asciiWord('str"')
const inlineType = asciiWord('inli')
const inlineTypeRest = asciiWord('neSt')
const inlineTypeEnd = asciiWord('r"')
const startOfValue = asciiWord('<v>')
const endOfValue = asciiWord('</v>')
const endOfCell = asciiWord('</c>')
const startOfInline = asciiWord('<is>')
const startOfText = asciiWord('<t>')
const spacedText = '<t xml:space="preserve">'
const startOfSpacedText = asciiWord(spacedText.slice(0, 4))
const endOfText = asciiWord('</t>')
const endOfInline = asciiWord('</is')
const endOfInlineCell = asciiWord('></c')

const space = 0x20
const quote = 0x22
const minus = 0x2d
const dot = 0x2e
const slash = 0x2f
const digit0 = 0x30
const digit9 = 0x39
const lessThan = 0x3c
const greaterThan = 0x3e
const letterA = 0x41
const letterZ = 0x5a
const letterS = 0x73
const letterT = 0x74

/** Whole numbers of so many digits are exact in a double. */
const exactDigits = 15
const powersOfTen = Array.from({ length: exactDigits + 1 }, (_, exponent) => 10 ** exponent)
