import { describe, expect, test } from 'bun:test'
import { openProgram, type TestProgram } from '../helpers/cli.ts'
import { engines } from '../helpers/engines.ts'
import {
  csvOf,
  type ImportJson,
  type ItemJson,
  type ItemsJson,
  priceHeader,
  priceList,
  type TryJson,
} from '../helpers/lists.ts'
import { makeWorkbook, type WorkbookCell } from '../helpers/workbook.ts'

interface Taken {
  json: ImportJson
  items: ItemJson[]
  /** Row (0-based), column and code of errors and notes. */
  log: [number, number | null, string][]
}

/** Brings a list in whatever the guard says, after `try` has shown the same. */
async function take(program: TestProgram, list: string | Uint8Array): Promise<Taken> {
  const path = await program.write('list', list)
  const tried = await program.json<TryJson>('try', path, '--items', 'all')
  const { json, err } = await program.json<ImportJson>('ingest', path, '--supplier', 'Acme', '--no-hold')
  expect(err).toBe('')
  expect(json.counts).toEqual(tried.json.counts)
  expect(await program.leftovers()).toEqual([])
  const { items } = (await program.json<ItemsJson>('items', '--limit', '1000')).json
  const shown = await program.json<{ log: { row: number; column: number | null; code: string }[] }>(
    'imports',
    'show',
    json.id,
  )
  const log = shown.json.log.map((entry): Taken['log'][0] => [entry.row, entry.column, entry.code])
  expect(tried.json.issues.filter(({ row }) => row !== null)).toHaveLength(log.length)
  return { json, items, log }
}

/** A list of twenty plain articles with these rows behind them. */
const withRows = (...rows: (string | number)[][]) => priceList(20) + csvOf(...rows)
const plainRows = Array.from({ length: 20 }, (_, n): WorkbookCell[] => [`A-${n}`, `Article ${n}`, n + 10.5])
const workbookWithRows = (...rows: WorkbookCell[][]) =>
  makeWorkbook([{ name: 'Prices', rows: [priceHeader, ...plainRows, ...rows] }])

