import { expect, test } from 'bun:test'
import fc from 'fast-check'
import { defaultTableOptions } from '../../../src/analyzer/table/decision.ts'
import { tableReader } from '../../../src/analyzer/table/rows/reader.ts'
import {
  type Cell,
  isTidyAt,
  type Row,
  tidyThroughout,
  withoutTidy,
} from '../../../src/analyzer/table/rows/row.ts'
import { isTidyCode } from '../../../src/analyzer/table/text.ts'
import { readTable, rowsOf } from '../../helpers/rows.ts'

const isTidy = (cell: Cell) =>
  typeof cell === 'number' ||
  (cell.trim() === cell &&
    Array.from({ length: cell.length }, (_, i) => cell.charCodeAt(i)).every(isTidyCode))

/** What a format may say of a row: of every tidy text that it is, or nothing. */
function marked(row: Row): Row {
  const tidy = row.cells.reduce<number>(
    (bits, cell, column) => (isTidy(cell) ? bits : withoutTidy(bits, column)),
    tidyThroughout,
  )
  return { ...row, tidy }
}

const list = `SKU|Product|Price|Currency|Unit|Brand|Category|EAN|Colour|Valid to
A-1|Hammer|12.00|EUR|st|Bosch|Tools|4006381333931|red|2026-12-31
A-2|Saw|1,234.00|SEK|kg|Makita|Tools|4006381333931|blue|2026-12-31
A-3|Drill|€ 36.00|EUR|st|Bosch|Tools|4006381333931|green|2026-12-31`

const cell = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.constantFrom<Cell>('A-1', 'Hammer', '12.00', 'EUR', 'st', 'Bosch', '', '2026-12-31'),
  },
  fc.constantFrom<Cell>(
    ' x ',
    '\u00a0',
    'a"b',
    '"open',
    'a\\b',
    'a\nb',
    'a\u0000b',
    '\ufffd',
    '🍣',
    '\ud800',
    12.5,
    7,
  ),
  fc.constantFrom<Cell>('on request', '-', 'Total', 'Tools', '-3', '1.234', 'x'.repeat(300), '€ 5 / 100 st'),
)

test('what is known to be tidy is read like anything else', () => {
  for (const text of [list, list.replace('SKU|', 'Row|')]) {
    const { decision } = readTable(rowsOf(text))
    let tidyCount = 0
    fc.assert(
      fc.property(fc.array(fc.array(cell, { maxLength: 40 }), { maxLength: 8 }), (lines) => {
        const rows = lines.map((cells, i) => ({ index: decision.firstDataRow + i, cells }))
        const one = tableReader(decision, defaultTableOptions)
        const other = tableReader(decision, defaultTableOptions)
        for (const row of rows) {
          const known = marked(row)
          for (let column = 0; column < row.cells.length; column++) if (isTidyAt(known, column)) tidyCount++
          expect(one.read(known)).toEqual(other.read(row))
        }
      }),
      { numRuns: 500 },
    )
    expect(tidyCount).toBeGreaterThan(1000)
  }
})

test('a column without a bit of its own is tidy only where all are', () => {
  const row = (tidy: number): Row => ({ index: 0, cells: [], tidy })
  expect([0, 30, 31, 32, 500].map((column) => isTidyAt(row(tidyThroughout), column))).not.toContain(false)
  const but = row(withoutTidy(tidyThroughout, 3))
  expect([0, 3, 30, 31, 35, 500].map((column) => isTidyAt(but, column))).toEqual([
    true,
    false,
    true,
    false,
    false,
    false,
  ])
  const beyond = row(withoutTidy(tidyThroughout, 35))
  expect([3, 30, 31, 35].map((column) => isTidyAt(beyond, column))).toEqual([true, true, false, false])
  expect(isTidyAt({ index: 0, cells: [] }, 0)).toBe(false)
})
