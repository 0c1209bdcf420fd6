import { describe, expect, test } from 'bun:test'
import { supplierStore } from '../../src/suppliers/store.ts'
import { engines } from '../helpers/engines.ts'
import { priceList } from '../helpers/lists.ts'
import { openTestService } from '../helpers/service.ts'

for (const engine of engines) {
  describe(engine, () => {
    test('an import is read by the analyzer, and by a process without HTTP where its supplier has switched it off', async () => {
      await using bench = await openTestService(engine)
      const first = await bench.ended(await bench.take(priceList(3)))
      expect(first).toMatchObject({
        status: 'completed',
        analyzedBy: 'analyzer',
        fallbackReason: null,
        counts: { read: 4, accepted: 3 },
      })
      const { db } = bench.service
      const acme = (await supplierStore(db).find('Acme'))!
      await db.run('update suppliers set uses_analyzer = $1 where id = $2', [
        engine === 'sqlite' ? 0 : false,
        acme.id,
      ])
      const second = await bench.ended(await bench.take(priceList(4)))
      expect(second).toMatchObject({
        status: 'completed',
        analyzedBy: 'child',
        fallbackReason: null,
        changes: { new: 1 },
      })
      expect(bench.service.courier.progressOf(second.id)).toBe(null)
      expect(await bench.program.leftovers()).toEqual(['serve.json'])
    }, 60_000)
  })
}
