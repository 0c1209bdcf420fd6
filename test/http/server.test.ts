import { describe, expect, test } from 'bun:test'
import { createServer } from '../../src/http/server.ts'
import { openProgram } from '../helpers/cli.ts'
import { engines } from '../helpers/engines.ts'
import { csvOf, type ItemsJson, priceList } from '../helpers/lists.ts'
import { openEmpty, openUrl, silentLog } from '../helpers/open-database.ts'

/** The service on a catalog of 7 items of Acme; nothing listens. */
async function openService(engine: (typeof engines)[number]) {
  const program = await openProgram(engine)
  await program.run('ingest', await program.write('list.csv', priceList(7)), '--supplier', 'Acme')
  const db = await openUrl(program.url)
  const server = createServer({ db, log: silentLog, isLoopback: true })
  return {
    program,
    get: (path: string, headers: Record<string, string> = {}) =>
      server.handle(new Request(`http://localhost${path}`, { headers })),
    request: (request: Request) => server.handle(request),
    async [Symbol.asyncDispose]() {
      await db.close()
      await program[Symbol.asyncDispose]()
    },
  }
}

async function page(response: Response): Promise<ItemsJson> {
  expect(response.status).toBe(200)
  // What the test expects is what its assertions check.
  return (await response.json()) as ItemsJson
}

for (const engine of engines) {
  describe(engine, () => {
    test('items come a page at a time, each item once', async () => {
      await using service = await openService(engine)
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
      await using service = await openService(engine)
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
      await using service = await openService(engine)
      const cases: [string, string][] = [
        ['supplier=Acme', 'supplier'],
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
      const nul = Buffer.from('["a","\\u0000"]').toString('base64url')
      for (const cursor of ['nope', 'WzEsMl0', nul]) {
        const response = await service.get(`/api/v1/items?cursor=${cursor}`)
        expect([response.status, await response.json()]).toMatchObject([422, { code: 'invalid_cursor' }])
      }
    })

    test('characters that databases dislike are no internal error', async () => {
      await using service = await openService(engine)
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
      await using service = await openService(engine)
      for (const path of ['/livez', '/api/v1/items', '/nowhere', '/api/v1/items?limit=x']) {
        const { headers } = await service.get(path)
        expect(headers.get('content-security-policy')).toContain("default-src 'none'")
        expect(headers.get('x-content-type-options')).toBe('nosniff')
        expect(headers.get('cache-control')).toBe('no-store')
      }
    })

    test('an address that names another host is refused, so that no web page gets in by a rebound name', async () => {
      await using service = await openService(engine)
      const to = (host: string) => service.request(new Request(`http://${host}/api/v1/items`))
      for (const host of ['evil.example', '127.0.0.1.evil.example', '10.0.0.1:8420', 'localhost.evil']) {
        const response = await to(host)
        expect([host, response.status]).toEqual([host, 400])
        expect(await response.json()).toMatchObject({ code: 'wrong_host' })
      }
      for (const host of ['localhost:8420', '127.0.0.1', '[::1]:8420'])
        expect((await to(host)).status).toBe(200)
    })

    test('other addresses and methods are not found', async () => {
      await using service = await openService(engine)
      for (const path of ['/', '/api/v1', '/api/v1/suppliers', '/api/v1/items/1', '/../etc/passwd']) {
        const response = await service.get(path)
        expect([path, response.status]).toEqual([path, 404])
        expect(await response.json()).toMatchObject({ code: 'no_such_address', title: 'Not found' })
      }
      const posted = await service.request(
        new Request('http://localhost/api/v1/items', { method: 'POST', body: '{}' }),
      )
      expect(posted.status).toBe(404)
    })

    test('is alive without a schema, but not ready', async () => {
      await using database = await openEmpty(engine)
      const server = createServer({ db: database.db, log: silentLog, isLoopback: true })
      const get = (path: string) => server.handle(new Request(`http://localhost${path}`))
      expect(await (await get('/livez')).json()).toEqual({ status: 'ok' })
      const ready = await get('/readyz')
      expect([ready.status, await ready.json()]).toEqual([
        409,
        expect.objectContaining({ code: 'database_older' }),
      ])
    })
  })
}

test('an error that nobody expected is logged whole and shown without its words', async () => {
  await using database = await openEmpty('sqlite')
  const logged: unknown[] = []
  const log = { ...silentLog, error: (_message: string, fields?: object) => logged.push(fields) }
  const server = createServer({ db: database.db, log, isLoopback: true })
  const response = await server.handle(new Request('http://localhost/api/v1/items'))
  expect(response.status).toBe(500)
  const body = await response.text()
  expect(JSON.parse(body)).toMatchObject({ code: 'internal_error', title: 'Internal error' })
  expect(body).not.toContain('supplier_items')
  expect(JSON.stringify(logged, (_, value) => (value instanceof Error ? value.message : value))).toContain(
    'no such table',
  )
})

test('names of suppliers and articles may hold anything that a list may hold', async () => {
  await using program = await openProgram('sqlite')
  const list = csvOf(
    ['SKU', 'Name', 'Price EUR', '__proto__', 'constructor'],
    ['A-1', '<script>alert(1)</script> \u202eRTL\u202c 🔨', '1.50', 'x', 'y'],
  )
  await program.run('ingest', await program.write('list.csv', list), '--supplier', 'Ünï & <b>', '--no-hold')
  const db = await openUrl(program.url)
  const server = createServer({ db, log: silentLog, isLoopback: true })
  const response = await server.handle(new Request('http://localhost/api/v1/items'))
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
  await db.close()
})
