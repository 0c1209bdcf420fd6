import { describe, expect, test } from 'bun:test'
import { itemStore } from '../../src/catalog/store.ts'
import { characteristicSql } from '../../src/db/characteristics.ts'
import type { Database, SqlValue } from '../../src/db/database.ts'
import { itemFinder } from '../../src/search/find-items.ts'
import { indexItems } from '../../src/search/index-items.ts'
import { openBench } from '../helpers/bench.ts'
import { engines } from '../helpers/engines.ts'
import { itemRow } from '../helpers/item-rows.ts'

const nastyKeys = [
  'ean',
  "a'b",
  'a"b',
  'a\\b',
  'a.b',
  'a[0]',
  '$',
  '__proto__',
  'constructor',
  'Größe (cm)',
  '颜色 😀',
  ' lead and trail ',
  'tab\tand\nline',
  '1',
  '%_',
  '--; drop table supplier_items',
]

/** A database that answers with the plans of the statements it is asked. */
function planning(db: Database): { db: Database; plans: string[] } {
  const plans: string[] = []
  const all = async <Result>(text: string, parameters?: SqlValue[]) => {
    // First the statement itself: SQLite explains with the schema it knows, and looks for a new one when it reads.
    const results = await db.all<Result>(text, parameters)
    const rows = await db.tx(async (tx) => {
      // However small the table is here: what an index can do is to be done by one.
      if (db.engine === 'postgres') await tx.run('set local enable_seqscan = off')
      const prefix = db.engine === 'sqlite' ? 'explain query plan' : 'explain'
      return tx.all<Record<string, unknown>>(`${prefix} ${text}`, parameters)
    })
    plans.push(rows.map((row) => row.detail ?? row['QUERY PLAN']).join('\n'))
    return results
  }
  return { db: { ...db, all }, plans }
}

const finder = (db: Database) => itemFinder(db, { pages: db, scans: db })
const signal = new AbortController().signal

test('very many new items at once leave every index as it was, and keys unique', async () => {
  await using bench = await openBench('sqlite')
  const { db } = bench
  const indexes = `select name, sql from sqlite_schema where tbl_name = 'supplier_items' and type = 'index' order by name`
  const before = await bench.rows(indexes)
  expect(before).toHaveLength(2)
  const items = Array.from({ length: 20_001 }, (_, row) =>
    itemRow(`A${row}`, { row, characteristics: JSON.stringify({ ean: `${row}` }) }),
  )
  for (const supplier of ['Acme', 'Bolt']) await bench.publish(await bench.source(supplier), { items })
  expect(await bench.rows(indexes)).toEqual(before)
  const found = await finder(db).list({ characteristics: { ean: '777' } }, { limit: 10, cursor: null })
  expect(found.items.map(({ supplier, sku }) => [supplier, sku])).toEqual([
    ['Acme', 'A777'],
    ['Bolt', 'A777'],
  ])
  expect(await bench.rows('pragma integrity_check')).toEqual([{ integrity_check: 'ok' }])
}, 60_000)

