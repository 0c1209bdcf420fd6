import { describe, expect, test } from 'bun:test'
import { join } from 'node:path'
import { Glob } from 'bun'
import fc from 'fast-check'
import type { Cell } from '../../../src/analyzer/table/rows/row.ts'
import { InvalidError } from '../../../src/lib/errors.ts'
import { corpus } from '../../helpers/corpus.ts'
import { makeOds, odsContent } from '../../helpers/ods.ts'
import { type ReadSheets, readRefusal, readSheets } from '../../helpers/read-sheets.ts'
import { makeWorkbook } from '../../helpers/workbook.ts'

type PlacedRow = [index: number, cells: Cell[]]

async function sheetsOf(content: string | Uint8Array): Promise<ReadSheets['sheets']> {
  return (await readSheets(content)).sheets
}

async function rowsOf(data: string): Promise<PlacedRow[]> {
  const [sheet] = await sheetsOf(makeOds([{ data }]))
  return sheet!.rows
}

const row = (cells: string, attributes = '') => `<table:table-row ${attributes}>${cells}</table:table-row>`
const cell = (text: string, attributes = 'office:value-type="string"') =>
  `<table:table-cell ${attributes}><text:p>${text}</text:p></table:table-cell>`

test('a sheet has the rows that the same list has as XLSX', async () => {
  const value = fc.oneof(
    fc.constantFrom(null, null, 'x', 1, true, false),
    fc
      .string({ unit: 'grapheme', maxLength: 12 })
      .map((text) => text.replace(/[\u0000-\u0008\u000b-\u001f\ufffe\uffff]/g, '')),
    fc.constantFrom('  two  blanks ', 'a\tb', 'one\ntwo', '007', ' ', '& < >', 'a_x0041_b'),
    fc.double({ noNaN: true, noDefaultInfinity: true }).map((number) => number + 0),
  )
  const rows = fc.array(fc.array(value, { maxLength: 6 }), { maxLength: 12 })
  await fc.assert(
    fc.asyncProperty(rows, async (list) => {
      const tidy = list.map((cells) => cells.map((each) => (each === '' ? null : each)))
      const [ods, xlsx] = [makeOds([{ rows: tidy }]), makeWorkbook([{ name: 'Sheet1', rows: tidy }])]
      expect(await sheetsOf(ods)).toEqual(await sheetsOf(xlsx))
    }),
    { numRuns: 150 },
  )
})

describe('a cell', () => {
  const cases: [string, string, Cell][] = [
    ['with a number', cell('12,50', 'office:value-type="float" office:value="12.5"'), 12.5],
    [
      'with money',
      cell('12,50 €', 'office:value-type="currency" office:currency="EUR" office:value="12.5"'),
      12.5,
    ],
    ['with a percentage', cell('19 %', 'office:value-type="percentage" office:value="0.19"'), 0.19],
    [
      'with a date',
      cell('22.11.26', 'office:value-type="date" office:date-value="2026-11-22"'),
      '2026-11-22',
    ],
    [
      'with midnight',
      cell('x', 'office:value-type="date" office:date-value="2026-11-22T00:00:00"'),
      '2026-11-22',
    ],
    [
      'with date and time',
      cell('x', 'office:value-type="date" office:date-value="2026-11-22T08:30:00.25"'),
      '2026-11-22T08:30:00',
    ],
    ['with a time', cell('8:24', 'office:value-type="time" office:time-value="PT8H24M00S"'), '08:24:00'],
    ['with a truth', cell('WAHR', 'office:value-type="boolean" office:boolean-value="true"'), 'TRUE'],
    ['with a code that shows zeros', cell('00123', 'office:value-type="float" office:value="123"'), '00123'],
    ['with a broken number', cell('5 €', 'office:value-type="float" office:value="five"'), '5 €'],
    ['without a type', '<table:table-cell><text:p>old</text:p></table:table-cell>', 'old'],
    [
      'with its text in the tag',
      '<table:table-cell office:value-type="string" office:string-value="x"/>',
      'x',
    ],
    [
      'with an error',
      cell('#DIV/0!', 'office:value-type="float" office:value="0" calcext:value-type="error"'),
      '#DIV/0!',
    ],
    ['with paragraphs', cell('one</text:p><text:p>two'), 'one\ntwo'],
    ['with spans and links', cell('<text:span>a<text:a>b</text:a></text:span>c'), 'abc'],
    ['with blanks and breaks', cell('a<text:s text:c="3"/>b<text:tab/>c<text:line-break/>d'), 'a   b\tc\nd'],
    ['with blanks that do not count', cell('a\n      b'), 'a b'],
    [
      'with a note',
      `<table:table-cell office:value-type="string"><office:annotation><dc:creator>me</dc:creator><text:p>note</text:p></office:annotation><text:p>x</text:p></table:table-cell>`,
      'x',
    ],
    [
      'with a drawing',
      `<table:table-cell office:value-type="string"><draw:frame><draw:text-box><text:p>no</text:p></draw:text-box></draw:frame><text:p>x</text:p></table:table-cell>`,
      'x',
    ],
  ]
  test.each(cases)('%s', async (_, xml, value) => {
    expect(await rowsOf(row(xml))).toEqual([[0, [value]]])
  })
})

