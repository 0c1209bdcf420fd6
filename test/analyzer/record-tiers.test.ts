import { describe, expect, test } from 'bun:test'
import { type Bench, openBench } from '../helpers/bench.ts'
import { engines } from '../helpers/engines.ts'
import { itemRow, itemRows, tiered } from '../helpers/item-rows.ts'

const dealer = { name: 'Dealer', price_e4: 9_0000 }
const fromTen = { name: '10+', min_quantity_e4: 10_0000, price_e4: 8_5000 }

/** The history of further prices, one line an entry: "import: tier from quantity = price currency @ row.column text". */
async function entries(bench: Bench): Promise<string[]> {
  const rows = await bench.rows(
    `select i.item_key, h.* from price_history as h join supplier_items as i on i.id = h.item_id
     where h.tier is not null order by h.import_no, i.item_key, h.n`,
  )
  const first = rows[0]?.import_no
  return rows.map((row) => {
    const price = `${row.min_quantity_e4 ?? ''}=${row.price_e4 ?? 'none'} ${row.currency ?? ''}`.trim()
    const cell = row.column === null ? '' : ` @${row.row}.${row.column} ${row.raw}`
    return `${Number(row.import_no) - Number(first)} ${row.item_key} ${row.tier} ${price}${cell}`
  })
}

const ownPrices = 'select price_e4, n from price_history where tier is null order by import_no, item_id'

