import { describe, expect, test } from 'bun:test'
import { decideSheet } from '../../../src/analyzer/table/areas/decide-sheet.ts'
import { defaultTableOptions } from '../../../src/analyzer/table/decision.ts'
import { tableReader } from '../../../src/analyzer/table/rows/reader.ts'
import type { Cell, Row } from '../../../src/analyzer/table/rows/row.ts'

/**
 * Cells that patterns choke on. What is linear takes a few milliseconds for so many characters, a pattern whose time
 * grows with the square of the length seconds, and then four times as long as for half of them: only what is both slow
 * and grows so fails, however slow the machine is.
 */
const length = 50_000
const suspiciousMs = 800
const growthMax = 3
const repeated: [string, string][] = [
  ['blanks', ' '],
  ['blanks that do not break', '\u00a0'],
  ['line ends', '\r\n'],
  ['digits', '7'],
  ['digits and blanks', '1 '],
  ['digits and points', '1.'],
  ['digits and commas', '1,'],
  ['digits and apostrophes', "1'"],
  ['digits and slashes', '1/'],
  ['digits and signs', '-1'],
  ['letters and digits', 'a1'],
  ['letters in both cases', 'aB'],
  ['dots', '.'],
  ['quotes', '"'],
  ['brackets', '('],
  ['brackets in pairs', '[]'],
  ['combining marks', '\u0301'],
  ['letters with marks', 'e\u0301'],
  ['currency signs', '€ '],
  ['currencies', 'EUR '],
  ['units', 'kg/'],
  ['words before prices', 'from '],
  ['headings', 'a > '],
  ['dates', '01.'],
  ['marks of direction', '\u200f'],
  ['emoji', '👩‍👧'],
  ['words', 'price '],
]
const headers = ['SKU', 'Name', 'Price', 'Unit', 'Valid from', 'EAN', 'Stock', 'Currency', 'Min qty']

const sheet = { index: 0, name: null, isHidden: false }

function rowsWith(place: string, cell: string): Row[] {
  const body: Cell[][] = Array.from({ length: 12 }, (_, n) => [
    `S-${n}`,
    `Bolt ${n}`,
    `${n + 1}.50`,
    'pcs',
    '2026-01-05',
    '4006381333931',
    '5',
    'EUR',
    '1',
  ])
  const header: Cell[] = [...headers]
  if (place === 'header') header[2] = cell
  else if (headers.includes(place)) body[3]![headers.indexOf(place)] = cell
  const title = place === 'title' ? [[cell]] : []
  const section = place === 'heading' ? [[cell]] : []
  return [...title, header, ...section, ...body].map((cells, index) => ({ index, cells }))
}

/** Processor time of deciding and reading a table with such a cell, in milliseconds. */
function costOf(place: string, cell: string): number {
  const rows = rowsWith(place, cell)
  const before = process.cpuUsage()
  let outcomes = 0
  for (const table of decideSheet(rows, sheet, defaultTableOptions, { fileStyle: null, formats: [] })) {
    const reader = tableReader(table, defaultTableOptions)
    outcomes += rows.map((row) => reader.read(row).kind).filter((kind) => kind !== 'ignored').length
  }
  expect(outcomes).toBeGreaterThanOrEqual(11)
  return process.cpuUsage(before).user / 1000
}

describe('the cost of a cell grows no faster than its length', () => {
  for (const place of ['title', 'header', 'heading', ...headers]) {
    test(place, () => {
      for (const [what, text] of repeated) {
        // What comes first and last decides whether a pattern gets to the middle, and whether it then fails.
        for (const [first, last] of [
          ['', ''],
          ['1', 'x'],
          ['x', '€'],
        ]) {
          const cellOf = (characters: number) =>
            `${first}${text.repeat(Math.ceil(characters / text.length))}${last}`
          const cost = costOf(place, cellOf(length))
          if (cost < suspiciousMs) continue
          const growth = cost / costOf(place, cellOf(length / 2))
          expect([what, first, last, growth < growthMax]).toEqual([what, first, last, true])
        }
      }
    })
  }
})
