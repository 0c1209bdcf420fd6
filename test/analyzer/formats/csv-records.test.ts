import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { csvRecords, LineSplitter } from '../../../src/analyzer/formats/csv/csv-records.ts'
import { type CsvScannerOptions, csvScanner } from '../../../src/analyzer/formats/csv/csv-scanner.ts'
import { isTidyAt, type Row, tidyThroughout } from '../../../src/analyzer/table/rows/row.ts'
import { isTidyCode } from '../../../src/analyzer/table/text.ts'
import { InvalidError } from '../../../src/lib/errors.ts'

const limits = { cellCharactersMax: 30, columnsMax: 6 }
const options: CsvScannerOptions = { delimiter: ';', columnsTypical: null, limits }

interface Reading {
  rows: Row[]
  /** The lines that were asked about, by the index of their row. */
  lines: Map<number, string>
  isLine: boolean[]
  /** The row that breaks a limit: which limit of several is met first depends on the cuts. */
  error: string | null
}

/** @param isKnown by line; none unless given */
function read(
  pieces: Uint8Array[],
  { delimiter, columnsTypical }: CsvScannerOptions = options,
  isKnown: (line: string) => boolean = () => false,
): Reading {
  const reading: Reading = { rows: [], lines: new Map(), isLine: [], error: null }
  const records = csvRecords(
    { delimiter, columnsTypical, limits, isFirstLineSkipped: false },
    {
      knows(index, bytes, from, to) {
        const line = bytes.toString('utf8', from, to)
        reading.lines.set(index, line)
        return isKnown(line)
      },
      take(row, isLine) {
        reading.rows.push(row)
        reading.isLine.push(isLine)
      },
    },
  )
  try {
    for (const piece of pieces) {
      const lent = Buffer.from(piece)
      records.push(lent)
      // The bytes are only lent.
      lent.fill(0x3b)
    }
    records.end()
  } catch (error) {
    if (!(error instanceof InvalidError)) throw error
    reading.error = /^Row \d+/.exec(error.message)?.[0] ?? error.code
  }
  return reading
}

function scanned(
  text: string,
  { delimiter, columnsTypical }: CsvScannerOptions,
): Pick<Reading, 'rows' | 'error'> {
  const scanner = csvScanner({ delimiter, columnsTypical, limits })
  const rows: Row[] = []
  try {
    // Line by line, since the rows of a piece with an error in it are lost.
    for (const line of text.split(/(?<=\n)/)) rows.push(...scanner.push(line))
    rows.push(...scanner.end())
  } catch (error) {
    if (!(error instanceof InvalidError)) throw error
    return { rows, error: /^Row \d+/.exec(error.message)?.[0] ?? error.code }
  }
  return { rows, error: null }
}

/** Without what is said about the cells. */
const plain = ({ index, cells }: Row): Row => ({ index, cells })

const bytesOf = (text: string) => new TextEncoder().encode(text)

const texts = fc
  .array(
    fc.oneof(
      { weight: 6, arbitrary: fc.constantFrom('"', ';', '\n', '\r\n', '\r', '""', 'a', 'ö', '€', '😀', ' ') },
      { weight: 2, arbitrary: fc.constantFrom('a;b;c\n', '"a;b";c\n', '1;"x\ny";3\n', ';;\n') },
      { weight: 1, arbitrary: fc.constantFrom('a;"b\n', 'long '.repeat(8), 'x;'.repeat(8)) },
    ),
    { maxLength: 40 },
  )
  .map((parts) => parts.join(''))

