import { expect, test } from 'bun:test'
import { openProgram } from '../helpers/cli.ts'
import { engines } from '../helpers/engines.ts'
import type { TryJson } from '../helpers/lists.ts'

type Read = Pick<TryJson, 'counts' | 'tables' | 'items' | 'verdict'>

const lines = (from: number, to: number, price: (n: number) => string) =>
  Array.from({ length: to - from }, (_, n) => `S${from + n};Thing ${from + n};${price(from + n)}`)

const priced = ({ items }: Read) => items.map(({ sku, price, currency }) => `${sku} ${price} ${currency}`)

test('tables below each other are read by their own headers, and every row counts once', async () => {
  await using program = await openProgram('sqlite')
  const path = await program.write(
    'list.csv',
    [
      'Acme price list;;;',
      'SKU;Product;Price EUR;',
      'A-1;Hammer;12,50;',
      'A-2;Saw;24,00;',
      ';;;',
      'Power tools;;;',
      'Brand;SKU;Price USD;Product',
      'Bosch;B-1;99.50;Drill',
      'Bosch;B-2;101.00;Grinder',
      'Bosch;B-2;101.00;Grinder',
    ].join('\n'),
  )
  const { json } = await program.json<Read>('try', path)
  expect(json.verdict).toBe('price-list')
  expect(priced(json)).toEqual(['A-1 12.50 EUR', 'A-2 24.00 EUR', 'B-1 99.50 USD', 'B-2 101.00 USD'])
  expect(json.items.map(({ category }) => category)).toEqual([null, null, 'Power tools', 'Power tools'])
  expect(json.tables.map(({ header_rows, counts }) => [header_rows, counts.read, counts.accepted])).toEqual([
    [[1], 5, 2],
    [[6], 5, 2],
  ])
  expect(json.counts).toEqual({ read: 10, accepted: 4, priced: 4, unchanged: 0, rejected: 0, ignored: 6 })
})

test('tables side by side share their rows, and a row counts in each of them that has something in it', async () => {
  await using program = await openProgram('sqlite')
  const path = await program.write(
    'list.csv',
    [
      'Acme price list;;;;;;',
      'SKU;Product;Price EUR;;SKU;Product;Price EUR',
      'A-1;Hammer;12.50;;B-1;Drill;99.50',
      'A-2;Saw;24.00;;B-2;Grinder;101.00',
      ';;;;;;',
      'A-3;Nail;;;B-3;Sander;80.00',
      ';;;;B-3;Sander;80.00',
    ].join('\n'),
  )
  const { json } = await program.json<Read>('try', path)
  expect(json.verdict).toBe('price-list')
  expect(priced(json).sort()).toEqual([
    'A-1 12.50 EUR',
    'A-2 24.00 EUR',
    'B-1 99.50 EUR',
    'B-2 101.00 EUR',
    'B-3 80.00 EUR',
  ])
  expect(json.tables.map(({ counts }) => counts)).toEqual([
    { read: 6, accepted: 2, priced: 2, unchanged: 0, rejected: 1, ignored: 3 },
    { read: 5, accepted: 3, priced: 3, unchanged: 0, rejected: 0, ignored: 2 },
  ])
})

test('the numbers of a table without prices are left aside, and never taken for prices', async () => {
  await using program = await openProgram('sqlite')
  const stock = (from: number, to: number) => lines(from, to, (n) => String(n))
  for (const count of [3, 1200]) {
    const path = await program.write(
      'list.csv',
      [
        'SKU;Product;Price',
        ...lines(0, count, (n) => `${n + 1}.50`),
        'SKU;Product;Stock',
        ...stock(0, 4),
      ].join('\n'),
    )
    const { json } = await program.json<Read>('try', path, '--items', 'all')
    expect(json.verdict).toBe('price-list')
    expect(json.counts).toMatchObject({ read: count + 6, accepted: count, rejected: 0, ignored: 6 })
    expect(json.items.map(({ price }) => price?.endsWith('.50'))).not.toContain(false)
  }
}, 60_000)

