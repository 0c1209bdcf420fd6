import { describe, expect, test } from 'bun:test'
import { defaultSettings, type SourceSettings } from '../../src/sources/model.ts'
import { sourceStore } from '../../src/sources/store.ts'
import { openBench } from '../helpers/bench.ts'
import { engines } from '../helpers/engines.ts'

const now = new Date(Date.UTC(2026, 10, 22))

for (const engine of engines) {
  describe(engine, () => {
    test('a source that is made for uploads has the plain settings, and is found again', async () => {
      await using bench = await openBench(engine)
      const { supplierId, sourceId } = await bench.source('Acme', 'mail')
      const store = sourceStore(bench.db)
      expect(await store.find(supplierId, 'mail')).toEqual({
        id: sourceId,
        supplierId,
        name: 'mail',
        ...defaultSettings,
      })
      expect((await bench.source('Acme', 'mail')).sourceId).toBe(sourceId)
      expect(await store.find(supplierId, 'Mail')).toBe(null)
      expect(await store.find('nobody', 'mail')).toBe(null)
      expect(await store.get('nobody')).toBe(null)
      const other = await bench.source('Bolt', 'mail')
      expect(other.sourceId).not.toBe(sourceId)
    })

    test('settings come back as they were written, nothing else changes', async () => {
      await using bench = await openBench(engine)
      const { supplierId, sourceId } = await bench.source('Acme')
      const other = await bench.source('Acme', 'other')
      const settings: SourceSettings = {
        listMode: 'full',
        scope: 'sheet',
        duplicates: 'last-wins',
        currency: 'CHF',
        map: { sku: 'Art.-Nr. "neu"', price: 'C', brand: null },
        identity: ['name', 'brand', 'variant'],
        decimalsMax: 'currency',
        limits: {
          itemsKeptMin: null,
          movedShareMax: 0.25,
          moveMax: 0.1,
          rejectedShareMax: null,
          confidenceMin: 1,
        },
        reading: {
          encoding: 'windows-1251',
          delimiter: '\t',
          sheets: ['Прайс', '2'],
          headerRows: [6, 7],
          decimal: 'comma',
        },
      }
      await bench.db.tx(({ query }) =>
        sourceStore({ query, tables: bench.db.tables }).change(sourceId, settings),
      )
      const store = sourceStore(bench.db)
      expect(await store.get(sourceId)).toEqual({ id: sourceId, supplierId, name: 'upload', ...settings })
      expect(await store.get(other.sourceId)).toMatchObject(defaultSettings)
      const again = await bench.db.tx(({ query }) =>
        sourceStore({ query, tables: bench.db.tables }).findOrAddUpload(supplierId, 'upload', now),
      )
      expect(again).toMatchObject(settings)
    })
  })
}