describe('a row', () => {
  const cases: [string, string, PlacedRow[]][] = [
    [
      'that is repeated',
      row(cell('a'), 'table:number-rows-repeated="2"') + row(cell('b')),
      [
        [0, ['a']],
        [1, ['a']],
        [2, ['b']],
      ],
    ],
    [
      'behind blank ones',
      row('<table:table-cell/>', 'table:number-rows-repeated="1000000"') + row(cell('b')),
      [[1_000_000, ['b']]],
    ],
    [
      'with repeated cells',
      row(cell('a', 'table:number-columns-repeated="3" office:value-type="string"')),
      [[0, ['a', 'a', 'a']]],
    ],
    [
      'with blanks between',
      row(`${cell('a')}<table:table-cell table:number-columns-repeated="2"/>${cell('b')}`),
      [[0, ['a', '', '', 'b']]],
    ],
    [
      'with blanks at its end',
      row(`${cell('a')}<table:table-cell table:number-columns-repeated="16383"/>`),
      [[0, ['a']]],
    ],
    [
      'with merged cells',
      row(
        `${cell('a')}<table:covered-table-cell><text:p>under</text:p></table:covered-table-cell>${cell('b')}`,
      ),
      [[0, ['a', '', 'b']]],
    ],
    [
      'in a group and above it',
      `<table:table-header-rows>${row(cell('h'))}</table:table-header-rows><table:table-row-group>${row(cell('g'))}</table:table-row-group>`,
      [
        [0, ['h']],
        [1, ['g']],
      ],
    ],
  ]
  test.each(cases)('%s', async (_, xml, rows) => {
    expect(await rowsOf(xml)).toEqual(rows)
  })
})

test('sheets come with their names, hidden ones as such, and nothing else is a sheet', async () => {
  const before = `<table:tracked-changes><table:deletion><table:table-cell><text:p>gone</text:p></table:table-cell></table:deletion></table:tracked-changes>`
  const sheets = [
    { name: 'A & B', rows: [['a']] },
    { name: 'Secret', isHidden: true, rows: [['s']] },
    { name: 'Empty' },
  ]
  expect(await sheetsOf(makeOds(sheets, { before }))).toEqual([
    { name: 'A & B', isHidden: false, rows: [[0, ['a']]] },
    { name: 'Secret', isHidden: true, rows: [[0, ['s']]] },
    { name: 'Empty', isHidden: false, rows: [] },
  ])
})

test('a spreadsheet may come as one document, and without a media type', async () => {
  const expected = await sheetsOf(makeOds([{ rows: [['a', 1]] }]))
  const flat = odsContent([{ rows: [['a', 1]] }]).replaceAll('document-content', 'document')
  expect(await sheetsOf(flat)).toEqual(expected)
  expect(await sheetsOf(makeOds([{ rows: [['a', 1]] }], { parts: { mimetype: null } }))).toEqual(expected)
})

