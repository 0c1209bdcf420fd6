import { describe, expect, test } from 'bun:test'
import { byteStream } from '../../src/http/exports/byte-stream.ts'
import type { Column } from '../../src/http/exports/columns.ts'
import { exportLists } from '../../src/http/exports/lists.ts'
import { openList } from '../../src/http/exports/pages.ts'
import { csvText } from '../../src/http/exports/write-text.ts'
import { writeWorkbook } from '../../src/http/exports/write-workbook.ts'
import { engines } from '../helpers/engines.ts'
import { openService, type TestService } from '../helpers/http-service.ts'
import { addLogin } from '../helpers/logins.ts'
import { rejection } from '../helpers/open-database.ts'
import { readSheets } from '../helpers/read-sheets.ts'
import { slowReader } from '../helpers/slow-reader.ts'
import { until } from '../helpers/until.ts'

type Row = Record<string, unknown>

/** More items than a page of an export has, and what a spreadsheet might run. */
function longList(rows: number): string {
  const lines = Array.from({ length: rows }, (_, n) => `A-${n};Valve ${n};${n + 1}.50`)
  return [
    'SKU;Name;Price EUR',
    ...lines,
    'F-1;"=HYPERLINK(""http://evil.example"")";0.10',
    '-5;"a ""b"", c";1000000.1234',
  ].join('\n')
}

async function upload(service: TestService, list: string): Promise<string> {
  const init = { method: 'POST', body: list, headers: { 'content-type': 'text/csv' } }
  const { body } = await service.json<{ id: string }>('/api/v1/uploads?supplier=Acme', init)
  await service.analyze(body.id)
  return body.id
}

/** All rows of a list, page by page, as a caller would read them. */
async function walk(service: TestService, path: string, rows: string): Promise<Row[]> {
  const found: Row[] = []
  for (let cursor: string | null = ''; cursor !== null; ) {
    const url: string = `${path}${cursor === '' ? '' : `${path.includes('?') ? '&' : '?'}cursor=${cursor}`}`
    const page = await service.json<Record<string, Row[]> & { next_cursor?: string | null }>(url)
    found.push(...page.body[rows]!)
    cursor = page.body.next_cursor ?? null
  }
  return found
}