for (const engine of engines) {
  describe(engine, () => {
    test('NUL characters reject their row and name the cell', async () => {
      await using program = await openProgram(engine)
      const { json, log, items } = await take(
        program,
        withRows(['X\0-1', 'Hammer', '1.50'], ['X-2', 'Ham\0mer', '1.50'], ['X-3', 'Saw', '1\0.50']),
      )
      expect(json.counts).toMatchObject({ accepted: 20, rejected: 3 })
      expect(log.filter(([, , code]) => code === 'nul_character')).toEqual([
        [21, 0, 'nul_character'],
        [22, 1, 'nul_character'],
        [23, 2, 'nul_character'],
      ])
      expect(items).toHaveLength(20)
    })

    test('names of objects’ own members are headers, SKUs and values like any other', async () => {
      await using program = await openProgram(engine)
      const { items, json } = await take(
        program,
        csvOf(
          ['__proto__', 'constructor', ...priceHeader, 'toString', '__proto__'],
          ['a', 'b', '__proto__', 'Hammer', '1.50', 'c', 'd'],
          ['e', 'f', 'constructor', 'Saw', '2.50', 'g', 'h'],
          ['i', 'j', 'hasOwnProperty', '__proto__', '3.50', 'k', 'l'],
        ),
      )
      expect(json.status).toBe('completed')
      expect(items.map(({ sku, name }) => [sku, name])).toEqual([
        ['__proto__', 'Hammer'],
        ['constructor', 'Saw'],
        ['hasOwnProperty', '__proto__'],
      ])
      expect(Object.values(items[0]!.characteristics).toSorted()).toEqual(['a', 'b', 'c', 'd'])
      expect(Object.keys(items[0]!.characteristics)).toEqual(
        expect.arrayContaining(['__proto__', 'constructor', 'toString']),
      )
      expect(({} as Record<string, unknown>).a).toBeUndefined()
      const found = await program.json<ItemsJson>('items', '--where', '__proto__=a')
      expect(found.json.items.map(({ sku }) => sku)).toEqual(['__proto__'])
      expect((await program.json<ItemsJson>('history', '__proto__')).json.items).toHaveLength(1)
    })

    test('a SKU or a name that is too long is rejected, a SKU of 255 characters is not', async () => {
      await using program = await openProgram(engine)
      const { log, items } = await take(
        program,
        withRows(
          ['X'.repeat(1_000_000), 'Hammer', '1.50'],
          ['X'.repeat(256), 'Hammer', '1.50'],
          ['X'.repeat(255), 'Hammer', '1.50'],
          ['Ü'.repeat(255), '🔨'.repeat(250), '1.50'],
          ['Y-1', 'Y'.repeat(501), '1.50'],
        ),
      )
      expect(log).toEqual([
        [21, 0, 'sku_too_long'],
        [22, 0, 'sku_too_long'],
        [25, 1, 'name_too_long'],
      ])
      expect(items.map(({ sku }) => sku!.length).filter((length) => length > 10)).toEqual([255, 255])
    })

    test('terminal escapes, directions, emoji and broken characters are kept and cannot steer a terminal', async () => {
      await using program = await openProgram(engine)
      const names = [
        '\x1b[2J\x1b[31mHammer\x07',
        '\u202eevil\u202c \u05e9\u05dc\u05d5\u05dd',
        '👩‍👩‍👧 🔨',
        'a\u0301\u2028b\x9b1m',
      ]
      const { items } = await take(program, withRows(...names.map((name, n) => [`X-${n}`, name, '1.50'])))
      expect(
        items.filter(({ sku }) => sku!.startsWith('X')).map(({ name }) => name.normalize('NFD')),
      ).toEqual(names.map((name) => name.normalize('NFD')))
      for (const command of [
        ['items'],
        ['try', 'list', '--items', 'all'],
        ['history', 'X-0'],
        ['items', '--json'],
      ]) {
        const { out } = await program.runWith({ terminalColumns: 200 }, ...command)
        expect(out).not.toMatch(/[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e\u2028]/)
      }
    })

    test('half of a character in a workbook becomes a replacement character, with a note', async () => {
      await using program = await openProgram(engine)
      const half = '_xD83D_'
      const data = `<row><c t="inlineStr"><is><t>SKU</t></is></c><c t="inlineStr"><is><t>Name</t></is></c><c t="inlineStr"><is><t>Price EUR</t></is></c><c t="inlineStr"><is><t>Colour ${half}</t></is></c></row>
        <row><c t="inlineStr"><is><t>A-1</t></is></c><c t="inlineStr"><is><t>Ham${half}mer</t></is></c><c><v>1.5</v></c><c t="inlineStr"><is><t>${half}red</t></is></c></row>
        <row><c t="inlineStr"><is><t>A-2</t></is></c><c t="inlineStr"><is><t>Saw</t></is></c><c><v>2.5</v></c></row>`
      const { items } = await take(program, makeWorkbook([{ data }]))
      expect(items[0]).toMatchObject({ name: 'Ham\ufffdmer', price: '1.50' })
      expect(Object.values(items[0]!.characteristics)).toEqual(['\ufffdred'])
    })

    test('the same SKUs on two sheets are one item each, and what differs is rejected', async () => {
      await using program = await openProgram(engine)
      const rows = (price: number) => [priceHeader, ...plainRows, ['Z-1', 'Nail', price]]
      const { json, items } = await take(
        program,
        makeWorkbook([
          { name: 'Spring', rows: rows(1.5) },
          { name: 'Autumn', rows: rows(2.5) },
        ]),
      )
      expect(json.counts).toEqual({
        read: 44,
        accepted: 21,
        priced: 21,
        unchanged: 0,
        rejected: 1,
        ignored: 22,
      })
      expect(items.find(({ sku }) => sku === 'Z-1')!.price).toBe('1.50')
      const log = await program.json<{ log: { message: string }[] }>('imports', 'show', 'last')
      expect(log.json.log[0]!.message).toContain('Row 22 has the same SKU "Z-1" as row 22 of sheet "Spring"')
    })
  })
}

