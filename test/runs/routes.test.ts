import { describe, expect, test } from 'bun:test'
import { type Engine, engines } from '../helpers/engines.ts'
import { openService, type TestService } from '../helpers/http-service.ts'
import { priceList } from '../helpers/lists.ts'
import { written } from '../helpers/open-database.ts'

interface Failure {
  code: string
  detail: string
}

interface Triggered {
  run: { id: string; status: string; source_count: number; links: { self: string } } | null
  started: { source_id: string; import_id: string; job_id: string }[]
  skipped: { source_id: string; reason: string; message: string }[]
}

interface RunDetail {
  id: string
  status: string
  imports: Record<string, number>
  finished_at: string | null
  next_cursor: string | null
  sources: {
    source: string
    import_id: string
    job_id: string | null
    status: string
    phase: string | null
    counts: { read: number }
    changes: { new: number }
    error: { code: string } | null
    retry_count: number | null
    retry_at: string | null
    started_at: string | null
    finished_at: string | null
    links: { job: string; import: string; source: string }
  }[]
}

const folder = '/srv/prices'

function open(engine: Engine) {
  return openService(engine, { env: { TALLYMAN_LOCAL_FOLDERS: folder } })
}

function post(body: unknown): RequestInit {
  return { method: 'POST', body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }
}

const inline = { supplier: 'Acme Ltd', name: 'feed', kind: 'local', config: { path: `${folder}/feed` } }

async function add(service: TestService, supplier: string, name: string): Promise<string> {
  const { body } = await service.json<{ id: string }>(
    '/api/v1/sources',
    post({ ...inline, supplier, name, config: { path: `${folder}/${name}` } }),
  )
  return body.id
}

const trigger = (service: TestService, body: unknown) =>
  service.json<Triggered & Failure>('/api/v1/ingestion/trigger', post(body))

async function upload(service: TestService, list: string): Promise<{ id: string; run_id: string }> {
  const { body } = await service.json<{ id: string; run_id: string }>(
    '/api/v1/uploads?supplier=Acme+Ltd&source=mail',
    { method: 'POST', body: list, headers: { 'content-type': 'text/csv' } },
  )
  await service.analyze(body.id)
  return body
}

