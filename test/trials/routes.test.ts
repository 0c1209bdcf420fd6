import { describe, expect, test } from 'bun:test'
import { readdir } from 'node:fs/promises'
import type { SourceTestView } from '../../src/trials/test-view.ts'
import { filesWithHashes } from '../helpers/cli.ts'
import { engines } from '../helpers/engines.ts'
import { openService, type TestService } from '../helpers/http-service.ts'
import { until } from '../helpers/until.ts'

const slow = 120_000
const env = { TALLYMAN_PRIVATE_HOSTS: '127.0.0.1' }

/** A list of many rows, some of which cannot be taken. */
const csv = (rows: number) =>
  [
    'SKU;Name;Price',
    ...Array.from(
      { length: rows },
      (_, n) => `A-${n};Valve number ${n};${n % 10 === 3 ? 'broken' : `${n},50`}`,
    ),
    '',
  ].join('\n')

/** A server of lists on loopback. */
function listServer(answer: (path: string) => Response | Promise<Response>) {
  const asked: string[] = []
  const server = Bun.serve({
    port: 0,
    hostname: '127.0.0.1',
    idleTimeout: 0,
    fetch(request) {
      asked.push(new URL(request.url).pathname)
      return answer(new URL(request.url).pathname)
    },
  })
  return { url: server.url.href, asked, [Symbol.asyncDispose]: () => server.stop(true) }
}

const posted = (body: object): RequestInit => ({
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(body),
})

/** Everything that a test might have left behind. */
async function everything({ program }: TestService) {
  const tables: Record<string, unknown> = {}
  for (const table of [
    'suppliers',
    'sources',
    'imports',
    'jobs',
    'raw_files',
    'ingestion_runs',
    'supplier_items',
    'parsing_logs',
  ])
    tables[table] = await program.rows(`select * from ${table}`)
  const files = Object.keys(await filesWithHashes(program.dataFolder)).filter(
    (name) => !/tallyman\.db/.test(name),
  )
  return { tables, files }
}

/** Of tests that have ended nothing is left. */
const leftOf = async ({ program }: TestService) =>
  (await readdir(program.folder)).filter((name) => name.startsWith('tallyman-try-'))

for (const engine of engines) {
  describe(engine, () => {
    test(
      'a source is tried before and after it is there, and nothing is kept of that',
      async () => {
        await using lists = listServer(
          () =>
            new Response(csv(40), {
              headers: { 'content-type': 'text/csv; charset=utf-8', etag: '"v1"' },
            }),
        )
        await using service = await openService(engine, { env })
        const body = {
          supplier: 'Acme',
          name: 'web',
          kind: 'http',
          config: { url: `${lists.url}list.csv?lang=de` },
          list_mode: 'full',
          currency: 'EUR',
        }
        const before = await everything(service)
        const draft = await service.json<SourceTestView>('/api/v1/sources/test', posted(body))
        expect(draft.status).toBe(200)
        expect(draft.body).toMatchObject({
          file: {
            name: 'list.csv',
            bytes: csv(40).length,
            bytes_read: csv(40).length,
            is_part: false,
            media_type: 'text/csv; charset=utf-8',
            etag: '"v1"',
          },
          list_mode: 'full',
          problem: null,
          decision: {
            format: 'csv',
            encoding: 'utf-8',
            delimiter: ';',
            tables: [{ header_rows: [0], mapping: { price: { column: 2, confidence: expect.any(Number) } } }],
          },
          counts: { read: 41, accepted: 36, rejected: 4 },
        })
        expect(draft.body.items).toHaveLength(20)
        expect(draft.body.items[0]).toMatchObject({ sku: 'A-0', price: '0.50', currency: 'EUR' })
        expect(draft.body.issues[0]).toMatchObject({ row: 4, code: 'unreadable_price', raw: 'broken' })
        expect(await everything(service)).toEqual(before)

        const { body: made } = await service.json<{ id: string }>('/api/v1/sources', posted(body))
        const kept = await everything(service)
        const tried = await service.json<SourceTestView>(`/api/v1/sources/${made.id}/test`, {
          method: 'POST',
        })
        expect([tried.status, tried.body.counts]).toEqual([200, draft.body.counts])
        expect(await everything(service)).toEqual(kept)
        expect(await leftOf(service)).toEqual([])
      },
      slow,
    )
  })
}