test('the README names every list that has no export', async () => {
  await using service = await openService('sqlite')
  const { body } = await service.json<{ paths: Record<string, { get?: { operationId: string } }> }>(
    '/api/v1/openapi.json',
  )
  const lists = Object.entries(body.paths).flatMap(([path, { get }]) =>
    get?.operationId.startsWith('list') ? [path.replace('/api/v1', '')] : [],
  )
  const others = lists.filter((path) => body.paths[`/api/v1/exports${path}`] === undefined)
  expect(lists.length - others.length).toBeGreaterThan(15)
  const readme = await Bun.file(new URL('../../README.md', import.meta.url)).text()
  const [, named = ''] = /Not exported are ([^.]*)\./.exec(readme) ?? []
  expect([...named.matchAll(/`([^`]+)`/g)].map(([, path]) => path!).sort()).toEqual(others.sort())
})

const ndjson = (text: string) =>
  text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Row)

for (const engine of engines)
  describe(engine, () => {
    test('an export has what its list has, in every format', async () => {
      await using service = await openService(engine)
      const importId = await upload(service, longList(1200))
      const { body: items } = await service.json<{ items: { id: string }[] }>('/api/v1/items?limit=1')
      const { body: runs } = await service.json<{ runs: { id: string }[] }>('/api/v1/ingestion/runs')
      const ids: Record<string, string> = {
        '/items/:id/history': items.items[0]!.id,
        '/items/:id/edits': items.items[0]!.id,
        '/ingestion/runs/:id': runs.runs[0]!.id,
      }
      await service.json(`/api/v1/items/${items.items[0]!.id}`, {
        method: 'PATCH',
        body: JSON.stringify({ name: '=Corrected' }),
        headers: { 'content-type': 'application/json' },
      })
      for (const { path, rows } of exportLists) {
        const address = path.replace(':name', 'daily-run').replace(':id', ids[path] ?? importId)
        const listed = await walk(service, `/api/v1${address}`, rows)
        const lines = await service.fetch(`/api/v1/exports${address}?format=ndjson`)
        expect([path, ndjson(await lines.text())]).toEqual([path, listed])
        const array = await service.json(`/api/v1/exports${address}?format=json`)
        expect([path, array.body]).toEqual([path, listed])
        const csv = await (await service.fetch(`/api/v1/exports${address}`)).text()
        // No cell of ours has a line break.
        expect([path, csv.split('\r\n').length]).toEqual([path, listed.length + 2])
      }
    }, 60_000)

    test('an export takes the filters of its list, and no others', async () => {
      await using service = await openService(engine)
      await upload(service, longList(10))
      const skus = async (query: string) =>
        ndjson(await (await service.fetch(`/api/v1/exports/items?format=ndjson&${query}`)).text()).map(
          ({ sku }) => sku,
        )
      expect(await skus('sku=A-3')).toEqual(['A-3'])
      expect(await skus('sku=none')).toEqual([])
      expect(await skus('characteristic=a%3Db&characteristic=c%3Dd')).toEqual([])
      for (const [query, status, code] of [
        ['items?nonsense=1', 422, 'invalid_request'],
        ['items?limit=5', 422, 'invalid_request'],
        ['items?format=pdf', 422, 'invalid_request'],
        ['items?characteristic=x', 422, 'invalid_request'],
        ['imports/none/log', 404, 'unknown_import'],
        ['price-history?from=yesterday', 422, 'invalid_instant'],
        ['nothing', 404, 'no_such_address'],
      ] as const) {
        const answer = await service.json<{ code: string }>(`/api/v1/exports/${query}`)
        expect([query, answer.status, answer.body.code, answer.headers.get('content-type')]).toEqual([
          query,
          status,
          code,
          'application/problem+json',
        ])
      }
    })

    test('a CSV file runs nothing in a spreadsheet, and keeps every digit', async () => {
      await using service = await openService(engine)
      await upload(service, longList(1))
      const response = await service.fetch('/api/v1/exports/items?bom=true&delimiter=semicolon')
      const bytes = await response.bytes()
      expect([...bytes.subarray(0, 3)]).toEqual([0xef, 0xbb, 0xbf])
      const today = new Date().toISOString().slice(0, 10)
      expect(response.headers.get('content-disposition')).toContain(`filename="items-${today.slice(0, 8)}`)
      const text = new TextDecoder().decode(bytes)
      expect(text).toContain(`;"'=HYPERLINK(""http://evil.example"")";0.10;EUR;`)
      expect(text).toContain(';-5;"a ""b"", c";1000000.1234;EUR;')
    })

    test('whoever takes nothing of their exports keeps nobody else from theirs, and makes room when they go', async () => {
      await using service = await openService(engine)
      // More than the kernel takes for a reader that takes nothing.
      await upload(service, longList(20_000))
      const path = '/api/v1/exports/items?format=ndjson'
      const ada = await addLogin(service, { name: 'Ada', role: 'admin' })
      const bob = await addLogin(service, { name: 'Bob', role: 'viewer' })
      const ask = async (headers: Record<string, string>, method = 'GET') => {
        const answer = await service.fetch(path, { headers, method })
        const body = answer.status === 200 ? null : ((await answer.json()) as { code: string })
        if (body === null) await answer.body?.cancel()
        return [answer.status, body?.code, answer.headers.get('retry-after')]
      }
      {
        using first = slowReader(service.port, path, ada.bearer)
        using second = slowReader(service.port, path, ada.cookie)
        expect(await first.head).toContain(' 200 ')
        expect(await second.head).toContain(' 200 ')
        expect(await ask(ada.bearer)).toEqual([429, 'too_many_of_yours', '5'])
        expect(await ask(ada.cookie)).toEqual([429, 'too_many_of_yours', '5'])
        // Others have places of their own; who asks only for the headers takes none that stays.
        for (let n = 0; n < 5; n++) expect((await ask(bob.bearer, 'HEAD'))[0]).toBe(200)
        const whole = await service.fetch(path, { headers: bob.bearer })
        expect(ndjson(await whole.text())).toHaveLength(20_002)
      }
      await until(async () => (await ask(ada.bearer))[0] === 200)
    }, 60_000)

    test('a written export that nobody reads takes no place', async () => {
      await using service = await openService(engine)
      await upload(service, longList(1000))
      const path = '/api/v1/exports/items?format=ndjson'
      using first = slowReader(service.port, path)
      using second = slowReader(service.port, path)
      for (const { head } of [first, second]) expect(await head).toContain(' 200 ')
      const whole = await until(async () => {
        const answer = await service.fetch(path)
        return answer.status === 200 ? answer.text() : answer.body?.cancel().then(() => null)
      })
      expect(ndjson(whole)).toHaveLength(1002)
    })
  })

const columns: Column[] = [
  { name: 'sku', path: ['sku'], kind: 'text' },
  { name: 'price', path: ['price'], kind: 'decimal' },
  { name: 'rows_read', path: ['rows', 'read'], kind: 'number' },
  { name: 'tiers', path: ['tiers'], kind: 'json' },
]

async function workbook(rows: Row[], rowsMax?: number) {
  const pieces: Uint8Array[] = []
  const pages = (async function* () {
    for (const row of rows) yield [row]
  })()
  const sink = async (bytes: Uint8Array) => void pieces.push(bytes.slice())
  await writeWorkbook(columns, pages, { sheetName: 'items', sink, ...(rowsMax && { rowsMax }) })
  return readSheets(Buffer.concat(pieces))
}

