import { describe, expect, test } from 'bun:test'
import { engines } from '../helpers/engines.ts'
import { openService, type TestService } from '../helpers/http-service.ts'
import { csvOf, type ImportJson, priceHeader, priceList } from '../helpers/lists.ts'

interface Page {
  imports: (ImportJson & { progress: unknown; links: { self: string } })[]
  next_cursor: string | null
}
interface Changes {
  counts: Record<string, number>
  largest_rises: { sku: string; old_price: string; new_price: string; move: number; currency: string }[]
  new_items: unknown[]
}
interface ChangedPage {
  items: { item_id: string; kind: string; sku: string; before: unknown; after: unknown }[]
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
    test('a change report is there once a list was compared: published, held, given up, or the same as before', async () => {
      await using service = await openService(engine)
      const changesOf = (id: string) => service.json<Changes>(`/api/v1/imports/${id}/changes`)
      const first = await imported(service, 'Acme', priceList(10), '&mode=full')
      expect((await changesOf(first)).body).toMatchObject({
        items_before: 0,
        counts: { new: 10 },
        shares: { new: null },
        prices: { median_move: null },
      })
      const held = await imported(service, 'Acme', tenfold)
      const { body: report } = await changesOf(held)
      expect(report).toMatchObject({
        items_before: 10,
        counts: { new: 0, changed: 5, price_up: 5, unchanged: 5 },
        shares: { price_up: 0.5, price_down: 0 },
        prices: { median_move: 9, steps: { rose_50_or_more: 5, rose_under_5: 0 } },
      })
      const [rise] = report.largest_rises
      expect(Number(rise!.new_price)).toBe(Number(rise!.old_price) * 10)
      expect(rise).toMatchObject({ currency: 'EUR', move: 9, sku: expect.stringMatching(/^A-/) })
      await post(service, `/api/v1/imports/${held}/discard`)
      expect((await changesOf(held)).body).toEqual(report)

      const same = await imported(service, 'Acme', priceList(10), '&mode=full')
      const again = await imported(service, 'Acme', priceList(10), '&mode=full')
      const { body: unchanged } = await service.json<{ status: string }>(`/api/v1/imports/${again}`)
      expect(unchanged.status).toBe('unchanged')
      expect((await changesOf(same)).body.counts).toMatchObject({ unchanged: 10, changed: 0 })
      expect((await changesOf(again)).body).toMatchObject({ counts: { unchanged: 0 }, new_items: [] })

      const failed = await imported(service, 'Acme', 'no list at all')
      const { status, body } = await service.json<{ code: string }>(`/api/v1/imports/${failed}/changes`)
      expect([status, body.code]).toEqual([404, 'no_changes'])
    })

    test('the items that an import changed are listed as they were before, with the price that it brought', async () => {
      await using service = await openService(engine)
      const itemsOf = async (id: string, query: string) =>
        (await service.json<ChangedPage>(`/api/v1/imports/${id}/changes/items?${query}`)).body
      const first = await imported(service, 'Acme', priceList(10), '&mode=full')
      const second = await imported(
        service,
        'Acme',
        priceList(11, (n) =>
          n === 2 ? null : n === 3 ? { price: '13.50' } : n === 4 ? { name: 'Renamed' } : {},
        ),
        '&mode=full',
      )
      // What came later says nothing of it.
      await imported(
        service,
        'Acme',
        priceList(11, () => ({ price: '12.00', name: 'Later' })),
        '&mode=full',
      )
      const pages: ChangedPage[] = []
      for (let cursor: string | null = ''; cursor !== null; cursor = pages.at(-1)!.next_cursor)
        pages.push(await itemsOf(first, `kind=new&limit=4${cursor === '' ? '' : `&cursor=${cursor}`}`))
      expect(pages.map(({ items }) => items.length)).toEqual([4, 4, 2])
      expect(pages[0]!.items[0]).toMatchObject({
        kind: 'new',
        sku: 'A-0',
        before: null,
        after: { price: '10.00', currency: 'EUR' },
      })
      expect((await itemsOf(second, '')).items).toEqual([
        expect.objectContaining({
          kind: 'changed',
          sku: 'A-3',
          name: 'Later',
          before: expect.objectContaining({ name: 'Article 3', price: '13.00', currency: 'EUR' }),
          after: expect.objectContaining({ price: '13.50', currency: 'EUR', unit: null }),
        }),
        expect.objectContaining({
          sku: 'A-4',
          before: expect.objectContaining({ name: 'Article 4' }),
          after: null,
        }),
      ])
      expect((await itemsOf(second, 'kind=gone')).items).toMatchObject([
        { sku: 'A-2', before: { price: '12.00' }, after: null },
      ])
      expect((await itemsOf(second, 'kind=new')).items.map(({ sku }) => sku)).toEqual(['A-10'])
      const held = await imported(service, 'Acme', tenfold)
      expect(await itemsOf(held, '')).toEqual({ items: [], next_cursor: null })
    })

    test('a held list that is corrected is reported on as it is read then', async () => {
      await using service = await openService(engine)
      await imported(service, 'Acme', csvOf(priceHeader, ['A-0', 'Article 0', '10.00']))
      const two = csvOf(['SKU', 'Name', 'Price EUR', 'Dealer EUR'], ['A-0', 'Article 0', '100.00', '11.00'])
      const held = await imported(service, 'Acme', two)
      const correct = {
        method: 'POST',
        body: '{"map":"price=D"}',
        headers: { 'content-type': 'application/json' },
      }
      await service.json(`/api/v1/imports/${held}/correct`, correct)
      expect((await service.json<{ code: string }>(`/api/v1/imports/${held}/changes`)).body.code).toBe(
        'no_changes',
      )
      await service.analyze(held)
      const { body } = await service.json<Changes>(`/api/v1/imports/${held}/changes`)
      expect(body.largest_rises).toMatchObject([{ old_price: '10.00', new_price: '11.00', move: 0.1 }])
    })

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