for (const engine of engines) {
  describe(engine, () => {
    test('all sources that can be fetched are triggered as one run', async () => {
      await using service = await open(engine)
      const [first, second, paused] = [
        await add(service, 'Acme Ltd', 'a'),
        await add(service, 'Bolt', 'b'),
        await add(service, 'Bolt', 'c'),
      ]
      await service.fetch(`/api/v1/sources/${paused}/pause`, { method: 'POST' })
      await upload(service, priceList(2))
      const { status, body, headers } = await trigger(service, { all: true, force: true })
      expect(status).toBe(202)
      const forced = await service.program.rows<{ options: string | { isForced: boolean } }>(
        'select options from imports where sha256 is null',
      )
      expect(
        forced.map(({ options }) => (typeof options === 'string' ? JSON.parse(options) : options).isForced),
      ).toEqual([true, true])
      expect(body.run).toMatchObject({ status: 'running', source_count: 2 })
      expect(headers.get('location')).toBe(body.run!.links.self)
      expect(body.started.map(({ source_id }) => source_id).sort()).toEqual([first, second].sort())
      expect(body.skipped).toEqual([])

      const again = await trigger(service, { all: true })
      expect([again.status, again.body.run, again.body.started]).toEqual([202, null, []])
      expect(again.body.skipped.map(({ reason }) => reason)).toEqual(['under_way', 'under_way'])
    })

    test('sources are named by id or by supplier and name; what is left out is said', async () => {
      await using service = await open(engine)
      const [first, second] = [await add(service, 'A/S Nord', 'x/y'), await add(service, 'Bolt', 'b')]
      const { id: _upload } = await upload(service, priceList(2))
      await service.fetch(`/api/v1/sources/${second}/pause`, { method: 'POST' })
      const { status, body } = await trigger(service, {
        sources: ['a/s  NORD/x/y', first, second, 'Acme Ltd/mail'],
      })
      expect(status).toBe(202)
      expect(body.started).toMatchObject([{ source_id: first }])
      expect(body.skipped.map(({ reason }) => reason).sort()).toEqual(['not_fetchable', 'paused'])
      const unknown = await trigger(service, { sources: ['Bolt/c'] })
      expect([unknown.status, unknown.body.code]).toEqual([404, 'unknown_source'])
      expect(unknown.body.detail).toContain('did you mean Bolt/b? Name it by')
    })

    test('a source that is described in the request is made, and the same is found again', async () => {
      await using service = await open(engine)
      const { status, body } = await trigger(service, { source: { ...inline, schedule: '0 2 * * *' } })
      expect([status, body.started.length]).toEqual([202, 1])
      const sourceId = body.started[0]!.source_id
      expect((await service.json(`/api/v1/sources/${sourceId}`)).body).toMatchObject({
        ...inline,
        schedule: '0 2 * * *',
      })
      expect((await trigger(service, { source: inline })).body).toMatchObject({ code: 'under_way' })
      await service.fetch(`/api/v1/jobs/${body.started[0]!.job_id}/cancel`, { method: 'POST' })
      const again = await trigger(service, { source: inline })
      expect(again.body.started[0]).toMatchObject({ source_id: sourceId })
      const other = await trigger(service, { source: { ...inline, config: { path: `${folder}/other` } } })
      expect([other.status, other.body.code]).toEqual([409, 'source_exists'])
      const handedIn = await trigger(service, {
        source: { ...inline, name: 'x', kind: 'upload', config: {} },
      })
      expect([handedIn.status, handedIn.body.code]).toEqual([409, 'not_fetchable'])
    })

    test('a trigger that says nothing, too much, or something wrong is refused', async () => {
      await using service = await open(engine)
      await add(service, 'Acme Ltd', 'a')
      const faults: [body: unknown, code: string, said: string][] = [
        [{}, 'invalid_trigger', 'Say what is to be fetched'],
        [{ all: true, sources: ['a'] }, 'invalid_trigger', 'one of them only'],
        [{ all: true, source: inline }, 'invalid_trigger', 'one of them only'],
        [{ all: false }, 'invalid_request', 'all must be true'],
        [{ all: true, force: 'yes' }, 'invalid_request', 'force must be true or false'],
        [{ sources: [] }, 'invalid_request', 'sources must be a list of 1 to 1000'],
        [{ sources: 'Acme Ltd/a' }, 'invalid_request', 'sources must be a list'],
        [{ sources: [1] }, 'invalid_request', 'sources'],
        [{ sources: ['a\0'] }, 'invalid_request', 'sources'],
        [{ sources: ['nobody'] }, 'unknown_source', 'SUPPLIER/NAME'],
        [{ source: { ...inline, kind: 'fax' } }, 'invalid_request', 'kind must be one of'],
        [{ source: { ...inline, config: {} } }, 'invalid_config', 'path'],
        [{ source: { ...inline, config: { path: '/etc/passwd' } } }, 'folder_not_allowed', 'TALLYMAN_LOCAL'],
        [{ source: { ...inline, schedule: 'daily' } }, 'bad_schedule', '0 2 * * *'],
        [{ source: { ...inline, time_zone: 'Mars' } }, 'unknown_time_zone', 'Europe/Berlin'],
        [{ source: { ...inline, retry_delays: [-1] } }, 'invalid_request', 'retry_delays'],
        [{ source: { name: 'x' } }, 'invalid_request', 'supplier must be a text'],
        [{ every: true }, 'invalid_request', 'There is no field "every"'],
        [[], 'invalid_request', 'the body must be an object'],
      ]
      for (const [body, code, said] of faults) {
        const answer = await trigger(service, body)
        expect([body, answer.body]).toEqual([body, expect.objectContaining({ code })])
        expect(answer.body.detail).toContain(said)
      }
      expect(await service.program.rows('select * from ingestion_runs')).toEqual([])
      expect(await service.program.rows('select * from sources')).toHaveLength(1)
    })

    test('a run tells what became of each source, and how it ended', async () => {
      await using service = await open(engine)
      await add(service, 'Acme Ltd', 'a')
      await add(service, 'Bolt', 'b')
      const { body: triggered } = await trigger(service, { all: true })
      const self = triggered.run!.links.self
      const shown = async (query = '') => (await service.json<RunDetail>(`${self}${query}`)).body
      const begun = await shown()
      expect(begun).toMatchObject({ status: 'running', imports: { pending: 2 }, finished_at: null })
      expect(begun.sources.map(({ source }) => source).sort()).toEqual(['a', 'b'])
      const [one, two] = begun.sources
      expect(one).toMatchObject({
        status: 'pending',
        phase: null,
        retry_count: 0,
        retry_at: null,
        started_at: null,
        error: null,
      })
      for (const link of Object.values(one!.links)) expect((await service.fetch(link)).status).toBe(200)

      for (const source of [one!, two!]) await service.fetch(`${source.links.job}/cancel`, { method: 'POST' })
      const ended = await shown()
      expect([ended.status, ended.imports]).toEqual(['cancelled', { cancelled: 2 }])
      expect(ended.finished_at).toBe(
        ended.sources
          .map((source) => source.finished_at!)
          .sort()
          .at(-1)!,
      )
      // Their jobs are deleted after a week: then nobody knows any more.
      await using other = await written(service.program.url)
      await other.run('delete from jobs')
      for (const source of (await shown()).sources)
        expect(source).toMatchObject({
          status: 'cancelled',
          job_id: null,
          retry_count: null,
          manual_retry_count: null,
          started_at: null,
        })

      const page = await shown('?limit=1')
      expect(page.sources.map(({ import_id }) => import_id)).toEqual([one!.import_id])
      const next = await shown(`?limit=1&cursor=${page.next_cursor}`)
      expect(next.sources.map(({ import_id }) => import_id)).toEqual([two!.import_id])
      expect(next.next_cursor).toBe(null)
      for (const query of ['?limit=0', '?limit=1001', '?cursor=x', '?status=held'])
        expect((await service.fetch(`${self}${query}`)).status).toBe(422)
      expect((await service.json('/api/v1/ingestion/runs/nobody')).body).toMatchObject({
        code: 'unknown_run',
      })
    })

    test('an upload is a run too: with its rows, and why it failed', async () => {
      await using service = await open(engine)
      const good = await upload(service, priceList(3))
      const bad = await upload(service, 'no list at all')
      const shown = async (id: string) => (await service.json<RunDetail>(`/api/v1/ingestion/runs/${id}`)).body
      expect(await shown(good.run_id)).toMatchObject({
        status: 'completed',
        trigger: 'api',
        source_count: 1,
        sources: [{ counts: { accepted: 3 }, changes: { new: 3 }, error: null, import_id: good.id }],
      })
      expect(await shown(bad.run_id)).toMatchObject({
        status: 'failed',
        sources: [{ error: { code: 'not_a_price_list' } }],
      })
    })

    test('runs are listed newest first, a page at a time, and filtered', async () => {
      await using service = await open(engine)
      const ids: string[] = []
      for (const list of [priceList(3), 'no list at all', priceList(4)])
        ids.unshift((await upload(service, list)).run_id)
      const sourceId = await add(service, 'Bolt', 'b')
      ids.unshift((await trigger(service, { sources: [sourceId] })).body.run!.id)
      const pageOf = (query: string) =>
        service.json<{ runs: { id: string; created_at: string }[]; next_cursor: string | null }>(
          `/api/v1/ingestion/runs?${query}`,
        )
      const idsOf = async (query: string) => (await pageOf(query)).body.runs.map(({ id }) => id)
      expect(await idsOf('')).toEqual(ids)
      const all: string[] = []
      for (let cursor: string | null = ''; cursor !== null; ) {
        const { body } = await pageOf(`limit=1${cursor === '' ? '' : `&cursor=${cursor}`}`)
        all.push(...body.runs.map(({ id }) => id))
        cursor = body.next_cursor
      }
      expect(all).toEqual(ids)
      expect(await idsOf('status=running')).toEqual([ids[0]!])
      expect(await idsOf('status=failed')).toEqual([ids[2]!])
      expect(await idsOf('status=completed')).toEqual([ids[1]!, ids[3]!])
      expect(await idsOf(`source_id=${sourceId}`)).toEqual([ids[0]!])
      expect(await idsOf('trigger=api')).toEqual(ids)
      expect(await idsOf('trigger=schedule')).toEqual([])
      // Of the third one of the four; the zone's sign is written as a query wants it.
      const at = (await pageOf('')).body.runs[2]!.created_at
      const inBerlin = new Date(Date.parse(at) + 3_600_000).toISOString().replace('Z', '%2B01:00')
      expect(await idsOf(`from=${at}`)).toEqual(ids.slice(0, 3))
      expect(await idsOf(`to=${at}`)).toEqual(ids.slice(3))
      expect(await idsOf(`from=${inBerlin}`)).toEqual(ids.slice(0, 3))
      const day = (offset: number) =>
        new Date(Date.parse(at) + offset * 86_400_000).toISOString().slice(0, 10)
      expect(await idsOf(`from=${day(-1)}&to=${day(2)}`)).toEqual(ids)
      expect(await idsOf(`to=${day(-1)}`)).toEqual([])
      for (const [query, code] of [
        ['from=yesterday', 'invalid_instant'],
        ['from=2026-02-30', 'invalid_instant'],
        ['to=2026-02-01T08:00', 'invalid_instant'],
        ['to=', 'invalid_request'],
        ['from=2026-01-02&to=2026-01-02', 'invalid_range'],
        ['status=done', 'invalid_request'],
        ['trigger=me', 'invalid_request'],
        ['source_id=', 'invalid_request'],
        ['cursor=!', 'invalid_cursor'],
        ['limit=x', 'invalid_request'],
        ['source=x', 'invalid_request'],
      ])
        expect([query, (await pageOf(query!)).body]).toEqual([query, expect.objectContaining({ code })])
    })
  })
}