test('a workbook has texts as texts, and prices as numbers where those are exact', async () => {
  const { format, sheets } = await workbook([
    { sku: '007', price: '12.50', rows: { read: 3 }, tiers: [] },
    { sku: '=1+1', price: '999999999999.1234', rows: null, tiers: [{ name: 'x' }] },
    { sku: null, price: null, rows: { read: 0 }, tiers: null },
    // What is no character of XML, and what Excel would take for one that is written by its number.
    { sku: 'a\uffff_x0041_', price: null, rows: null, tiers: null },
  ])
  expect(format).toBe('xlsx')
  expect(sheets[0]!.rows.map(([, cells]) => cells)).toEqual([
    ['sku', 'price', 'rows_read', 'tiers'],
    ['007', 12.5, 3, '[]'],
    ['=1+1', '999999999999.1234', '', '[{"name":"x"}]'],
    ['', '', 0],
    [expect.stringMatching(/^a\ufffd(_x005F)?_x0041_$/)],
  ])
})

test('rows that a sheet has no room for go on the next one', async () => {
  const rows = Array.from({ length: 7 }, (_, n) => ({ sku: `A-${n}`, price: '1.00' }))
  const { sheets } = await workbook(rows, 4)
  expect(sheets.map(({ name, rows: written }) => [name, written.map(([, cells]) => cells[0])])).toEqual([
    ['items', ['sku', 'A-0', 'A-1', 'A-2']],
    ['items (2)', ['sku', 'A-3', 'A-4', 'A-5']],
    ['items (3)', ['sku', 'A-6']],
  ])
})

test('cells of CSV that hold the delimiter, quotes or what begins a formula are guarded', () => {
  const lines = csvText(columns, { delimiter: ',', hasMark: false }).page(
    ['=1', '+1+1', '@a', '\tx', '\r', 'a,b', 'a"b', ' a', '-', '-5', "'=1", ''].map((sku) => ({ sku })),
  )
  expect(lines.split('\r\n').map((line) => line.slice(0, -3))).toEqual([
    "'=1",
    "'+1+1",
    "'@a",
    "'\tx",
    '"\'\r"',
    '"a,b"',
    '"a""b"',
    '" a"',
    '-',
    '-5',
    "''=1",
    '',
    '',
  ])
})

test('nothing is produced that nobody takes', async () => {
  let produced = 0
  let end: unknown = 'not yet'
  const stream = byteStream(
    async (write) => {
      for (; produced < 100; produced++) await write(new Uint8Array(1))
    },
    (error) => {
      end = error
    },
  )
  const reader = stream.getReader()
  await until(async () => produced === 2)
  for (let n = 0; n < 5; n++) await reader.read()
  await until(async () => produced === 7)
  await reader.cancel()
  await until(async () => end === null)
  expect(produced).toBe(7)
})

test('a file that is cut off does not end like a whole one', async () => {
  let told: unknown = null
  const stream = byteStream(
    async (write) => {
      await write(new Uint8Array(1))
      throw new Error('the database is gone')
    },
    (error) => {
      told = error
    },
  )
  expect(await rejection(new Response(stream).bytes())).toMatchObject({ message: 'the database is gone' })
  expect(told).toMatchObject({ message: 'the database is gone' })
})

test('a page that there was no time for is asked for once more, and not for ever', async () => {
  const answers = async (refusals: number) => {
    let left = refusals
    const opened = await openList(
      { url: new URL('http://localhost/things'), rows: 'things', limit: 2 },
      async (url) => {
        if (url.searchParams.has('cursor') && left-- > 0)
          return Response.json({ code: 'query_timeout' }, { status: 503, headers: { 'retry-after': '0' } })
        return Response.json({ things: [1], next_cursor: url.searchParams.has('cursor') ? null : 'c' })
      },
    )
    if ('refused' in opened) throw new Error('The first page is there.')
    return Array.fromAsync(opened.further)
  }
  expect(await answers(4)).toHaveLength(1)
  expect(String(await rejection(answers(5)))).toContain('query_timeout')
})

test('a list that is refused further on cuts its export off', async () => {
  const asked: string[] = []
  const opened = await openList(
    { url: new URL('http://localhost/things?kind=a'), rows: 'things', limit: 2 },
    async (url) => {
      asked.push(url.search)
      if (asked.length === 3) return Response.json({ code: 'internal_error' }, { status: 500 })
      return Response.json({ things: [{ n: asked.length }], next_cursor: `c${asked.length}` })
    },
  )
  if ('refused' in opened) throw new Error('The first page is there.')
  const rows = [...opened.first]
  const failure = await rejection(
    (async () => {
      for await (const page of opened.further) rows.push(...page)
    })(),
  )
  expect(rows).toEqual([{ n: 1 }, { n: 2 }])
  expect(String(failure)).toContain('internal_error')
  expect(asked).toEqual(['?kind=a&limit=2', '?kind=a&limit=2&cursor=c1', '?kind=a&limit=2&cursor=c2'])
})
