import { expect, test } from 'bun:test'
import { openProgram } from '../helpers/cli.ts'
import { csvOf, type TryJson } from '../helpers/lists.ts'
import { makeWorkbook } from '../helpers/workbook.ts'
import { makeZip } from '../helpers/zip.ts'

// The decision card as a buyer reads it, whole: what is not sure comes first, with what to type about it.

const tryOut = async (name: string, content: string | Uint8Array, ...options: string[]) => {
  await using program = await openProgram('sqlite')
  const path = await program.write(name, content)
  return (await program.run('try', path, '--items', '0', ...options)).out
}

test('a doubtful list says first what to type', async () => {
  const rows = [1, 2, 3, 4].map((n) => [`A-${n}`, `Article number ${n}`, `${n}.234`])
  expect(await tryOut('list.csv', csvOf(['SKU', 'Name', 'Price'], ...rows))).toBe(`\
Perhaps a price list; a person should look (CSV, utf-8, separated by ";").
  Prices such as "1.234" can be read in two ways.
To make it sure, or to put it right, add what is true:
  --decimal dot    "1.234" is 1.234
  --decimal comma  "1.234" is 1234.00
  --currency CODE  the currency of the prices, such as EUR
5 rows: 4 accepted, 0 rejected, 1 ignored (1 header).

Table: header in row 1, 100 % sure.
  FIELD  COLUMN     SURE  READ AS                                 OTHERWISE
  sku    A  SKU    100 %  A2 A-1
  name   B  Name   100 %  B2 Article number 1
  price  C  Price  100 %  C2 1.234 → 1234.00, C3 2.234 → 2234.00
Prices: decimal comma, 50 % sure by what most lists write (row 2: 1.234); the currency is not stated.
`)
})

test('what a person said is shown as said', async () => {
  const rows = [1, 2, 3, 4].map((n) => [`A-${n}`, `Article number ${n}`, `${n}.234`])
  const list = csvOf(['SKU', 'Name', 'Price'], ...rows)
  const said = ['--decimal', 'dot', '--currency', 'EUR', '--header-row', '1', '--map', 'price=C']
  expect(await tryOut('list.csv', list, ...said)).toBe(`\
A price list (CSV, utf-8, separated by ";").
5 rows: 4 accepted, 0 rejected, 1 ignored (1 header).

Table: header in row 1, as it was said.
  FIELD  COLUMN     SURE  READ AS              OTHERWISE
  sku    A  SKU    100 %  A2 A-1
  name   B  Name   100 %  B2 Article number 1
  price  C  Price   said  C2 1.234, C3 2.234
Prices: decimal point, as it was said; EUR as configured.
`)
})

test('a guessed encoding shows the text both ways', async () => {
  // "Наименование;Цена, руб" and an article in windows-1251.
  const head = [
    0xcd, 0xe0, 0xe8, 0xec, 0xe5, 0xed, 0xee, 0xe2, 0xe0, 0xed, 0xe8, 0xe5, 0x3b, 0xd6, 0xe5, 0xed, 0xe0,
  ]
  const list = Buffer.concat([
    Buffer.from(head),
    Buffer.from(', RUB\n'),
    Buffer.from([0xcc, 0xee, 0xeb, 0xee, 0xf2, 0xee, 0xea]),
    Buffer.from(';12,50\n'),
  ])
  const out = await tryOut('list.csv', list)
  expect(out).toContain('Encoding: windows-1251, ')
  expect(out).toContain('reads "Наименование"; not ')
  expect(out).toContain('B2 12,50 → 12.50')
  expect(out).toContain('RUB from the header (B1 Цена, RUB)')
})

test('sheets that are left aside come last, with the reason', async () => {
  const workbook = makeWorkbook([
    { name: 'Notes', rows: [['We deliver on Fridays.'], ['Call us.']] },
    {
      name: 'Prices',
      rows: [
        ['SKU', 'Name', 'Price EUR', 'Colour'],
        ['A-1', 'Hammer', 12.5, 'red'],
        ['A-2', 'Saw', 7.25, 'blue'],
      ],
    },
  ])
  expect(await tryOut('list.xlsx', workbook)).toBe(`\
A price list (XLSX).
5 rows: 2 accepted, 0 rejected, 3 ignored (2 not a list, 1 header).

Sheet "Prices": header in row 1, 100 % sure. 3 rows: 2 accepted, 0 rejected, 1 ignored (1 header).
  FIELD  COLUMN         SURE  READ AS           OTHERWISE
  sku    A  SKU        100 %  A2 A-1
  name   B  Name       100 %  B2 Hammer
  price  C  Price EUR  100 %  C2 12.5, C3 7.25
Prices: no decimal sign needed; EUR from the header (C1 Price EUR).
Further columns, kept with each item: Colour.

Sheet "Notes": left aside, 2 rows. No column holds prices. No column names articles.
`)
})

test('--json has every choice with its runner-up and the cells that prove it', async () => {
  await using program = await openProgram('sqlite')
  const path = await program.write(
    'list.csv',
    csvOf(
      ['SKU', 'Name', 'Price EUR', 'Old price EUR'],
      ['A-1', 'Hammer', '9,50', '12,50'],
      ['A-2', 'Saw', '7,25', '8,00'],
    ),
  )
  const { json } = await program.json<TryJson>('try', path)
  expect(json).toMatchObject({
    corrections: [],
    choices: {
      format: { value: 'csv' },
      encoding: { value: 'utf-8', confidence: 1 },
      delimiter: { value: ';', why: 'all of 3 rows have 4 columns', runner_up: { value: ',' } },
    },
    tables: [
      {
        is_read: true,
        left_aside: null,
        header: { confidence: 1, is_pinned: false, runner_up: null },
        mapping: {
          sku: { cells: [{ row: 1, column: 0, raw: 'A-1', read: 'A-1' }, { row: 2 }] },
          price: {
            runner_up: { column: 3, why: 'it is kept as a further price' },
            cells: [
              { row: 1, column: 2, raw: '9,50', read: '9.50' },
              { row: 2, column: 2, raw: '7,25', read: '7.25' },
            ],
          },
        },
        currency: {
          code: 'EUR',
          from: 'header',
          cells: [{ row: 0, column: 2, raw: 'Price EUR', read: 'EUR' }],
        },
      },
    ],
  })
})

