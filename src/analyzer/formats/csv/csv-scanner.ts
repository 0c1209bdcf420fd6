import { InvalidError } from '../../../lib/errors.ts'
import type { Row } from '../../table/rows/row.ts'
import type { ReadLimits } from '../format.ts'

export interface CsvScannerOptions {
  /** One character; null: every line is one cell. */
  delimiter: string | null
  /** How many columns most rows have, or null. Only used to tell a quote left open from a long quoted cell. */
  columnsTypical: number | null
  limits: Pick<ReadLimits, 'cellCharactersMax' | 'columnsMax'>
  /** The index of the first row; 0 unless given. */
  firstIndex?: number
}

/** Takes decoded text piece by piece; where the pieces are cut makes no difference to the rows. */
export interface CsvScanner {
  /** @returns the rows that this piece completes, maybe none */
  push(text: string): Row[]
  /** The text is over. @returns what is left: usually the last line, when no line end follows it */
  end(): Row[]
  /** Whether everything so far is rows: what comes next begins a new one. */
  isBetweenRows(): boolean
}

/** A row may hold this many times the longest cell, so that memory stays bounded: 16M characters by default. */
const rowCellsMax = 16

const quote = 34
const lineFeed = 10

/**
 * Splits CSV text into rows, the way spreadsheets do.
 *
 * - A row ends at LF, CRLF or CR, also mixed in one file. A blank line is a row without cells. Rows keep the
 *   number of cells that they have. The end of the last line starts no row.
 * - A cell that begins with a quote runs to the next quote that is not doubled, over line ends too; what follows
 *   up to the delimiter is appended to it. A quote anywhere else is text, and so is every backslash.
 * - A quote that is never closed must not swallow the rows after it. An opening quote is therefore plain text,
 *   and only its own row looks odd, when
 *   - no closing quote comes within `cellCharactersMax` characters or before the end of the file, or
 *   - the closing quote is on a later line with text right behind it (it opened a cell of that line), or
 *   - the lines between are themselves rows of the table: nearly all have its number of columns, and they hold
 *     at least 20 delimiters.
 *
 * Memory: the text of the unfinished cell and the cells of the unfinished row.
 *
 * @throws InvalidError `cell_too_long`, `too_many_columns`, `row_too_long`, naming the row
 */
