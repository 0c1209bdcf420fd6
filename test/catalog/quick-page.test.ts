import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { consoleActor } from '../../src/auth/model.ts'
import { deleteItem } from '../../src/catalog/delete-item.ts'
import { quickPages } from '../../src/catalog/quick-page.ts'
import { itemStore } from '../../src/catalog/store.ts'
import type { Database } from '../../src/db/database.ts'
import { openBench } from '../helpers/bench.ts'
import { engines } from '../helpers/engines.ts'
import { itemRow, itemRows, tiered } from '../helpers/item-rows.ts'
import { rejection } from '../helpers/open-database.ts'

const first = { limit: 50, cursor: null }

const parsed = (page: string | Uint8Array | null) =>
  page === null ? null : JSON.parse(typeof page === 'string' ? page : new TextDecoder().decode(page))

/** What a quick page says, and what the list says that it stands for. */
async function both(db: Database, page: { limit: number; cursor: string | null }, withGone = true) {
  const json = await quickPages(db)({ withGone }, page)
  const { items, nextCursor } = await itemStore(db).list({ withGone }, page)
  return { quick: parsed(json), list: { items, next_cursor: nextCursor } }
}

for (const engine of engines) {
  describe(engine, () => {
    test('a quick page says of every item what the list says', async () => {
      await using bench = await openBench(engine)
      const source = await bench.source('Ac"me \\ Söhne')
      const text = fc
        .string({ unit: 'grapheme', minLength: 1, maxLength: 30 })
        .filter((it) => !it.includes('\0'))
      const e4 = fc.oneof(
        fc.constantFrom(0, 1, 10, 99, 100, 9999, 1_0000, 1_0500, 12_5000, 9_007_199_254_740_991),
        fc.nat(),
      )
      const samples = fc.sample(
        fc.record({
          name: text,
          priceE4: fc.option(e4),
          priceQuantityE4: fc.option(e4),
          unit: fc.option(text),
          category: fc.option(text),
          brand: fc.option(text),
          key: text,
          value: text,
          tier: fc.option(e4),
        }),
        { numRuns: 150, seed: 7 },
      )
      const items = samples.map(({ key, value, tier, ...fields }, row) =>
        itemRow(`A${row}`, {
          row,
          ...fields,
          characteristics: JSON.stringify(Object.fromEntries([[key, value]])),
          ...(tier !== null &&
            tiered({ name: `T"${value}`, price_e4: tier, min_quantity_e4: tier, currency: null })),
        }),
      )
      await bench.publish(source, { items, isFull: true })
      await bench.publish(source, { items: items.slice(0, 140), isFull: true })
      const { items: shown } = await itemStore(bench.db).list({}, first)
      const at = new Date('2026-11-22T10:11:12.007Z')
      await deleteItem(bench.db, shown[3]!.id, { actor: consoleActor, at })
      const { quick, list } = await both(bench.db, { limit: 200, cursor: null })
      expect(list.items).toHaveLength(150)
      expect(list.items[3]!.deleted_at).toBe('2026-11-22T10:11:12.007Z')
      expect(quick).toEqual(list)
    })

    test('quick pages follow each other as those of the list do', async () => {
      await using bench = await openBench(engine)
      for (const supplier of ['Acme', 'Bolt']) {
        const source = await bench.source(supplier)
        const keys = Array.from({ length: 20 }, (_, index) => itemRow(`K${index}`, { row: index }))
        await bench.publish(source, { items: itemRows(...keys), isFull: true })
        // Every third is gone.
        const left = keys.filter((_, index) => index % 3 !== 0)
        await bench.publish(source, { items: itemRows(...left), isFull: true })
      }
      for (const withGone of [false, true])
        for (const limit of [1, 7, 20, 26, 40]) {
          let cursor: string | null = null
          let pages = 0
          do {
            const { quick, list } = await both(bench.db, { limit, cursor }, withGone)
            expect(quick).toEqual(list)
            cursor = quick.next_cursor
            pages++
          } while (cursor !== null)
          expect(pages).toBe(Math.ceil((withGone ? 40 : 26) / limit))
        }
      const supplierId = (await bench.source('Bolt')).supplierId
      const ids = async (cursor: string | null) => {
        const page = parsed(await quickPages(bench.db)({ supplierId, withGone: false }, { limit: 7, cursor }))
        const list = await itemStore(bench.db).list({ supplierId }, { limit: 7, cursor })
        expect(page).toEqual({ items: list.items, next_cursor: list.nextCursor })
        return page as { items: { id: string; supplier: string }[]; next_cursor: string | null }
      }
      const found = await ids(null)
      for (let next = found.next_cursor; next !== null; ) {
        const page = await ids(next)
        found.items.push(...page.items)
        next = page.next_cursor
      }
      expect(found.items.map((item) => item.supplier)).toEqual(Array(13).fill('Bolt'))
      // A cursor of another supplier's page: it comes before all of this one's, or behind them.
      const acme = (await bench.source('Acme')).supplierId
      const { nextCursor } = await itemStore(bench.db).list({ supplierId: acme }, { limit: 7, cursor: null })
      expect((await ids(nextCursor)).items).toEqual(found.items.slice(0, 7))
      const behind = await itemStore(bench.db).list(
        { supplierId: acme },
        { limit: 7, cursor: (await ids(null)).next_cursor },
      )
      expect(behind).toEqual({ items: [], nextCursor: null })
      const json = await quickPages(bench.db)({ supplierId, withGone: false }, first)
      const { items } = await itemStore(bench.db).list({ supplierId }, first)
      expect(parsed(json)).toEqual({ items, next_cursor: null })
      const bad = quickPages(bench.db)({ withGone: false }, { limit: 5, cursor: 'x' })
      expect(await rejection(bad)).toMatchObject({ code: 'invalid_cursor' })
    })

    test('where nearly everything is gone the page is left to the scanner', async () => {
      await using bench = await openBench(engine)
      const source = await bench.source('Acme')
      const items = Array.from({ length: 60 }, (_, row) =>
        itemRow(`A${String(row).padStart(2, '0')}`, { row }),
      )
      await bench.publish(source, { items, isFull: true })
      await bench.publish(source, { items: [items[59]!], isFull: true })
      expect(await quickPages(bench.db)({ withGone: false }, { limit: 5, cursor: null })).toBe(null)
      expect(parsed(await quickPages(bench.db)({ withGone: false }, first)).items).toHaveLength(1)
    })
  })
}