describe('rows of bytes', () => {
  test('are those that the scanner finds in the text, wherever the bytes are cut', () => {
    fc.assert(
      fc.property(
        texts,
        fc.constantFrom(';', ',', null),
        fc.constantFrom(null, 3),
        fc.array(fc.nat(60), { maxLength: 5 }),
        (text, delimiter, columnsTypical, cuts) => {
          const dialect = { delimiter, columnsTypical, limits }
          const bytes = bytesOf(text)
          const places = [...cuts, bytes.length].sort((a, b) => a - b)
          const pieces = places.map((to, i) => bytes.subarray(places[i - 1] ?? 0, to))
          const { rows, error } = read(pieces, dialect)
          const expected = scanned(text, dialect)
          expect(error).toBe(expected.error)
          // Rows before an error are given out sooner or later.
          if (error === null) expect(rows.map(plain)).toEqual(expected.rows)
        },
      ),
      { numRuns: 3000 },
    )
  })

  test('a row that is said to be a line has the cells of that line alone', () => {
    fc.assert(
      fc.property(texts, (text) => {
        const { rows, isLine, lines } = read([bytesOf(text)])
        rows.forEach((row, i) => {
          if (!isLine[i]) return
          expect(scanned(`${lines.get(row.index)}\n`, options).rows.map(({ cells }) => cells)).toEqual([
            row.cells,
          ])
        })
      }),
    )
  })

  test('lines that are known are counted and not read, and change nothing about the others', () => {
    fc.assert(
      fc.property(texts, fc.integer({ min: 2, max: 3 }), (text, part) => {
        const all = read([bytesOf(text)])
        if (all.error !== null) return
        const lines = all.rows.flatMap(({ index }, i) => (all.isLine[i] ? [all.lines.get(index)!] : []))
        const known = new Set(lines.filter((_, i) => i % part === 0))
        const some = read([bytesOf(text)], options, (line) => known.has(line))
        const isKnownRow = ({ index }: Row, i: number) => all.isLine[i] && known.has(all.lines.get(index)!)
        expect(some.rows).toEqual(all.rows.filter((row, i) => !isKnownRow(row, i)))
      }),
    )
  })

  test('a quote left open costs the rows behind it nothing', () => {
    const text = `a;b\n1;"open\n${'2;3\n'.repeat(30)}`
    const { rows, isLine } = read([bytesOf(text)])
    expect(rows.length).toBe(32)
    expect(isLine.at(-1)).toBe(true)
    expect(isLine[1]).toBe(false)
  })
})

test('bytes that are no UTF-8 become what a decoder of the whole text makes of them', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom(0xe2, 0x82, 0xac, 0xc3, 0xff, 0xed, 0xa0, 0x41, 0x0a)), (codes) => {
      const bytes = Uint8Array.from(codes)
      const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes)
      expect(read([bytes]).rows.map(plain)).toEqual(scanned(text, options).rows)
    }),
  )
})

test('a text that is said to be tidy is, and a row of tidy texts is said to be', () => {
  const letters = fc.constantFrom('a', 'ö', '€', ' ', '\u00a0', '\t', '\\', '\u0001', '😀', '\ufffd', '1')
  const cell = fc.array(letters, { maxLength: 5 }).map((parts) => parts.join(''))
  const isTidy = (text: string) => {
    const codes = Array.from({ length: text.length }, (_, i) => text.charCodeAt(i))
    return text.trim() === text && codes.every(isTidyCode)
  }
  let tidyCount = 0
  fc.assert(
    fc.property(
      fc.array(fc.tuple(cell, fc.boolean()), { minLength: 1, maxLength: 6 }),
      fc.constantFrom(';', '\t', '|'),
      (cells, separator) => {
        const written = cells.map(([text, isQuoted]) => (isQuoted ? `"${text}"` : text)).join(separator)
        const [row] = read([bytesOf(`${written}\n`)], { ...options, delimiter: separator }).rows
        if (row === undefined || row.cells.length === 0) return
        row.cells.forEach((text, column) => {
          if (isTidyAt(row, column)) {
            tidyCount++
            expect(isTidy(String(text))).toBe(true)
          }
        })
        // Of a line that is longer than a cell may be nothing is known; quotes beside tabs are looked at cell by cell.
        const isKnown = separator !== '\t' && bytesOf(written).length <= limits.cellCharactersMax
        const areTidy = row.cells.every((text) => isTidy(String(text)))
        if (isKnown) expect(row.tidy === tidyThroughout).toBe(areTidy)
      },
    ),
    { numRuns: 3000 },
  )
  expect(tidyCount).toBeGreaterThan(100)
})

test('a line with an open quote is not split', () => {
  const split = (line: string) => new LineSplitter(';').split(line)
  expect(split('a;"b')).toBeNull()
  expect(split('"a""')).toBeNull()
  expect(split('"a""";')).toEqual(['a"', ''])
  expect(split('a"b;c')).toEqual(['a"b', 'c'])
  expect(split('"a"b;c')).toEqual(['ab', 'c'])
  expect(split('')).toEqual([])
})
