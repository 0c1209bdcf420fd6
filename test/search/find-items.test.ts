import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { consoleActor } from '../../src/auth/model.ts'
import { deleteItem } from '../../src/catalog/delete-item.ts'
import type { Item } from '../../src/catalog/model.ts'
import { itemStore } from '../../src/catalog/store.ts'
import type { Database } from '../../src/db/database.ts'
import { itemFinder, type SearchFilter } from '../../src/search/find-items.ts'
import { indexItems } from '../../src/search/index-items.ts'
import { isFoundIn, wordQuery } from '../../src/search/word-query.ts'
import { openBench } from '../helpers/bench.ts'
import { engines } from '../helpers/engines.ts'
import { itemRow, itemRows } from '../helpers/item-rows.ts'
import { rejection } from '../helpers/open-database.ts'

const signal = new AbortController().signal
const finder = (db: Database) => itemFinder(db, { pages: db, scans: db })

/** Every page of it, one after the other. */
async function all(db: Database, filter: SearchFilter, limit: number): Promise<string[]> {
  const ids: string[] = []
  let cursor: string | null = null
  do {
    const page = await finder(db).list(filter, { limit, cursor })
    ids.push(...page.items.map(({ id }) => id))
    cursor = page.nextCursor
  } while (cursor !== null)
  return ids
}

/** The same, by looking at each item. */
async function looked(db: Database, filter: SearchFilter): Promise<string[]> {
  const { search, category, brand, characteristics = {}, supplierId, withGone = false } = filter
  const { priceFromE4 = 0, priceToE4 = Number.MAX_SAFE_INTEGER } = filter
  const query = search === undefined ? [] : wordQuery(search)
  const { items } = await itemStore(db).list({ withGone: true }, { limit: 1000, cursor: null })
  const isMeant = (item: Item) =>
    (withGone || item.gone_at === null) &&
    (supplierId === undefined || item.supplier_id === supplierId) &&
    Number(item.price) * 10_000 >= priceFromE4 &&
    Number(item.price) * 10_000 <= priceToE4 &&
    (brand === undefined || item.brand === brand) &&
    (category === undefined ||
      item.category === category ||
      (item.category ?? '').startsWith(`${category} > `)) &&
    Object.entries(characteristics).every(([key, value]) => item.characteristics[key] === value) &&
    query !== null &&
    isFoundIn(query, [item.name, item.sku])
  return items
    .filter(isMeant)
    .map(({ id }) => id)
    .sort((a, b) => Number(a) - Number(b))
}

const vocabulary = [
  'Säge',
  'SAGE',
  'rot',
  'Rotor',
  'DHP-482/Z',
  'dhp482z',
  '1/2"',
  '0,5',
  "o'r",
  'AND',
  'größe',
  '木',
]
const colours = ['rot', 'ROT', 'r\'o"t', 'blau', '*']
const paths = ['A', 'A > B', 'A > BC', "Ä's"]
const text = fc
  .array(fc.constantFrom(...vocabulary), { minLength: 1, maxLength: 4 })
  .map((words) => words.join(' '))
const rows = fc.array(
  fc.record({
    name: text,
    brand: fc.option(fc.constantFrom(...colours)),
    category: fc.option(fc.constantFrom(...paths)),
    characteristics: fc
      .option(fc.constantFrom(...colours))
      .map((it) => JSON.stringify(it === null ? {} : { 'Far"be': it })),
    priceE4: fc.nat(100),
  }),
  { minLength: 1, maxLength: 12 },
)
const filters = fc.record(
  {
    search: fc.oneof(
      text,
      text.map((it) => it.slice(0, -1) || 'x'),
      fc.string({ unit: 'grapheme', maxLength: 10 }).filter((it) => !it.includes('\0')),
    ),
    brand: fc.constantFrom(...colours),
    category: fc.constantFrom(...paths),
    characteristics: fc.constantFrom(...colours).map((it) => ({ 'Far"be': it })),
    priceFromE4: fc.nat(100),
    priceToE4: fc.nat(100),
    withGone: fc.boolean(),
  },
  { requiredKeys: [] },
)
/** Two suppliers publish lists, one after the other; the index is brought up to date now and then, or not at all. */
const steps = fc.array(
  fc.oneof(
    { weight: 3, arbitrary: fc.record({ supplier: fc.constantFrom('Acme', 'Bolt'), rows }) },
    { weight: 2, arbitrary: fc.constant('index' as const) },
    { weight: 1, arbitrary: fc.nat(30).map((nth) => ({ nth })) },
  ),
  { minLength: 1, maxLength: 7 },
)