test('prices that prove another sign further down are shown as they are read in the end', async () => {
  await using program = await openProgram('sqlite')
  const rows = Array.from({ length: 1500 }, (_, n) => [`A-${n}`, `Article ${n}`, n < 1400 ? '1,234' : '2,5'])
  const path = await program.write('list.csv', csvOf(['SKU', 'Name', 'Price EUR'], ...rows))
  const { json } = await program.json<TryJson>('try', path, '--items', '1')
  expect(json.items[0]!.price).toBe('1.234')
  expect(json.tables[0]!.mapping.price).toMatchObject({ cells: [{ raw: '1,234', read: '1.234' }] })
})

test('headers of a megabyte and thousands of columns leave a small card', async () => {
  await using program = await openProgram('sqlite')
  const wide = Array.from({ length: 5000 }, (_, n) => `${n}${'x'.repeat(400)}`)
  const path = await program.write(
    'list.csv',
    csvOf(
      ['SKU', 'Name', 'Price EUR', 'y'.repeat(900_000), ...wide],
      ['A-1', 'Saw', '1.50', 'z', ...wide.map(() => 'v')],
    ),
  )
  const { json } = await program.json<TryJson>('try', path, '--items', '0')
  expect(json.verdict).toBe('price-list')
  expect(JSON.stringify(json).length).toBeLessThan(2_000_000)
})

test('a card says where the price of an article comes from that is not on the main list', async () => {
  const list =
    'SKU;Name;Retail price;Wholesale price\nA-1;Hammer;12.00;10.00\nA-2;Saw;0;22.50\nA-3;Drill;0;33.00\nA-4;Axe;0;44.00\nA-5;Nail;1.00;0\n'
  expect(await tryOut('list.csv', list)).toContain('An article that has no price in C takes that of D.\n')
  const json = JSON.parse(await tryOut('list.csv', list, '--json'))
  expect(json.tables[0]).toMatchObject({ other_lists: [3], mapping: { price: { column: 2 } } })
})

test('documents say how their encoding was told', async () => {
  const cyrillic = (text: string) =>
    Uint8Array.from(text, (letter) =>
      letter < '\x80' ? letter.charCodeAt(0) : letter.charCodeAt(0) - 0x410 + 0xc0,
    )
  const records = (declared: string) =>
    `<?xml version="1.0" encoding="${declared}"?><c>${[1, 2].map((n) => `<item id="${n}"><name>Дрель ударная</name><price>1.50 EUR</price></item>`).join('')}</c>`
  const lines = (format: string) => [
    expect.stringContaining(`A price list (${format}`),
    expect.stringMatching(/^Encoding: windows-1251, .*reads "Дрель ударная/),
  ]
  const shown = async (name: string, content: string | Uint8Array) =>
    (await tryOut(name, content)).split('\n').slice(0, 2)
  expect(await shown('list.xml', cyrillic(records('utf-8')))).toEqual(lines('XML, windows-1251'))
  const objects = JSON.stringify(
    [1, 2].map((n) => ({ sku: `A-${n}`, name: 'Дрель ударная', price: '1.50 EUR' })),
  )
  expect(await shown('list.json', cyrillic(objects))).toEqual(lines('JSON, windows-1251'))
  // What the document says of itself, and its bytes bear out, needs no line.
  expect((await shown('list.xml', cyrillic(records('windows-1251'))))[1]).not.toContain('Encoding')
})

test('a hundred pictures beside a list are one line, and rows that are not shown are mentioned', async () => {
  const picture = Buffer.from('89504e470d0a1a0a0000000d', 'hex')
  const list = csvOf(
    ['SKU', 'Name', 'Price EUR'],
    ...[1, 2, 3, 4, 5].map((n) => [`A-${n}`, `Saw ${n}`, n < 4 ? '' : '2.50']),
  )
  const packed = makeZip([
    { name: 'list.csv', content: list },
    ...Array.from({ length: 100 }, (_, n) => ({ name: `${n}.png`, content: picture })),
  ])
  await using program = await openProgram('sqlite')
  const path = await program.write('list.zip', packed)
  const { out } = await program.run('try', path, '--items', '2')
  expect(out).toMatch(/^Left aside in the archive: \d+\.png is a PNG image; .* and 80 more\.$/m)
  expect(out.split('\n').length).toBeLessThan(25)
  expect(out).toEndWith(
    'or "on request"\n… and 1 more, in all 3 missing_price; --items N or --items all shows them.\n',
  )
  expect((await program.run('try', path, '--items', '3')).out).not.toContain('in all')
})

test('sheets of discounts and groups beside a sure list are nothing to choose from', async () => {
  const list = new Uint8Array(await Bun.file('test/golden/lists/de-schrauben.xlsx').arrayBuffer())
  const out = await tryOut('list.xlsx', list)
  expect(out).toContain('Sheet "Rabattgruppen": left aside, 4 rows.')
  expect(out).not.toContain('--sheet')
})
