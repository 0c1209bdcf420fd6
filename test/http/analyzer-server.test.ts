import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { mkdir, symlink, writeFile } from 'node:fs/promises'
import { pathToFileURL } from 'node:url'
import { schemaNames } from '../../src/analyzer/model.ts'
import type { ChildEnd } from '../../src/analyzer/service/child.ts'
import { analyzerJobs } from '../../src/analyzer/service/jobs.ts'
import { createAnalyzerServer } from '../../src/http/analyzer-server.ts'
import { silentLog } from '../helpers/open-database.ts'
import { rawConnection } from '../helpers/raw-request.ts'
import { type TemporaryDirectory, temporaryDirectory } from '../helpers/temporary.ts'
import { until } from '../helpers/until.ts'

const secret = 'a-secret-of-the-test'
let folder: TemporaryDirectory
beforeAll(async () => {
  folder = await temporaryDirectory()
  await mkdir(folder.file('data/raw'), { recursive: true })
  await writeFile(folder.file('data/raw/list'), 'sku;price\n')
  await writeFile(folder.file('outside'), 'root:x:0:0')
  await symlink(folder.file('outside'), folder.file('data/raw/link'))
})
afterAll(() => folder[Symbol.asyncDispose]())

/** Whatever was answered, as far as tests look at it. */
interface Answer extends Record<string, unknown> {
  job_id: string
  status: string
  errors: { code: string; message: string }[]
  code: string
  $id: string
  type: string
}

/** The service in front of children whose end the test decides. */
function openServer(concurrency = 2) {
  const running = new Map<string, { end: (end: ChildEnd) => void; progress: (rows: number) => void }>()
  const jobs = analyzerJobs({
    pool: {
      run: ({ import_id, attempt }, { onProgress, signal }) =>
        new Promise((resolve) => {
          signal.addEventListener('abort', () => resolve({ status: 'cancelled' }))
          const progress = (rows: number) => onProgress({ phase: 'reading', rows, percent: 12.5 })
          running.set(`${import_id}.${attempt}`, { end: resolve, progress })
        }),
      close: async () => {},
    },
    concurrency,
    folder: folder.file('data'),
    log: silentLog,
  })
  const server = createAnalyzerServer({ jobs, secret, log: silentLog })
  async function call(method: string, path: string, body?: unknown, headers: Record<string, string> = {}) {
    const response = await server.handle(
      new Request(`http://localhost${path}`, {
        method,
        headers: { authorization: `Bearer ${secret}`, 'content-type': 'application/json', ...headers },
        ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      }),
    )
    return {
      status: response.status,
      type: response.headers.get('content-type'),
      // Whatever it is, the test's assertions check it.
      body: (await response.json()) as Answer,
    }
  }
  return { call, running, server }
}

const request = (more: Record<string, unknown> = {}) => ({
  file_url: pathToFileURL(folder.file('data/raw/list')).href,
  supplier_id: 's1',
  file_type: 'csv',
  job_id: 'j1',
  import_id: 'i1',
  sha256: 'a'.repeat(64),
  attempt: 1,
  lease_token: 't1',
  ...more,
})

test('a job is taken, followed and ended; the same one again is the same', async () => {
  const { call, running } = openServer()
  expect(await call('POST', '/analyze/file', request())).toMatchObject({
    status: 202,
    body: { job_id: 'j1' },
  })
  expect(await call('POST', '/analyze/file', request())).toMatchObject({
    status: 202,
    body: { job_id: 'j1' },
  })
  expect(running.size).toBe(1)
  running.get('i1.1')!.progress(7)
  expect<unknown>((await call('GET', '/analyze/status/j1')).body).toEqual({
    job_id: 'j1',
    status: 'processing',
    progress_percentage: 12.5,
    items_processed: 7,
    items_total: null,
    errors: [],
    phase: 'reading',
  })
  running.get('i1.1')!.end({ status: 'ended', rows: 9 })
  await until(async () => (await call('GET', '/analyze/status/j1')).body.status === 'completed')
  expect((await call('GET', '/analyze/status/j1')).body).toMatchObject({
    progress_percentage: 100,
    items_processed: 9,
    items_total: 9,
  })
})

test('a job without an id is given one', async () => {
  const { call } = openServer()
  const { job_id: _, ...without } = request()
  const { body } = await call('POST', '/analyze/file', without)
  expect((await call('GET', `/analyze/status/${body.job_id}`)).body).toMatchObject({ status: 'processing' })
})

test('a later attempt takes the place of an earlier one, never the other way round', async () => {
  const { call, running } = openServer()
  await call('POST', '/analyze/file', request())
  await call('POST', '/analyze/file', request({ attempt: 2 }))
  await until(() => running.has('i1.2'))
  running.get('i1.2')!.end({ status: 'failed', code: 'analyzer_crashed', message: 'It crashed.' })
  await until(async () => (await call('GET', '/analyze/status/j1')).body.status === 'failed')
  expect((await call('GET', '/analyze/status/j1')).body.errors).toEqual([
    { code: 'analyzer_crashed', message: 'It crashed.' },
  ])
  expect(await call('POST', '/analyze/file', request())).toMatchObject({
    status: 409,
    body: { code: 'attempt_outdated' },
  })
})

