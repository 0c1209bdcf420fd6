import { describe, expect, test } from 'bun:test'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { analyze } from '../../src/analyzer/analyze.ts'
import { approve } from '../../src/courier/held.ts'
import { jobStore } from '../../src/queue/store.ts'
import { completed, ndjsonHeaders, type StandInAnswers, standIn } from '../helpers/analyzer-stand-in.ts'
import { engines } from '../helpers/engines.ts'
import { priceList } from '../helpers/lists.ts'
import { rejection } from '../helpers/open-database.ts'
import { rawPath } from '../helpers/raw-file.ts'
import { openTestService } from '../helpers/service.ts'
import { until } from '../helpers/until.ts'

const rows = [
  { _row: 12, SKU: 'R-1', Bezeichnung: 'Zange', Preis: '12,50', Währung: 'EUR' },
  { _row: 13, SKU: 'R-2', Bezeichnung: 'Hammer', Preis: '9,99', Währung: 'EUR' },
]
const ndjson = `${rows.map((row) => JSON.stringify(row)).join('\n')}\n`
const answerRows = () => new Response(ndjson, { headers: ndjsonHeaders })

function open(engine: (typeof engines)[number], url: string, env: Record<string, string> = {}) {
  return openTestService(engine, {
    TALLYMAN_ANALYZER_URL: url,
    TALLYMAN_ANALYZER_SECRET: 'open-sesame-1234567',
    ...env,
  })
}

for (const engine of engines) {
  describe(engine, () => {
    test('rows that it answers are kept, and staged like any other format', async () => {
      await using analyzer = standIn({ result: answerRows })
      await using bench = await open(engine, analyzer.url)
      const found = await bench.ended(await bench.take('%PDF-1.7 not for us', { fileName: 'list.pdf' }))
      expect(found).toMatchObject({
        status: 'completed',
        analyzedBy: 'remote',
        fallbackReason: null,
        counts: { read: 3, accepted: 2, priced: 2 },
        decision: { format: 'ndjson' },
      })
      expect(found.rowsSha256).not.toBe(null)
      expect(await Bun.file(rawPath(bench.service.parts.archive, found.rowsSha256!)).text()).toBe(ndjson)
      const history = await bench.program.rows('select "row", raw from price_history order by "row"')
      expect(history).toEqual([
        { row: 11, raw: '12,50' },
        { row: 12, raw: '9,99' },
      ])
      const [request] = analyzer.requests
      expect(request).toMatchObject({
        file_type: 'pdf',
        import_id: found.id,
        attempt: 1,
        sha256: found.sha256,
      })
      expect(dirname(fileURLToPath(request!.file_url))).toBe(
        `${bench.service.parts.archive.store.where}/borrowed`,
      )
      expect(new Set(analyzer.secrets)).toEqual(new Set(['Bearer open-sesame-1234567']))
      // What was borrowed is given back when its import has ended.
      await until(async () => (await bench.program.leftovers()).join() === 'serve.json')
    }, 60_000)

    test('a held import of such rows is approved with the rows that were looked at, without asking again', async () => {
      let answered = ndjson
      await using analyzer = standIn({ result: () => new Response(answered, { headers: ndjsonHeaders }) })
      await using bench = await open(engine, analyzer.url)
      await bench.ended(await bench.take('one', { fileName: 'a.pdf' }))
      answered = ndjson.replace('12,50', '9912,50').replace('9,99', '999,90')
      const held = await bench.ended(await bench.take('two', { fileName: 'b.pdf' }))
      expect(held).toMatchObject({ status: 'held', analyzedBy: 'remote' })
      const asked = analyzer.asked.length
      answered = ndjson
      await approve(bench.service.parts, held.id)
      bench.service.courier.wake()
      const approved = await bench.ended(held.id)
      expect(approved).toMatchObject({
        status: 'completed',
        analyzedBy: 'remote',
        rowsSha256: held.rowsSha256,
        changes: { changed: 2 },
      })
      expect(analyzer.asked).toHaveLength(asked)
    }, 60_000)

    test('what it says may hold anything, and is stored as people may read it', async () => {
      const message = `No\0 table\u001b[2J\u202e here\ud800.${' '.repeat(2000)}`
      await using analyzer = standIn({
        status: (id) =>
          Response.json({ ...completed(id), status: 'failed', errors: [{ code: 'no_table', message }] }),
      })
      await using bench = await open(engine, analyzer.url)
      const found = await bench.ended(await bench.take('%PDF-1.7', { fileName: 'list.pdf' }))
      expect(found.error).toEqual({ code: 'no_table', message: 'No  table [2J  here\ufffd.' })
    }, 60_000)

    test('names of columns and sheets may hold anything', async () => {
      const row = {
        _sheet: 'a\0\ud800',
        SKU: 'R-1',
        'Bezeichnung\0\ud800': 'Zange\0',
        Preis: '1,50',
        Währung: 'EUR',
      }
      await using analyzer = standIn({
        result: () =>
          new Response(`${JSON.stringify(row)}\n{"_sheet":"\\u0000"}\n\0\n`, { headers: ndjsonHeaders }),
      })
      await using bench = await open(engine, analyzer.url)
      const found = await bench.ended(await bench.take('%PDF-1.7', { fileName: 'list.pdf' }))
      expect(found).toMatchObject({ error: null, counts: { accepted: 1 } })
    }, 60_000)

    test('one that writes the database itself has nothing to answer', async () => {
      const stop = new AbortController()
      await using analyzer = standIn({
        async file({ import_id, attempt, lease_token, file_url, sha256 }) {
          const { parts } = bench.service
          const job = (await jobStore(parts.db).ofImport(import_id))!
          await analyze(parts, import_id, {
            handed: {
              lease: { jobId: job.id, attempt, token: lease_token },
              path: fileURLToPath(file_url),
              sha256,
            },
            onProgress: () => {},
            signal: stop.signal,
          })
          return Response.json({ job_id: job.id }, { status: 202 })
        },
      })
      await using bench = await open(engine, analyzer.url)
      const found = await bench.ended(await bench.take(priceList(3)))
      expect(found).toMatchObject({ status: 'completed', analyzedBy: 'remote', rowsSha256: null })
      expect(analyzer.asked).not.toContain('GET /analyze/result')
    }, 60_000)
  })
}

