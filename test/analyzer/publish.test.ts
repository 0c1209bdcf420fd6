import { describe, expect, test } from 'bun:test'
import { openBench } from '../helpers/bench.ts'
import { engines } from '../helpers/engines.ts'
import { itemRow, itemRows, tiered } from '../helpers/item-rows.ts'

const items = `select item_key, name, price_e4, currency,
    (select s.id from sources as s where s.no = source_no) as source_id, scope,
    (select m.id from imports as m where m.no = first_import_no) as first_import_id, gone_at
  from supplier_items order by item_key`
const history = `select i.item_key, h.price_e4, h.currency, (select m.id from imports as m where m.no = h.import_no) as import_id, h.sheet, h."row", h."column", h.raw, h.recorded_at
  from price_history as h join supplier_items as i on i.id = h.item_id order by h.import_no, i.item_key`
const changeKinds = 'select kind from item_changes order by kind'

for (const engine of engines) {
  describe(engine, () => {
    test('the first list makes items, each with one price traced to its cell', async () => {
      await using bench = await openBench(engine)
      const source = await bench.source('Acme')
      const listed = itemRows(itemRow('B-2', { priceRaw: '7,50', priceE4: 7_5000 }), itemRow('A-1'))
      const { importId, diff } = await bench.publish(source, { sheets: [{ sheet: 'Preise', items: listed }] })
      expect(diff.changes).toEqual({ new: 2, changed: 0, priceUp: 0, priceDown: 0, gone: 0, returned: 0 })
      expect(await bench.rows(items)).toEqual([
        {
          item_key: 'A-1',
          name: 'Article A-1',
          price_e4: 10_0000,
          currency: 'EUR',
          source_id: source.sourceId,
          scope: '',
          first_import_id: importId,
          gone_at: null,
        },
        expect.objectContaining({ item_key: 'B-2', price_e4: 7_5000 }),
      ])
      const [first, second] = await bench.rows(history)
      expect(second).toMatchObject({ item_key: 'B-2', sheet: 'Preise', row: 1, column: 2, raw: '7,50' })
      expect(first).toMatchObject({ item_key: 'A-1', price_e4: 10_0000, import_id: importId, row: 2 })
      expect(first?.recorded_at).toBe('2026-11-22T09:00:01.000Z')
      expect(await bench.rows(changeKinds)).toEqual([])
      const ended = await bench.rows('select status, supplier_revision, published_at from imports')
      expect(ended).toEqual([
        { status: 'completed', supplier_revision: 1, published_at: '2026-11-22T09:00:01.000Z' },
      ])
      expect(await bench.rows('select state, phase from jobs')).toEqual([
        { state: 'succeeded', phase: 'complete' },
      ])
    })

    test('the same list again finds nothing to do and writes no item, price or change', async () => {
      await using bench = await openBench(engine)
      const source = await bench.source('Acme')
      const list = {
        items: itemRows(
          itemRow('A-1', {
            characteristics: '{"Farbe":"rot","ä":"ö"}',
            category: 'Tools > Saws',
            brand: 'Bosch',
          }),
          itemRow('A-2', { priceE4: null, currency: null, priceRaw: 'auf Anfrage' }),
          itemRow('A-3', {
            unit: 'kg',
            priceQuantityE4: 100_0000,
            validFrom: '2026-01-01',
            validTo: '2027-01-01',
          }),
        ),
        isFull: true,
      }
      await bench.publish(source, list)
      const version = engine === 'postgres' ? 'xmin::text as version, *' : '*'
      const written = async () => [
        await bench.rows(`select ${version} from supplier_items order by item_key`),
        await bench.rows('select * from price_history order by import_no, item_id'),
        await bench.rows('select * from item_changes'),
        await bench.rows('select * from categories order by id'),
        await bench.rows('select * from brands order by id'),
        await bench.rows('select revision from suppliers'),
      ]
      const before = await written()
      const { diff } = await bench.publish(source, list)
      expect(diff).toMatchObject({ unchanged: 3, changes: { new: 0, changed: 0, gone: 0, returned: 0 } })
      expect(diff.relisted).toBe(0)
      expect(await written()).toEqual(before)
    })

    test('a new price writes one history row and keeps the item as it was', async () => {
      await using bench = await openBench(engine)
      const source = await bench.source('Acme')
      await bench.publish(source, { items: [itemRow('A-1')] })
      const { importId, diff } = await bench.publish(source, {
        items: [itemRow('A-1', { priceE4: 12_0000, priceRaw: '12,00', row: 9 })],
      })
      expect(diff.changes).toMatchObject({ new: 0, changed: 1, priceUp: 1, priceDown: 0 })
      expect(await bench.rows(history)).toEqual([
        expect.objectContaining({ price_e4: 10_0000 }),
        expect.objectContaining({ price_e4: 12_0000, raw: '12,00', row: 9, import_id: importId }),
      ])
      const [change] = await bench.rows(
        `select m.id as import_id, c.kind, c.before, s.no as source_no
         from item_changes as c join imports as m on m.no = c.import_no join sources as s on s.id = m.source_id`,
      )
      expect(change).toEqual({
        import_id: importId,
        kind: 'changed',
        before: {
          sku: 'A-1',
          name: 'Article A-1',
          price_e4: 10_0000,
          currency: 'EUR',
          price_quantity_e4: null,
          unit: null,
          category: null,
          brand: null,
          valid_from: null,
          valid_to: null,
          characteristics: {},
          tiers: null,
          source_no: change!.source_no,
          scope: '',
          gone_at: null,
        },
        source_no: change!.source_no,
      })
    })

    test('a new name writes no history row', async () => {
      await using bench = await openBench(engine)
      const source = await bench.source('Acme')
      await bench.publish(source, { items: [itemRow('A-1')] })
      const { diff } = await bench.publish(source, { items: [itemRow('A-1', { name: 'Hammer' })] })
      expect(diff.changes).toMatchObject({ changed: 1, priceUp: 0, priceDown: 0 })
      expect(await bench.rows(history)).toHaveLength(1)
      expect(await bench.rows('select name from supplier_items')).toEqual([{ name: 'Hammer' }])
    })

    const priceChanges = {
      'another currency': { currency: 'USD' },
      'a price on request': { priceE4: null, currency: null },
      'another unit': { unit: 'box' },
      'another quantity': { priceQuantityE4: 100_0000 },
      'another first day': { validFrom: '2026-12-01' },
      'another last day': { validTo: '2026-12-31' },
    }
    test('a price is another one with another currency, unit, quantity or date, but no rise or fall', async () => {
      await using bench = await openBench(engine)
      for (const [what, difference] of Object.entries(priceChanges)) {
        const source = await bench.source(what)
        await bench.publish(source, { items: [itemRow('A-1')] })
        for (const row of [itemRow('A-1', difference), itemRow('A-1')]) {
          const { diff } = await bench.publish(source, { items: [row] })
          expect(diff.changes, what).toMatchObject({ changed: 1, priceUp: 0, priceDown: 0 })
          // Another currency or quantity is a move that no share can tell.
          expect(diff.pricesMoved).toBe(/currency|quantity/.test(what) ? 1 : 0)
        }
      }
      expect(await bench.rows(history)).toHaveLength(3 * Object.keys(priceChanges).length)
    })

    test('a before-image rebuilds an item with everything it had', async () => {
      await using bench = await openBench(engine)
      const source = await bench.source('Acme')
      const columns = `sku, name, price_e4, currency, price_quantity_e4, unit, category, brand, valid_from, valid_to,
        characteristics, tiers, source_no, scope, gone_at`
      const full = itemRow('A-1', {
        name: 'Säge "3\'" \\ 😀',
        unit: 'Stück',
        priceQuantityE4: 5000,
        category: 'A > B',
        brand: 'Ö',
        validFrom: '2026-01-01',
        validTo: '2027-01-01',
        characteristics: '{"__proto__":"x","1":"eins","a":"\\"q\\""}',
        ...tiered({ name: '{"} \\' }, { min_quantity_e4: 5, currency: null }),
      })
      await bench.publish(source, { items: [full], isFull: true })
      const [listed] = await bench.rows(`select ${columns} from supplier_items`)
      await bench.publish(source, { items: [], isFull: true, scopes: [''] })
      const [gone] = await bench.rows(`select ${columns} from supplier_items`)
      await bench.publish(source, { items: [itemRow('A-1')], isFull: true })
      const before = await bench.rows('select kind, before from item_changes order by import_no')
      expect(before).toEqual([
        { kind: 'gone', before: listed },
        { kind: 'returned', before: { ...gone, gone_at: before[1] && goneAt(before[1]) } },
      ])
      expect(new Date(goneAt(before[1]!)).toISOString()).toBe(String(gone!.gone_at))
    })

    test('two suppliers may have the same SKU, and neither sees the other', async () => {
      await using bench = await openBench(engine)
      const [acme, bolt] = [await bench.source('Acme'), await bench.source('Bolt')]
      await bench.publish(acme, { items: [itemRow('A-1')], isFull: true })
      const { diff } = await bench.publish(bolt, { items: [itemRow('A-1', { name: 'Bolt' })], isFull: true })
      expect(diff.changes).toMatchObject({ new: 1, changed: 0, gone: 0 })
      const emptied = await bench.publish(bolt, { items: [], isFull: true, scopes: [''] })
      expect(emptied.diff.changes.gone).toBe(1)
      expect(await bench.rows('select name from supplier_items where gone_at is null')).toEqual([
        { name: 'Article A-1' },
      ])
    })

    test('ids are never used again, not even those of items that were deleted', async () => {
      await using bench = await openBench(engine)
      const source = await bench.source('Acme')
      await bench.publish(source, { items: itemRows(itemRow('A-1'), itemRow('A-2')) })
      const [{ last }] = (await bench.rows('select max(id) as last from supplier_items')) as [
        { last: number },
      ]
      await bench.db.run('delete from supplier_items')
      await bench.publish(source, { items: [itemRow('A-3')] })
      const [{ id }] = (await bench.rows('select id from supplier_items')) as [{ id: number }]
      expect(id).toBeGreaterThan(last)
    })

    test('categories become a tree per supplier, brands one list for all', async () => {
      await using bench = await openBench(engine)
      const listed = itemRows(
        itemRow('1', { category: 'Tools > Hand > Saws', brand: 'BOSCH' }),
        itemRow('2', { category: 'Tools', brand: 'Bosch' }),
        itemRow('3', { category: 'Tools > Hand', brand: 'Ägir' }),
        itemRow('4', { category: 'ツール > 鋸 😀' }),
      )
      for (const supplier of ['Acme', 'Bolt'])
        await bench.publish(await bench.source(supplier), { items: listed })
      const tree = await bench.rows(
        `select c.path, p.path as parent, c.name from categories as c
         join suppliers as s on s.id = c.supplier_id and s.name = 'Bolt' left join categories as p on p.id = c.parent_id`,
      )
      expect(tree).toHaveLength(5)
      expect(tree).toContainEqual({ path: 'Tools > Hand > Saws', parent: 'Tools > Hand', name: 'Saws' })
      expect(tree).toContainEqual({ path: 'Tools', parent: null, name: 'Tools' })
      expect(tree).toContainEqual({ path: 'ツール > 鋸 😀', parent: 'ツール', name: '鋸 😀' })
      const brands = await bench.rows('select name_key from brands')
      expect(brands.map((brand) => brand.name_key).sort()).toEqual(['bosch', 'ägir'])
    })
  })
}

/** Inside JSON an instant is as its engine keeps it: milliseconds, or text. */
function goneAt(change: Record<string, unknown>): string | number {
  const { before } = change as { before: { gone_at: string | number } }
  return before.gone_at
}
