import { expect, test } from 'bun:test'
import { openProgram, type TestProgram } from '../helpers/cli.ts'
import { makeWorkbook } from '../helpers/workbook.ts'

// What looks right and is not: such lists are held or their rows rejected, and nothing goes.

interface Imported {
  status: string
  hold_reasons: { code: string }[]
  counts: { accepted: number; rejected: number }
  changes: { gone: number }
}

const ingest = (program: TestProgram, path: string, ...options: string[]) =>
  program.json<Imported>('ingest', path, '--supplier', 'Acme', ...options)

const prices = (count: number) => Array.from({ length: count }, (_, n) => [`A${n}`, `Saw ${n}`, n + 1.5])

test('a sheet that is no list this time keeps its items', async () => {
  await using program = await openProgram('sqlite')
  const a = { name: 'A', rows: [['SKU', 'Name', 'Price EUR'], ...prices(9)] }
  const first = await program.write(
    'first.xlsx',
    makeWorkbook([
      a,
      {
        name: 'B',
        rows: [
          ['SKU', 'Name', 'Price EUR'],
          ['B1', 'Axe', 3.5],
          ['B2', 'File', 4.5],
        ],
      },
    ]),
  )
  await ingest(program, first, '--full')
  const second = await program.write(
    'second.xlsx',
    makeWorkbook([
      { name: 'A', rows: [...a.rows, ['A99', 'Plane', 20.5]] },
      {
        name: 'B',
        rows: [
          ['SKU', 'Name', 'Remark'],
          ['B1', 'Axe', 'sold out'],
          ['B2', 'File', 'call us'],
        ],
      },
    ]),
  )
  const { json } = await ingest(program, second, '--full')
  expect(json).toMatchObject({ status: 'completed', changes: { gone: 0, new: 1 } })
})

test('an article whose price was left out stays, though without a SKU it looks like a heading', async () => {
  await using program = await openProgram('sqlite')
  const list = (ham: string) => `Name;Price EUR\nCheese;1.23\nHam;${ham}\nBread;2.34\nMilk;1.05\n`
  await ingest(program, await program.write('one.csv', list('3.00')), '--full')
  const { json } = await ingest(program, await program.write('two.csv', list('')), '--full', '--no-hold')
  expect(json.changes.gone).toBe(0)
})

test('a hidden sheet is left aside where a visible one is a list', async () => {
  await using program = await openProgram('sqlite')
  const path = await program.write(
    'hidden.xlsx',
    makeWorkbook([
      { name: 'Prices', rows: [['SKU', 'Name', 'Price EUR'], ...prices(5)] },
      {
        name: 'Old',
        state: 'hidden',
        rows: [
          ['SKU', 'Name', 'Price EUR'],
          ['A0', 'Saw 0', 99.5],
          ['Z9', 'Old', 1.5],
        ],
      },
    ]),
  )
  const { json } = await ingest(program, path)
  expect(json).toMatchObject({ status: 'completed', counts: { accepted: 5, rejected: 0 } })
  expect((await program.run('imports', 'show', 'last', '--all')).out).toContain(
    'Sheet "Old" (3 rows) was left aside. It is hidden.',
  )
})

test('a currency column that contradicts the header has its rows rejected', async () => {
  await using program = await openProgram('sqlite')
  const rows = [
    'SKU;Name;Price EUR;Currency',
    ...Array.from({ length: 20 }, (_, n) => `A${n};Saw;${n + 1}.50;EUR`),
  ]
  const path = await program.write('list.csv', [...rows, 'B1;Axe;10.00;USD'].join('\n'))
  const { json } = await ingest(program, path)
  expect(json.counts).toMatchObject({ accepted: 20, rejected: 1 })
  expect((await program.run('imports', 'show', 'last')).out).toContain('currency_conflict')
})

test('prices in thousands or in coins wait for a person', async () => {
  await using program = await openProgram('sqlite')
  for (const header of ['Артикул;Наименование;Цена, тыс. руб.', 'SKU;Name;Price (cents)']) {
    const path = await program.write(
      'list.csv',
      [header, 'A1;Saw;1250,5', 'A2;Axe;980,5', 'A3;File;70,5'].join('\n'),
    )
    const { json } = await ingest(program, path, '--currency', 'RUB')
    expect(json.status).toBe('held')
    expect(json.hold_reasons.map(({ code }) => code)).toContain('needs_review')
  }
})

test('a list that turns up in another currency is held', async () => {
  await using program = await openProgram('sqlite')
  const list = (code: string) =>
    [`SKU;Name;Price ${code}`, ...prices(10).map((row) => row.join(';'))].join('\n')
  await ingest(program, await program.write('eur.csv', list('EUR')))
  const { json } = await ingest(program, await program.write('usd.csv', list('USD')))
  expect(json).toMatchObject({ status: 'held', hold_reasons: [{ code: 'prices_moved' }] })
})

test('a price for a hundred says so wherever it is shown', async () => {
  await using program = await openProgram('sqlite')
  const path = await program.write(
    'list.csv',
    'SKU;Name;Preis EUR\nA1;Schraube;1,50 / 100 St\nA2;Mutter;2,50\nA3;Rohr;10/12\n',
  )
  const { json } = await program.json<{
    items: { sku: string; price_quantity: string | null }[]
    issues: { code: string }[]
  }>('try', path)
  expect(json.items.map(({ sku, price_quantity }) => [sku, price_quantity])).toEqual([
    ['A1', '100'],
    ['A2', null],
  ])
  expect(json.issues.map(({ code }) => code)).toEqual(['unreadable_price'])
  await ingest(program, path, '--no-hold')
  for (const command of [['items'], ['history', 'A1'], ['try', path]])
    expect((await program.run(...command)).out).toContain('100 St')
})

test('two columns for one field are a mistake on the command line', async () => {
  await using program = await openProgram('sqlite')
  const path = await program.write('list.csv', 'SKU;Name;Price EUR\nA1;Saw;1.50\n')
  const { code, err } = await program.run('try', path, '--map', 'sku=A,sku=B')
  expect([code, err]).toEqual([2, expect.stringContaining('--map names two columns for sku: "A" and "B"')])
})