describe('what a foreign analyzer gets wrong', () => {
  const failures: [string, StandInAnswers, { status: string; code: string; message: string }][] = [
    [
      'it says that it is done, and has neither written nor rows',
      {},
      { status: 'failed', code: 'analyzer_wrote_nothing', message: 'answered no rows' },
    ],
    [
      'it fails with a reason',
      {
        status: (id) =>
          Response.json({
            ...completed(id),
            status: 'failed',
            errors: [{ code: 'no_table', message: 'No table here.' }],
          }),
      },
      { status: 'failed', code: 'no_table', message: 'No table here.' },
    ],
    [
      'it fails without a reason, or with a strange one',
      {
        status: (id) =>
          Response.json({ ...completed(id), status: 'failed', errors: [{ code: 'Ä;--', message: 'x' }] }),
      },
      { status: 'failed', code: 'analyzer_failed', message: 'x' },
    ],
    [
      'it refuses the secret',
      { file: () => Response.json({ detail: 'Who are you?' }, { status: 401 }) },
      { status: 'failed', code: 'analyzer_refused', message: 'The analyzer answered 401: Who are you?' },
    ],
    [
      'it answers half a JSON',
      { file: () => new Response('{"job_id": "01', { status: 202 }) },
      { status: 'failed', code: 'analyzer_unavailable', message: 'only half of one' },
    ],
    [
      'it answers something else',
      { status: () => Response.json({ job_id: 'x', status: 'perhaps' }) },
      { status: 'failed', code: 'analyzer_unavailable', message: 'is not what docs/analyzer.md says' },
    ],
    [
      'it tells about another job',
      { status: () => Response.json(completed('somebody-else')) },
      {
        status: 'failed',
        code: 'analyzer_unavailable',
        message: 'it told about job somebody-else instead of',
      },
    ],
    [
      'its answer never ends',
      {
        status: () =>
          new Response(
            new ReadableStream({ pull: (controller) => controller.enqueue(new Uint8Array(1024 ** 2)) }),
          ),
      },
      { status: 'failed', code: 'analyzer_refused', message: 'is larger than' },
    ],
    [
      'its rows are on another host',
      { status: (id) => Response.json(completed(id, { result_url: 'http://127.0.0.2:1/rows' })) },
      { status: 'failed', code: 'analyzer_unavailable', message: 'not on the same host' },
    ],
    [
      'its rows are a web page',
      { result: () => new Response('<html>', { headers: { 'content-type': 'text/html' } }) },
      { status: 'failed', code: 'analyzer_unavailable', message: 'its rows are "text/html"' },
    ],
    [
      'its rows are more than a file may have',
      { result: () => new Response('x'.repeat(5000), { headers: ndjsonHeaders }) },
      { status: 'failed', code: 'analyzer_refused', message: 'is larger than 4096 bytes' },
    ],
    [
      'its rows are no rows',
      { result: () => new Response('{"sku":{}}\n[]\n', { headers: ndjsonHeaders }) },
      { status: 'failed', code: 'not_a_price_list', message: 'not a price list' },
    ],
  ]
  for (const [what, answers, { status, code, message }] of failures) {
    test(what, async () => {
      await using analyzer = standIn(answers)
      await using bench = await open('sqlite', analyzer.url, {
        TALLYMAN_ANALYZER_FALLBACK: 'false',
        TALLYMAN_FILE_BYTES_MAX: '4096',
      })
      const found = await bench.ended(await bench.take(priceList(3)))
      expect(found).toMatchObject({ status, error: { code, message: expect.stringContaining(message) } })
      expect(await bench.program.rows('select id from supplier_items')).toEqual([])
      // What was borrowed is given back when its import has ended.
      await until(async () => (await bench.program.leftovers()).join() === 'serve.json')
    }, 60_000)
  }
})

