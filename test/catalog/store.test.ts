import { describe, expect, test } from 'bun:test'
import { itemStore } from '../../src/catalog/store.ts'
import { openBench } from '../helpers/bench.ts'
import { engines } from '../helpers/engines.ts'
import { itemRow, itemRows, tiered } from '../helpers/item-rows.ts'
import { rejection } from '../helpers/open-database.ts'

const page = { limit: 50, cursor: null }

for (const engine of engines) {
  describe(engine, () => {
    test('an item leaves with everything it has, prices as decimals and instants as text', async () => {
      await using bench = await openBench(engine)
      const source = await bench.source('Acme')
      const full = itemRow('A-1', {
        name: 'Säge',
        priceE4: 12_5000,
        priceQuantityE4: 100_0000,
        unit: 'St',
        category: 'A > B',
        brand: 'Bosch',
        validFrom: '2026-01-01',
        validTo: '2027-01-01',
        characteristics: '{"Farbe":"rot"}',
        ...tiered(
          { name: 'Händler', price_e4: 11_0000 },
          { name: 'ab 10', min_quantity_e4: 10_0000, currency: null },
        ),
      })
      await bench.publish(source, {
        items: [full, itemRow('B', { priceE4: null, currency: null })],
        isFull: true,
      })
      await bench.publish(source, { items: [full], isFull: true })
      const { items, nextCursor } = await itemStore(bench.db).list({ withGone: true }, page)
      expect(nextCursor).toBe(null)
      expect(items).toMatchObject([
        {
          id: expect.stringMatching(/^\d+$/),
          supplier_id: source.supplierId,
          supplier: 'Acme',
          item_key: 'A-1',
          sku: 'A-1',
          name: 'Säge',
          price: '12.50',
          currency: 'EUR',
          price_quantity: '100',
          unit: 'St',
          tiers: [
            { name: 'Händler', min_quantity: null, price: '11.00', currency: 'EUR' },
            { name: 'ab 10', min_quantity: '10', price: '9.00', currency: null },
          ],
          category: 'A > B',
          brand: 'Bosch',
          valid_from: '2026-01-01',
          valid_to: '2027-01-01',
          characteristics: { Farbe: 'rot' },
          gone_at: null,
        },
        { item_key: 'B', price: null, currency: null, tiers: [], gone_at: '2026-11-22T09:00:02.000Z' },
      ])
      expect((await itemStore(bench.db).list({}, page)).items).toHaveLength(1)
    })

    test('pages follow each other without gap or repetition, also with items that come in between', async () => {
      await using bench = await openBench(engine)
      const keys = Array.from({ length: 25 }, (_, index) => `K${index}`)
      for (const supplier of ['Acme', 'Bolt'])
        await bench.publish(await bench.source(supplier), {
          items: itemRows(...keys.map((key) => itemRow(key))),
        })
      const store = itemStore(bench.db)
      const seen: string[] = []
      let cursor: string | null = null
      do {
        const { items, nextCursor } = await store.list({}, { limit: 7, cursor })
        expect(items.length).toBeLessThanOrEqual(7)
        seen.push(...items.map(({ supplier, item_key }) => `${supplier} ${item_key}`))
        if (cursor === null) await bench.publish(await bench.source('Acme'), { items: [itemRow('!first')] })
        cursor = nextCursor
      } while (cursor !== null)
      expect(seen.toSorted()).toEqual(
        ['Acme', 'Bolt'].flatMap((name) => keys.map((key) => `${name} ${key}`)).sort(),
      )
      const exact = await store.list({}, { limit: 51, cursor: null })
      expect(exact.nextCursor).toBe(null)
      for (const bad of ['x', 'bnVsbA', '', 'WzEsMl0', 'WyJhIiwiYiJd'])
        expect(await rejection(store.list({}, { limit: 7, cursor: bad }))).toMatchObject({
          name: 'InvalidError',
          code: 'invalid_cursor',
        })
    })

    test('items are found by supplier, SKU, part of the name, and all of it together', async () => {
      await using bench = await openBench(engine)
      const [acme, bolt] = [await bench.source('Acme'), await bench.source('Bolt')]
      const listed = itemRows(
        itemRow('S-1', { name: 'SÄGE 100% Größe_1' }),
        itemRow('S-2', { name: 'Hammer \\ Axt' }),
        itemRow('~x', { sku: null, name: 'Straße' }),
      )
      for (const source of [acme, bolt]) await bench.publish(source, { items: listed })
      const store = itemStore(bench.db)
      const find = async (filter: Parameters<typeof store.list>[0]) =>
        (await store.list({ supplierId: acme.supplierId, ...filter }, page)).items.map(
          ({ item_key }) => item_key,
        )
      expect(await find({})).toEqual(['S-1', 'S-2', '~x'])
      expect(await find({ sku: 'S-1' })).toEqual(['S-1'])
      // A key that is no SKU is not found as one.
      expect(await find({ sku: '~x' })).toEqual([])
      expect(await find({ contains: 'säge' })).toEqual(['S-1'])
      expect(await find({ contains: 'Säge' })).toEqual(['S-1'])
      expect(await find({ contains: 'GRÖSSE' })).toEqual([])
      expect(await find({ contains: 'HAMMER' })).toEqual(['S-2'])
      expect(await find({ contains: 's-' })).toEqual(['S-1', 'S-2'])
      for (const [search, expected] of [
        ['100%', ['S-1']],
        ['0%g', []],
        ['e_1', ['S-1']],
        ['e_g', []],
        ['\\', ['S-2']],
        ['*', []],
        ['?', []],
        ['[a-z]', []],
        ["'", []],
      ] as const)
        expect(await find({ contains: search }), search).toEqual([...expected])
      expect(await find({ contains: 'säge', sku: 'S-2' })).toEqual([])
      expect(await find({ contains: 'ä'.repeat(100_000) })).toEqual([])
      expect((await store.list({ sku: 'S-1' }, page)).items).toHaveLength(2)
    })

    test('a person finds an item by id or SKU, gone ones too', async () => {
      await using bench = await openBench(engine)
      const [acme, bolt] = [await bench.source('Acme'), await bench.source('Bolt')]
      await bench.publish(acme, { items: itemRows(itemRow('12'), itemRow('A')), isFull: true })
      await bench.publish(bolt, { items: [itemRow('A')] })
      await bench.publish(acme, { items: [itemRow('12')], isFull: true })
      const store = itemStore(bench.db)
      expect((await store.find('A')).map(({ supplier }) => supplier).sort()).toEqual(['Acme', 'Bolt'])
      const [twelve] = await store.find('12')
      expect(await store.find(twelve!.id)).toEqual([twelve!])
      for (const nobody of ['B', '', '99999999999999999999', '1e3', "' or 1=1 --"])
        expect(await rejection(store.find(nobody))).toMatchObject({
          name: 'NotFoundError',
          code: 'unknown_item',
        })
    })

    test('history is newest first and names file, sheet, row and cell', async () => {
      await using bench = await openBench(engine)
      const source = await bench.source('Acme')
      await bench.publish(source, { items: [itemRow('A')] })
      const sheets = [
        { sheet: 'Mai', items: [itemRow('A', { priceE4: null, currency: null, priceRaw: 'a. A.', row: 4 })] },
      ]
      const { importId } = await bench.publish(source, { sheets })
      const store = itemStore(bench.db)
      const { id } = (await store.find('A'))[0]!
      const page = { limit: 10, cursor: null }
      const [now, before] = (await store.history(id, page)).history
      expect(now).toEqual({
        price: null,
        currency: null,
        price_quantity: null,
        unit: null,
        tax: null,
        tier: null,
        min_quantity: null,
        valid_from: null,
        valid_to: null,
        recorded_at: '2026-11-22T09:00:02.000Z',
        import_id: importId,
        file_name: 'list.csv',
        sha256: expect.any(String),
        sheet: 'Mai',
        row: 4,
        column: 2,
        raw: 'a. A.',
      })
      expect(before).toMatchObject({ price: '10.00', currency: 'EUR', raw: '10,00' })
      const newest = await store.history(id, { limit: 1, cursor: null })
      expect(newest.history).toEqual([now!])
      // What comes in while somebody turns the pages shifts none of them.
      await bench.publish(source, { items: [itemRow('A', { priceE4: 200_000, priceRaw: '20,00' })] })
      const next = await store.history(id, { limit: 1, cursor: newest.nextCursor })
      expect(next).toEqual({ history: [before!], nextCursor: null })
      expect(await store.history('0', page)).toEqual({ history: [], nextCursor: null })
    })

    test('history tells further prices with the price of the same list, in the order of the list', async () => {
      await using bench = await openBench(engine)
      const source = await bench.source('Acme')
      const fromTen = { name: 'ab 10', min_quantity_e4: 10_5000, price_e4: 8_0000 }
      await bench.publish(source, { items: [itemRow('A', tiered({ name: 'Händler' }, fromTen))] })
      await bench.publish(source, { items: [itemRow('A', { ...tiered(fromTen), unit: 'St' })] })
      const store = itemStore(bench.db)
      const { id } = (await store.find('A'))[0]!
      const seen: unknown[] = []
      for (let cursor: string | null = null, pages = 1; ; pages++) {
        const { history, nextCursor } = await store.history(id, { limit: 1, cursor })
        seen.push(...history.map((point) => [point.tier, point.min_quantity, point.price, point.unit]))
        cursor = nextCursor
        if (cursor !== null) continue
        expect(pages).toBe(6)
        break
      }
      expect(seen).toEqual([
        [null, null, '10.00', 'St'],
        ['ab 10', '10.5', '8.00', 'St'],
        ['Händler', null, null, 'St'],
        [null, null, '10.00', null],
        ['Händler', null, '9.00', null],
        ['ab 10', '10.5', '8.00', null],
      ])
      const { history } = await store.history(id, { limit: 10, cursor: null })
      expect(history.slice(1, 3)).toMatchObject([
        { row: 1, column: 3, raw: '8 €' },
        { row: 1, column: null, raw: null },
      ])
    })
  })
}
