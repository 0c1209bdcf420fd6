import { describe, expect, test } from 'bun:test'
import type { Logger } from '../../src/lib/log.ts'
import { engines } from '../helpers/engines.ts'
import { openService } from '../helpers/http-service.ts'
import { csvOf, type ItemsJson, priceList } from '../helpers/lists.ts'
import { silentLog } from '../helpers/open-database.ts'
import { rawConnection } from '../helpers/raw-request.ts'

/** The service on a catalog of 7 items of Acme. */
async function openFilled(engine: (typeof engines)[number]) {
  const service = await openService(engine)
  const { program } = service
  await program.run('ingest', await program.write('list.csv', priceList(7)), '--supplier', 'Acme')
  return { ...service, get: (path: string) => service.fetch(path) }
}

async function page(response: Response): Promise<ItemsJson> {
  expect(response.status).toBe(200)
  // What the test expects is what its assertions check.
  return (await response.json()) as ItemsJson
}

for (const engine of engines) {
  describe(engine, () => {
    test('items come a page at a time, each item once', async () => {
      await using service = await openFilled(engine)
      const found: (string | null)[] = []
      let path = '/api/v1/items?limit=3'
      for (;;) {
        const { items, next_cursor } = await page(await service.get(path))
        found.push(...items.map(({ sku }) => sku))
        if (next_cursor === null) break
        path = `/api/v1/items?limit=3&cursor=${next_cursor}`
      }
      expect(found).toEqual(['A-0', 'A-1', 'A-2', 'A-3', 'A-4', 'A-5', 'A-6'])
    })

    test('items are filtered, prices are decimal strings', async () => {
      await using service = await openFilled(engine)
      const { items } = await page(await service.get('/api/v1/items?sku=A-3'))
      expect(items).toMatchObject([{ supplier: 'Acme', price: '13.00', currency: 'EUR', gone_at: null }])
      const shown = async (query: string) =>
        (await page(await service.get(`/api/v1/items?${query}`))).items.length
      expect(await shown('search=aRTicle')).toBe(7)
      expect(await shown('search=4')).toBe(1)
      expect(await shown('supplier_id=nobody')).toBe(0)
      await service.program.run(
        'ingest',
        await service.program.write('list.csv', priceList(6)),
        '--supplier',
        'Acme',
        '--full',
      )
      expect([await shown(''), await shown('with_gone=true'), await shown('with_gone=false')]).toEqual([
        6, 7, 6,
      ])
    })

    test('a query that is not known or not valid is refused by the name of its field', async () => {
      await using service = await openFilled(engine)
      const cases: [string, string][] = [
        ['supplier=Acme', 'There is no parameter "supplier"; did you mean supplier_id? (parameters: limit, '],
        ['full=1', 'There is no parameter "full" (parameters: limit, cursor, supplier_id, '],
        ['serach=x', 'There is no parameter "serach"; did you mean search? (parameters: limit, '],
        ['a%2Fb~c=1', 'There is no parameter "a/b~c"'],
        ['limit=0', 'limit'],
        ['limit=1001', 'limit'],
        ['limit=many', 'limit'],
        ['limit=1.5', 'limit'],
        ['with_gone=perhaps', 'with_gone'],
        ['search=', 'search'],
        ['search=a%00b', 'search'],
        ['sku=%00', 'sku'],
        ['supplier_id=%00', 'supplier_id'],
        [`sku=${'x'.repeat(256)}`, 'sku'],
        ['__proto__=1', '__proto__'],
        ['sku=A-1&sku=A-2', 'sku'],
        ['characteristic=ean', 'characteristic'],
        ['characteristic=a=1&characteristic=a=2', 'two values of "a"'],
        ['brand=', 'brand'],
      ]
      for (const [query, field] of cases) {
        const response = await service.get(`/api/v1/items?${query}`)
        expect([query, response.status]).toEqual([query, 422])
        expect(response.headers.get('content-type')).toBe('application/problem+json')
        expect(await response.json()).toMatchObject({
          type: 'about:blank',
          status: 422,
          code: 'invalid_request',
          detail: expect.stringContaining(field),
        })
      }
      const { body } = await service.json<{ detail: string }>('/livez?full=1')
      expect(body.detail).toBe('There is no parameter "full"; this address takes none')
      const nul = Buffer.from('["a","\\u0000"]').toString('base64url')
      for (const cursor of ['nope', 'WzEsMl0', nul]) {
        const response = await service.get(`/api/v1/items?cursor=${cursor}`)
        expect([response.status, await response.json()]).toMatchObject([422, { code: 'invalid_cursor' }])
      }
    })

    test('characters that databases dislike are no internal error', async () => {
      await using service = await openFilled(engine)
      for (const text of [
        "'",
        '"',
        '%5C',
        '%25',
        '_',
        '%F0%9F%94%A8',
        '%FF%FE',
        '%ED%A0%80',
        '*',
        '[',
        ']',
        '?',
      ])
        await page(await service.get(`/api/v1/items?search=${text}`))
    })

    test('every answer forbids framing and sniffing, and is not stored', async () => {
      await using service = await openFilled(engine)
      for (const path of [
        '/livez',
        '/api/v1/items',
        '/nowhere',
        '/api/v1/items?limit=x',
        '/api/v1/imports/x',
        '/api/v1/uploads',
      ]) {
        const { headers } = await service.get(path)
        expect(headers.get('access-control-allow-origin')).toBeNull()
        expect(headers.get('content-security-policy')).toContain("default-src 'none'")
        expect(headers.get('x-content-type-options')).toBe('nosniff')
        expect(headers.get('cache-control')).toBe('no-store')
      }
    })

    test('other addresses are not found, other methods named with those there are', async () => {
      await using service = await openFilled(engine)
      for (const path of ['/nothing', '/api/v1', '/api/v2/items', '/../etc/passwd', '/api/v1/items/1/x']) {
        const response = await service.get(path)
        expect([path, response.status]).toEqual([path, 404])
        expect(await response.json()).toMatchObject({ code: 'no_such_address', title: 'Not found' })
      }
      const cases = [
        ['POST', '/api/v1/items', 'GET, HEAD'],
        ['PUT', '/api/v1/suppliers/x', 'GET, PATCH, DELETE, HEAD'],
        ['GET', '/api/v1/uploads', 'POST'],
        ['GET', '/api/v1/imports/x/approve', 'POST'],
        ['OPTIONS', '/api/v1/openapi.json', 'GET, HEAD'],
        ['PUT', '/livez', 'GET, HEAD'],
      ] as const
      for (const [method, path, allow] of cases) {
        const response = await service.fetch(path, { method })
        expect([path, response.status, response.headers.get('allow')]).toEqual([path, 405, allow])
        expect(await response.json()).toMatchObject({ code: 'method_not_allowed', status: 405 })
      }
      const fragment = await rawConnection(service.port)
      fragment.send('GET /api/v1/items#x HTTP/1.1\r\nHost: localhost\r\n\r\n')
      expect(await fragment.received(/\}$/)).toMatch(/^HTTP\/1.1 404 .+"no_such_address"/s)
      fragment.cut()
      const head = await service.fetch('/api/v1/items', { method: 'HEAD' })
      expect([head.status, await head.text()]).toEqual([200, ''])
    })

    test('is alive without a schema, but not ready', async () => {
      await using service = await openService(engine)
      for (const path of ['/livez', '/readyz', '/health'])
        expect(await service.json(path)).toMatchObject({ status: 200, body: { status: 'ok' } })
      await service.program.run('migrate', 'down', '--to', '0')
      expect(await service.json('/livez')).toMatchObject({ status: 200 })
      for (const path of ['/readyz', '/health'])
        expect(await service.json(path)).toMatchObject({ status: 409, body: { code: 'database_older' } })
    })
  })
}