export function csvScanner({
  delimiter,
  columnsTypical,
  limits,
  firstIndex = 0,
}: CsvScannerOptions): CsvScanner {
  // A line feed never lies inside an unquoted cell, so as the delimiter it splits nothing.
  const separator = delimiter ?? '\n'
  const cellMax = limits.cellCharactersMax
  const rowMax = cellMax * rowCellsMax

  let rest = ''
  let cells: string[] = []
  let rowIndex = firstIndex
  // Characters of the unfinished row that earlier pieces have already turned into cells.
  let rowCharacters = 0
  // Whether the quoted cell at hand has doubled quotes.
  let hasDoubled = false

  function scan(text: string, isLast: boolean): Row[] {
    const rows: Row[] = []
    const end = text.length
    let row = cells
    let at = 0
    let rowAt = -rowCharacters
    // The next of each at or after `at`; `end` where there is none. Cached, as most searches would repeat.
    let feed = -1
    let carriage = -1
    let separatorAt = -1

    while (at < end) {
      if (feed < at) feed = indexOrEnd(text, '\n', at)
      if (carriage < at) carriage = indexOrEnd(text, '\r', at)
      let lineEnd = feed < carriage ? feed : carriage
      let cellEnd = -1

      // The common case, kept tight: plain cells with a delimiter behind, in a line too short to break a limit.
      if (lineEnd - at <= cellMax) {
        if (separatorAt < at) separatorAt = indexOrEnd(text, separator, at)
        while (separatorAt < lineEnd && text.charCodeAt(at) !== quote) {
          row.push(text.slice(at, separatorAt))
          at = separatorAt + 1
          separatorAt = indexOrEnd(text, separator, at)
        }
        if (at === end) break
      }

      if (text.charCodeAt(at) === quote) {
        const closedAt = closingQuote(text, at + 1, isLast)
        if (closedAt === moreNeeded) break
        if (closedAt !== literalQuote) {
          const behind = closedAt + 1
          const spansLines = lineEnd < closedAt
          if (feed < behind) feed = indexOrEnd(text, '\n', behind)
          if (carriage < behind) carriage = indexOrEnd(text, '\r', behind)
          if (separatorAt < behind) separatorAt = indexOrEnd(text, separator, behind)
          const lineEndBehind = feed < carriage ? feed : carriage
          const tailEnd = separatorAt < lineEndBehind ? separatorAt : lineEndBehind
          if (tailEnd - behind > cellMax) throw cellTooLong(row.length)
          if (!isLast && (tailEnd === end || isHalfLineEnd(tailEnd, carriage, end))) break
          const tail = tailEnd > behind ? text.slice(behind, tailEnd) : ''
          const inside = text.slice(at + 1, closedAt)
          if (!spansLines || (tail.trim() === '' && !holdsRows(inside))) {
            const cell = (hasDoubled ? inside.replaceAll('""', '"') : inside) + tail
            if (cell.length > cellMax) throw cellTooLong(row.length)
            row.push(cell)
            cellEnd = tailEnd
            lineEnd = lineEndBehind
          } else {
            // The quote is text after all. Back to the start of the cell: what was looked up lies too far ahead.
            feed = indexOrEnd(text, '\n', at)
            carriage = indexOrEnd(text, '\r', at)
            separatorAt = -1
          }
        }
      }

      if (cellEnd < 0) {
        if (separatorAt < at) separatorAt = indexOrEnd(text, separator, at)
        cellEnd = separatorAt < lineEnd ? separatorAt : lineEnd
        if (cellEnd - at > cellMax) throw cellTooLong(row.length)
        if (!isLast && (cellEnd === end || isHalfLineEnd(cellEnd, carriage, end))) break
        // A blank line is a row without cells.
        if (cellEnd > at || row.length > 0 || cellEnd < lineEnd) row.push(text.slice(at, cellEnd))
      }

      if (cellEnd < lineEnd) {
        at = cellEnd + 1
        continue
      }
      at = lineEnd === carriage && text.charCodeAt(lineEnd + 1) === lineFeed ? lineEnd + 2 : lineEnd + 1
      if (row.length > limits.columnsMax || lineEnd - rowAt > rowMax) throw rowTooLarge(row)
      rows.push({ index: rowIndex, cells: row })
      rowIndex++
      row = []
      rowAt = at
    }

    if (isLast && row.length > 0) {
      // The text ended right behind a delimiter: one more cell, with nothing in it.
      row.push('')
      if (row.length > limits.columnsMax) throw rowTooLarge(row)
      rows.push({ index: rowIndex, cells: row })
      rowIndex++
      row = []
    }
    rest = at < end ? text.slice(at) : ''
    rowCharacters = Math.min(at, end) - rowAt
    if (row.length > limits.columnsMax || rowCharacters > rowMax) throw rowTooLarge(row)
    cells = row
    return rows
  }

  /** Where the quoted cell whose text begins at `from` is closed; sets `hasDoubled`. */
  function closingQuote(text: string, from: number, isLast: boolean): number {
    hasDoubled = false
    let at = from
    for (;;) {
      at = text.indexOf('"', at)
      if (at < 0) return isLast || text.length - from > cellMax ? literalQuote : moreNeeded
      if (at - from > cellMax) return literalQuote
      if (at + 1 === text.length && !isLast) return moreNeeded
      if (text.charCodeAt(at + 1) !== quote) return at
      hasDoubled = true
      at += 2
    }
  }

  /** Whether the whole lines inside a quoted cell look like rows of this very table. */
  function holdsRows(inside: string): boolean {
    if (delimiter === null || columnsTypical === null || columnsTypical < 2) return false
    const lines = inside.split(/\r\n|\n|\r/).slice(1, -1)
    if (lines.length * (columnsTypical - 1) < 20) return false
    const alike = lines.filter((line) => line.split(delimiter).length === columnsTypical).length
    return alike >= lines.length * 0.9
  }

  function rowTooLarge(row: string[]): InvalidError {
    if (row.length > limits.columnsMax) {
      return new InvalidError(
        'too_many_columns',
        `Row ${rowIndex + 1} has more than ${limits.columnsMax} columns. Check that ` +
          `${JSON.stringify(delimiter)} is the delimiter of this file and that line ends are not missing.`,
      )
    }
    return new InvalidError(
      'row_too_long',
      `Row ${rowIndex + 1} is longer than ${rowMax} characters. Check that line ends are not missing.`,
    )
  }

  function cellTooLong(column: number): InvalidError {
    return new InvalidError(
      'cell_too_long',
      `Row ${rowIndex + 1} has a cell of more than ${cellMax} characters in column ${column + 1}. ` +
        'Check that the file is a CSV or TSV table and that delimiters and line ends are not missing.',
    )
  }

  return {
    push: (text) => (text === '' ? [] : scan(rest === '' ? text : rest + text, false)),
    end: () => scan(rest, true),
    isBetweenRows: () => rest === '' && cells.length === 0,
  }
}

const moreNeeded = -1
const literalQuote = -2

/** A CR that ends a piece may be half of a CRLF. */
function isHalfLineEnd(at: number, carriage: number, end: number): boolean {
  return at === end - 1 && at === carriage
}

function indexOrEnd(text: string, sought: string, from: number): number {
  const at = text.indexOf(sought, from)
  return at < 0 ? text.length : at
}
