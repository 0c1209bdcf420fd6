import { expect, test } from 'bun:test'
import { join } from 'node:path'
import { engines } from '../helpers/engines.ts'
import { openService, type TestService } from '../helpers/http-service.ts'
import { type Json, type JsonObject, schemaFaults } from '../helpers/json-schema.ts'
import { priceList } from '../helpers/lists.ts'

const samples = join(import.meta.dir, '../../scripts/samples')

interface Operation {
  operationId: string
  responses: Record<string, { content: Record<string, { schema: Json }> }>
}
interface Document {
  paths: Record<string, Record<string, Operation>>
  components: { schemas: JsonObject }
}

/** Asks a service, and holds what it answers against its own document. */
async function openWitness(service: TestService) {
  const { body: document } = await service.json<Document>('/api/v1/openapi.json')
  const seen = new Map<string, Set<number>>()
  return {
    document,
    /** Statuses by operation. */
    seen,
    async ask<Answer = JsonObject>(path: string, init: RequestInit = {}): Promise<Answer> {
      const { method = 'GET' } = init
      const operation = operationAt(document, path, method)
      const response = await service.fetch(path, init)
      const body = (await response.json()) as Json
      const where = `${method} ${path} ${response.status}`
      const type = (response.headers.get('content-type') ?? '').split(';')[0]!
      const schema = operation.responses[response.status]?.content[type]?.schema
      expect([where, type, schema !== undefined]).toEqual([where, type, true])
      expect([where, schemaFaults(schema!, body, document.components.schemas)]).toEqual([where, []])
      const statuses = seen.get(operation.operationId) ?? new Set()
      seen.set(operation.operationId, statuses.add(response.status))
      // What the test expects is what its assertions check.
      return body as Answer
    },
  }
}

function operationAt({ paths }: Document, path: string, method: string): Operation {
  const { pathname } = new URL(path, 'http://localhost')
  const fits = (template: string) => new RegExp(`^${template.replace(/\{\w+\}/g, '[^/]+')}$`).test(pathname)
  const template = paths[pathname] ? pathname : Object.keys(paths).find(fits)
  const operation = paths[template ?? '']?.[method.toLowerCase()]
  if (operation === undefined) throw new Error(`The document has no ${method} ${path}.`)
  return operation
}

