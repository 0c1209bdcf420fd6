import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { defaultReadLimits, type ReadLimits } from '../../../src/analyzer/formats/format.ts'
import { openFile } from '../../../src/analyzer/formats/index.ts'
import { ndjsonLine } from '../../../src/analyzer/formats/json/ndjson-line.ts'
import { ndjson } from '../../../src/analyzer/formats/ndjson.ts'
import type { Row } from '../../../src/analyzer/table/rows/row.ts'
import { storable } from '../../../src/lib/storable.ts'
import { rejection } from '../../helpers/open-database.ts'
import { readingError } from '../../helpers/opened.ts'
import { temporaryDirectory } from '../../helpers/temporary.ts'

interface ReadSheet {
  name: string | null
  rows: Row[]
}

async function read(text: string, limits: Partial<ReadLimits> = {}): Promise<ReadSheet[]> {
  await using folder = await temporaryDirectory()
  await Bun.write(folder.file('rows'), text)
  const options = { limits: { ...defaultReadLimits, ...limits }, encoding: null, delimiter: null }
  const file = await openFile(folder.file('rows'), { ...options, format: 'ndjson' })
  const sheets: ReadSheet[] = []
  for (const { index, name } of file.sheets) {
    const rows: Row[] = []
    for await (const batch of file.rows(index)) rows.push(...batch)
    sheets.push({ name, rows })
  }
  file.close()
  return sheets
}

const lines = (...values: unknown[]) => values.map((value) => `${JSON.stringify(value)}\n`).join('')

test('the keys of all rows are the header, in the order in which they turn up', async () => {
  expect(await read(lines({ sku: 'A', price: 1 }, { name: 'B', sku: 'B' }))).toEqual([
    {
      name: null,
      rows: [
        { index: -1, cells: ['sku', 'price', 'name'] },
        { index: 0, cells: ['A', 1, ''] },
        { index: 1, cells: ['B', '', 'B'] },
      ],
    },
  ])
})

test('_sheet and _row say where a row stands; without _row it is the line', async () => {
  const text = lines(
    { _sheet: 'Page 2', _row: 7, sku: 'A' },
    { _sheet: 'Page 1', _row: 3, name: 'N' },
    { _sheet: 'Page 2', sku: 'B' },
  )
  expect(await read(`\n${text}`)).toEqual([
    {
      name: 'Page 2',
      rows: [
        { index: -1, cells: ['sku'] },
        { index: 6, cells: ['A'] },
        { index: 7, cells: ['B'] },
      ],
    },
    {
      name: 'Page 1',
      rows: [
        { index: -1, cells: ['name'] },
        { index: 2, cells: ['N'] },
      ],
    },
  ])
})

describe('a line that cannot be taken is a row with its fault, and its line', () => {
  const faulty: [string, string, string][] = [
    ['{"sku":"A","price":{"net":1}}', 'nested_value', 'Line 2 has an object as "price"; write one value.'],
    ['{"sku":["A"]}', 'nested_value', 'Line 2 has an array as "sku"; write one value.'],
    [
      '{"sku":"A","price":1',
      'invalid_json',
      'Line 2 is damaged (at character 21); it must be one flat JSON object.',
    ],
    [
      '{"sku":"A',
      'invalid_json',
      'Line 2 is cut off in the middle of a text (at character 8); it must be one flat JSON object.',
    ],
    ['[1]', 'invalid_json', 'Line 2 is no JSON object (at character 1); it must be one flat JSON object.'],
    [
      '{"sku":"A"} x',
      'invalid_json',
      'Line 2 is damaged (at character 13); it must be one flat JSON object.',
    ],
    ['{"sku":01}', 'invalid_json', 'Line 2 is damaged (at character 9); it must be one flat JSON object.'],
    ['{"sku":"A","sku":"B"}', 'repeated_key', 'Line 2 names "sku" twice.'],
    ['{"_row":1,"sku":"B"}', 'wrong_row_number', 'Line 2 has _row 1 behind row 1; rows must ascend.'],
    ['{"_row":1.5,"sku":"B"}', 'wrong_row_number', 'Line 2 has 1.5 as _row; write a whole number from 1 on.'],
    ['{"_row":"9","sku":"B"}', 'wrong_row_number', 'Line 2 has "9" as _row; write a whole number from 1 on.'],
  ]
  for (const [line, code, message] of faulty) {
    test(line, async () => {
      const [sheet] = await read(`{"sku":"first"}\n${line}\n{"sku":"last"}\n`)
      expect(sheet!.rows[2]).toEqual({ index: 1, cells: [], fault: { code, message, raw: line } })
      expect(sheet!.rows[3]).toEqual({ index: 2, cells: ['last'] })
    })
  }
})

