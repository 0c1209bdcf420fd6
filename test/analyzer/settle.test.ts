import { describe, expect, test } from 'bun:test'
import type { ReadResult } from '../../src/analyzer/read-file.ts'
import { settle } from '../../src/analyzer/settle.ts'
import { wholeSheet } from '../../src/analyzer/table/areas/area.ts'
import { checkRowCounts, type RowCounts } from '../../src/imports/model.ts'
import { openBench, type TestSheet } from '../helpers/bench.ts'
import { engines } from '../helpers/engines.ts'
import { itemRow, itemRows } from '../helpers/item-rows.ts'

const counted = (accepted: number, priced: number, ignored: number): RowCounts => ({
  read: accepted + ignored,
  accepted,
  priced,
  unchanged: 0,
  rejected: 0,
  ignored,
})

for (const engine of engines) {
  describe(engine, () => {
    test('repetitions move from the accepted rows to the others, sheet by sheet', async () => {
      await using bench = await openBench(engine)
      const { importId } = await bench.begin(await bench.source('Acme'))
      const a = itemRow('A')
      const sheets: TestSheet[] = [
        { sheet: 'Nord', items: itemRows(a, itemRow('B'), a, itemRow('N', { priceE4: null })) },
        {
          sheet: 'Süd',
          items: itemRows(itemRow('A', { priceE4: 1 }), a, itemRow('N', { priceE4: null }), itemRow('C')),
        },
      ]
      const staging = await bench.stage(importId, { sheets })
      const tables = [
        { counts: counted(4, 3, 1), ignored: { header: 1 } },
        { counts: counted(4, 3, 0), ignored: {} },
      ]
      // Only these parts of a decision are looked at.
      const decision = {
        tables: [
          { sheetName: 'Nord', area: wholeSheet },
          { sheetName: 'Süd', area: wholeSheet },
        ],
      } as ReadResult['decision']
      const settled = await staging.withSql((sql) =>
        settle(
          sql,
          { staging, decision, tables, scopes: [''], sheetsLeftAside: [], fingerprints: null, origins: null },
          'reject',
        ),
      )
      await staging.discard()
      expect(settled.decision.tables.map(({ counts, ignored }) => ({ counts, ignored }))).toEqual([
        {
          counts: { read: 5, accepted: 3, priced: 2, unchanged: 0, rejected: 0, ignored: 2 },
          ignored: { header: 1, duplicate: 1 },
        },
        {
          counts: { read: 4, accepted: 1, priced: 1, unchanged: 0, rejected: 1, ignored: 2 },
          ignored: { duplicate: 2 },
        },
      ])
      expect(settled.counts).toEqual({
        read: 9,
        accepted: 4,
        priced: 3,
        unchanged: 0,
        rejected: 1,
        ignored: 4,
      })
      expect(settled.ignored).toEqual({ header: 1, duplicate: 3 })
      expect(() => checkRowCounts(settled.counts)).not.toThrow()
    })
  })
}
