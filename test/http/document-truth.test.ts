import { expect, test } from 'bun:test'
import { join } from 'node:path'
import { exportFormats } from '../../src/http/exports/export-routes.ts'
import { exportLists } from '../../src/http/exports/lists.ts'
import { engines } from '../helpers/engines.ts'
import { openService, type TestService } from '../helpers/http-service.ts'
import { type Json, type JsonObject, schemaFaults } from '../helpers/json-schema.ts'
import { openListServer } from '../helpers/list-server.ts'
import { priceList } from '../helpers/lists.ts'
import { askLogins } from '../helpers/logins.ts'

const samples = join(import.meta.dir, '../../scripts/samples')

interface Operation {
  operationId: string
  security?: Json[]
  responses: Record<string, { content: Record<string, { schema: Json }> }>
}
interface Document {
  paths: Record<string, Record<string, Operation>>
  components: { schemas: JsonObject }
}

/** Asks a service, and holds what it answers against its own document. */
async function openWitness(service: TestService) {
  const { body: document } = await service.json<Document>('/api/v1/openapi.json')
  return {
    document,
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
  test(`${engine}: answers are as the document says, in more cases than each status once`, async () => {
    await using service = await openService(engine, {
      env: { TALLYMAN_LOCAL_FOLDERS: '/srv/prices', TALLYMAN_PRIVATE_HOSTS: '127.0.0.1' },
    })
    await using lists = await openListServer((response) => response.end('SKU;Name;Price\nA1;Valve;1,50\n'))
    const { ask, document } = await openWitness(service)
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
    await ask('/api/v1/uploads/preview?supplier=Brandt', post(sample))
    for (const path of ['/livez', '/readyz', '/health', '/api/v1/schemas', '/api/v1/imports?limit=2'])
      await ask(path)
    for (const id of [first, approved, failed]) {
      await ask(`/api/v1/imports/${id}`)
      await ask(`/api/v1/imports/${id}/log`)
    }
    for (const id of [first, approved])
      for (const what of ['decision', 'changes', 'changes/items', 'changes/items?kind=new&limit=2'])
        await ask(`/api/v1/imports/${id}/${what}`)
    await ask(`/api/v1/imports/${failed}/changes`)
    const { responses } = operationAt(document, `/api/v1/imports/${first}/rejects`, 'GET')
    for (const format of ['csv', 'xlsx']) {
      const file = await service.fetch(`/api/v1/imports/${first}/rejects?format=${format}`)
      expect([file.status, Object.keys(responses[200]!.content)]).toEqual([
        200,
        expect.arrayContaining([file.headers.get('content-type')]),
      ])
      expect((await file.bytes()).length).toBeGreaterThan(100)
    }
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
      '/api/v1/supplier-activity?limit=1',
      '/api/v1/supplier-activity?days=0',
      `/api/v1/suppliers/${supplierId}`,
    ])
      await ask(path)
    for (const body of ['{"name":"Corrected"}', '{"name":""}', '{'])
      await ask(`/api/v1/items/${itemId}`, patch(body))
    await ask(`/api/v1/items/${itemId}`, { method: 'DELETE' })
    await ask(`/api/v1/items/${itemId}`)
    for (let time = 1; time <= 2; time++) await ask(`/api/v1/items/${itemId}/restore`, post())
    await ask(`/api/v1/suppliers/${supplierId}`, patch('{"currency":"EUR"}'))
    const brief = await ask<{ id: string }>('/api/v1/suppliers', json('{"name":"Brief"}'))
    for (const body of ['{"name":"Brief"}', '{"name":1}', '{']) await ask('/api/v1/suppliers', json(body))
    for (const name of ['Long', 'Brief'])
      await ask(`/api/v1/suppliers/${brief.id}?name=${name}`, { method: 'DELETE' })
    for (const path of ['audit?limit=1', 'audit?subject_kind=item', `items/${itemId}/edits`])
      await ask(`/api/v1/${path}`)
    for (const body of ['{}', '{"dry_run":false}', '{"dry_run":1}', '['])
      await ask('/api/v1/maintenance/tasks/raw-archive/run', json(body))
    await ask('/api/v1/maintenance/tasks/nothing/run', json('{}'))
    await ask('/api/v1/maintenance/tasks')
    for (const path of ['/api/v1/price-history?limit=2', '/api/v1/price-history?from=x']) await ask(path)
    const ids: Record<string, string> = {
      '/items/:id/history': itemId,
      '/items/:id/edits': itemId,
      '/ingestion/runs/:id': (await ask<{ runs: { id: string }[] }>('/api/v1/ingestion/runs')).runs[0]!.id,
    }
    for (const { path } of exportLists) {
      const address = path.replace(':name', 'daily-run').replace(':id', ids[path] ?? first)
      const { responses: told } = operationAt(document, `/api/v1/exports${address}`, 'GET')
      for (const format of exportFormats) {
        const file = await service.fetch(`/api/v1/exports${address}?format=${format}`)
        const type = file.headers.get('content-type')?.split(';')[0] ?? ''
        expect([address, file.status, Object.keys(told[200]!.content)]).toEqual([
          address,
          200,
          expect.arrayContaining([type]),
        ])
        await file.bytes()
      }
    }
    const { files } = await ask<{ files: { sha256: string }[] }>('/api/v1/archive?limit=2&since=2026-01-01')
    const archived = `/api/v1/archive/${files[0]!.sha256}`
    await ask(archived)
    const content = await service.fetch(`${archived}/content`)
    expect([content.status, content.headers.get('content-type')]).toEqual([200, 'application/octet-stream'])
    await ask(`${archived}/verify`, post())
    for (const body of ['{"supplier":"Acme","source":"again"}', '{"supplier":1}', '{', '[]'])
      await ask(`${archived}/replay`, json(body))
    const { jobs } = await ask<{ jobs: { job_id: string; import_id: string }[] }>('/api/v1/jobs?limit=200')
    const jobOf = (importId: string) => jobs.find(({ import_id }) => import_id === importId)!.job_id
    const dead = jobOf(failed)
    await ask(`/api/v1/jobs/${dead}`)
    const { dead_letters: letters } = await ask<{ dead_letters: { cause: string }[] }>('/api/v1/dead-letters')
    const cause = JSON.stringify({ cause: letters[0]!.cause })
    await ask('/api/v1/dead-letters/retry', json(cause))
    await ask(`/api/v1/jobs/${dead}/cancel`, post())
    await ask(`/api/v1/jobs/${dead}/retry`, post())
    await service.analyze(failed)
    await ask(`/api/v1/jobs/${dead}/discard`, post())
    await ask('/api/v1/jobs/999/discard', post())
    await ask('/api/v1/dead-letters/discard', json(cause))
    await ask(`/api/v1/admin/jobs/${dead}/retry`, post())
    await service.analyze(failed)
    for (const what of ['retry', 'cancel', 'discard'])
      await ask(`/api/v1/jobs/${jobOf(first)}/${what}`, post())
    for (const what of ['retry', 'discard'])
      for (const body of ['{}', '{"cause":1}', '[', '[]'])
        await ask(`/api/v1/dead-letters/${what}`, json(body))
    const local = { kind: 'local', config: { path: '/srv/prices/acme' }, schedule: '0 2 * * *' }
    const made = await ask<{ id: string }>(
      '/api/v1/sources',
      json(JSON.stringify({ supplier: 'Acme', name: 'feed', ...local, retry_delays: [1, 5] })),
    )
    const source = `/api/v1/sources/${made.id}`
    await ask(source)
    await ask(source, patch('{"currency":"EUR"}'))
    const { run } = await ask<{ run: { id: string } }>(`${source}/trigger`, post())
    await ask(`${source}/trigger`, post())
    const web = { supplier: 'Acme', name: 'web', kind: 'http', config: { url: `${lists.url}/list.csv` } }
    const online = await ask<{ id: string }>('/api/v1/sources', json(JSON.stringify(web)))
    await ask(`/api/v1/sources/${online.id}/test`, post())
    for (const body of [JSON.stringify(web), '{}']) await ask('/api/v1/sources/test', json(body))
    for (const what of ['pause', 'resume']) await ask(`${source}/${what}`, post())
    for (const body of ['{"all":true}', '{"sources":["Acme/feed"]}', '{"sources":["x"]}', '{}', '{'])
      await ask('/api/v1/ingestion/trigger', json(body))
    const elsewhere = { supplier: 'Acme', name: 'feed', kind: 'local', config: { path: '/srv/prices/b' } }
    await ask('/api/v1/ingestion/trigger', json(JSON.stringify({ source: elsewhere })))
    for (const body of [JSON.stringify(elsewhere), '{}']) await ask('/api/v1/sources', json(body))
    await ask('/api/v1/sources', json(JSON.stringify({ ...elsewhere, config: { path: '/etc/passwd' } })))
    for (const path of ['runs', `runs/${run.id}`, 'runs?status=failed&limit=1', 'health'])
      await ask(`/api/v1/ingestion/${path}`)
    for (const path of ['sources?limit=1', 'source-kinds']) await ask(`/api/v1/${path}`)
    await ask(source, { method: 'DELETE' })
    await ask(`${source}?with_history=true`, { method: 'DELETE' })
    await ask('/api/v1/queue')
    for (const what of ['pause', 'resume']) await ask(`/api/v1/queue/${what}`, post())
    const { schemas } = await ask<{ schemas: { url: string }[] }>('/api/v1/schemas')
    for (const { url } of schemas) expect((await service.fetch(url)).status).toBe(200)

    for (const path of ['', '/daily-run/ticks', '/source%2Fx/ticks']) await ask(`/api/v1/schedules${path}`)

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
    await askLogins(service, ask)
    await service.program.run('migrate', 'down', '--to', '0')
    await ask('/readyz')
    await ask('/health')
  }, 120_000)

test('what needs a token says so, and answers 401 as its document says', async () => {
  await using open = await openService('sqlite')
  const { document } = await openWitness(open)
  await using service = await openService('sqlite', {
    access: { token: 'a-token-for-this-test-0123456789' },
  })
  for (const [path, methods] of Object.entries(document.paths))
    for (const [method, { responses, security }] of Object.entries(methods)) {
      const { status } = await service.fetch(path.replace(/\{\w+\}/, 'x'), { method: method.toUpperCase() })
      expect([path, status === 401]).toEqual([path, security === undefined && responses['401'] !== undefined])
    }
})