for (const engine of engines) {
  test(`a table that begins beyond the sample is read by its own header (${engine})`, async () => {
    await using program = await openProgram(engine)
    const other = (from: number, to: number) =>
      lines(from, to, (n) => `${n}.25`).map((line) => line.split(';').toReversed().join(';'))
    const list = [
      'SKU;Product;Price EUR',
      ...lines(0, 1500, (n) => `${n},50`),
      'Dollars;;',
      'Price USD;Product;SKU',
      ...other(1500, 2500),
      'Price USD;Product;SKU',
      ...other(2500, 2600),
      'SKU;Product;Price EUR',
      ...lines(2600, 3000, (n) => `${n},50`),
    ].join('\n')
    const path = await program.write('list.csv', list)
    const { json } = await program.json<Read>('try', path, '--items', 'all')
    expect(json.tables.map(({ header_rows }) => header_rows)).toEqual([[0], [1502], [2604]])
    expect(json.counts).toMatchObject({ read: 3005, accepted: 3000, rejected: 0, ignored: 5 })
    expect(json.items.find(({ sku }) => sku === 'S1500')).toMatchObject({ price: '1500.25', currency: 'USD' })
    expect(json.items.find(({ sku }) => sku === 'S2999')).toMatchObject({ price: '2999.50', currency: 'EUR' })

    const ingest = async (file: string, ...flags: string[]) => {
      const { json } = await program.json<{ status: string; counts: Read['counts'] }>(
        ...['ingest', file, '--supplier', 'A', '--no-hold', ...flags],
      )
      return [json.status, json.counts.accepted, json.counts.unchanged]
    }
    expect(await ingest(path)).toEqual(['completed', 3000, 0])
    const changed = await program.write('next.csv', list.replace('2,50', '3,50'))
    const [, , unchanged] = await ingest(changed)
    expect(unchanged).toBe(2999)
  }, 60_000)

  test(`a short list of two tables is recognised line by line when it comes again (${engine})`, async () => {
    await using program = await openProgram(engine)
    const list = [
      'SKU;Product;Price EUR',
      ...lines(0, 20, (n) => `${n},50`),
      'Product;SKU;Price USD',
      ...lines(20, 40, (n) => `${n}.25`),
    ]
    const ingest = async (name: string, rows: string[]) => {
      const path = await program.write(name, rows.join('\n'))
      const { json } = await program.json<{ counts: Read['counts'] }>(
        'ingest',
        path,
        '--supplier',
        'A',
        '--no-hold',
      )
      return [json.counts.accepted, json.counts.unchanged, json.counts.rejected]
    }
    expect(await ingest('a.csv', list)).toEqual([40, 0, 0])
    expect(await ingest('b.csv', list.with(-1, 'S39;Thing 39;1.00'))).toEqual([1, 39, 0])
    // The very line of the first table means something else in the second.
    expect(await ingest('c.csv', [...list.with(-1, 'S39;Thing 39;1.00'), 'S1;Thing 1;1,50'])).toEqual([
      1, 40, 0,
    ])
  }, 60_000)
}

test('a table whose prices leave the decimal sign open follows the other tables of the file', async () => {
  await using program = await openProgram('sqlite')
  const read = async (price: string) => {
    const path = await program.write(
      'list.csv',
      [
        'SKU;Product;Price EUR',
        `A-1;Hammer;${price}`,
        `A-2;Saw;${price}`,
        ';;',
        'Brand;SKU;Price USD;Product',
        'Bosch;B-1;1.499;Drill',
        'Bosch;B-2;1.999;Grinder',
      ].join('\n'),
    )
    return (await program.json<Read>('try', path)).json
  }
  const comma = await read('12,50')
  expect(priced(comma).slice(2)).toEqual(['B-1 1499.00 USD', 'B-2 1999.00 USD'])
  const dot = await read('12.50')
  // Prices with three decimals, or a table with other signs: a person is asked.
  expect([comma.verdict, dot.verdict]).toEqual(['price-list', 'review'])
})
