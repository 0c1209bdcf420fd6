import { describe, expect, test } from 'bun:test'
import { engines } from '../helpers/engines.ts'
import { openService, type TestService } from '../helpers/http-service.ts'
import { priceList } from '../helpers/lists.ts'
import { openUrl } from '../helpers/open-database.ts'
import { addSource } from '../helpers/sources.ts'

interface SupplierJson {
  id: string
  name: string
  currency: string | null
  uses_analyzer: boolean | null
  item_count: number
  gone_count: number
}
interface Page {
  suppliers: SupplierJson[]
  next_cursor: string | null
}

async function ingest(service: TestService, supplier: string, list: string, ...options: string[]) {
  const { program } = service
  await program.run('ingest', await program.write('list.csv', list), '--supplier', supplier, ...options)
}

const list = async (service: TestService, query = '') =>
  (await service.json<Page>(`/api/v1/suppliers${query}`)).body.suppliers

function patch(service: TestService, id: string, body: unknown, type = 'application/json') {
  return service.json<SupplierJson & { code: string; detail: string }>(`/api/v1/suppliers/${id}`, {
    method: 'PATCH',
    headers: { 'content-type': type },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  })
}

for (const engine of engines) {
  describe(engine, () => {
    test('suppliers are listed by name, a page at a time, with how many items they list', async () => {
      await using service = await openService(engine)
      for (const [name, count] of [
        ['Zeta', 2],
        ['acme', 3],
        ['Müller 100%', 4],
        ['Borg', 1],
      ] as const)
        await ingest(service, name, priceList(count))
      const found: [string, number][] = []
      let cursor = ''
      for (;;) {
        const { body } = await service.json<Page>(`/api/v1/suppliers?limit=3${cursor}`)
        found.push(...body.suppliers.map(({ name, item_count }): [string, number] => [name, item_count]))
        if (body.next_cursor === null) break
        cursor = `&cursor=${body.next_cursor}`
      }
      expect(found).toEqual([
        ['acme', 3],
        ['Borg', 1],
        ['Müller 100%', 4],
        ['Zeta', 2],
      ])
      for (const key of [[''], ['\u0001'], ['x'.repeat(300)], [3]]) {
        const given = Buffer.from(JSON.stringify(key)).toString('base64url')
        expect([key, await service.json(`/api/v1/suppliers?cursor=${given}`)]).toMatchObject([
          key,
          { status: 422, body: { code: 'invalid_cursor' } },
        ])
      }
      const search = async (text: string) =>
        (await list(service, `?search=${encodeURIComponent(text)}`)).map(({ name }) => name)
      expect(await search('MÜLL')).toEqual(['Müller 100%'])
      expect(await search('e')).toEqual(['acme', 'Müller 100%', 'Zeta'])
      expect(await search("'\\")).toEqual([])

      const named = async (text: string) =>
        (await list(service, `?name=${encodeURIComponent(text)}`)).map(({ name }) => name)
      expect(await named(' müller  100% ')).toEqual(['Müller 100%'])
      expect(await named('e')).toEqual([])
      for (const name of ['   ', '\u00ad'])
        expect(await service.json(`/api/v1/suppliers?name=${encodeURIComponent(name)}`)).toMatchObject({
          status: 422,
        })
    })

    test('counts follow what is published', async () => {
      await using service = await openService(engine)
      await ingest(service, 'Acme', priceList(10))
      const counts = async () =>
        (await list(service)).map(({ item_count, gone_count }) => [item_count, gone_count])
      expect(await counts()).toEqual([[10, 0]])
      await ingest(service, 'Acme', priceList(9), '--full')
      expect(await counts()).toEqual([[9, 1]])
      await ingest(service, 'Acme', priceList(12))
      expect(await counts()).toEqual([[12, 0]])
    })

    test('a supplier is shown and changed, field by field', async () => {
      await using service = await openService(engine)
      await ingest(service, 'Acme', priceList(1))
      const id = (await list(service))[0]!.id
      expect(await service.json(`/api/v1/suppliers/${id}`)).toMatchObject({
        status: 200,
        body: {
          id,
          name: 'Acme',
          currency: null,
          uses_analyzer: null,
          links: { items: `/api/v1/items?supplier_id=${id}` },
        },
      })
      expect(await patch(service, id, { currency: 'EUR' })).toMatchObject({
        status: 200,
        body: { currency: 'EUR', uses_analyzer: null },
      })
      expect(await patch(service, id, { uses_analyzer: false })).toMatchObject({
        body: { currency: 'EUR', uses_analyzer: false },
      })
      expect(await patch(service, id, { currency: null }, 'application/merge-patch+json')).toMatchObject({
        body: { currency: null, uses_analyzer: false },
      })
      expect(await patch(service, id, { country: 'DK', time_zone: 'Europe/Copenhagen' })).toMatchObject({
        body: { country: 'DK', time_zone: 'Europe/Copenhagen' },
      })
      expect((await list(service))[0]).toMatchObject({ currency: null, country: 'DK', uses_analyzer: false })
    })

    test('schedules of a supplier follow its zone, and make nothing up that was due by it before', async () => {
      await using service = await openService(engine)
      const scheduledAt = new Date('2026-01-01T00:00:00Z')
      const db = await openUrl(service.program.url)
      const source = (name: string, timeZone: string | null, schedule: string | null) =>
        addSource(db, { name, timeZone, schedule, now: scheduledAt })
      const follows = await source('follows', null, '0 6 * * *')
      await source('own', 'Europe/Berlin', '0 6 * * *')
      await source('none', null, null)
      await db.close()
      const { id } = (await list(service))[0]!
      expect((await patch(service, id, { time_zone: 'Asia/Tokyo' })).status).toBe(200)
      const rows = await service.program.rows<{ id: string }>(
        `select id from sources where scheduled_at is not null and scheduled_at <> (select min(scheduled_at) from sources)`,
      )
      expect(rows).toEqual([{ id: follows }])
      const shown = await service.json<{ next_runs: string[] }>(`/api/v1/sources/${follows}`)
      expect(shown.body.next_runs[0]).toEndWith('T21:00:00.000Z')
    })

    test('a change that is not valid is refused by the name of its field, and changes nothing', async () => {
      await using service = await openService(engine)
      await ingest(service, 'Acme', priceList(1))
      const id = (await list(service))[0]!.id
      const cases: [unknown, number, string, string][] = [
        [{ name: '\u202eemca' }, 422, 'invalid_request', 'name'],
        [{ currency: 'EUR', revision: 3 }, 422, 'invalid_request', 'revision'],
        [{ currency: 'XXY' }, 422, 'invalid_currency', 'XXY'],
        [{ country: 'ZZ' }, 422, 'invalid_country', 'ZZ'],
        [{ time_zone: 'Europe/Berln' }, 422, 'unknown_time_zone', 'Europe/Berlin'],
        [{ curency: 'EUR' }, 422, 'invalid_request', 'no field "curency"; did you mean currency?'],
        ['{"currency":"EUR","__proto__":{"x":1}}', 422, 'invalid_request', 'no field "__proto__"'],
        [{ currency: 3 }, 422, 'invalid_request', 'currency must be a text or null'],
        [{ uses_analyzer: 'yes' }, 422, 'invalid_request', 'uses_analyzer must be true or false or null'],
        [
          {},
          422,
          'invalid_request',
          'the body must say at least one of name, currency, country, time_zone, uses_analyzer',
        ],
        [[], 422, 'invalid_request', 'the body must be an object'],
        [`${'['.repeat(30_000)}${']'.repeat(30_000)}`, 422, 'body_too_deep', '20'],
        ['null', 422, 'invalid_request', ''],
        ['{"currency":', 400, 'malformed_json', ''],
        ['', 400, 'malformed_json', ''],
        [`{"currency":"${'x'.repeat(70_000)}"}`, 413, 'body_too_large', ''],
      ]
      for (const [body, status, code, named] of cases) {
        const answer = await patch(service, id, body)
        expect([body, answer.status, answer.body.code]).toEqual([body, status, code])
        expect(answer.body.detail).toContain(named)
      }
      for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'application/jsonx'])
        expect(await patch(service, id, { currency: 'EUR' }, type)).toMatchObject({
          status: 415,
          body: { code: 'unsupported_media_type' },
        })
      expect((await list(service))[0]).toMatchObject({ name: 'Acme', currency: null, uses_analyzer: null })
      expect(await patch(service, 'nobody', { currency: 'EUR' })).toMatchObject({
        status: 404,
        body: { code: 'unknown_supplier' },
      })
    })
  })
}
