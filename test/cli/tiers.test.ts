import { describe, expect, test } from 'bun:test'
import { openBench } from '../helpers/bench.ts'
import { openProgram } from '../helpers/cli.ts'
import { engines } from '../helpers/engines.ts'
import { itemRow, itemRows, tiered } from '../helpers/item-rows.ts'
import type { ItemsJson } from '../helpers/lists.ts'

for (const engine of engines) {
  describe(engine, () => {
    test('items are listed with their further prices, and without a column for them where there are none', async () => {
      await using bench = await openBench(engine)
      await using program = await openProgram(engine, { DATABASE_URL: bench.url })
      const tiers = [
        { name: 'Händler' },
        { name: 'ab 10', min_quantity_e4: 10_0000, price_e4: 8_5000 },
        { name: 'Palette 1480', min_quantity_e4: 480_0000, price_e4: 7_5000 },
        { name: 'Export', price_e4: 11_0000, currency: 'USD' },
        { name: 'UVP', price_e4: 12_0000, currency: null },
      ]
      await bench.publish(await bench.source('Acme'), {
        items: itemRows(itemRow('A', tiered(...tiers)), itemRow('B')),
      })
      await bench.publish(await bench.source('Brandt'), { items: [itemRow('C')] })
      const { out } = await program.run('items')
      expect(out).toContain('FURTHER PRICES')
      expect(out).toMatch(
        /10\.00 +EUR +9\.00 Händler; 8\.50 ab 10; 7\.50 Palette 1480 \(from 480\); 11\.00 USD Export; 12\.00 without currency UVP\n/,
      )
      expect((await program.run('items', '--supplier', 'Brandt')).out).not.toContain('FURTHER')
      const { json } = await program.json<ItemsJson>('items')
      expect(json.items.map((item) => item.tiers.length)).toEqual([5, 0, 0])
      expect(json.items[0]!.tiers[1]).toEqual({
        name: 'ab 10',
        min_quantity: '10',
        price: '8.50',
        currency: 'EUR',
      })
    })

    test('history says which price it was, from which quantity on, and that one is no longer listed', async () => {
      await using bench = await openBench(engine)
      await using program = await openProgram(engine, { DATABASE_URL: bench.url })
      const source = await bench.source('Acme')
      const fromTen = { name: 'ab 10', min_quantity_e4: 10_0000, price_e4: 8_5000 }
      await bench.publish(source, { items: itemRows(itemRow('A', tiered(fromTen)), itemRow('B')) })
      await bench.publish(source, { items: [itemRow('A', { priceE4: null, currency: null })] })
      const { out } = await program.run('history', 'A')
      const lines = out.split('\n').map((line) => line.replace(/ +/g, ' '))
      expect(lines.slice(1, 6)).toEqual([
        'RECORDED (UTC) TIER FROM PRICE UNIT FILE CELL AS WRITTEN',
        '2026-11-22 09:00 on request list.csv C2 10,00',
        '2026-11-22 09:00 ab 10 10 not listed list.csv row 2',
        '2026-11-22 09:00 10.00 EUR list.csv C2 10,00',
        '2026-11-22 09:00 ab 10 10 8.50 EUR list.csv D2 8.5 €',
      ])
      const { json } = await program.json<ItemsJson>('history', 'A')
      expect(json.items[0]!.history).toMatchObject([
        { tier: null, min_quantity: null, price: null },
        { tier: 'ab 10', min_quantity: '10', price: null },
        { tier: null, price: '10.00' },
        { tier: 'ab 10', price: '8.50', column: 3, raw: '8.5 €' },
      ])
      expect((await program.run('history', 'B')).out).not.toContain('TIER')
    })
  })
}
