import { expect, test } from 'bun:test'
import { openProgram } from '../helpers/cli.ts'
import type { TryJson } from '../helpers/lists.ts'

const rows = Array.from({ length: 30 }, (_, n) => [`A-${n}`, `Bolt ${n}`, `${n + 1}.50`, ''])
const csv = (header: string[], body: string[][]) =>
  [header, ...body].map((cells) => cells.map((cell) => `"${cell}"`).join(';')).join('\n')

/** What is read of a list: SKU → name and price. */
async function read(content: string | Uint8Array): Promise<Record<string, [string, string | null]>> {
  await using program = await openProgram('sqlite')
  const { code, json } = await program.json<TryJson>(
    'try',
    await program.write('l.csv', content),
    '--items',
    'all',
  )
  expect(code).toBe(0)
  return Object.fromEntries(json.items.map(({ sku, name, price }) => [sku, [name, price]]))
}
const plain = Object.fromEntries(rows.map(([sku, name, price]) => [sku!, [name!, price!]]))

test('a header cell of a megabyte costs its column nothing but its name', async () => {
  const header = ['SKU', 'Name', 'Price', 'x'.repeat(900_000)]
  expect(await read(csv(header, rows))).toEqual(plain as Awaited<ReturnType<typeof read>>)
})

test('a column of emoji is kept as it is', async () => {
  const body = rows.map(([sku, name, price], n) => [sku!, name!, price!, '👩‍👩‍👧🔩'.repeat(n + 1)])
  expect(await read(csv(['SKU', 'Name', 'Price', '🎉'], body))).toEqual(
    plain as Awaited<ReturnType<typeof read>>,
  )
})

test('marks that turn the direction of writing do not hide a price or a header', async () => {
  const marked = (cell: string) => `\u200f${cell}\u200e`
  const turned = (cell: string) => `\u202b\u200f${cell}\u202c`
  const body = rows.map(([sku, name, price], n) => [sku!, name!, (n % 2 ? marked : turned)(price!), ''])
  const found = await read(csv(['SKU', 'Name', marked('Price'), 'x'], body))
  expect(Object.values(found).map(([, price]) => price)).toEqual(rows.map(([, , price]) => price!))
})

test('a line in another encoding than the rest damages its own cells alone', async () => {
  const body = rows.map(([sku, name, price]) => [sku!, `${name} für Türen`, price!, ''])
  const odd = Buffer.from('"B-1";"Schlüssel";"9.50";""\n', 'latin1')
  const found = await read(Buffer.concat([Buffer.from(`${csv(['SKU', 'Name', 'Price', ''], body)}\n`), odd]))
  expect(Object.keys(found)).toContain('A-29')
  expect(found['A-3']).toEqual(['Bolt 3 für Türen', '4.50'])
  expect(found['B-1']?.[1] ?? '9.50').toBe('9.50')
})
