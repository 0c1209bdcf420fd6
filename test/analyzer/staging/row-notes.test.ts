import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { RowNotes } from '../../../src/analyzer/staging/row-notes.ts'
import type { Noticed } from '../../../src/analyzer/staging/staging.ts'
import type { ItemRow } from '../../../src/analyzer/table/rows/item.ts'
import { storable } from '../../../src/lib/storable.ts'
import { openBench } from '../../helpers/bench.ts'
import { engines } from '../../helpers/engines.ts'
import { itemRow, itemRows } from '../../helpers/item-rows.ts'

function noticed(rows: ItemRow[]): Noticed {
  const notes = new RowNotes()
  for (const row of rows) notes.add(row)
  notes.end()
  return notes.noticed()
}

test('a key that occurs twice is noticed, also when it only becomes the same by being stored', () => {
  expect(noticed([]).mayRepeat).toBe(false)
  expect(noticed([itemRow('A'), itemRow('B'), itemRow('A')]).mayRepeat).toBe(true)
  expect(noticed([itemRow('a\0'), itemRow('a\u2400')]).mayRepeat).toBe(true)
  expect(noticed([itemRow('a\ud83d'), itemRow('a\ufffd')]).mayRepeat).toBe(true)
  expect(noticed([itemRow('😀'), itemRow('😁')]).mayRepeat).toBe(false)
  const text = fc.string({ unit: 'binary', maxLength: 4 })
  fc.assert(
    fc.property(fc.array(text, { maxLength: 30 }), (keys) => {
      const isRepeated = new Set(keys.map(storable)).size < keys.length
      // Two hashes of 53 bits that are the same by chance are not met here.
      expect(noticed(keys.map((key) => itemRow(key))).mayRepeat).toBe(isRepeated)
    }),
  )
})

test('many keys that differ in one letter are told apart', () => {
  const rows = Array.from({ length: 50_000 }, (_, n) => itemRow(`SKU-${n}`))
  expect(noticed(rows).mayRepeat).toBe(false)
  expect(noticed([...rows, itemRow('SKU-777')]).mayRepeat).toBe(true)
})

test('categories and brands come once each, in order, until there are too many', () => {
  const rows = [
    itemRow('A', { category: 'b', brand: 'x\0' }),
    itemRow('B', { category: 'a', brand: 'x\u2400' }),
    itemRow('C', { category: 'b', brand: '' }),
  ]
  expect(noticed(rows)).toMatchObject({ categories: ['a', 'b'], brands: ['x\u2400'] })
  const many = Array.from({ length: 6000 }, (_, n) =>
    itemRow(`${n}`, { category: `${n}`, brand: `${n % 10}` }),
  )
  expect(noticed(many).categories).toBe(null)
  expect(noticed(many).brands).toHaveLength(10)
})

test('rows are counted, with a price and without a currency', () => {
  const rows = [
    itemRow('A'),
    itemRow('B', { priceE4: null, currency: null }),
    itemRow('C', { currency: null }),
  ]
  expect(noticed(rows)).toMatchObject({ rows: 3, priced: 2, withoutCurrency: 1 })
})

test('what was noticed is not there before the area is sealed', () => {
  expect(() => new RowNotes().noticed()).toThrow()
})

for (const engine of engines) {
  describe(engine, () => {
    test('names reach the catalog whether they were noticed or are too many for it', async () => {
      await using bench = await openBench(engine)
      const source = await bench.source('Acme')
      const names = Array.from({ length: 5100 }, (_, n) => `name ${n}`)
      const rows = (all: string[]) =>
        itemRows(...all.map((name) => itemRow(name, { category: 'A > B', brand: name })))
      await bench.publish(source, { items: rows(names.slice(0, 3)) })
      expect(await bench.rows('select path from categories order by path')).toEqual([
        { path: 'A' },
        { path: 'A > B' },
      ])
      expect(await bench.rows('select name from brands')).toHaveLength(3)
      await bench.publish(source, { items: rows(names) })
      expect(await bench.rows('select name from brands')).toHaveLength(5100)
    }, 60_000)

    test('names of rows that were not taken are not recorded', async () => {
      await using bench = await openBench(engine)
      const items = itemRows(
        itemRow('A', { brand: 'kept' }),
        itemRow('A', { brand: 'refused', category: 'c' }),
      )
      await bench.publish(await bench.source('Acme'), { items })
      expect(await bench.rows('select name from brands')).toEqual([{ name: 'kept' }])
      expect(await bench.rows('select path from categories')).toEqual([])
    })
  })
}