test('prices that cannot be are rejected one by one, in text and in binary, and the rest goes in', async () => {
  await using program = await openProgram('sqlite')
  const rows = [
    ['X-1', 'Hammer', '1e308'],
    ['X-2', 'Hammer', '-3.00'],
    ['X-3', 'Hammer', '1.1234567'],
    ['X-4', 'Hammer', '9'.repeat(30)],
    ['X-5', 'Hammer', 'NaN'],
    ['X-6', 'Hammer', 'Infinity'],
    ['X-7', 'Hammer', '0x10'],
    ['X-8', 'Hammer', '=1+1'],
    ['X-9', 'Hammer', '900719925474.0991'],
  ]
  const text = await take(program, withRows(...rows))
  expect(text.json.counts).toMatchObject({ read: 30, accepted: 21, rejected: 8 })
  expect(text.log).toEqual([
    [21, 2, 'unreadable_price'],
    [22, 2, 'negative_price'],
    [23, 2, 'too_many_decimals'],
    [24, 2, 'price_too_large'],
    [25, 2, 'unreadable_price'],
    [26, 2, 'unreadable_price'],
    [27, 2, 'unreadable_price'],
    [28, 2, 'unreadable_price'],
  ])
  expect(text.items.find(({ sku }) => sku === 'X-9')!.price).toBe('900719925474.0991')

  const binary = await take(
    program,
    workbookWithRows(
      ['Y-1', 'Saw', 1e308],
      ['Y-2', 'Saw', -3],
      ['Y-3', 'Saw', 1.1234567],
      ['Y-4', 'Saw', 1e-9],
    ),
  )
  expect(binary.json.counts).toMatchObject({ rejected: 3 })
  expect(binary.log).toEqual([
    [21, 2, 'price_too_large'],
    [22, 2, 'negative_price'],
    [23, 2, 'price_rounded'],
    [24, 2, 'too_many_decimals'],
  ])
  expect(binary.items.find(({ sku }) => sku === 'Y-3')!.price).toBe('1.1235')
})

test('formulas in text stay text; those of a workbook give their stored value', async () => {
  await using program = await openProgram('sqlite')
  const text = await take(
    program,
    withRows(
      ['X-1', '=1+1', '1.50'],
      ['X-2', "=cmd|' /C calc'!A0", '2.50'],
      ['"=HYPERLINK(""x"")"', '@SUM(A1)', '3.50'],
    ),
  )
  expect(text.items.filter(({ name }) => /^[=@]/.test(name)).map(({ sku, name }) => [sku, name])).toEqual([
    ['=HYPERLINK("x")', '@SUM(A1)'],
    ['X-1', '=1+1'],
    ['X-2', "=cmd|' /C calc'!A0"],
  ])
  const binary = await take(
    program,
    workbookWithRows(
      ['Y-1', 'Saw', { formula: 'A1*2', value: 7.5 }],
      ['Y-2', 'Saw', { formula: '1/0', value: '#DIV/0!', type: 'e' }],
      ['Y-3', 'Saw', { formula: 'A1' }],
    ),
  )
  expect(binary.items.find(({ sku }) => sku === 'Y-1')!.price).toBe('7.50')
  expect(binary.log).toEqual([
    [22, 2, 'unreadable_price'],
    [23, 2, 'missing_price'],
  ])
})

