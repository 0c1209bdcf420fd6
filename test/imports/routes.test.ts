import { describe, expect, test } from 'bun:test'
import { engines } from '../helpers/engines.ts'
import { openService, type TestService } from '../helpers/http-service.ts'
import { csvOf, type ImportJson, priceHeader, priceList } from '../helpers/lists.ts'

interface Page {
  imports: (ImportJson & { progress: unknown; links: { self: string } })[]
  next_cursor: string | null
}
interface Log {
  entries: { severity: string; code: string; row: number; message: string }[]
  next_cursor: string | null
}

/** Hands a list in and sees it through. @returns the import's id */
async function imported(service: TestService, supplier: string, list: string, query = ''): Promise<string> {
  const { body } = await service.json<{ id: string; status: string }>(
    `/api/v1/uploads?supplier=${supplier}&file_name=list.csv${query}`,
    { method: 'POST', body: list },
  )
  if (body.status === 'pending') await service.analyze(body.id)
  return body.id
}

const post = (service: TestService, path: string) =>
  service.json<{ status: string; code: string }>(path, { method: 'POST' })

/** Every second price is ten times what it was. */
const tenfold = priceList(10, (n) => (n % 2 === 0 ? { price: `${n + 10}0.00` } : {}))
/** One row has no name, another an unreadable price; five headings. */
const faulty = csvOf(
  ['Prices of November'],
  priceHeader,
  ...Array.from({ length: 30 }, (_, n) => [`A-${n}`, `Article ${n}`, `${n}.50`]),
  ['A-98', '', '1.00'],
  ['A-99', 'Article 99', 'see reverse'],
)

