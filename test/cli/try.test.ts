import { expect, test } from 'bun:test'
import { mkdir, readdir, utimes } from 'node:fs/promises'
import { join } from 'node:path'
import { filesWithHashes, openProgram } from '../helpers/cli.ts'
import { csvOf, type ErrorJson, priceList, type TryJson } from '../helpers/lists.ts'
import { makeWorkbook } from '../helpers/workbook.ts'

const main = join(import.meta.dir, '../../src/main.ts')

const list = csvOf(
  ['Preisliste 2026'],
  ['Artikelnummer', 'Bezeichnung', 'Preis €', 'Einheit', 'Farbe'],
  ['Handwerkzeug'],
  ['A-1', 'Hammer', '1.234,50', 'Stück', 'rot'],
  ['A-2', 'Säge', 'auf Anfrage', 'Stück', ''],
  ['A-3', 'Zange', 'teuer', 'Stück', ''],
)

test('--json prints exactly the documented shape', async () => {
  await using program = await openProgram('sqlite')
  const path = await program.write('liste.csv', list)
  const { code, json, err } = await program.json<TryJson>('try', path)
  expect([code, err]).toEqual([0, ''])
  expect(json.file).toEqual({
    name: 'liste.csv',
    bytes: Buffer.byteLength(list),
    sha256: new Bun.CryptoHasher('sha256').update(list).digest('hex'),
    format: 'csv',
    wrapping: null,
    encoding: 'utf-8',
    delimiter: ';',
  })
  expect(json.verdict).toBe('price-list')
  expect(json.tables).toHaveLength(1)
  expect(json.tables[0]).toMatchObject({
    sheet: null,
    header_rows: [1],
    currency: { code: 'EUR' },
    decimal: { style: 'comma' },
    counts: json.counts,
  })
  const columns = Object.entries(json.tables[0]!.mapping).map(([field, { column, header, confidence }]) => {
    expect(confidence).toBeWithin(0.6, 1.001)
    return [field, column, header]
  })
  expect(columns).toEqual([
    ['sku', 0, 'Artikelnummer'],
    ['name', 1, 'Bezeichnung'],
    ['price', 2, 'Preis €'],
    ['unit', 3, 'Einheit'],
  ])
  expect(json.counts).toEqual({ read: 6, accepted: 2, priced: 1, unchanged: 0, rejected: 1, ignored: 3 })
  expect(json.items).toMatchObject([
    {
      row: 3,
      sku: 'A-1',
      name: 'Hammer',
      price: '1234.50',
      currency: 'EUR',
      unit: 'Stück',
      category: 'Handwerkzeug',
    },
    { row: 4, sku: 'A-2', price: null, currency: null },
  ])
  expect(json.issues).toEqual([
    expect.objectContaining({ row: 5, column: 2, code: 'unreadable_price', raw: 'teuer' }),
  ])
  expect(json.issues[0]!.message).toContain('row 6')
})

test('the keys of each object are those that are documented, and more at most', async () => {
  await using program = await openProgram('sqlite')
  const { json } = await program.json<TryJson>('try', await program.write('liste.csv', list))
  const documented: [object, string[]][] = [
    [json, ['file', 'verdict', 'tables', 'counts', 'items', 'issues']],
    [json.file, ['name', 'bytes', 'sha256', 'format', 'wrapping', 'encoding', 'delimiter']],
    [json.tables[0]!, ['sheet', 'header_rows', 'mapping', 'currency', 'decimal', 'counts']],
    [json.tables[0]!.mapping.sku!, ['column', 'header', 'confidence']],
    [json.tables[0]!.currency, ['code', 'from']],
    [json.counts, ['read', 'accepted', 'priced', 'unchanged', 'rejected', 'ignored']],
    [json.items[0]!, ['row', 'sku', 'name', 'price', 'currency', 'unit', 'category']],
    [json.issues[0]!, ['row', 'column', 'code', 'message', 'raw']],
  ]
  for (const [object, keys] of documented) expect(Object.keys(object)).toEqual(expect.arrayContaining(keys))
})

test('--items shows so many items and issues, or all', async () => {
  await using program = await openProgram('sqlite')
  const path = await program.write(
    'list.csv',
    priceList(2500, (n) => (n % 50 === 7 ? { price: 'none' } : {})),
  )
  for (const [option, items, issues] of [
    [[], 20, 20],
    [['--items', '3'], 3, 3],
    [['--items', '0'], 0, 0],
    [['--items', 'all'], 2450, 50],
  ] as const) {
    const { json } = await program.json<TryJson>('try', path, ...option)
    expect([json.items.length, json.issues.length]).toEqual([items, issues])
    expect(json.counts).toMatchObject({ read: 2501, accepted: 2450, rejected: 50, ignored: 1 })
  }
  const wrong = await program.json<ErrorJson>('try', path, '--items', 'some')
  expect([wrong.code, wrong.json.error.code]).toEqual([2, 'usage'])
})