test(
  'of a long text a part is read up to its last whole line; what cannot be cut is read whole',
  async () => {
    const long = csv(60_000)
    const objects = JSON.stringify(
      Array.from({ length: 30_000 }, (_, n) => ({ sku: `A${n}`, name: `Valve ${n}`, price: `${n}.50` })),
    )
    await using lists = listServer((path) => new Response(path === '/list.csv' ? long : objects))
    await using service = await openService('sqlite', { env })
    const tried = async (name: string) =>
      (
        await service.json<SourceTestView>(
          '/api/v1/sources/test',
          posted({ supplier: 'Acme', name: 'web', kind: 'http', config: { url: lists.url + name } }),
        )
      ).body
    const part = await tried('list.csv')
    expect(part).toMatchObject({ file: { is_part: true, bytes: long.length }, problem: null })
    expect(part.file.bytes_read).toBeLessThanOrEqual(1024 * 1024)
    expect(long[part.file.bytes_read - 1]).toBe('\n')
    expect(part.counts?.read).toBe(long.slice(0, part.file.bytes_read).split('\n').length - 1)
    expect(objects.length).toBeGreaterThan(1024 * 1024)
    const whole = await tried('list.json')
    expect(whole).toMatchObject({
      file: { is_part: false, bytes: objects.length, bytes_read: objects.length },
      counts: { accepted: 30_000 },
    })
    // A little first, then all of it.
    expect(lists.asked).toEqual(['/list.csv', '/list.json', '/list.json'])

    const path = await service.program.write('list.csv', long)
    await using local = await openService('sqlite', {
      env: { TALLYMAN_LOCAL_FOLDERS: service.program.folder },
    })
    const { body } = await local.json<SourceTestView>(
      '/api/v1/sources/test',
      posted({ supplier: 'Acme', name: 'file', kind: 'local', config: { path, settle_seconds: 0.1 } }),
    )
    expect(body).toMatchObject({ file: { is_part: true, bytes: long.length }, counts: part.counts })
  },
  slow,
)

test(
  'what cannot be fetched or read says why',
  async () => {
    await using lists = listServer((path) =>
      path === '/gone.csv'
        ? new Response('no', { status: 404 })
        : new Response('%PDF-1.7\nThis is none.', { headers: { 'content-type': 'application/pdf' } }),
    )
    await using service = await openService('sqlite', { env })
    const tried = (config: object, kind = 'http') =>
      service.json<SourceTestView & { code: string }>(
        '/api/v1/sources/test',
        posted({ supplier: 'Acme', name: 'web', kind, ...(kind === 'http' && { config }) }),
      )
    expect(await tried({ url: `${lists.url}gone.csv` })).toMatchObject({
      status: 404,
      body: { code: 'not_found_there' },
    })
    expect(await tried({ url: 'http://169.254.169.254/latest' })).toMatchObject({
      status: 403,
      body: { code: 'address_not_allowed' },
    })
    expect(await tried({}, 'upload')).toMatchObject({ status: 422, body: { code: 'not_fetchable' } })
    expect(await tried({ url: `${lists.url}broken.pdf` })).toMatchObject({
      status: 200,
      body: {
        file: { media_type: 'application/pdf' },
        problem: { code: expect.any(String), message: expect.any(String) },
        decision: null,
        items: [],
      },
    })
    expect(await service.json('/api/v1/sources/nobody/test', { method: 'POST' })).toMatchObject({
      status: 404,
    })
    expect(await leftOf(service)).toEqual([])
  },
  slow,
)

test(
  'a few are tried at the same time; whoever goes away makes room',
  async () => {
    await using lists = listServer(() => new Promise(() => {}))
    await using service = await openService('sqlite', { env })
    const body = { supplier: 'Acme', name: 'web', kind: 'http', config: { url: lists.url } }
    const leaving = new AbortController()
    const waiting = [1, 2].map(() =>
      service.fetch('/api/v1/sources/test', { ...posted(body), signal: leaving.signal }).catch(() => null),
    )
    await until(async () => (lists.asked.length === 2 ? true : null))
    const third = await service.json<{ code: string }>('/api/v1/sources/test', posted(body))
    expect([third.status, third.body.code, third.headers.get('retry-after')]).toEqual([
      503,
      'too_many_tests',
      '5',
    ])
    leaving.abort()
    await Promise.all(waiting)
    await until(async () => {
      const { body: answer } = await service.json<{ code: string }>(
        '/api/v1/sources/test',
        posted({ ...body, kind: 'upload', config: {} }),
      )
      return answer.code === 'not_fetchable' ? true : null
    })
    await until(async () => ((await leftOf(service)).length === 0 ? true : null))
  },
  slow,
)