test('a row with more cells than the header is rejected, one that ends otherwise than the others is read', async () => {
  await using program = await openProgram('sqlite')
  const surplus = await take(
    program,
    withRows(
      ['X-1', 'Hammer', '1.50', ...Array.from({ length: 10_000 }, () => 'x')],
      ['X-2'],
      ['X-3', 'Saw', '2.50'],
    ),
  )
  expect(surplus.json.counts).toMatchObject({ read: 24, accepted: 21, rejected: 2 })
  expect(surplus.log).toContainEqual([21, 3, 'too_many_cells'])
  // Commas that were meant as part of a number: 1,234.50 must not become 1.
  const split = await take(
    program,
    [
      'sku,name,price EUR',
      ...Array.from({ length: 20 }, (_, n) => `A${n},nut,${n + 1}.50`),
      'B1,nut,1,234.50',
      'B2,nut,2,75',
      'B3,nut,3.25,',
    ].join('\n'),
  )
  expect(split.json.counts).toMatchObject({ accepted: 21, rejected: 2 })
  expect(split.log).toEqual([
    [21, 3, 'too_many_cells'],
    [22, 3, 'too_many_cells'],
  ])
  const ends = await take(
    program,
    'SKU;Name;Price EUR\r\nM-1;Hammer;1.50\nM-2;Saw;2.50\rM-3;Axe;3.50\r\n\r\nM-4;Nail;4.50',
  )
  expect(ends.json.counts).toMatchObject({ read: 6, accepted: 4, ignored: 2 })
})

test('a header that comes again, totals in the middle and sections are not items', async () => {
  await using program = await openProgram('sqlite')
  const blocks = Array.from({ length: 4 }, (_, block) => [
    priceHeader,
    [`Section ${block}`],
    ...Array.from({ length: 50 }, (_, n) => [`S-${block * 50 + n}`, `Article ${n}`, `${n + 1}.25`]),
    ['', 'Total', '1287.50'],
  ])
  const { json } = await take(program, csvOf(...blocks.flat()))
  expect(json.counts).toMatchObject({ read: 212, accepted: 200, rejected: 0, ignored: 12 })
  expect(json.ignored).toEqual({ header: 1, repeated_header: 3, section: 4, total: 4 })
})

describe('a quote that is never closed', () => {
  for (const [where, rows] of [
    ['in the middle', 10],
    ['in the last row', 0],
  ] as const) {
    test(`${where} costs no other row, and its own has a note`, async () => {
      await using program = await openProgram('sqlite')
      const behind = Array.from({ length: rows }, (_, n) => [`Y-${n}`, `"Saw ${n}"`, '2.50'])
      const { json, items, log } = await take(program, withRows(['X-1', '"Hammer', '1.50'], ...behind))
      expect(json.counts).toMatchObject({ read: 22 + rows, ignored: 1 })
      expect(items.filter(({ sku }) => sku!.startsWith('Y'))).toHaveLength(rows)
      expect(items.find(({ sku }) => sku === 'X-1')).toMatchObject({ name: '"Hammer', price: '1.50' })
      expect(log).toEqual([[21, 1, 'open_quote']])
    })
  }
})

describe('one SKU in 200,000 rows', () => {
  for (const [what, name, expected] of [
    ['that say the same is one item', () => 'Hammer', { accepted: 1, rejected: 0, ignored: 200_000 }],
    [
      'that say something else is one item and rejections',
      (n: number) => `Hammer ${n}`,
      { accepted: 1, rejected: 199_999, ignored: 1 },
    ],
  ] as const) {
    test(what, async () => {
      await using program = await openProgram('sqlite')
      const rows = Array.from({ length: 200_000 }, (_, n) => `A-1;${name(n)};1.50\n`)
      const path = await program.write('list.csv', csvOf(priceHeader) + rows.join(''))
      const { json } = await program.json<ImportJson>('ingest', path, '--supplier', 'Acme', '--no-hold')
      expect(json.counts).toEqual({ read: 200_001, priced: 1, unchanged: 0, ...expected })
      expect(await program.rows('select count(*) as count from parsing_logs')).toEqual([{ count: 200_000 }])
      const { json: shown } = await program.json<{ log: unknown[] }>(
        'imports',
        'show',
        'last',
        '--limit',
        '10',
      )
      expect(shown.log).toHaveLength(expected.rejected > 0 ? 10 : 0)
    }, 30_000)
  }
})
