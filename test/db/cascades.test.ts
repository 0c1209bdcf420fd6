import { describe, expect, test } from 'bun:test'
import { openBench, writtenTables } from '../helpers/bench.ts'
import { engines } from '../helpers/engines.ts'
import { itemRow, itemRows } from '../helpers/item-rows.ts'
import { rejection } from '../helpers/open-database.ts'

const listed = itemRows(itemRow('A', { category: 'Tools > Saws > Hand', brand: 'Bosch' }), itemRow('B'))

for (const engine of engines) {
  describe(engine, () => {
    test('deleting a supplier deletes all that is its own, and nothing of another', async () => {
      await using bench = await openBench(engine)
      const bolt = await bench.source('Bolt')
      await bench.publish(bolt, { items: listed, rejectedKeys: ['X'] })
      const before = await bench.contents()
      const acme = await bench.source('Acme')
      await bench.publish(acme, { items: listed, rejectedKeys: ['X'], isFull: true })
      await bench.publish(acme, { items: [itemRow('A', { name: 'x' })], isFull: true })
      expect(await bench.rows('select * from item_changes')).toHaveLength(2)
      await bench.db.run('delete from suppliers where id = $1', [acme.supplierId])
      // Brands are everybody's; Acme named none that Bolt does not have.
      expect(await bench.contents()).toEqual(before)
      await bench.db.run('delete from suppliers')
      const rest = await bench.contents()
      const filled = writtenTables.filter((table) => rest[table]!.length > 0)
      expect(filled).toEqual(['brands'])
    })

    test('deleting a source keeps its items, with nobody to mark them gone', async () => {
      await using bench = await openBench(engine)
      const source = await bench.source('Acme')
      await bench.publish(source, { items: listed, isFull: true })
      await bench.db.run('delete from sources')
      expect(await bench.rows('select item_key, source_no from supplier_items order by 1')).toEqual([
        { item_key: 'A', source_no: null },
        { item_key: 'B', source_no: null },
      ])
      expect(await bench.rows('select * from imports')).toEqual([])
      const again = await bench.publish(await bench.source('Acme'), {
        items: listed.slice(0, 1),
        isFull: true,
      })
      expect(again.diff).toMatchObject({ relisted: 1, itemsBefore: 0, changes: { gone: 0 } })
    })

    test('deleting a product leaves its items, unlinked', async () => {
      await using bench = await openBench(engine)
      await bench.publish(await bench.source('Acme'), { items: listed })
      const now = engine === 'sqlite' ? '0' : 'now()'
      await bench.db.run(
        `insert into products (id, name, status, brand_id, created_at, updated_at)
         select 'p', 'P', 'active', id, ${now}, ${now} from brands`,
      )
      await bench.db.run(`update supplier_items set product_id = 'p'`)
      // A product outlives its brand.
      await bench.db.run('delete from brands')
      expect(await bench.rows('select brand_id from products')).toEqual([{ brand_id: null }])
      await bench.db.run('delete from products')
      expect(await bench.rows('select item_key, product_id from supplier_items order by 1')).toEqual([
        { item_key: 'A', product_id: null },
        { item_key: 'B', product_id: null },
      ])
    })

    test('a category goes with the one above it', async () => {
      await using bench = await openBench(engine)
      await bench.publish(await bench.source('Acme'), { items: listed })
      await bench.db.run(`delete from categories where path = 'Tools > Saws'`)
      expect(await bench.rows('select path from categories')).toEqual([{ path: 'Tools' }])
    })

    test('an item takes its history and changes with it; a raw file that an import names stays', async () => {
      await using bench = await openBench(engine)
      const source = await bench.source('Acme')
      await bench.publish(source, { items: listed })
      await bench.publish(source, { items: [itemRow('A', { priceE4: 1 })] })
      await bench.db.run(`delete from supplier_items where item_key = 'A'`)
      expect(await bench.rows('select item_id from price_history')).toHaveLength(1)
      expect(await bench.rows('select * from item_changes')).toEqual([])
      expect(String(await rejection(bench.db.run('delete from raw_files')))).toMatch(/foreign key/i)
    })
  })
}
