import { describe, expect, test } from 'bun:test'
import { settleDuplicates } from '../../src/analyzer/staging/duplicates.ts'
import { outcomes } from '../../src/analyzer/staging/staging.ts'
import type { DuplicateRule } from '../../src/sources/model.ts'
import { type Bench, openBench, type TestSheet } from '../helpers/bench.ts'
import { engines } from '../helpers/engines.ts'
import { itemRow, itemRows } from '../helpers/item-rows.ts'

const names = Object.fromEntries(Object.entries(outcomes).map(([name, number]) => [number, name]))

/** What became of each row, in their order, and what the parse log says about it. */
async function settled(bench: Bench, sheets: TestSheet[], rule: DuplicateRule = 'reject') {
  const { importId } = await bench.begin(await bench.source('Acme'))
  const staging = await bench.stage(importId, { sheets })
  try {
    return await staging.withSql(async (sql) => {
      await settleDuplicates(sql, staging, rule)
      const rows = await sql.all<{ outcome: number }>(`select outcome from ${staging.names.rows} order by n`)
      const issues = await sql.all<Record<string, unknown>>(
        `select sheet, "row", severity, code, message, raw, row_data from ${staging.names.issues}
         order by sheet, "row"`,
      )
      return { outcomes: rows.map(({ outcome }) => names[outcome]), issues }
    })
  } finally {
    await staging.discard()
  }
}

const one = (...items: ReturnType<typeof itemRows>): TestSheet[] => [
  { sheet: null, items: itemRows(...items) },
]
const hammer = itemRow('A', { name: 'Hammer' })

for (const engine of engines) {
  describe(engine, () => {
    test('rows that say the same are ignored as duplicates, however often', async () => {
      await using bench = await openBench(engine)
      const result = await settled(bench, one(hammer, itemRow('B'), hammer, { ...hammer, priceRaw: '10.0' }))
      expect(result.outcomes).toEqual(['accepted', 'accepted', 'duplicate', 'duplicate'])
      expect(result.issues).toMatchObject([
        {
          row: 3,
          severity: 'ignored',
          code: 'duplicate',
          message: 'Row 4 has the same SKU "A" as row 2 and says the same.',
          row_data: null,
        },
        { row: 4, code: 'duplicate' },
      ])
    })

    test('rows that differ are rejected with both row numbers; the first one stands', async () => {
      await using bench = await openBench(engine)
      const differing = [
        { name: 'Axe' },
        { priceE4: 1, priceRaw: '0,0001' },
        { priceE4: null },
        { currency: 'USD' },
        { brand: 'x' },
        { characteristics: '{"a":"b"}' },
      ].map((difference) => ({ ...hammer, ...difference }))
      const result = await settled(bench, one(hammer, ...differing, hammer))
      expect(result.outcomes).toEqual(['accepted', ...differing.map(() => 'rejected'), 'duplicate'])
      expect(result.issues[1]).toMatchObject({
        row: 3,
        severity: 'error',
        code: 'duplicate_sku',
        message: 'Row 4 has the same SKU "A" as row 2 and says something else; keep one of them.',
        raw: '0,0001',
      })
      const rowData = result.issues[0]?.row_data
      const data = typeof rowData === 'string' ? JSON.parse(rowData) : rowData
      expect(data).toEqual({ sku: 'A', name: 'Axe', price: '10,00', unit: null })
    })

    test('where the last one wins, those before it are superseded', async () => {
      await using bench = await openBench(engine)
      const result = await settled(bench, one({ ...hammer, name: 'Axe' }, hammer, hammer), 'last-wins')
      expect(result.outcomes).toEqual(['superseded', 'duplicate', 'accepted'])
      expect(result.issues).toMatchObject([
        {
          severity: 'ignored',
          code: 'superseded',
          message: 'Row 2 has the same SKU "A" as row 4, which comes later and wins.',
        },
        { code: 'duplicate' },
      ])
    })

    test('a repetition on another sheet names that sheet', async () => {
      await using bench = await openBench(engine)
      const result = await settled(bench, [
        { sheet: 'Nord', items: [hammer] },
        { sheet: 'Süd "2"', items: [{ ...hammer, name: 'Axe' }] },
      ])
      expect(result.outcomes).toEqual(['accepted', 'rejected'])
      expect(result.issues).toMatchObject([
        {
          sheet: 'Süd "2"',
          message:
            'Row 2 has the same SKU "A" as row 2 of sheet "Nord" and says something else; keep one of them.',
        },
      ])
    })

    test('items without a SKU repeat an identity', async () => {
      await using bench = await openBench(engine)
      const nameless = itemRow('~hash', { sku: null, name: 'Hammer' })
      const result = await settled(bench, one(nameless, { ...nameless, priceE4: 1 }))
      expect(result.issues).toMatchObject([
        { message: 'Row 3 has the same identity as row 2 and says something else; keep one of them.' },
      ])
    })

    test('a list that repeats one SKU ten thousand times keeps one item', async () => {
      await using bench = await openBench(engine)
      const items = Array.from({ length: 10_000 }, (_, row) => ({ ...hammer, row, priceE4: row }))
      const { diff } = await bench.publish(await bench.source('Acme'), { items })
      expect(diff.changes.new).toBe(1)
      expect(await bench.rows('select price_e4 from supplier_items')).toEqual([{ price_e4: 0 }])
      expect(await bench.rows('select count(*) as count from parsing_logs')).toEqual([{ count: 9_999 }])
    })

    test('a list without repetitions is left alone', async () => {
      await using bench = await openBench(engine)
      const result = await settled(bench, one(itemRow('A'), itemRow('a'), itemRow(' A')))
      expect(result).toEqual({ outcomes: ['accepted', 'accepted', 'accepted'], issues: [] })
    })
  })
}