test('jobs beyond the limit wait, in order; a waiting or running one can be cancelled', async () => {
  const { call, running } = openServer(1)
  for (const n of [1, 2, 3])
    await call('POST', '/analyze/file', request({ job_id: `j${n}`, import_id: `i${n}` }))
  expect([...running.keys()]).toEqual(['i1.1'])
  const cancelled = { status: 'failed', errors: [{ code: 'cancelled' }] }
  expect((await call('POST', '/analyze/cancel/j2')).body).toMatchObject(cancelled)
  expect((await call('POST', '/analyze/cancel/j1')).body).toMatchObject(cancelled)
  await until(() => running.has('i3.1'))
  expect(running.has('i2.1')).toBe(false)
  expect(await call('POST', '/analyze/cancel/none')).toMatchObject({
    status: 404,
    body: { code: 'unknown_job' },
  })
})

test('only files below the folder of raw files are read', async () => {
  const { call } = openServer()
  const cases: [string, string][] = [
    [pathToFileURL(folder.file('outside')).href, 'wrong_file_url'],
    [pathToFileURL(folder.file('data/../outside')).href, 'wrong_file_url'],
    [`${pathToFileURL(folder.file('data')).href}/..%2Foutside`, 'wrong_file_url'],
    [pathToFileURL(folder.file('data/raw/link')).href, 'wrong_file_url'],
    ['http://127.0.0.1/list', 'wrong_file_url'],
    ['file://elsewhere/list', 'wrong_file_url'],
    ['data/raw/list', 'wrong_file_url'],
    [pathToFileURL(folder.file('data/raw')).href, 'no_such_file'],
    [pathToFileURL(folder.file('data/raw/none')).href, 'no_such_file'],
  ]
  for (const [file_url, code] of cases)
    expect([file_url, (await call('POST', '/analyze/file', request({ file_url }))).body.code]).toEqual([
      file_url,
      code,
    ])
})

describe('what is wrong with a request is said, as problem+json', () => {
  const cases: [string, unknown, number, string, string][] = [
    ['an unknown field', { colour: 'red' }, 422, 'invalid_request', 'colour: Unexpected property'],
    ['no hash', { sha256: undefined }, 422, 'invalid_request', 'sha256: Expected required property'],
    ['half a JSON', '{"file_url": "fi', 400, 'invalid_json', 'JSON'],
    ['an array', '[]', 422, 'invalid_request', 'Expected object'],
  ]
  for (const [what, body, status, code, detail] of cases) {
    test(what, async () => {
      const { call } = openServer()
      const sent = typeof body === 'string' ? body : request(body as Record<string, unknown>)
      expect(await call('POST', '/analyze/file', sent)).toMatchObject({
        status,
        type: expect.stringContaining('application/problem+json'),
        body: { code, detail: expect.stringContaining(detail) },
      })
    })
  }
})

test('everything but /health demands the secret', async () => {
  const { call } = openServer()
  const paths = [
    'POST /analyze/file',
    'GET /analyze/status/j1',
    'POST /analyze/cancel/j1',
    'GET /schemas/x.json',
    'GET /',
  ]
  for (const each of paths) {
    const [method, path] = each.split(' ') as [string, string]
    for (const authorization of ['', 'Bearer ', `Bearer ${secret}x`, secret, `Basic ${secret}`])
      expect(await call(method, path, undefined, { authorization })).toMatchObject({
        status: 401,
        body: { code: 'wrong_secret' },
      })
  }
  expect(await call('GET', '/health', undefined, { authorization: '' })).toMatchObject({
    body: { status: 'ok' },
  })
})

test('a Host that is none gets no further than a wrong secret', async () => {
  const { server } = openServer()
  server.listen({ hostname: '127.0.0.1', port: 0 })
  try {
    for (const host of ['a b/\\c', '[::', '%']) {
      const connection = await rawConnection(server.server!.port!)
      connection.send(
        `GET /analyze/status/j1 HTTP/1.1\r\nHost: ${host}\r\nAuthorization: Bearer ${secret}\r\nConnection: close\r\n\r\n`,
      )
      expect(await connection.received(/\r\n\r\n/)).toStartWith('HTTP/1.1 401 ')
      connection.cut()
    }
  } finally {
    await server.server?.stop(true)
  }
})

test('its schemas are there to be read', async () => {
  const { call } = openServer()
  for (const name of schemaNames) {
    const { status, body } = await call('GET', `/schemas/${name}.json`)
    expect([status, body.$id, body.type]).toEqual([200, name, 'object'])
  }
  expect(await call('GET', '/schemas/toString.json')).toMatchObject({
    status: 404,
    body: { code: 'unknown_schema' },
  })
})
