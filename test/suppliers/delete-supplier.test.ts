import { describe, expect, setDefaultTimeout, test } from 'bun:test'
import { ingestList } from '../helpers/acme.ts'
import { cleanAhead } from '../helpers/cleanups.ts'
import { engines } from '../helpers/engines.ts'
import { openService } from '../helpers/http-service.ts'
import { priceList } from '../helpers/lists.ts'
import { openUrl, written } from '../helpers/open-database.ts'
import { slowReader } from '../helpers/slow-reader.ts'
import { until } from '../helpers/until.ts'

setDefaultTimeout(120_000)

interface Suppliers {
  suppliers: { id: string; name: string }[]
}

for (const engine of engines) {
  describe(engine, () => {
    test('a supplier goes with its sources, items, prices and categories, and nothing of another one', async () => {
      await using service = await openService(engine)
      const { program } = service
      await ingestList(program, priceList(20))
      await program.run('ingest', await program.write('b.csv', priceList(5)), '--supplier', 'Bolt')
      await program.run('items', 'set', '1', '--name', 'Corrected', '--category', 'Tools > Hand tools')
      const suppliers = await service.json<{ suppliers: { id: string; name: string }[] }>('/api/v1/suppliers')
      const { id } = suppliers.body.suppliers.find(({ name }) => name === 'Acme')!
      const path = `/api/v1/suppliers/${id}`
      const remove = (query: string) => service.json(path + query, { method: 'DELETE' })
      expect(await remove('')).toMatchObject({ status: 422 })
      expect(await remove('?name=Bolt')).toMatchObject({ status: 409, body: { code: 'wrong_name' } })
      await using db = await written(program.url)
      const setStatus = (status: string) =>
        db.run('update imports set status = $2 where supplier_id = $1', [id, status])
      await setStatus('running')
      expect(await remove('?name=acme')).toMatchObject({ status: 409, body: { code: 'supplier_busy' } })
      await setStatus('completed')
      expect(await remove('?name=acme')).toMatchObject({ status: 200, body: { id, sources: 1, items: 20 } })
      expect(await remove('?name=acme')).toMatchObject({ status: 404 })
      const counts: Record<string, number> = {}
      for (const table of [
        'suppliers',
        'sources',
        'imports',
        'supplier_items',
        'price_history',
        'categories',
      ])
        counts[table] = Number(
          (await program.rows<{ n: number }>(`select count(*) as n from ${table}`))[0]!.n,
        )
      expect(counts).toEqual({
        suppliers: 1,
        sources: 1,
        imports: 1,
        supplier_items: 5,
        price_history: 5,
        categories: 0,
      })
      expect(await program.rows(`select name from counters where name like 'pinned/%'`)).toEqual([])
      // It may come again, as another one.
      expect((await ingestList(program, priceList(20))).json).toMatchObject({ changes: { new: 20 } })
    })

    test('nothing is added to a supplier that is being deleted, and where that was cut off it is finished', async () => {
      await using service = await openService(engine)
      const { program } = service
      await ingestList(program, priceList(20))
      const { suppliers } = (await service.json<Suppliers>('/api/v1/suppliers')).body
      const { sources } = (await service.json<{ sources: { id: string }[] }>('/api/v1/sources')).body
      const [{ id }, { id: sourceId }] = [suppliers[0]!, sources[0]!]
      const file = await program.write('list.csv', priceList(3))
      await using db = await written(program.url)
      // As a process leaves it that has ended in the middle.
      const at = new Date()
      await db.run('update suppliers set deleting_at = $2 where id = $1', [id, at])
      await db.run('delete from supplier_items where id <= 5', [])
      const path = `/api/v1/suppliers/${id}`
      expect((await service.json(path)).body).toMatchObject({ deleting_at: at.toISOString() })

      const body = (given: object) => ({
        body: JSON.stringify(given),
        headers: { 'content-type': 'application/json' },
      })
      const config = { url: 'https://example.com/list.csv' }
      for (const [method, address, init] of [
        ['POST', '/api/v1/uploads?supplier=acme', { body: priceList(3) }],
        ['PATCH', path, body({ currency: 'USD' })],
        ['POST', '/api/v1/sources', body({ supplier: 'Acme', name: 'daily', kind: 'http', config })],
        ['PATCH', `/api/v1/sources/${sourceId}`, body({ currency: 'USD' })],
        ['PATCH', '/api/v1/items/7', body({ name: 'Corrected' })],
        ['DELETE', '/api/v1/items/7', {}],
      ] as const) {
        const { status, body: problem } = await service.json<{ code: string; detail: string }>(address, {
          method,
          ...init,
        })
        expect([method, address, status, problem.code]).toEqual([
          method,
          address,
          409,
          'supplier_being_deleted',
        ])
        expect(problem.detail).toContain('"Acme" is being deleted')
      }
      expect((await program.run('ingest', file, '--supplier', 'Acme')).err).toContain('is being deleted')

      // It may be at work still; after an hour it is not.
      expect((await cleanAhead(program, 0, 'deleted-suppliers'))['deleted-suppliers']).toMatchObject({
        deleted: {},
      })
      expect((await cleanAhead(program, 1, 'deleted-suppliers'))['deleted-suppliers']).toMatchObject({
        deleted: { suppliers: 1 },
      })
      expect((await service.json(path)).status).toBe(404)
      expect(await program.rows('select id from supplier_items')).toEqual([])
      // The name is free, and what is deleted is found no more.
      expect((await ingestList(program, priceList(20))).json).toMatchObject({ changes: { new: 20 } })
      const found = await service.json<{ items: unknown[] }>('/api/v1/items?search=article&limit=200')
      expect(found.body.items).toHaveLength(20)
    })

    test('a deletion that was cut off goes on when somebody asks once more', async () => {
      await using service = await openService(engine)
      await ingestList(service.program, priceList(20))
      const { suppliers } = (await service.json<Suppliers>('/api/v1/suppliers')).body
      const { id } = suppliers[0]!
      await using db = await written(service.program.url)
      await db.run('update suppliers set deleting_at = $2 where id = $1', [id, new Date()])
      await db.run('delete from supplier_items where id <= 5', [])
      expect(await service.json(`/api/v1/suppliers/${id}?name=Acme`, { method: 'DELETE' })).toMatchObject({
        status: 200,
        body: { id, sources: 1, items: 15 },
      })
      expect((await service.json(`/api/v1/suppliers/${id}`)).status).toBe(404)
    })

    test('a supplier is renamed, unless another one is called so already', async () => {
      await using service = await openService(engine)
      const { program } = service
      await program.run('suppliers', 'add', 'Acme')
      await program.run('suppliers', 'add', 'Bolt', '--analyzer', 'off', '--time-zone', 'Europe/Berlin')
      const shown = await program.json('suppliers', 'show', 'bolt')
      expect(shown.json).toMatchObject({ name: 'Bolt', time_zone: 'Europe/Berlin', uses_analyzer: false })
      expect((await program.run('suppliers', 'set', 'Bolt', '--name', ' ACME ')).err).toContain('already')
      expect((await program.run('suppliers', 'add', 'acme')).err).toContain('already')
      await program.run('suppliers', 'set', 'Bolt', '--name', 'BOLT', '--analyzer', 'default')
      expect((await program.json('suppliers', 'show', 'bolt')).json).toMatchObject({
        name: 'BOLT',
        uses_analyzer: null,
      })
      expect((await program.run('suppliers', 'list')).out).toContain('BOLT')
      expect(await program.run('suppliers', 'delete', 'Bolt')).toMatchObject({ code: 2 })
      expect((await program.run('suppliers', 'delete', 'Bolt', '--confirm', 'bolt')).out).toContain(
        'is deleted',
      )
      expect((await program.run('suppliers', 'show', 'Bolt')).err).toContain('There is no supplier')
    })
  })
}

test.skipIf(!engines.includes('postgres'))(
  'a deletion may take longer than a connection may be idle',
  async () => {
    await using service = await openService('postgres', { listening: { idleTimeout: 1 } })
    await ingestList(service.program, priceList(3))
    const { suppliers } = (await service.json<Suppliers>('/api/v1/suppliers')).body
    const { id } = suppliers[0]!
    const db = await openUrl(service.program.url)
    const release = Promise.withResolvers<void>()
    const held = Promise.withResolvers<void>()
    const holding = db.tx(async (tx) => {
      await tx.all('select no from suppliers where id = $1 for update', [id])
      held.resolve()
      await release.promise
    })
    await held.promise
    using reader = slowReader(service.port, `/api/v1/suppliers/${id}?name=Acme`, {}, 'DELETE')
    const startedMs = performance.now()
    // Longer than Bun's idle timeout of one second ever takes.
    await until(() => performance.now() - startedMs > 12_000)
    release.resolve()
    await holding
    await db.close()
    expect(await reader.head).toContain('HTTP/1.1 200 ')
  },
)
