import { expect, test } from 'bun:test'
import { checkRowCounts, type ImportOptions } from '../../src/imports/model.ts'
import { readingKey } from '../../src/imports/reading-key.ts'
import { plainOptions } from '../helpers/bench.ts'

const plain = plainOptions()
const { settings, table } = plain

const others: Record<string, Partial<ImportOptions>> = {
  map: { table: { ...table, map: { sku: 'A' } } },
  'map without a field': { table: { ...table, map: { sku: null } } },
  currency: { table: { ...table, currency: 'EUR' } },
  identity: { table: { ...table, identity: ['name'] } },
  decimals: { table: { ...table, decimalsMax: 'currency' } },
  'list mode': { listMode: 'full' },
  scope: { settings: { ...settings, scope: 'sheet' } },
  duplicates: { settings: { ...settings, duplicates: 'last-wins' } },
  encoding: { encoding: 'utf-16le' },
  delimiter: { delimiter: ';' },
  sheets: { sheets: ['Prices'] },
  'header rows': { table: { ...table, headerRows: [2] } },
  'no header': { table: { ...table, headerRows: [] } },
  'without the analyzer': { usesAnalyzer: false },
  'by the analyzer': { usesAnalyzer: true },
  'decimal sign': { table: { ...table, decimal: 'comma' } },
}

test('whatever may give other rows gives another key', () => {
  const keys = [plain, ...Object.values(others).map((other) => ({ ...plain, ...other }))].map(readingKey)
  expect(new Set(keys).size).toBe(keys.length)
})

test('what changes no row changes no key', () => {
  const limits = { ...settings.limits, moveMax: 9 }
  expect(readingKey({ ...plain, mayHold: false, settings: { ...settings, limits } })).toBe(readingKey(plain))
  const map = (entries: [string, string][]) =>
    readingKey({ ...plain, table: { ...table, map: Object.fromEntries(entries) } })
  const [sku, price]: [string, string][] = [
    ['sku', 'A'],
    ['price', 'B'],
  ]
  expect(map([sku!, price!])).toBe(map([price!, sku!]))
})

test('row counts that do not add up are a bug', () => {
  const right = { read: 10, accepted: 4, priced: 4, unchanged: 3, rejected: 2, ignored: 1 }
  expect(() => checkRowCounts(right)).not.toThrow()
  for (const wrong of [{ read: 11 }, { ignored: 0 }, { priced: 5 }])
    expect(() => checkRowCounts({ ...right, ...wrong })).toThrow('Rows do not add up')
})
