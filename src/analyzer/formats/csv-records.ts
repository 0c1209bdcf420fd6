import { ByteWindow } from './byte-window.ts'
import { type CsvScanner, type CsvScannerOptions, csvScanner } from './csv-scanner.ts'
import type { RecordTaker } from './format.ts'

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
  const separator = delimiter ?? '\n'
  const window = new ByteWindow()
  let isSkipping = options.isFirstLineSkipped
  let index = 0
  let stretch: Stretch | null = null

  function read(isLast: boolean): void {
    const { bytes } = window
    const end = bytes.length
    let { at } = window
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
    const cells = splitLine(bytes.utf8Slice(from, to), separator)
    if (cells === null || cells.length > limits.columnsMax) return false
    taker.take({ index: index++, cells }, true)
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

/**
 * The cells of a line that is a record by itself.
 * @returns null when a quote is open at its end: then the lines behind it decide
 */
export function splitLine(line: string, separator: string): string[] | null {
  const cells: string[] = []
  const end = line.length
  // A blank line is a row without cells.
  if (end === 0) return cells
  let at = 0
  for (;;) {
    let cellEnd: number
    if (line.charCodeAt(at) === quote) {
      let closedAt = at + 1
      let hasDoubled = false
      for (;;) {
        closedAt = line.indexOf('"', closedAt)
        if (closedAt < 0) return null
        if (line.charCodeAt(closedAt + 1) !== quote) break
        hasDoubled = true
        closedAt += 2
      }
      const separatorAt = line.indexOf(separator, closedAt + 1)
      cellEnd = separatorAt < 0 ? end : separatorAt
      const inside = line.slice(at + 1, closedAt)
      const cell = hasDoubled ? inside.replaceAll('""', '"') : inside
      cells.push(cellEnd === closedAt + 1 ? cell : cell + line.slice(closedAt + 1, cellEnd))
    } else {
      const separatorAt = line.indexOf(separator, at)
      cellEnd = separatorAt < 0 ? end : separatorAt
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
