import { expect, test } from 'bun:test'
import { engines } from '../helpers/engines.ts'
import { openService } from '../helpers/http-service.ts'
import { priceList } from '../helpers/lists.ts'

type Rows = Record<string, Record<string, unknown>[]>

for (const engine of engines)
  test(`${engine}: lists take the filters that people look for`, async () => {
    await using service = await openService(engine)
    const upload = async (query: string, list: string) => {
      const init = { method: 'POST', body: list, headers: { 'content-type': 'text/csv' } }
      const { body } = await service.json<{ id: string }>(`/api/v1/uploads?${query}`, init)
      await service.analyze(body.id)
      return (await service.json<Record<string, string>>(`/api/v1/imports/${body.id}`)).body
    }
    const first = await upload('supplier=Acme&source=one', `${priceList(2)}\nX-1;No price;none`)
    const second = await upload('supplier=Acme&source=two', priceList(3))
    const { body: items } = await service.json<Rows>('/api/v1/items?limit=1')
    const history = `/api/v1/items/${items.items![0]!.id}/history`

    const cases: [path: string, rows: string, count: number][] = [
      ['/api/v1/items?price_from=11', 'items', 2],
      ['/api/v1/items?price_from=10.5&price_to=11.00&search=article', 'items', 1],
      ['/api/v1/items?price_to=9.99', 'items', 0],
      [`/api/v1/imports?source_id=${first.source_id}`, 'imports', 1],
      [`/api/v1/imports?run_id=${second.run_id}`, 'imports', 1],
      [`/api/v1/imports?supplier_id=${first.supplier_id}&from=2020-01-01`, 'imports', 2],
      ['/api/v1/imports?to=2020-01-01', 'imports', 0],
      ['/api/v1/imports?from=2999-01-01', 'imports', 0],
      [`/api/v1/jobs?source_id=${second.source_id}`, 'jobs', 1],
      [
        `/api/v1/jobs?source_id=${second.source_id}&supplier_id=${second.supplier_id}&phase=complete`,
        'jobs',
        1,
      ],
      ['/api/v1/jobs?phase=downloading', 'jobs', 0],
      ['/api/v1/jobs?from=2020-01-01&to=2999-01-01', 'jobs', 2],
      ['/api/v1/jobs?to=2020-01-01', 'jobs', 0],
      [`/api/v1/imports/${first.id}/log?code=header`, 'entries', 1],
      [`/api/v1/imports/${first.id}/log?code=none`, 'entries', 0],
      [`${history}?from=2020-01-01`, 'history', 1],
      [`${history}?to=2020-01-01`, 'history', 0],
      [`${history}?is_tier=true`, 'history', 0],
      [`${history}?is_tier=false&limit=1`, 'history', 1],
      ['/api/v1/price-history?is_tier=false&from=2020-01-01', 'prices', 3],
      [`/api/v1/price-history?supplier_id=${first.supplier_id}`, 'prices', 3],
      ['/api/v1/price-history?supplier_id=none', 'prices', 0],
      ['/api/v1/price-history?to=2020-01-01', 'prices', 0],
    ]
    for (const [path, rows, count] of cases) {
      const { status, body } = await service.json<Rows>(path)
      expect([path, status, body[rows]?.length]).toEqual([path, 200, count])
    }
    for (const path of ['imports', 'jobs', 'ingestion/runs', 'price-history'])
      for (const [query, code] of [
        ['from=2026-02-30', 'invalid_instant'],
        ['from=0000-01-01', 'invalid_instant'],
        ['to=9999-12-31T23:59:59-23:59', 'invalid_instant'],
        ['from=2026-02-02&to=2026-02-01', 'invalid_range'],
      ]) {
        const { status, body } = await service.json<{ code: string }>(`/api/v1/${path}?${query}`)
        expect([path, status, body.code]).toEqual([path, 422, code!])
      }
    // Prices come in one order, a page at a time.
    const pages: unknown[] = []
    for (let cursor: string | null = ''; cursor !== null; ) {
      const more: string = cursor === '' ? '' : `&cursor=${cursor}`
      const page = await service.json<Rows & { next_cursor: string | null }>(
        `/api/v1/price-history?limit=1${more}`,
      )
      pages.push(...page.body.prices!)
      cursor = page.body.next_cursor
    }
    const { body: whole } = await service.json<Rows>('/api/v1/price-history')
    expect(pages).toEqual(whole.prices!)
  })