for (const engine of engines) {
  describe(engine, () => {
    test('imports are listed newest first, a page at a time, by supplier and state', async () => {
      await using service = await openService(engine)
      const made: string[] = []
      for (let n = 0; n < 5; n++) made.push(await imported(service, `S${n % 2}`, priceList(3 + n)))
      const found: string[] = []
      let cursor = ''
      for (;;) {
        const { body } = await service.json<Page>(`/api/v1/imports?limit=2${cursor}`)
        found.push(...body.imports.map(({ id }) => id))
        if (body.next_cursor === null) break
        cursor = `&cursor=${body.next_cursor}`
      }
      expect(found).toEqual(made.toReversed())

      const { body } = await service.json<{ supplier_id: string }>(`/api/v1/imports/${made[1]}`)
      const ofSupplier = await service.json<Page>(`/api/v1/imports?supplier_id=${body.supplier_id}`)
      expect(ofSupplier.body.imports.map(({ id }) => id)).toEqual([made[3], made[1]] as string[])
      await imported(service, 'S0', priceList(7))
      const states = async (status: string) =>
        (await service.json<Page>(`/api/v1/imports?status=${status}`)).body.imports.length
      expect([await states('completed'), await states('unchanged'), await states('failed')]).toEqual([
        5, 1, 0,
      ])
      expect((await service.json<Page>('/api/v1/imports?supplier_id=nobody')).body.imports).toEqual([])
    })

    test('an import tells what became of its list, its decision card how it was understood', async () => {
      await using service = await openService(engine)
      const id = await imported(service, 'Acme', faulty)
      expect((await service.json(`/api/v1/imports/${id}`)).body).toMatchObject({
        id,
        status: 'partial_success',
        supplier: 'Acme',
        counts: { read: 34, accepted: 30, priced: 30, unchanged: 0, rejected: 2, ignored: 2 },
        changes: { new: 30, changed: 0, price_up: 0, price_down: 0, gone: 0, returned: 0 },
        hold_reasons: [],
        error: null,
        progress: null,
        published_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      })
      expect(await service.json(`/api/v1/imports/${id}/decision`)).toMatchObject({
        status: 200,
        body: {
          format: 'csv',
          verdict: 'price-list',
          tables: [
            {
              header_rows: [1],
              mapping: { sku: { column: 0, header: 'SKU' }, price: { column: 2, header: 'Price EUR' } },
              currency: { code: 'EUR', from: 'header' },
              decimal: { style: 'dot' },
            },
          ],
        },
      })
      const again = await imported(service, 'Acme', faulty)
      expect(await service.json(`/api/v1/imports/${again}/decision`)).toMatchObject({
        status: 404,
        body: { code: 'no_decision', detail: expect.stringContaining('unchanged') },
      })
    })

    test('the parse log comes a page at a time, in the order of the rows, by severity', async () => {
      await using service = await openService(engine)
      const id = await imported(service, 'Acme', faulty)
      await imported(service, 'Other', faulty)
      const rows: number[] = []
      let cursor = ''
      for (;;) {
        const { body } = await service.json<Log>(`/api/v1/imports/${id}/log?limit=1${cursor}`)
        rows.push(...body.entries.map(({ row }) => row))
        if (body.next_cursor === null) break
        cursor = `&cursor=${body.next_cursor}`
      }
      expect(rows).toEqual(rows.toSorted((a, b) => a - b))
      expect(new Set(rows)).toEqual(new Set([0, 1, 32, 33]))
      const errors = await service.json<Log>(`/api/v1/imports/${id}/log?severity=error`)
      expect(errors.body).toMatchObject({
        entries: [
          { severity: 'error', error_type: 'ValidationError', code: 'missing_name', row: 32, column: 1 },
          { severity: 'error', code: 'unreadable_price', row: 33, column: 2, raw: 'see reverse' },
        ],
        next_cursor: null,
      })
    })

    test('a held import is approved or discarded, once', async () => {
      await using service = await openService(engine)
      await imported(service, 'Acme', priceList(10))
      const held = await imported(service, 'Acme', tenfold)
      expect((await service.json(`/api/v1/imports/${held}`)).body).toMatchObject({
        status: 'held',
        hold_reasons: [{ code: 'prices_moved', message: expect.any(String) }],
      })
      const before = service.woken()
      const approved = await post(service, `/api/v1/imports/${held}/approve`)
      expect([approved.status, approved.headers.get('location'), approved.body.status]).toEqual([
        202,
        `/api/v1/imports/${held}`,
        'pending',
      ])
      expect(service.woken()).toBe(before + 1)
      await service.analyze(held)
      expect((await service.json(`/api/v1/imports/${held}`)).body).toMatchObject({
        status: 'completed',
        changes: { price_up: 5 },
      })
      for (const verb of ['approve', 'discard'])
        expect(await post(service, `/api/v1/imports/${held}/${verb}`)).toMatchObject({
          status: 409,
          body: { code: 'not_held' },
        })

      const second = await imported(service, 'Acme', priceList(10))
      expect(await post(service, `/api/v1/imports/${second}/discard`)).toMatchObject({
        status: 200,
        body: { status: 'cancelled' },
      })
      const { body } = await service.json<{ items: { price: string }[] }>('/api/v1/items?sku=A-0')
      expect(body.items[0]?.price).toBe('100.00')
    })

    test('what does not exist is not found, whatever it is called', async () => {
      await using service = await openService(engine)
      for (const id of [
        'x',
        '01a20283-d65f-73ee-b521-9e829db08bbb',
        encodeURIComponent("' or 1=1 --"),
        '%F0%9F%94%A8',
      ])
        for (const path of ['', '/decision', '/log'])
          expect([id, path, await service.json(`/api/v1/imports/${id}${path}`)]).toMatchObject([
            id,
            path,
            { status: 404, body: { code: 'unknown_import' } },
          ])
      expect(await post(service, '/api/v1/imports/x/approve')).toMatchObject({ status: 404 })
      for (const path of ['%00', 'x'.repeat(101)])
        expect([path, await service.json(`/api/v1/imports/${path}`)]).toMatchObject([path, { status: 422 }])
      for (const query of ['cursor=nope', 'cursor=WzFd', 'status=lost', 'limit=201', 'state=held'])
        expect([query, await service.json(`/api/v1/imports?${query}`)]).toMatchObject([
          query,
          { status: 422 },
        ])
      for (const query of ['cursor=WyJ4Il0', 'severity=fatal', 'limit=0'])
        expect([query, await service.json(`/api/v1/imports/x/log?${query}`)]).toMatchObject([
          query,
          { status: 422 },
        ])
    })
  })
}

test('progress is told while an import is under way, and not after its end', async () => {
  await using service = await openService('sqlite')
  const { body } = await service.json<{ id: string }>('/api/v1/uploads?supplier=Acme', {
    method: 'POST',
    body: priceList(3),
  })
  service.progress.set(body.id, { phase: 'reading', rows: 1, percent: 41.5 })
  const shown = async () =>
    (await service.json<Page['imports'][0]>(`/api/v1/imports/${body.id}`)).body.progress
  expect(await shown()).toEqual({ phase: 'reading', rows: 1, percentage: 41.5 })
  expect((await service.json<Page>('/api/v1/imports')).body.imports[0]?.progress).toMatchObject({ rows: 1 })
  await service.analyze(body.id)
  expect(await shown()).toBeNull()
})
