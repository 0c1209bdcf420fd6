import { tidyThroughout, withoutTidy } from '../../table/rows/row.ts'
import { isInk } from '../../table/text.ts'
import type { RecordTaker } from '../format.ts'
import { ByteWindow } from '../text/byte-window.ts'
import { type CsvScanner, type CsvScannerOptions, csvScanner } from './csv-scanner.ts'

export interface CsvRecordsOptions extends CsvScannerOptions {
  /** The first line is no row: `sep=;`. */
  isFirstLineSkipped: boolean
}

/** Takes a file's bytes piece by piece; where they are cut makes no difference to the rows. */
export interface CsvRecords {
  push(bytes: Buffer): void
  /** The bytes are over. */
  end(): void
}

/**
 * Splits CSV in UTF-8 into rows, just as `csvScanner` does, at less than half the cost: nearly every line is a record
 * of its own, and of such a line nothing is decoded before somebody wants its cells. Lines with a quote that is still
 * open at their end, and overlong ones, go to the scanner.
 *
 * Memory: the unfinished line, or what the scanner keeps.
 *
 * @throws InvalidError as `csvScanner`
 */
export function csvRecords(options: CsvRecordsOptions, taker: RecordTaker): CsvRecords {
  const { delimiter, limits } = options
  // A line feed never lies inside a line, so as the delimiter it splits nothing.
  const splitter = new LineSplitter(delimiter ?? '\n')
  const window = new ByteWindow()
  let isSkipping = options.isFirstLineSkipped
  let index = 0
  let stretch: Stretch | null = null
  let view: DataView<ArrayBufferLike> = new DataView(new ArrayBuffer(0))

  function read(isLast: boolean): void {
    const { bytes } = window
    const end = bytes.length
    let { at } = window
    view = new DataView(bytes.buffer, bytes.byteOffset, end)
    // The next of each at or after `at`; `end` where there is none. Cached, as most searches would repeat.
    let feed = -1
    let carriage = -1
    while (at < end) {
      if (feed < at) feed = indexOrEnd(bytes, lineFeed, at)
      if (carriage < at) carriage = indexOrEnd(bytes, carriageReturn, at)
      const lineEnd = feed < carriage ? feed : carriage
      // A CR that ends the bytes may be half of a CRLF.
      const isWhole = isLast || lineEnd < (lineEnd === carriage ? end - 1 : end)
      const length = lineEnd - at
      if (!isWhole && length <= limits.cellCharactersMax && stretch === null) break
      const next = Math.min(feed === lineEnd + 1 ? lineEnd + 2 : lineEnd + 1, end)
      if (isSkipping) isSkipping = false
      else if (
        stretch !== null ||
        !isWhole ||
        length > limits.cellCharactersMax ||
        !takeLine(bytes, at, lineEnd)
      ) {
        at = readSlowly(bytes, at, isLast)
        continue
      }
      at = next
    }
    window.at = at
  }

  /** @returns false when the line has to go to the scanner */
  function takeLine(bytes: Buffer, from: number, to: number): boolean {
    if (taker.knows(index, bytes, from, to)) {
      index++
      return true
    }
    const found = bytesFound(view, from, to, splitter.separatorCode)
    const isAscii = (found & highByte) === 0
    const line = isAscii ? bytes.latin1Slice(from, to) : bytes.utf8Slice(from, to)
    const cells = splitter.split(line)
    if (cells === null || cells.length > limits.columnsMax) return false
    const isSuspect = (found & untidyByte) !== 0 || (!isAscii && line.includes('\ufffd'))
    taker.take({ index: index++, cells, tidy: isSuspect ? 0 : splitter.tidy }, true)
    return true
  }

  /** Hands the scanner some whole lines. @returns where they end */
  function readSlowly(bytes: Buffer, from: number, isLast: boolean): number {
    stretch ??= {
      scanner: csvScanner({ ...options, firstIndex: index }),
      decoder: new TextDecoder('utf-8', { ignoreBOM: true }),
      bytes: 0,
    }
    // As much again as so far: what the scanner looks at more than once stays in proportion.
    const to = lineEndAfter(bytes, from + stretch.bytes)
    stretch.bytes += to - from
    const { scanner, decoder } = stretch
    const rows = scanner.push(decoder.decode(bytes.subarray(from, to), { stream: true }))
    if (isLast && to === bytes.length) rows.push(...scanner.push(decoder.decode()), ...scanner.end())
    for (const row of rows) {
      taker.take(row, false)
      index = row.index + 1
    }
    // Behind anything but a line end the decoder may hold half a character.
    if (isLineEnd(bytes[to - 1]!) && scanner.isBetweenRows()) stretch = null
    return to
  }

  return {
    push(bytes) {
      if (window.push(bytes)) read(false)
    },
    end() {
      window.join()
      read(true)
      // The bytes may have ended just behind a piece that the scanner has not done with.
      for (const row of stretch?.scanner.end() ?? []) taker.take(row, false)
    },
  }
}

/** Some lines that the scanner reads. */
interface Stretch {
  scanner: CsvScanner
  decoder: TextDecoder
  /** How many it was given. */
  bytes: number
}

/** Splits lines that are records by themselves. One splitter is used again for every line: `split`, then look. */
export class LineSplitter {
  /** Which of the cells that were split last have ink at their ends and no quotes within: see `Row.tidy`. */
  tidy = 0
  readonly separatorCode: number
  readonly #separator: string