test('one that fails for a while is tried again, with a new attempt each time', async () => {
  await using analyzer = standIn({
    file: ({ job_id }, asked) =>
      asked < 3 ? new Response('later', { status: 503 }) : Response.json({ job_id }, { status: 202 }),
    result: answerRows,
  })
  await using bench = await open('sqlite', analyzer.url)
  const found = await bench.ended(await bench.take(priceList(3)))
  expect(found).toMatchObject({ status: 'completed', analyzedBy: 'remote', fallbackReason: null })
  expect(analyzer.requests.map(({ attempt }) => attempt)).toEqual([1, 2, 3])
  expect(analyzer.asked.filter((each) => each === 'GET /health')).toHaveLength(2)
}, 60_000)

test('one that stays down is left aside: the file is read without it, and the import says why', async () => {
  await using gone = standIn({})
  const { url } = gone
  await gone[Symbol.asyncDispose]()
  await using bench = await open('sqlite', url)
  const found = await bench.ended(await bench.take(priceList(3)))
  expect(found).toMatchObject({
    status: 'completed',
    analyzedBy: 'child',
    fallbackReason: expect.stringContaining('cannot be reached: nothing listens there'),
  })
  expect(bench.events.filter(({ message }) => message === 'the analyzer failed; trying again')).toHaveLength(
    3,
  )
  const shown = await bench.program.run('imports', 'show', found.id)
  expect(shown.out).toContain('Read without the analyzer: The analyzer failed: ')
}, 60_000)

test('one that takes requests and never answers is left aside too', async () => {
  await using analyzer = standIn({ file: () => new Promise(() => {}), health: () => new Promise(() => {}) })
  const patience = { requestMs: 200, retryDelaysMs: [1, 1] }
  await using bench = await openTestService('sqlite', { TALLYMAN_ANALYZER_URL: analyzer.url }, patience)
  expect(await bench.ended(await bench.take(priceList(3)))).toMatchObject({
    status: 'completed',
    analyzedBy: 'child',
    fallbackReason: expect.stringContaining('did not answer within 0.2 s'),
  })
}, 60_000)

test('one that stops answering in the middle is given up, with all that it could still write', async () => {
  await using analyzer = standIn({
    status: (id) => Response.json({ ...completed(id), status: 'processing' }),
    health: () => new Response('no', { status: 500 }),
  })
  await using bench = await openTestService('sqlite', { TALLYMAN_ANALYZER_URL: analyzer.url })
  const importId = await bench.take(priceList(3))
  await until(() => analyzer.asked.includes('GET /analyze/status'))
  await analyzer[Symbol.asyncDispose]()
  expect(await bench.ended(importId)).toMatchObject({ status: 'completed', analyzedBy: 'child' })
  const [request] = analyzer.requests
  const { attempt, lease_token: token } = request!
  const { db } = bench.service
  const job = (await jobStore(db).ofImport(importId))!
  expect(job.attempt).toBe(attempt + 1)
  const late = db.tx(({ query }) =>
    jobStore({ query, tables: db.tables }).renew({ jobId: job.id, attempt, token }),
  )
  expect(await rejection(late)).toMatchObject({ code: 'lease_lost' })
}, 60_000)
