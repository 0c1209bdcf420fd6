import { describe, expect, test } from 'bun:test'
import { columnsIn, readTable, rowsFrom } from '../../../helpers/rows.ts'

const things = [
  'Brake pad',
  'Oil filter',
  'Front shock absorber',
  'Spark plug',
  'Door glass',
  'Timing belt kit',
]
const sides = ['front left', 'front right', 'rear left', 'rear right', 'upper part']
const makes = ['BOSCH', 'VALEO', 'MOPAR']

/** Rows without a header: what each column holds, by the number of the row. */
function list(count: number, ...columns: ((n: number) => string | number)[]) {
  return readTable(rowsFrom(Array.from({ length: count }, (_, n) => columns.map((cell) => cell(n)))))
}

const name = (n: number) => `${things[n % 6]} ${sides[(n * 3) % 5]} ${n}`
const code = (n: number) => `${'ABZ'[n % 3]}${1000 + n * 37}${n % 2 === 0 ? 'X' : ''}`
const digits = (n: number) => String(100_000 + n * 371)
const make = (n: number) => makes[(n * n) % 3]!
const stock = (n: number) => [1, 2, 1, 4, 1, 10, 3][n % 7]!
const coins = (n: number) => `${(n * 7) % 90}.${['50', '00', '95', '10'][n % 4]}`
const round = (n: number) => 150 + ((n * 7) % 31) * 130

describe('a list without a header is taken as it is when nothing else can be meant', () => {
  test.each<[string, ((n: number) => string | number)[], Record<string, number>]>([
    ['round prices beside a small stock', [make, code, round, stock, name], { sku: 1, name: 4, price: 2 }],
    ['stock before the price', [code, name, stock, round], { sku: 0, name: 1, price: 3 }],
    [
      'prices with coins beside weights in grams',
      [digits, name, (n) => 80 + n * 13, coins],
      { sku: 0, name: 1, price: 3 },
    ],
    [
      'a line number, codes of digits, coins',
      [(n) => n + 1, digits, name, coins],
      { sku: 1, name: 2, price: 3 },
    ],
    ['names and prices with a currency', [name, (n) => `${coins(n)} €`], { name: 0, price: 1 }],
    ['codes beside barcodes', [code, () => '4006381333931', name, coins], { sku: 0, name: 2, price: 3 }],
  ])('%s', (_, columns, expected) => {
    const table = list(40, ...columns)
    expect(columnsIn(table)).toMatchObject(expected)
    expect(table.decision.reasons).toEqual([])
    expect(table.decision.verdict).toBe('price-list')
    expect(table.items).toHaveLength(40)
  })
})

describe('a list without a header is shown to a person when', () => {
  test.each<[string, number, ((n: number) => string | number)[]]>([
    ['the only number may be a stock', 40, [code, name, (n) => (n * 37) % 211]],
    [
      'pack sizes are round and prices are not',
      40,
      [code, name, (n) => [10, 100, 1000][n % 3]!, (n) => 3 + (n % 25)],
    ],
    [
      'weights are round and prices are small',
      40,
      [code, name, (n) => 250 + ((n * 7) % 31) * 50, (n) => 35 + n],
    ],
    ['weights have decimals and prices do not', 40, [code, name, (n) => `${1 + n / 8}`, (n) => 351 + n * 17]],
    ['two columns are prices', 40, [code, name, coins, (n) => coins(n + 3)]],
    ['two columns are codes', 40, [code, digits, name, coins]],
    ['the name may be the description', 40, [code, name, (n) => `${name(n * 5)}, sold by the piece`, coins]],
    ['nothing but years follows', 40, [code, name, (n) => 1990 + (n % 30)]],
    ['it has no codes and its prices no currency', 40, [name, round]],
    ['it is short', 4, [code, name, coins]],
    ['one name has all the prices', 40, [code, () => 'Brake pad front left', coins]],
  ])('%s', (_, count, columns) => {
    expect(list(count, ...columns).decision.verdict).not.toBe('price-list')
  })
})