  constructor(separator: string) {
    this.#separator = separator
    this.separatorCode = separator.charCodeAt(0)
  }

  /** @returns null when a quote is open at the end of the line: then the lines behind it decide */
  split(line: string): string[] | null {
    const separator = this.#separator
    const cells: string[] = []
    const end = line.length
    this.tidy = tidyThroughout
    // A blank line is a row without cells.
    if (end === 0) return cells
    let quoteAt = indexOrEndOf(line, '"', 0)
    let at = 0
    for (;;) {
      let cellEnd: number
      if (at === quoteAt) {
        const closedAt = line.indexOf('"', at + 1)
        cellEnd = closedAt + 1
        if (closedAt < 0) return null
        if (cellEnd !== end && line.charCodeAt(cellEnd) !== this.separatorCode) {
          // Doubled quotes, or text behind the closing one.
          this.tidy = withoutTidy(this.tidy, cells.length)
          cellEnd = this.#splitQuoted(line, at, cells)
          if (cellEnd < 0) return null
        } else {
          // A tab inside quotes is none that separates.
          if (this.separatorCode < 32 || !hasInkAtEnds(line, at + 1, closedAt))
            this.tidy = withoutTidy(this.tidy, cells.length)
          cells.push(line.slice(at + 1, closedAt))
        }
        quoteAt = indexOrEndOf(line, '"', cellEnd)
      } else {
        cellEnd = indexOrEndOf(line, separator, at)
        if (quoteAt < cellEnd || !hasInkAtEnds(line, at, cellEnd))
          this.tidy = withoutTidy(this.tidy, cells.length)
        if (quoteAt < cellEnd) quoteAt = indexOrEndOf(line, '"', cellEnd)
        cells.push(line.slice(at, cellEnd))
      }
      if (cellEnd === end) return cells
      at = cellEnd + 1
      if (at === end) {
        cells.push('')
        return cells
      }
    }
  }

  /** @returns the end of the cell, or -1: its quote is open */
  #splitQuoted(line: string, at: number, cells: string[]): number {
    let closedAt = at + 1
    for (;;) {
      closedAt = line.indexOf('"', closedAt)
      if (closedAt < 0) return -1
      if (line.charCodeAt(closedAt + 1) !== quote) break
      closedAt += 2
    }
    const cellEnd = indexOrEndOf(line, this.#separator, closedAt + 1)
    const inside = line.slice(at + 1, closedAt).replaceAll('""', '"')
    cells.push(inside + line.slice(closedAt + 1, cellEnd))
    return cellEnd
  }
}

function hasInkAtEnds(line: string, from: number, to: number): boolean {
  return to === from || (isInk(line.charCodeAt(from)) && isInk(line.charCodeAt(to - 1)))
}

function indexOrEndOf(line: string, sought: string, from: number): number {
  const at = line.indexOf(sought, from)
  return at < 0 ? line.length : at
}

/**
 * What there is among the bytes, four at a time: every word's highest bits tell about its bytes.
 * @returns `untidyByte` for a backslash, the start of a character of four bytes, or a control character other than
 * the separator; `highByte` for anything beyond ASCII
 */
function bytesFound(view: DataView, from: number, to: number, separator: number): number {
  const separators = Math.imul(separator & 0xff, 0x01010101)
  let untidy = 0
  let high = 0
  let at = from
  for (; at + 4 <= to; at += 4) {
    const word = view.getInt32(at, true)
    const controls = zeroBytes(word & 0xe0e0e0e0) & ~zeroBytes(word ^ separators)
    // Bytes from 0xf0 on have their four highest bits set.
    const fours = word & (word << 1) & (word << 2) & (word << 3)
    untidy |= controls | zeroBytes(word ^ backslashes) | fours
    high |= word
  }
  for (; at < to; at++) {
    const byte = view.getUint8(at)
    if ((byte < 32 && byte !== separator) || byte === backslash || byte >= 0xf0) untidy = highestBits
    high |= byte
  }
  return ((untidy & highestBits) === 0 ? 0 : untidyByte) | ((high & highestBits) === 0 ? 0 : highByte)
}

/** The highest bit of every byte that is zero. */
function zeroBytes(word: number): number {
  return ~(((word & 0x7f7f7f7f) + 0x7f7f7f7f) | word | 0x7f7f7f7f)
}

const untidyByte = 1
const highByte = 2
const highestBits = 0x80808080
const backslashes = 0x5c5c5c5c
const backslash = 92
const quote = 34
const lineFeed = 10
const carriageReturn = 13

function indexOrEnd(bytes: Buffer, sought: number, from: number): number {
  const at = bytes.indexOf(sought, from)
  return at < 0 ? bytes.length : at
}

function isLineEnd(byte: number): boolean {
  return byte === lineFeed || byte === carriageReturn
}

/** The position behind the first line end at or after `from`, or the end of the bytes. */
function lineEndAfter(bytes: Buffer, from: number): number {
  const feed = indexOrEnd(bytes, lineFeed, from)
  const carriage = indexOrEnd(bytes, carriageReturn, from)
  return Math.min(carriage < feed && feed > carriage + 1 ? carriage + 1 : feed + 1, bytes.length)
}