test('an error that nobody expected is logged whole and shown without its words', async () => {
  const logged: unknown[] = []
  const log: Logger = {
    ...silentLog,
    error: (_message: string, fields?: object) => logged.push(fields),
    child: () => log,
  }
  await using service = await openService('sqlite', { log })
  await service.program.run('migrate', 'down', '--to', '0')
  for (const path of ['/api/v1/items', '/api/v1/items/1', '/api/v1/imports?status=held']) {
    const response = await service.fetch(path)
    expect([path, response.status]).toEqual([path, 500])
    const body = await response.text()
    expect(JSON.parse(body)).toMatchObject({ code: 'internal_error', title: 'Internal error' })
    expect(body).not.toContain('no such table')
  }
  expect(JSON.stringify(logged, (_, value) => (value instanceof Error ? value.message : value))).toContain(
    'no such table',
  )
})

test('names of suppliers and articles may hold anything that a list may hold', async () => {
  await using service = await openService('sqlite')
  const { program } = service
  const list = csvOf(
    ['SKU', 'Name', 'Price EUR', '__proto__', 'constructor'],
    ['A-1', '<script>alert(1)</script> \u202eRTL\u202c 🔨', '1.50', 'x', 'y'],
  )
  await program.run('ingest', await program.write('list.csv', list), '--supplier', 'Ünï & <b>', '--no-hold')
  const response = await service.fetch('/api/v1/items')
  const { items } = await page(response)
  expect(items[0]).toMatchObject({
    supplier: 'Ünï & <b>',
    name: '<script>alert(1)</script> \u202eRTL\u202c 🔨',
  })
  expect(Object.entries(items[0]!.characteristics)).toEqual([
    ['__proto__', 'x'],
    ['constructor', 'y'],
  ])
  expect(response.headers.get('content-type')).toContain('application/json')
})