for (const engine of engines) {
  describe(engine, () => {
    test('filters, pages and look-ups go through an index', async () => {
      await using bench = await openBench(engine)
      const { db } = bench
      const source = await bench.source('Acme')
      const items = Array.from({ length: 20_000 }, (_, index) =>
        itemRow(`A${index}`, {
          characteristics: JSON.stringify({ ean: `${4_000_000 + index}`, Farbe: `rot ${index % 10}` }),
        }),
      )
      await bench.publish(source, { items })
      await indexItems(db, { signal })
      if (engine === 'postgres') await db.run('analyze')
      const asked = planning(db)
      const store = itemStore(asked.db)
      const search = finder(asked.db)
      const page = { limit: 50, cursor: null }

      const { supplierId } = source
      const rare = { characteristics: { ean: '4000062' } }
      for (const filter of [
        rare,
        { ...rare, supplierId },
        { search: 'a62' },
        { search: 'Article A6', ...rare },
        { characteristics: { Farbe: 'rot 2' }, sku: 'A62' },
      ]) {
        const found = await search.list(filter, page)
        expect(found.items.map(({ sku }) => sku)).toContain('A62')
      }
      const common = await search.list({ characteristics: { Farbe: 'rot 2' } }, page)
      expect(common.items).toHaveLength(50)
      await search.list({ characteristics: { Farbe: 'rot 2' } }, { limit: 50, cursor: common.nextCursor })
      for (const plan of asked.plans.splice(0)) {
        expect(plan).not.toMatch(/SCAN i\b|Seq Scan on (supplier_items|item_words)/)
        if (engine === 'sqlite') expect(plan).not.toContain('USE TEMP B-TREE')
        else if (plan.includes('generate_series')) {
          expect(plan).toContain('item_words_words')
          // What comes out of nested loops is in the order of what goes into them.
          expect(plan).not.toMatch(/Hash Join|Merge Join/)
        }
      }

      const first = await store.list({}, page)
      await store.list({}, { limit: 50, cursor: first.nextCursor })
      await store.list({ supplierId }, { limit: 50, cursor: first.nextCursor })
      for (const plan of asked.plans.splice(0)) {
        expect(plan).toContain('supplier_items_key')
        expect(plan).not.toMatch(/USE TEMP B-TREE|^\s*Sort/m)
      }

      expect((await store.list({ sku: 'A77' }, page)).items).toHaveLength(1)
      expect(await store.find('A77')).toHaveLength(1)
      const { id } = (await store.find('A78'))[0]!
      expect((await store.find(id))[0]!.sku).toBe('A78')
      await store.history(id, { limit: 10, cursor: null })
      const history = asked.plans.pop()!
      expect(history).toMatch(/USING PRIMARY KEY|price_history_item_id_import_no_n_pk/)
      for (const plan of asked.plans) {
        expect(plan).toMatch(/supplier_items_key|INTEGER PRIMARY KEY|supplier_items_pkey/)
        expect(plan).not.toMatch(/SCAN i\b|Seq Scan on supplier_items/)
      }
    }, 60_000)

    test('a key may hold whatever a header may', async () => {
      await using bench = await openBench(engine)
      const { db } = bench
      const source = await bench.source('Acme')
      const items = nastyKeys.map((key, index) =>
        itemRow(`A${index}`, {
          row: index,
          // A key "__proto__" is one like any other, also in an object literal's place.
          characteristics: JSON.stringify(
            Object.fromEntries([
              [key, `v'${index}`],
              ['other', 'x'],
            ]),
          ),
        }),
      )
      await bench.publish(source, { items })
      const store = finder(db)
      const find = async (key: string, value: string) =>
        (
          await store.list(
            { characteristics: Object.fromEntries([[key, value]]) },
            { limit: 10, cursor: null },
          )
        ).items.map(({ sku }) => sku)
      const findAll = () => Promise.all(nastyKeys.map((key, index) => find(key, `v'${index}`)))
      const expected = nastyKeys.map((_, index) => [`A${index}`])
      expect(await findAll()).toEqual(expected)
      await indexItems(db, { signal })
      expect(await findAll()).toEqual(expected)
      expect(await find('ean', 'nothing')).toEqual([])
      expect(await find('nothing', "v'0")).toEqual([])
      const both = { ean: "v'0", other: 'x' }
      expect((await store.list({ characteristics: both }, { limit: 10, cursor: null })).items).toHaveLength(1)
    })
  })
}

test('a key that no characteristic can have is refused', () => {
  for (const key of ['', 'x'.repeat(501), 'a\0b']) {
    const attempt = () => characteristicSql(key)
    expect(attempt).toThrow(expect.objectContaining({ code: 'invalid_characteristic' }))
  }
})
