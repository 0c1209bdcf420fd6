import { describe, expect, setDefaultTimeout, test } from 'bun:test'
import { type ItemPrice, listPrices } from '../../src/catalog/price-history.ts'
import { openProgram } from '../helpers/cli.ts'
import { engines } from '../helpers/engines.ts'
import { priceList } from '../helpers/lists.ts'
import { openUrl, rejection } from '../helpers/open-database.ts'

setDefaultTimeout(60_000)

for (const engine of engines)
  describe(engine, () => {
    test("one supplier's prices come by item, a page at a time, and nobody sorts all of them for it", async () => {
      await using program = await openProgram(engine)
      const ingest = async (supplier: string, price: string) =>
        program.run(
          'ingest',
          await program.write(
            'list.csv',
            priceList(6, () => ({ price })),
          ),
          '--supplier',
          supplier,
          '--no-hold',
        )
      for (const price of ['1.00', '2.00', '3.00'])
        for (const supplier of ['Acme', 'Bolt']) await ingest(supplier, price)
      const db = await openUrl(program.url)
      const suppliers = await db.all<{ id: string }>('select id from suppliers order by no')
      const supplierId = suppliers[1]!.id
      const asked: { text: string; parameters: unknown }[] = []
      const sql: typeof db.all = (text, parameters) => {
        asked.push({ text, parameters })
        return db.all(text, parameters)
      }
      const whole = await listPrices({ all: sql }, { supplierId }, { limit: 100, cursor: null })
      expect(whole.prices.map(({ supplier }) => supplier)).toEqual(Array(18).fill('Bolt'))
      const items = whole.prices.map(({ item_id }) => item_id)
      expect(new Set(items).size).toBe(6)
      // An item's together, the oldest first.
      for (let n = 0; n < 18; n += 3) {
        expect(new Set(items.slice(n, n + 3)).size).toBe(1)
        expect(whole.prices.slice(n, n + 3).map(({ price }) => price)).toEqual(['1.00', '2.00', '3.00'])
      }
      for (const limit of [1, 2, 5]) {
        const walked: ItemPrice[] = []
        for (let cursor: string | null = null; ; ) {
          const page = await listPrices({ all: sql }, { supplierId }, { limit, cursor })
          walked.push(...page.prices)
          cursor = page.nextCursor
          if (cursor === null) break
        }
        expect(walked).toEqual(whole.prices)
      }
      // The place in another order is none in this one.
      const { nextCursor } = await listPrices(db, {}, { limit: 1, cursor: null })
      expect(await rejection(listPrices(db, { supplierId }, { limit: 1, cursor: nextCursor }))).toMatchObject(
        {
          code: 'invalid_cursor',
        },
      )
      if (engine === 'sqlite')
        for (const { text, parameters } of asked) {
          // What was asked for above, as it was.
          const plan = await db.all<{ detail: string }>(`explain query plan ${text}`, parameters as string[])
          expect(plan.filter(({ detail }) => detail.includes('TEMP B-TREE'))).toEqual([])
        }
      await db.close()
    })
  })
