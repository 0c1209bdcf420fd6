import { expect, test } from 'bun:test'
import { join } from 'node:path'
import { clientTypes } from '../helpers/client-types.ts'
import { openService } from '../helpers/http-service.ts'
import { temporaryDirectory } from '../helpers/temporary.ts'

/** A client of a page, over the types that are made from the document. */
const client = `
import type { Routes } from './routes.ts'
type Answer<R extends keyof Routes> = {
  [S in keyof Routes[R]['answers']]: { status: S; body: Routes[R]['answers'][S]; headers: Headers }
}[keyof Routes[R]['answers']]
type Asked<R extends keyof Routes> = Partial<Pick<Routes[R], 'path' | 'query' | 'headers'>> &
  (undefined extends Routes[R]['body'] ? { body?: undefined } : { body: Routes[R]['body'] })

export function openClient(url: string) {
  return async <R extends keyof Routes>(route: R, asked: Asked<R>): Promise<Answer<R>> => {
    const [method, path] = route.split(' ') as [string, string]
    const filled = path.replace(/\\{(\\w+)\\}/g, (_, name) =>
      encodeURIComponent(String((asked.path as Record<string, unknown>)[name])),
    )
    const query = new URLSearchParams(asked.query as Record<string, string>)
    const isText = typeof asked.body === 'string'
    const response = await fetch(url + filled + '?' + query, {
      method,
      headers: {
        ...(asked.body !== undefined && { 'content-type': isText ? 'text/csv' : 'application/json' }),
        ...(asked.headers as Record<string, string>),
      },
      ...(asked.body !== undefined && { body: isText ? String(asked.body) : JSON.stringify(asked.body) }),
    })
    const isJson = (response.headers.get('content-type') ?? '').includes('json')
    const body = isJson ? await response.json() : await response.text()
    return { status: response.status, body, headers: response.headers } as never
  }
}
`

/** What somebody does with it. */
const program = `
import { openClient } from './client.ts'
const call = openClient(process.argv[2]!)
const list = 'SKU;Name;Price EUR\\nA-1;Valve;12.50\\n'
const sent = await call('POST /api/v1/uploads', { query: { supplier: 'Acme' }, headers: { 'Idempotency-Key': 'one' }, body: list })
if (sent.status !== 202) throw new Error(JSON.stringify(sent.body))
const id: string = sent.body.id
const again = await call('POST /api/v1/uploads', { query: { supplier: 'Acme' }, headers: { 'Idempotency-Key': 'one' }, body: list })
const shown = await call('GET /api/v1/imports/{id}', { path: { id } })
if (shown.status !== 200) throw new Error('no import')
const status: 'pending' | 'running' | 'completed' | 'partial_success' | 'unchanged' | 'held' | 'failed' | 'cancelled' | 'expired' | 'undone' = shown.body.status
const supplier = await call('GET /api/v1/suppliers/{id}', { path: { id: shown.body.supplier_id } })
const changed = await call('PATCH /api/v1/suppliers/{id}', {
  path: { id: shown.body.supplier_id },
  headers: { 'If-Match': supplier.headers.get('etag')! },
  body: { currency: 'EUR' },
})
const stale = await call('PATCH /api/v1/suppliers/{id}', {
  path: { id: shown.body.supplier_id },
  headers: { 'If-Match': supplier.headers.get('etag')! },
  body: { country: 'DE' },
})
const code = stale.status === 412 ? stale.body.code : null
const items = await call('GET /api/v1/items', { query: { limit: 1 } })
const file = await call('GET /api/v1/exports/imports', { query: { format: 'csv' } })
const missing = await call('GET /api/v1/items/{id}', { path: { id: '999' } })
console.log(JSON.stringify({
  status,
  isSame: again.status === 202 && again.body.id === id,
  currency: changed.status === 200 ? changed.body.currency : null,
  code,
  items: items.status === 200 ? items.body.items.map(({ price }: { price: string | null }) => price) : null,
  lines: String(file.body).trim().split('\\r\\n').length,
  missing: missing.status === 404 ? missing.body.code : null,
}))
`

/** What must not compile: each line that does would be an error of its own. */
const mistakes = `
import { openClient } from './client.ts'
const call = openClient('')
// @ts-expect-error There is no such route.
await call('GET /api/v1/nothing', {})
// @ts-expect-error A body is needed.
await call('POST /api/v1/sources', {})
// @ts-expect-error A kind is one of a few words.
await call('GET /api/v1/sources', { query: { kind: 'fax' } })
const { body } = await call('GET /api/v1/suppliers/{id}', { path: { id: '1' } })
// @ts-expect-error It is a supplier only when the status says so.
body.currency
`

test('a client that is generated from the document compiles, and works', async () => {
  await using service = await openService('sqlite')
  await using directory = await temporaryDirectory()
  const { body } = await service.json<Parameters<typeof clientTypes>[0]>('/api/v1/openapi.json')
  const files = {
    'routes.ts': clientTypes(body),
    'client.ts': client,
    'use.ts': program,
    'mistakes.ts': mistakes,
  }
  for (const [name, text] of Object.entries(files)) await Bun.write(directory.file(name), text)
  const modules = join(import.meta.dir, '../../node_modules')
  const tsconfig = {
    compilerOptions: {
      strict: true,
      noUncheckedIndexedAccess: true,
      exactOptionalPropertyTypes: true,
      skipLibCheck: true,
      noEmit: true,
      target: 'ESNext',
      module: 'Preserve',
      moduleDetection: 'force',
      allowImportingTsExtensions: true,
      lib: ['ESNext'],
      types: ['bun'],
      typeRoots: [join(modules, '@types')],
    },
    include: ['*.ts'],
  }
  await Bun.write(directory.file('tsconfig.json'), JSON.stringify(tsconfig))
  const compiled = Bun.spawn([join(modules, '.bin/tsc'), '-p', directory.file('tsconfig.json')], {
    stdout: 'pipe',
  })
  expect([await new Response(compiled.stdout).text(), await compiled.exited]).toEqual(['', 0])

  const used = Bun.spawn([process.execPath, directory.file('use.ts'), service.url], { stdout: 'pipe' })
  const [out, exit] = [await new Response(used.stdout).text(), await used.exited]
  expect([exit, JSON.parse(out || 'null')]).toEqual([
    0,
    {
      status: 'pending',
      isSame: true,
      currency: 'EUR',
      code: 'precondition_failed',
      items: [],
      lines: 2,
      missing: 'unknown_item',
    },
  ])
}, 120_000)