for (const engine of engines) {
  describe(engine, () => {
    test('the first list records each further price with the cell it came from, behind the price', async () => {
      await using bench = await openBench(engine)
      const listed = itemRows(itemRow('A', tiered(dealer, fromTen)), itemRow('B'))
      const { diff } = await bench.publish(await bench.source('Acme'), { items: listed })
      expect(diff).toMatchObject({ changes: { new: 2, changed: 0 }, hasTiers: true })
      expect(await entries(bench)).toEqual([
        '0 A Dealer =90000 EUR @1.3 9 €',
        '0 A 10+ 100000=85000 EUR @1.4 8.5 €',
      ])
      expect(await bench.rows('select n, tier, sheet from price_history order by item_id, n')).toEqual([
        { n: 0, tier: null, sheet: null },
        { n: 1, tier: 'Dealer', sheet: null },
        { n: 2, tier: '10+', sheet: null },
        { n: 0, tier: null, sheet: null },
      ])
      expect(await bench.rows('select tiers from supplier_items order by item_key')).toEqual([
        {
          tiers: [
            { name: 'Dealer', min_quantity_e4: null, price_e4: 90000, currency: 'EUR' },
            { name: '10+', min_quantity_e4: 100000, price_e4: 85000, currency: 'EUR' },
          ],
        },
        { tiers: null },
      ])
    })

    test('a later list records the new, the changed and the vanished ones, and no others', async () => {
      await using bench = await openBench(engine)
      const source = await bench.source('Acme')
      const listed = itemRows(
        itemRow('A', tiered(dealer, fromTen)),
        itemRow('B', tiered(dealer)),
        itemRow('C'),
      )
      await bench.publish(source, { items: listed })
      const again = await bench.publish(source, { items: listed })
      expect(again.diff).toMatchObject({ unchanged: 3, changes: { changed: 0 } })
      expect(await entries(bench)).toHaveLength(3)
      const { diff } = await bench.publish(source, {
        items: itemRows(
          itemRow('A', tiered(dealer, { ...fromTen, price_e4: 8_0000 })),
          itemRow('B'),
          itemRow('C', tiered({ name: 'Wholesale', currency: 'USD' })),
          itemRow('D', tiered(dealer)),
        ),
      })
      expect(diff.changes).toMatchObject({ new: 1, changed: 3, priceUp: 0, priceDown: 0 })
      expect((await entries(bench)).filter((entry) => !entry.startsWith('0'))).toEqual([
        '2 A 10+ 100000=80000 EUR @1.4 8 €',
        '2 B Dealer =none',
        '2 C Wholesale =90000 USD @3.3 9 €',
        '2 D Dealer =90000 EUR @4.3 9 €',
      ])
      // The price itself is what it was.
      expect(await bench.rows(ownPrices)).toHaveLength(4)
    })

    test('a new price alone leaves the further ones as they are', async () => {
      await using bench = await openBench(engine)
      const source = await bench.source('Acme')
      await bench.publish(source, { items: [itemRow('A', tiered(dealer))] })
      const { diff } = await bench.publish(source, {
        items: [itemRow('A', { ...tiered(dealer), priceE4: 11 })],
      })
      expect(diff.changes).toMatchObject({ changed: 1, priceDown: 1 })
      expect(await entries(bench)).toHaveLength(1)
      expect(await bench.rows(ownPrices)).toHaveLength(2)
    })

    test('for another quantity, unit or time every further price is another one', async () => {
      await using bench = await openBench(engine)
      const changes = [
        { unit: 'box' },
        { priceQuantityE4: 100_0000 },
        { validFrom: '2026-12-01' },
        { validTo: '2027-01-01' },
      ]
      for (const [index, change] of changes.entries()) {
        const source = await bench.source(`Supplier ${index}`)
        await bench.publish(source, { items: [itemRow('A', tiered(dealer, fromTen))] })
        await bench.publish(source, { items: [itemRow('A', { ...tiered(dealer), ...change })] })
      }
      const found = await bench.rows(
        `select tier, price_e4, unit, price_quantity_e4, valid_from, valid_to from price_history
         where tier is not null and import_no % 2 = 0 order by import_no, n`,
      )
      const plain = { unit: null, price_quantity_e4: null, valid_from: null, valid_to: null }
      expect(found).toEqual(
        [
          { unit: 'box' },
          { price_quantity_e4: 1_000_000 },
          { valid_from: '2026-12-01' },
          { valid_to: '2027-01-01' },
        ].flatMap((change) => [
          { tier: 'Dealer', price_e4: 90000, ...plain, ...change },
          { tier: '10+', price_e4: null, ...plain, ...change },
        ]),
      )
    })

    test('the same name from another quantity on is another price; another order is none', async () => {
      await using bench = await openBench(engine)
      const source = await bench.source('Acme')
      const from = (quantity: number) => ({ name: 'Stück', min_quantity_e4: quantity * 10_000 })
      await bench.publish(source, { items: [itemRow('A', tiered(from(10), from(100)))] })
      const turned = await bench.publish(source, { items: [itemRow('A', tiered(from(100), from(10)))] })
      expect(turned.diff).toMatchObject({ unchanged: 1, changes: { changed: 0 } })
      expect(await entries(bench)).toHaveLength(2)
      await bench.publish(source, { items: [itemRow('A', tiered(from(10), from(50)))] })
      expect((await entries(bench)).slice(2)).toEqual([
        '2 A Stück 500000=90000 EUR @1.4 9 €',
        '2 A Stück 1000000=none',
      ])
    })

    test('tiers that no one can tell apart are all kept, and one that has no cell is recorded without', async () => {
      await using bench = await openBench(engine)
      const source = await bench.source('Acme')
      const twice = tiered(dealer, dealer)
      await bench.publish(source, { items: [itemRow('A', { ...twice, tierCells: null })] })
      await bench.publish(source, { items: [itemRow('A', { ...twice, unit: 'box' })] })
      await bench.publish(source, { items: [itemRow('A', { unit: 'box' })] })
      expect(await entries(bench)).toEqual([
        '0 A Dealer =90000 EUR',
        '0 A Dealer =90000 EUR',
        '1 A Dealer =90000 EUR @1.3 9 €',
        '1 A Dealer =90000 EUR @1.4 9 €',
        '2 A Dealer =none',
        '2 A Dealer =none',
      ])
    })

    test('an item that goes keeps its further prices, and one that returns is compared with them', async () => {
      await using bench = await openBench(engine)
      const source = await bench.source('Acme')
      const other = itemRow('Z')
      const list = (...items: ReturnType<typeof itemRows>) => ({
        items: itemRows(other, ...items),
        isFull: true,
      })
      await bench.publish(source, list(itemRow('A', tiered(dealer, fromTen))))
      await bench.publish(source, list())
      const { diff } = await bench.publish(
        source,
        list(itemRow('A', tiered({ ...dealer, price_e4: 1 }, fromTen))),
      )
      expect(diff).toMatchObject({ changes: { returned: 1, changed: 0, priceDown: 0 }, hasTiers: true })
      expect((await entries(bench)).slice(2)).toEqual(['2 A Dealer =1 EUR @2.3 0.0001 €'])
    })

    test('a before-image holds the further prices, so that they can be put back', async () => {
      await using bench = await openBench(engine)
      const source = await bench.source('Acme')
      await bench.publish(source, { items: [itemRow('A', tiered(dealer, { ...fromTen, currency: null }))] })
      const [{ tiers }] = (await bench.rows('select tiers from supplier_items')) as [{ tiers: unknown[] }]
      expect(tiers).toHaveLength(2)
      await bench.publish(source, { items: [itemRow('A')] })
      await bench.publish(source, { items: [itemRow('A', tiered(dealer))] })
      const changes = await bench.rows('select before from item_changes order by import_no')
      expect(changes).toEqual([
        { before: expect.objectContaining({ tiers }) },
        { before: expect.objectContaining({ tiers: null }) },
      ])
    })

    test('a further price that moves too far counts its item as moved, once; up and down are the price itself', async () => {
      await using bench = await openBench(engine)
      const source = await bench.source('Acme')
      const priced = (...prices: number[]) =>
        tiered(...prices.map((price_e4, index) => ({ name: `L${index}`, price_e4 })))
      const before = [priced(100, 100), priced(100, 100), priced(100, 100), priced(100), priced(0), priced()]
      await bench.publish(source, { items: itemRows(...before.map((tiers, i) => itemRow(`A${i}`, tiers))) })
      // 50 % exactly is not too far, either way; from nothing to something is.
      const now = [
        priced(150, 50),
        priced(151, 200),
        priced(100, 49),
        tiered({ name: 'L0', price_e4: 100, currency: 'USD' }),
        priced(1),
        priced(5),
      ]
      const { diff } = await bench.publish(source, {
        items: itemRows(...now.map((tiers, i) => itemRow(`A${i}`, tiers))),
      })
      expect(diff).toMatchObject({
        pricesCompared: 6,
        pricesMoved: 4,
        changes: { changed: 6, priceUp: 0, priceDown: 0 },
      })
      // Without a price of its own an item is compared by its further prices.
      const onRequest = itemRow('R', { priceE4: null, currency: null, ...priced(100) })
      await bench.publish(source, { items: [onRequest] })
      const far = await bench.publish(source, { items: [{ ...onRequest, ...priced(1000) }] })
      expect(far.diff).toMatchObject({ pricesCompared: 1, pricesMoved: 1, changes: { changed: 1 } })
      const quantity = { ...onRequest, ...priced(1000), priceQuantityE4: 100_0000 }
      const other = await bench.publish(source, { items: [quantity] })
      expect(other.diff).toMatchObject({ pricesCompared: 1, pricesMoved: 1, changedPriced: 0 })
      const ownPrice = await bench.publish(source, {
        items: [{ ...quantity, ...tiered(), priceE4: 5, currency: 'EUR' }],
      })
      expect(ownPrice.diff).toMatchObject({ pricesCompared: 1, pricesMoved: 0, changes: { priceUp: 0 } })
    })

    test('a further price without a currency counts as much as a price without one', async () => {
      await using bench = await openBench(engine)
      const source = await bench.source('Acme')
      const items = itemRows(
        itemRow('A', tiered({ name: '"currency":null' })),
        itemRow('B', tiered(dealer, { currency: null })),
        itemRow('C', { priceE4: null, currency: null }),
        itemRow('D', { priceE4: null, currency: null, ...tiered({ currency: null }) }),
        itemRow('E', { currency: null, ...tiered({ currency: null }) }),
      )
      expect((await bench.publish(source, { items })).diff.pricesWithoutCurrency).toBe(3)
      const repeated = itemRows(...items, items[1]!, items[0]!)
      expect((await bench.publish(source, { items: repeated })).diff.pricesWithoutCurrency).toBe(3)
    })

    test('rows that differ in a further price do not say the same', async () => {
      await using bench = await openBench(engine)
      const source = await bench.source('Acme')
      const items = itemRows(
        itemRow('A', tiered(dealer)),
        itemRow('A', tiered(dealer)),
        itemRow('B', tiered(dealer)),
        itemRow('B', tiered(fromTen)),
        itemRow('B'),
      )
      await bench.publish(source, { items })
      const found = await bench.rows('select code, "row" from parsing_logs order by "row"')
      expect(found).toEqual([
        { code: 'duplicate', row: 2 },
        { code: 'duplicate_sku', row: 4 },
        { code: 'duplicate_sku', row: 5 },
      ])
    })

    test('odd names come through whole, and what no database keeps is replaced', async () => {
      await using bench = await openBench(engine)
      const source = await bench.source('Acme')
      const odd = [`a'b"c\\d\\n`, '👩‍👩‍👧 עברית \u202e', '\u0001\u2028', '{"name":[]}', 'ü'.repeat(5000)]
      const items = [itemRow('A', tiered(...[...odd, 'a\0b\ud83d'].map((name) => ({ name }))))]
      await bench.publish(source, { items })
      const kept = [...odd, 'a\u2400b\ufffd']
      const [{ tiers }] = (await bench.rows('select tiers from supplier_items')) as [
        { tiers: { name: string }[] },
      ]
      expect(tiers.map(({ name }) => name)).toEqual(kept)
      const found = await bench.rows('select tier from price_history where tier is not null order by n')
      expect(found.map(({ tier }) => tier)).toEqual(kept)
      expect((await bench.publish(source, { items })).diff).toMatchObject({
        unchanged: 1,
        changes: { changed: 0 },
      })
    })
  })
}
