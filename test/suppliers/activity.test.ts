import { describe, expect, test } from 'bun:test'
import type { SupplierActivity } from '../../src/suppliers/activity.ts'
import { engines } from '../helpers/engines.ts'
import { openService } from '../helpers/http-service.ts'
import { testStart } from '../helpers/io.ts'
import { priceList } from '../helpers/lists.ts'

interface Page {
  suppliers: SupplierActivity[]
  next_cursor: string | null
}

for (const engine of engines)
  describe(engine, () => {
    test('what came in of each supplier lately is told by name, a page at a time', async () => {
      await using service = await openService(engine, { clock: { now: () => testStart } })
      const { program } = service
      const ingest = async (name: string, list: string, ...options: string[]) =>
        program.run('ingest', await program.write('list.csv', list), '--supplier', name, ...options)
      await ingest('Zeta', priceList(3))
      await ingest('Acme', priceList(20), '--full')
      await ingest(
        'Acme',
        priceList(19, (n) => (n < 2 ? { price: '99.00' } : n === 2 ? { price: '1.00' } : {})),
        '--full',
      )
      // Held: nearly everything is missing.
      await ingest('Acme', priceList(2), '--full')
      await service.json('/api/v1/suppliers', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ name: 'Never' }),
      })

      const { body } = await service.json<Page>('/api/v1/supplier-activity?limit=2')
      expect(body.suppliers.map(({ supplier }) => supplier)).toEqual(['Acme', 'Never'])
      const [acme, never] = body.suppliers
      expect(acme).toMatchObject({
        last_import: { status: 'held' },
        imports: 3,
        failed: 0,
        held: 1,
        price_up: 2,
        price_down: 1,
        new: 20,
        gone: 1,
      })
      expect(Date.parse(acme?.fresh_at ?? '')).toBeLessThan(Date.parse(acme?.last_import?.created_at ?? ''))
      expect(never).toMatchObject({ last_import: null, fresh_at: null, imports: 0, new: 0 })
      const next = await service.json<Page>(`/api/v1/supplier-activity?cursor=${body.next_cursor}&days=1`)
      expect(next.body).toMatchObject({ suppliers: [{ supplier: 'Zeta', new: 3 }], next_cursor: null })
      expect((await service.json('/api/v1/supplier-activity?days=0')).status).toBe(422)
    }, 120_000)
  })
