import { describe, expect, test } from 'bun:test'
import { comparedCounts } from '../../src/analyzer/diff.ts'
import { type Bench, compare, openBench, type TestList } from '../helpers/bench.ts'
import { engines } from '../helpers/engines.ts'
import { itemRow, itemRows } from '../helpers/item-rows.ts'

/** What each item is now: "listed" or "gone". */
async function states(bench: Bench): Promise<Record<string, string>> {
  const rows = await bench.rows('select item_key, gone_at from supplier_items order by item_key')
  return Object.fromEntries(rows.map((row) => [row.item_key, row.gone_at === null ? 'listed' : 'gone']))
}

const abc = itemRows(itemRow('A'), itemRow('B'), itemRow('C'))

for (const engine of engines) {
  describe(engine, () => {
    test('what a full list no longer names is gone; when it is named again it has returned', async () => {
      await using bench = await openBench(engine)
      const source = await bench.source('Acme')
      await bench.publish(source, { items: abc, isFull: true })
      const without = await bench.publish(source, { items: [itemRow('A')], isFull: true })
      expect(without.diff).toMatchObject({ itemsBefore: 3, unchanged: 1, changes: { gone: 2, changed: 0 } })
      expect(await states(bench)).toEqual({ A: 'listed', B: 'gone', C: 'gone' })
      const dearer = itemRow('C', { priceE4: 11_0000 })
      const back = await bench.publish(source, { items: itemRows(itemRow('A'), itemRow('B'), dearer) })
      expect(back.diff).toMatchObject({ itemsBefore: 0, changes: { returned: 2, new: 0, priceUp: 1 } })
      expect(await states(bench)).toEqual({ A: 'listed', B: 'listed', C: 'listed' })
      const prices = await bench.rows(
        `select i.item_key, count(*) as count from price_history as h join supplier_items as i on i.id = h.item_id
         group by 1 order by 1`,
      )
      expect(prices.map((row) => row.count)).toEqual([1, 1, 2])
    })

    test('an item that is gone already is not gone once more', async () => {
      await using bench = await openBench(engine)
      const source = await bench.source('Acme')
      await bench.publish(source, { items: abc, isFull: true })
      const shorter = { items: [itemRow('A')], isFull: true }
      await bench.publish(source, shorter)
      const [before] = await bench.rows(`select gone_at from supplier_items where item_key = 'B'`)
      const again = await bench.publish(source, shorter)
      expect(again.diff).toMatchObject({ itemsBefore: 1, changes: { gone: 0 } })
      expect(await bench.rows(`select gone_at from supplier_items where item_key = 'B'`)).toEqual([before!])
    })

    test('a partial list marks nothing gone', async () => {
      await using bench = await openBench(engine)
      const source = await bench.source('Acme')
      await bench.publish(source, { items: abc, isFull: true })
      await bench.publish(source, { items: [itemRow('A')] })
      await bench.publish(source, { items: [] })
      expect(await states(bench)).toEqual({ A: 'listed', B: 'listed', C: 'listed' })
    })

    test('a row that was rejected, or repeated, still says that its item is on the list', async () => {
      await using bench = await openBench(engine)
      const source = await bench.source('Acme')
      await bench.publish(source, { items: abc, isFull: true })
      const list: TestList = {
        items: itemRows(itemRow('A'), itemRow('A', { name: 'something else' })),
        rejectedKeys: ['B'],
        isFull: true,
      }
      const { diff } = await bench.publish(source, list)
      expect(diff.changes).toMatchObject({ gone: 1, changed: 0 })
      expect(await states(bench)).toEqual({ A: 'listed', B: 'listed', C: 'gone' })
    })

    test('a scope that could not be read whole marks nothing gone', async () => {
      await using bench = await openBench(engine)
      const source = await bench.source('Acme')
      const sheets = [
        { sheet: 'North', scope: 'North', items: abc.slice(0, 2) },
        { sheet: 'South', scope: 'South', items: abc.slice(2) },
      ]
      await bench.publish(source, { sheets, isFull: true })
      await bench.publish(source, { sheets: [{ ...sheets[0]!, items: [] }], isFull: true, scopes: ['North'] })
      expect(await states(bench)).toEqual({ A: 'gone', B: 'gone', C: 'listed' })
      await bench.publish(source, { items: [], isFull: true, scopes: [] })
      expect(await states(bench)).toEqual({ A: 'gone', B: 'gone', C: 'listed' })
    })

    test('an item that moves to another sheet is neither new nor gone', async () => {
      await using bench = await openBench(engine)
      const source = await bench.source('Acme')
      const sheets = (north: typeof abc, south: typeof abc) => [
        { sheet: 'North', scope: 'North', items: north },
        { sheet: 'South', scope: 'South', items: south },
      ]
      await bench.publish(source, { sheets: sheets(abc.slice(0, 2), abc.slice(2)), isFull: true })
      const { diff } = await bench.publish(source, {
        sheets: sheets(abc.slice(0, 1), abc.slice(1)),
        isFull: true,
      })
      expect(diff).toMatchObject({ relisted: 1, unchanged: 3, changes: { new: 0, changed: 0, gone: 0 } })
      expect(await bench.rows(`select scope from supplier_items where item_key = 'B'`)).toEqual([
        { scope: 'South' },
      ])
    })

    test('an item that another source lists too belongs to the last one, without history or before-image', async () => {
      await using bench = await openBench(engine)
      const [web, mail] = [await bench.source('Acme', 'web'), await bench.source('Acme', 'mail')]
      await bench.publish(web, { items: abc, isFull: true })
      const taken = await bench.publish(mail, { items: abc.slice(0, 1), isFull: true })
      expect(taken.diff).toMatchObject({
        relisted: 1,
        unchanged: 1,
        itemsBefore: 0,
        changes: { gone: 0, new: 0 },
      })
      expect(await bench.rows('select * from item_changes')).toEqual([])
      expect(await bench.rows('select item_id from price_history')).toHaveLength(3)
      await bench.publish(web, { items: [], isFull: true, scopes: [''] })
      expect(await states(bench)).toEqual({ A: 'listed', B: 'gone', C: 'gone' })
    })

    test('a lineage that moved makes a comparison void, so that nothing is marked gone for its old source', async () => {
      await using bench = await openBench(engine)
      const [web, mail] = [await bench.source('Acme', 'web'), await bench.source('Acme', 'mail')]
      await bench.publish(web, { items: abc, isFull: true })
      const revisions = async () => (await bench.rows('select revision from suppliers'))[0]
      const before = await revisions()
      await bench.publish(mail, { items: abc.slice(0, 1) })
      expect(await revisions()).not.toEqual(before!)
    })

    test('prices are compared with those before, and far moves and other currencies counted', async () => {
      await using bench = await openBench(engine)
      const source = await bench.source('Acme')
      const priced = (...prices: (number | null)[]) =>
        itemRows(...prices.map((priceE4, index) => itemRow(`A${index}`, { priceE4 })))
      await bench.publish(source, { items: priced(100, 100, 100, 100, 100, null, 0) })
      // 50 % exactly is not too far, either way; from nothing to something is.
      const { diff } = await bench.publish(source, { items: priced(150, 151, 50, 49, 100, 100, 1) })
      expect(diff).toMatchObject({
        pricesCompared: 6,
        pricesMoved: 3,
        pricesOfOtherKind: 0,
        changedPriced: 6,
        pricesWithoutCurrency: 0,
        changes: { changed: 6, priceUp: 3, priceDown: 2 },
      })
      const other = itemRows(itemRow('A0', { currency: 'USD', priceE4: 9 }), itemRow('N', { currency: null }))
      const second = await bench.publish(source, { items: other })
      expect(second.diff).toMatchObject({
        pricesCompared: 1,
        pricesMoved: 1,
        pricesOfOtherKind: 1,
        pricesWithoutCurrency: 1,
      })
    })

    test('a thousand scopes, and many more, are one comparison', async () => {
      await using bench = await openBench(engine)
      const source = await bench.source('Acme')
      const sheets = Array.from({ length: 1200 }, (_, index) => ({
        sheet: `Sheet ${index}`,
        scope: `Sheet ${index}`,
        items: [itemRow(`A${index}`)],
      }))
      await bench.publish(source, { sheets, isFull: true })
      const scopes = Array.from({ length: 70_000 }, (_, index) => `Sheet ${index}`)
      const { diff } = await bench.publish(source, { items: [], isFull: true, scopes })
      expect(diff).toMatchObject({ itemsBefore: 1200, changes: { gone: 1200 } })
    })

    test('comparing twice gives the same as comparing once', async () => {
      await using bench = await openBench(engine)
      const source = await bench.source('Acme')
      await bench.publish(source, { items: abc, isFull: true })
      const { importId } = await bench.begin(source)
      const staging = await bench.stage(importId, { items: [itemRow('A', { name: 'x' }), itemRow('D')] })
      await staging.withSql(async (sql) => {
        const context = { ...source, isFull: true, scopes: [''] }
        const first = await compare(sql, staging, context)
        expect(first.changes).toMatchObject({ new: 1, changed: 1, gone: 2 })
        expect(await compare(sql, staging, context)).toEqual(first)
      })
      await staging.discard()
    })
  })
}

test('unchanged rows are taken out of the accepted ones', () => {
  const counts = { read: 10, accepted: 7, priced: 6, unchanged: 0, rejected: 2, ignored: 1 }
  const diff = {
    revision: 1,
    isFirst: false,
    changes: { new: 2, changed: 1, priceUp: 0, priceDown: 0, gone: 5, returned: 0 },
    unchanged: 4,
    relisted: 0,
    changedPriced: 2,
    hasPins: false,
    itemsBefore: 9,
    pricesCompared: 0,
    pricesMoved: 0,
    pricesOfOtherKind: 0,
    pricesWithoutCurrency: 0,
    hasTiers: false,
  }
  expect(comparedCounts(counts, diff)).toEqual({ ...counts, accepted: 3, priced: 2, unchanged: 4 })
})