test('a workbook shows each sheet by itself, and the counts of all together', async () => {
  await using program = await openProgram('sqlite')
  const path = await program.write(
    'list.xlsx',
    makeWorkbook([
      { name: 'Notes', rows: [['We deliver on Fridays.'], ['Call us.']] },
      {
        name: 'Prices',
        rows: [
          ['SKU', 'Name', 'Price EUR'],
          ['A-1', 'Hammer', 12.5],
          ['A-2', 'Saw', 7.25],
        ],
      },
    ]),
  )
  const { code, json } = await program.json<TryJson>('try', path)
  expect([code, json.verdict]).toEqual([0, 'price-list'])
  expect(json.file).toMatchObject({ format: 'xlsx', encoding: null, delimiter: null })
  expect(
    json.tables.map(({ sheet, counts }) => [sheet, counts.read, counts.accepted, counts.ignored]),
  ).toEqual([
    ['Notes', 2, 0, 2],
    ['Prices', 3, 2, 1],
  ])
  expect(json.counts).toEqual({ read: 5, accepted: 2, priced: 2, unchanged: 0, rejected: 0, ignored: 3 })
  expect(json.items.map(({ row, price }) => [row, price])).toEqual([
    [1, '12.50'],
    [2, '7.25'],
  ])
})

test('what is pinned wins over what the table seems to say', async () => {
  await using program = await openProgram('sqlite')
  const path = await program.write(
    'list.csv',
    csvOf(
      ['SKU', 'Name', 'Price', 'Net'],
      ['A-1', 'Hammer', '10.00', '8.00'],
      ['A-2', 'Saw', '20.00', '16.00'],
    ),
  )
  const priced = async (...options: string[]) =>
    (await program.json<TryJson>('try', path, ...options)).json.items.map(
      ({ price, currency }) => `${price} ${currency}`,
    )
  expect(await priced('--currency', 'EUR')).toEqual(['10.00 EUR', '20.00 EUR'])
  expect(await priced('--map', 'price=D', '--currency', 'sek')).toEqual(['8.00 SEK', '16.00 SEK'])
  expect(await priced('--map', 'price=Net')).toEqual(['8.00 null', '16.00 null'])
})

test('needs no database and writes nothing', async () => {
  await using program = await openProgram('sqlite', { DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none' })
  const path = await program.write('list.csv', priceList(5))
  const before = await filesWithHashes(program.folder)
  expect((await program.json<TryJson>('try', path)).code).toBe(0)
  expect((await program.run('try', path)).out).toContain('A price list (CSV, utf-8, separated by ";").')
  expect(await filesWithHashes(program.folder)).toEqual(before)
})

test('leaves nothing in the folder for temporary files', async () => {
  await using program = await openProgram('sqlite')
  const path = await program.write('list.csv', priceList(5000))
  const temporary = join(program.folder, 'temporary')
  await mkdir(temporary)
  for (const [options, code] of [
    [[], 0],
    [['--map', 'price=Nowhere'], 1],
  ] as const) {
    const child = Bun.spawn([process.execPath, main, 'try', path, ...options], {
      env: { ...program.env, TMPDIR: temporary },
      stdio: ['ignore', 'ignore', 'ignore'],
    })
    expect(await child.exited).toBe(code)
    expect(await readdir(temporary)).toEqual([])
  }
})

test('takes away what a killed one has left the day before, and nothing else', async () => {
  await using program = await openProgram('sqlite')
  const path = await program.write('list.csv', priceList(5))
  const temporary = join(program.folder, 'temporary')
  const yesterday = Date.now() / 1000 - 25 * 60 * 60
  for (const name of ['tallyman-try-killed', 'tallyman-try-atWork', 'other']) {
    await mkdir(join(temporary, name, 'unpacked'), { recursive: true })
    if (name !== 'tallyman-try-atWork') await utimes(join(temporary, name), yesterday, yesterday)
  }
  const child = Bun.spawn([process.execPath, main, 'try', path], {
    env: { ...program.env, TMPDIR: temporary },
    stdio: ['ignore', 'ignore', 'ignore'],
  })
  expect(await child.exited).toBe(0)
  expect((await readdir(temporary)).sort()).toEqual(['other', 'tallyman-try-atWork'])
})

test('a file that is no price list gets that verdict, and what to do', async () => {
  await using program = await openProgram('sqlite')
  const path = await program.write('letter.csv', 'Dear Sir,\nplease find our list enclosed.\n')
  const { code, json, err } = await program.json<TryJson>('try', path)
  expect([code, json.verdict, json.counts.ignored]).toEqual([0, 'not-a-price-list', 2])
  expect(err).toBe(
    'letter.csv: This is not a price list. No column holds prices. No column names articles. ' +
      'If it is one, say which column is which (--map name=A,price=C).\n',
  )
})

test('a person reads the decision card, the first items and what was not taken', async () => {
  await using program = await openProgram('sqlite')
  const { out } = await program.run('try', await program.write('liste.csv', list))
  expect(out).toContain('Table: header in row 2, 100 % sure.')
  expect(out).toMatch(/price\s+C {2}Preis €\s+\d+ %/)
  expect(out).toContain('Prices: decimal comma')
  expect(out).toContain('Further columns, kept with each item: Farbe.')
  expect(out).toMatch(/ +4 {2}A-1 +Hammer +1234\.50 {2}EUR/)
  expect(out).toMatch(/ +6 {2}C +unreadable_price {2}Column "Preis €", row 6 holds "teuer"/)
})

test('an interrupted try ends at once and leaves nothing', async () => {
  await using program = await openProgram('sqlite')
  const path = await program.write('list.csv', priceList(50_000))
  const stop = new AbortController()
  stop.abort(new DOMException('stopped by SIGINT', 'AbortError'))
  const { code, err } = await program.runWith({ signal: stop.signal }, 'try', path)
  expect([code, err]).toEqual([1, 'tallyman: interrupted\n'])
})