const numbers: [string, string | number][] = [
  ['12', 12],
  ['12.5', 12.5],
  // As a number: as text it could be twelve thousand.
  ['12.345', 12.345],
  ['12.340', 12.34],
  ['12.000', 12],
  ['12.50', '12.50'],
  ['4006381333931', 4006381333931],
  ['12345678901234567890', '12345678901234567890'],
  ['0.1234567890123456789', '0.1234567890123456789'],
  ['1e3', '1e3'],
  ['-1.50', '-1.50'],
]
for (const [text, cell] of numbers) {
  test(`the number ${text} keeps its digits`, () => {
    expect(ndjsonLine(`{"n":${text}}`)).toEqual({ members: [['n', cell]] })
  })
}

test('any flat object that JSON can write is read as JSON reads it, with texts that can be kept', () => {
  const value = fc.oneof(fc.string({ unit: 'binary' }), fc.integer(), fc.constant(null))
  fc.assert(
    fc.property(
      fc.dictionary(fc.string({ unit: 'binary' }), value),
      fc.constantFrom(0, 1),
      (object, indent) => {
        // In one line either way, with blanks or without.
        const text = JSON.stringify(object, null, indent).replaceAll('\n', ' ')
        const members = Object.entries(object).map(([key, member]) => [
          storable(key),
          typeof member === 'string' ? storable(member) : (member ?? ''),
        ])
        fc.pre(new Set(members.map(([key]) => key)).size === members.length)
        expect(ndjsonLine(text)).toEqual({ members } as ReturnType<typeof ndjsonLine>)
      },
    ),
  )
})

test('a broken line is a fault, never an exception', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.nat(200), (noise, at) => {
      const line = '{"sku":"A\\u00e4","name":"B","price":12.50,"x":null}'
      ndjsonLine(line.slice(0, at) + noise + line.slice(at))
    }),
  )
})

test('rows are the same wherever chunks end, also inside a character', async () => {
  const long = Array.from({ length: 9000 }, (_, n) => ({
    sku: `Ä-${n}`,
    name: '日本'.repeat(n % 20),
    price: n,
  }))
  const [sheet] = await read(lines(...long))
  expect(sheet!.rows.slice(1).map(({ cells }) => cells)).toEqual(
    long.map(({ sku, name, price }) => [sku, name, price]),
  )
})

describe('a file that is cut off', () => {
  const flat = lines({ sku: 'A', price: 1 }, { sku: 'B', price: 2 }, { sku: 'C', price: 3 })
  const nested = lines({ sku: 'A', p: { eur: 1 } }, { sku: 'B', p: { eur: 2 } }, { sku: 'C', p: { eur: 3 } })
  for (const [kind, text] of Object.entries({ flat, nested })) {
    const second = text.indexOf('\n') + 1
    for (const at of [second + 1, second + 9, text.length - 2, text.length - 10])
      test(`gives nothing: ${kind}, ${JSON.stringify(text.slice(second, at))}`, async () => {
        expect(await readingError(text.slice(0, at))).toMatchObject({ code: 'truncated_json' })
      })
    test(`unless that is at the end of a line: ${kind}`, async () => {
      expect(await readingError(text.slice(0, second))).toBeNull()
      expect(await readingError(text.slice(0, -1))).toBeNull()
    })
  }

  test('is not what ends with a line of another kind', async () => {
    expect(await readingError(`${flat}-- 3 rows`)).toBeNull()
    expect(await readingError(`${flat}{"sku": D}`)).toBeNull()
  })
})

test('what breaks a limit ends the file', async () => {
  const cases: [string, Partial<ReadLimits>, string][] = [
    [lines({ a: 1, b: 2, c: 3 }), { columnsMax: 2 }, 'too_many_columns'],
    [lines({ a: 'x'.repeat(300_000) }), { cellCharactersMax: 50 }, 'line_too_long'],
    [lines(...Array.from({ length: 1001 }, (_, n) => ({ _sheet: `${n}`, a: 1 }))), {}, 'too_many_sheets'],
    ['\n\n', {}, 'empty_file'],
  ]
  for (const [text, limits, code] of cases)
    expect(await rejection(read(text, limits))).toMatchObject({ name: 'InvalidError', code })
})

test('a value that is too long is a fault of its line', async () => {
  const [sheet] = await read(lines({ a: 'xx' }, { a: 'xxx' }), { cellCharactersMax: 2 })
  expect(sheet!.rows[1]).toEqual({ index: 0, cells: ['xx'] })
  expect(sheet!.rows[2]!.fault).toMatchObject({ code: 'cell_too_long' })
})

test('it is recognised by its first line; other JSON is not taken for it', () => {
  const detect = (text: string) => ndjson.detect(new TextEncoder().encode(text))
  expect(detect('{"sku":"A","price":1}\n{"sku"')).toBe(true)
  for (const other of [
    '{"items":[{"sku":"A"}]}',
    '{\n  "sku": "A"\n}',
    '[{"sku":"A"}]',
    'sku;price\nA;1',
    '',
  ])
    expect([other, detect(other)]).toEqual([other, false])
})
