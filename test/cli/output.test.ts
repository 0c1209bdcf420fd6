import { expect, test } from 'bun:test'
import fc from 'fast-check'
import {
  cutToWidth,
  printJson,
  printLine,
  printProse,
  printTable,
  renderTable,
  visible,
} from '../../src/cli/output.ts'
import { testIo } from '../helpers/io.ts'

const columns = [
  { header: 'SKU' },
  { header: 'NAME', canShrink: true },
  { header: 'PRICE', align: 'right' },
] as const
const plain = { columns: null, isTerminal: false }

test('columns are aligned by what a terminal shows: wide, combining and right-to-left text', () => {
  const rows = [
    ['A', '日本茶', '12.50'],
    ['B', 'Cafe\u0301', '9.00'],
    ['C', '👩‍👩‍👧 tea', '1.00'],
    ['D', 'תה', null],
  ]
  expect(renderTable({ columns, rows }, plain)).toBe(
    [
      'SKU  NAME    PRICE',
      'A    日本茶  12.50',
      'B    Cafe\u0301     9.00',
      'C    👩‍👩‍👧 tea   1.00',
      'D    תה',
      '',
    ].join('\n'),
  )
})

test('on a terminal right-to-left text is isolated from its neighbours', () => {
  const text = renderTable({ columns, rows: [['D', 'תה', '1.00']] }, { columns: 80, isTerminal: true })
  expect(text).toContain('\u2068תה\u2069')
})

test('a table fits the terminal, and only columns that may shrink are cut', () => {
  const rows = [['A-1234567', 'A very long name of an article', '1234567.50']]
  const lines = renderTable({ columns, rows }, { columns: 40, isTerminal: true }).split('\n')
  expect(lines[1]).toBe('A-1234567  A very long name…  1234567.50')
  expect(Math.max(...lines.map((line) => Bun.stringWidth(line)))).toBeLessThanOrEqual(40)
  expect(renderTable({ columns, rows }, plain)).toContain('A very long name of an article')
})

test('every line of a table that can shrink far enough fits, whatever the text', () => {
  const cell = fc.string({ unit: 'grapheme', maxLength: 60 })
  fc.assert(
    fc.property(fc.array(cell, { minLength: 1 }), fc.integer({ min: 20, max: 100 }), (names, width) => {
      const rows = names.map((name) => [name, '1.00'])
      const text = renderTable(
        {
          columns: [
            { header: 'NAME', canShrink: true },
            { header: 'PRICE', align: 'right' },
          ],
          rows,
        },
        { columns: width, isTerminal: true },
      )
      const lines = text.split('\n')
      expect(lines).toHaveLength(names.length + 2)
      for (const line of lines) expect(Bun.stringWidth(line)).toBeLessThanOrEqual(width)
    }),
  )
})

test("a supplier's text cannot steer the terminal", () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      expect(visible(text)).not.toMatch(/[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]/)
    }),
  )
  expect(visible('a\x1b[2Jb\nc\x07\x7f\x9b\u202egpj')).toBe('a␛[2Jb␊c␇␡\\u{9b}\\u{202e}gpj')
  expect(visible('Größe 日本 👩‍👩‍👧 תה')).toBe('Größe 日本 👩‍👩‍👧 תה')
})

test('a cut never parts what people see as one character', () => {
  expect(cutToWidth('日本茶', 5)).toBe('日本…')
  expect(cutToWidth('日本茶', 4)).toBe('日…')
  expect(cutToWidth('e\u0301e\u0301e\u0301', 2)).toBe('e\u0301…')
  expect(cutToWidth('👩‍👩‍👧👩‍👩‍👧', 3)).toBe('👩‍👩‍👧…')
  expect([cutToWidth('abc', 3), cutToWidth('abc', 1), cutToWidth('abc', 0)]).toEqual(['abc', '…', ''])
})

test('JSON is one line for programs and indented for people', () => {
  const value = { rowCount: 1, items: [{ itemKey: 'a' }] }
  const [pipe, terminal] = [testIo(), testIo({ terminalColumns: 80 })]
  printJson(pipe, value)
  printJson(terminal, value)
  expect(pipe.out()).toBe('{"row_count":1,"items":[{"item_key":"a"}]}\n')
  expect(terminal.out()).toBe(
    '{\n  "row_count": 1,\n  "items": [\n    {\n      "item_key": "a"\n    }\n  ]\n}\n',
  )
})

test('tables and lines go to the writer they are given', () => {
  const io = testIo()
  printTable(io.stdout, { columns: [{ header: 'N', align: 'right' }], rows: [[10], [5]] })
  printLine(io.stderr, 'two\nlines\x1b')
  expect([io.out(), io.err()]).toEqual([' N\n10\n 5\n', 'two\nlines␛\n'])
})

test('a sentence is broken between words on a terminal, and nowhere else', () => {
  const text = '  Further prices: D Dealer, E Averyveryverylongname'
  const printed = (terminal: { columns: number | null; isTerminal: boolean }) => {
    const parts: string[] = []
    printProse({ ...terminal, isClosed: false, write: (part) => void parts.push(String(part)) }, text)
    return parts.join('')
  }
  expect(printed({ columns: 20, isTerminal: true })).toBe(
    '  Further prices: D\n    Dealer, E\n    Averyveryverylongname\n',
  )
  expect(printed({ columns: 80, isTerminal: true })).toBe(`${text}\n`)
  expect(printed({ columns: 20, isTerminal: false })).toBe(`${text}\n`)
})