for (const engine of engines)
  test(`${engine}: every operation answers as its document says, when it can and when it cannot`, async () => {
    await using service = await openService(engine)
    const { ask, seen, document } = await openWitness(service)
    const post = (body: RequestInit['body'] = null) => ({
      method: 'POST',
      body,
      headers: { 'content-type': 'text/csv' },
    })
    const upload = async (query: string, list: string) => {
      const { id } = await ask<{ id: string }>(`/api/v1/uploads?${query}`, post(list))
      await service.analyze(id)
      return id
    }
    const patch = (body: string, type = 'application/json') => ({
      method: 'PATCH',
      body,
      headers: { 'content-type': type },
    })

    const sample = await Bun.file(join(samples, 'werkzeug-brandt-2026-10.csv')).text()
    const first = await upload('supplier=Brandt', sample)
    await upload('supplier=Acme', priceList(10))
    const tenfold = priceList(10, (n) => ({ price: `${n + 1}00.00` }))
    const [approved, discarded] = [
      await upload('supplier=Acme', tenfold),
      await upload('supplier=Acme&force=true', tenfold),
    ]
    const failed = await upload('supplier=Acme', 'no list at all')
    await ask('/api/v1/uploads?supplier=Brandt', post(sample))
    for (const path of ['/livez', '/readyz', '/health', '/api/v1/schemas', '/api/v1/imports?limit=2'])
      await ask(path)
    for (const id of [first, approved, failed]) {
      await ask(`/api/v1/imports/${id}`)
      await ask(`/api/v1/imports/${id}/log`)
    }
    for (const id of [first, approved]) await ask(`/api/v1/imports/${id}/decision`)
    const { responses } = operationAt(document, `/api/v1/imports/${first}/rejects`, 'GET')
    for (const format of ['csv', 'xlsx']) {
      const file = await service.fetch(`/api/v1/imports/${first}/rejects?format=${format}`)
      expect([file.status, Object.keys(responses[200]!.content)]).toEqual([
        200,
        expect.arrayContaining([file.headers.get('content-type')]),
      ])
      expect((await file.bytes()).length).toBeGreaterThan(100)
    }
    seen.set('downloadRejects', new Set([200]))
    await ask(`/api/v1/imports/${approved}/rejects`)
    service.progress.set(approved, { phase: 'reading', rows: 1, percent: 40.5 })
    await ask(`/api/v1/imports/${approved}/approve`, post())
    await ask(`/api/v1/imports/${approved}`)
    const json = (body: string) => ({ ...patch(body), method: 'POST' })
    await ask(`/api/v1/imports/${discarded}/correct`, json('{"decimal":"dot"}'))
    await service.analyze(discarded)
    await ask(`/api/v1/imports/${discarded}/discard`, post())
    const page = await ask<{ items: { id: string; supplier_id: string }[] }>('/api/v1/items?limit=5')
    const { id: itemId, supplier_id: supplierId } = page.items[0]!
    for (const path of [
      `/api/v1/items/${itemId}`,
      `/api/v1/items/${itemId}/history`,
      '/api/v1/items?characteristic=a=1&characteristic=b=2',
      '/api/v1/items?search=zange&with_gone=true&limit=1000',
      '/api/v1/categories?parent_id=none',
      '/api/v1/suppliers?limit=1',
      `/api/v1/suppliers/${supplierId}`,
    ])
      await ask(path)
    await ask(`/api/v1/suppliers/${supplierId}`, patch('{"currency":"EUR"}'))
    const { schemas } = await ask<{ schemas: { url: string }[] }>('/api/v1/schemas')
    for (const { url } of schemas) expect((await service.fetch(url)).status).toBe(200)

    // What goes wrong.
    const templates = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => ({ path, method: method.toUpperCase() })),
    )
    for (const { path, method } of templates) {
      const address = path.replace(/\{\w+\}/, '999')
      const body = method === 'PATCH' ? { body: '{}' } : {}
      await ask(`${address}?nonsense=1`, { method, ...body, headers: { 'content-type': 'application/json' } })
      await ask(address, { method, ...body, headers: { host: 'evil.example' } })
      if (method !== 'GET') await ask(address, { method, ...body, headers: { origin: 'null' } })
      if (path.includes('{') && method === 'GET') await ask(address)
    }
    await ask(`/api/v1/imports/${failed}/approve`, post())
    await ask(`/api/v1/imports/${failed}/discard`, post())
    await ask('/api/v1/imports/x/approve', post())
    for (const [id, body] of [
      ['x', '{"map":"price=C"}'],
      [first, '{"map":"price=C"}'],
      [failed, '{}'],
      [failed, '{"map":"nothing"}'],
      [failed, '['],
    ] as const)
      await ask(`/api/v1/imports/${id}/correct`, json(body))
    await ask('/api/v1/uploads?supplier=A', post(''))
    await ask('/api/v1/uploads?supplier=A', { method: 'POST', body: new URLSearchParams('a=b') })
    for (const body of ['{', '[]', `{"currency":"${'x'.repeat(70_000)}"}`])
      await ask(`/api/v1/suppliers/${supplierId}`, patch(body))
    await ask(`/api/v1/suppliers/${supplierId}`, patch('{}', 'text/plain'))
    await service.program.run('migrate', 'down', '--to', '0')
    await ask('/readyz')
    await ask('/health')

    for (const { path, method } of templates) {
      const { operationId } = operationAt(document, path, method)
      const statuses = [...(seen.get(operationId) ?? [])]
      // A schema is any JSON object, of which a reader learns nothing here.
      const hasAnswered = statuses.some((status) => status < 300) || operationId === 'getSchema'
      expect([operationId, hasAnswered, statuses.includes(422), statuses.includes(400)]).toEqual([
        operationId,
        true,
        true,
        true,
      ])
    }
  }, 60_000)

test('what needs a token says so, and answers 401 as its document says', async () => {
  await using open = await openService('sqlite')
  const { document } = await openWitness(open)
  await using service = await openService('sqlite', {
    access: { token: 'a-token-for-this-test-0123456789' },
  })
  for (const [path, methods] of Object.entries(document.paths))
    for (const [method, { responses }] of Object.entries(methods)) {
      const { status } = await service.fetch(path.replace(/\{\w+\}/, 'x'), { method: method.toUpperCase() })
      expect([path, status === 401]).toEqual([path, responses['401'] !== undefined])
    }
})