describe('what is refused', () => {
  const filled = cell('1', 'office:value-type="float" office:value="1" table:number-columns-repeated="1000"')
  const protectedManifest = `<manifest:manifest><manifest:file-entry manifest:full-path="content.xml"><manifest:encryption-data/></manifest:file-entry></manifest:manifest>`

  test.each<[string, Uint8Array, string]>([
    [
      'rows that go on for ever',
      makeOds([{ data: row(filled, 'table:number-rows-repeated="1048576"') }]),
      'too_many_repeats',
    ],
    [
      'many rows that go on',
      makeOds([{ data: row(filled, 'table:number-rows-repeated="1000"').repeat(6) }]),
      'too_many_repeats',
    ],
    [
      'rows beyond the last',
      makeOds([{ data: row(cell('a'), 'table:number-rows-repeated="999999999"') }]),
      'too_many_rows',
    ],
    [
      'cells beyond the last',
      makeOds([{ data: row(cell('a', 'table:number-columns-repeated="16385"')) }]),
      'too_many_columns',
    ],
    [
      'a text without end',
      makeOds([{ data: row(cell('<text:s text:c="900000"/>'.repeat(2))) }]),
      'cell_too_long',
    ],
    [
      'a bomb of entities',
      makeOds([], { parts: { 'content.xml': '<!DOCTYPE a [<!ENTITY b "b">]><a/>' } }),
      'xml_doctype',
    ],
    [
      'a document that is cut off',
      makeOds([], { parts: { 'content.xml': odsContent([{ rows: [['a']] }]).slice(0, -80) } }),
      'damaged_xml',
    ],
    ['an archive without its main part', makeOds([], { parts: { 'content.xml': null } }), 'damaged_workbook'],
    [
      'a protected workbook',
      makeOds([], { parts: { 'META-INF/manifest.xml': protectedManifest } }),
      'encrypted_workbook',
    ],
    [
      'a wholly protected workbook',
      makeOds([], { parts: { 'content.xml': null, 'encrypted-package': 'x' } }),
      'encrypted_workbook',
    ],
  ])('%s', async (_, content, code) => {
    expect(await readRefusal(content)).toMatchObject({ code })
  })

  test('a spreadsheet of another kind, by its name', async () => {
    const text = makeOds([], { parts: { mimetype: 'application/vnd.oasis.opendocument.text' } })
    expect(String(await readRefusal(text))).toContain('an OpenDocument text (ODT)')
  })
})

test('blank rows and columns to the end of a sheet cost nothing', async () => {
  const blank = row(
    '<table:table-cell table:number-columns-repeated="16384"/>',
    'table:number-rows-repeated="1000"',
  )
  expect(await rowsOf(row(cell('a')) + blank.repeat(1000) + row(cell('b')))).toEqual([
    [0, ['a']],
    [1_000_001, ['b']],
  ])
})

test('bytes that are damaged give rows or a clear error', async () => {
  const content = odsContent([
    {
      rows: [
        ['SKU', 'Price'],
        ['A', 1],
        ['B', 2],
      ],
    },
  ])
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(fc.nat(content.length - 1), fc.nat(126)), { minLength: 1, maxLength: 5 }),
      async (changes) => {
        const bytes = Buffer.from(content)
        for (const [at, value] of changes) bytes[at] = value
        const file = makeOds([], { parts: { 'content.xml': bytes.toString() } })
        const outcome = await sheetsOf(file).catch((error: unknown) => error)
        if (outcome instanceof Error) expect(outcome).toBeInstanceOf(InvalidError)
      },
    ),
    { numRuns: 150 },
  )
})

test.skipIf(corpus === null)('every real spreadsheet is read', async () => {
  for await (const name of new Glob('**/*.ods').scan(corpus ?? '')) {
    const sheets = await sheetsOf(await Bun.file(join(corpus ?? '', name)).bytes())
    expect(sheets.length).toBeGreaterThan(0)
  }
})