for (const engine of engines) {
  describe(engine, () => {
    test('with the index, half of it or none the same items are found as by looking at each', async () => {
      await fc.assert(
        fc.asyncProperty(steps, fc.array(filters, { minLength: 1, maxLength: 6 }), async (done, asked) => {
          await using bench = await openBench(engine)
          const { db } = bench
          for (const step of done) {
            if (step === 'index') await indexItems(db, { signal })
            else if ('nth' in step) {
              const { items } = await itemStore(db).list({}, { limit: 100, cursor: null })
              const item = items[step.nth % Math.max(items.length, 1)]
              const change = { actor: consoleActor, at: new Date('2026-11-22T10:00:00.000Z') }
              if (item !== undefined) await deleteItem(db, item.id, change)
            } else {
              const items = step.rows.map((row, index) => itemRow(`S-${index}/${row.name.length}`, row))
              await bench.publish(await bench.source(step.supplier), {
                items: itemRows(...items),
                isFull: true,
              })
            }
          }
          const { supplierId } = await bench.source('Bolt')
          for (const filter of asked) {
            // Without any of these the order is another.
            if (Object.keys(filter).every((name) => name === 'withGone' || name.startsWith('price'))) continue
            for (const each of [filter, { ...filter, supplierId }]) {
              const expected = await looked(db, each)
              expect(await all(db, each, 3)).toEqual(expected)
              expect(await all(db, each, 100)).toEqual(expected)
            }
          }
        }),
        { numRuns: engine === 'sqlite' ? 40 : 8 },
      )
    }, 240_000)

    test('blocks of ids follow each other in the order of the ids', async () => {
      await using bench = await openBench(engine)
      const source = await bench.source('Acme')
      await bench.publish(source, { items: [itemRow('A', { name: 'rot' })] })
      // As if very many items had been in between.
      for (const far of [20_000, 90_000, 1_000_000]) {
        await bench.db.run('update counters set value = $1 where name = $2', [far, 'supplier_items'])
        await bench.publish(source, {
          items: [itemRow(`B${far}`, { name: 'rot' }), itemRow(`C${far}`, { name: 'blau' })].map(
            (row, index) => ({ ...row, row: index }),
          ),
        })
      }
      await indexItems(bench.db, { signal })
      expect(await all(bench.db, { search: 'rot' }, 1)).toEqual(['1', '20001', '90001', '1000001'])
      expect(await all(bench.db, { search: 'blau' }, 10)).toEqual(['20002', '90002', '1000002'])
    })

    test('words go with their items, and a price that changes writes none', async () => {
      await using bench = await openBench(engine)
      const { db } = bench
      const acme = await bench.source('Acme')
      const items = itemRows(...['A', 'B', 'C'].map((sku) => itemRow(sku, { name: `rot ${sku}` })))
      for (const source of [acme, await bench.source('Bolt')]) await bench.publish(source, { items })
      expect(await indexItems(db, { signal })).toEqual({ items: 6 })
      expect(await indexItems(db, { signal })).toEqual({ items: 0 })
      const words =
        engine === 'sqlite' ? 'select count(*) as n from item_words' : 'select count(*) as n from item_words'
      expect(await bench.rows(words)).toEqual([{ n: 6 }])
      await bench.publish(acme, { items: items.map((row) => ({ ...row, priceE4: 20_0000 })) })
      expect(await bench.rows('select count(*) as n from item_index_work')).toEqual([{ n: 1 }])
      await db.run('delete from suppliers where id = $1', [acme.supplierId])
      expect(await bench.rows(words)).toEqual([{ n: 3 }])
      expect(await all(db, { search: 'rot' }, 10)).toHaveLength(3)
      await indexItems(db, { signal })
      expect(await bench.rows(words)).toEqual([{ n: 3 }])
      expect(await bench.rows('select count(*) as n from item_index_work')).toEqual([{ n: 0 }])
    })

    test('what an import changed is not forgotten when the import is deleted', async () => {
      await using bench = await openBench(engine)
      const { db } = bench
      const source = await bench.source('Acme')
      await bench.publish(source, { items: [itemRow('A', { name: 'rot' })] })
      await indexItems(db, { signal })
      const { importId } = await bench.publish(source, { items: [itemRow('A', { name: 'blau' })] })
      await db.run('delete from imports where id = $1', [importId])
      expect(await all(db, { search: 'blau' }, 10)).toEqual(['1'])
      await indexItems(db, { signal })
      expect(await all(db, { search: 'blau' }, 10)).toEqual(['1'])
      expect(await all(db, { search: 'rot' }, 10)).toEqual([])
    })

    test('two that index at once leave what one would', async () => {
      await using bench = await openBench(engine)
      const { db } = bench
      const source = await bench.source('Acme')
      const items = Array.from({ length: 3500 }, (_, row) =>
        itemRow(`A${row}`, { row, name: `rot ${row % 7}` }),
      )
      await bench.publish(source, { items })
      await Promise.all([1, 2, 3].map(() => indexItems(db, { signal })))
      expect(await bench.rows('select count(*) as n from item_index_work')).toEqual([{ n: 0 }])
      expect(await bench.rows('select count(*) as n from item_words')).toEqual([{ n: 3500 }])
      expect(await all(db, { search: 'rot 3' }, 1000)).toHaveLength(500)
    })

    test('a cursor of the other order is refused', async () => {
      await using bench = await openBench(engine)
      await bench.publish(await bench.source('Acme'), { items: itemRows(itemRow('A'), itemRow('B')) })
      const { nextCursor } = await finder(bench.db).list({}, { limit: 1, cursor: null })
      const wrong = finder(bench.db).list({ search: 'article' }, { limit: 1, cursor: nextCursor })
      expect(await rejection(wrong)).toMatchObject({ code: 'invalid_cursor' })
    })
  })
}
