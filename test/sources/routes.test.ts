import { describe, expect, test } from 'bun:test'
import { connectors } from '../../src/sources/kinds/index.ts'
import type { SourceView } from '../../src/sources/view.ts'
import { type Engine, engines } from '../helpers/engines.ts'
import { openService, type TestService } from '../helpers/http-service.ts'
import { priceList } from '../helpers/lists.ts'

interface Failure {
  code: string
  detail: string
}

const folder = '/srv/prices'

function open(engine: Engine) {
  return openService(engine, { env: { TALLYMAN_LOCAL_FOLDERS: folder } })
}

function asJson(method: string, body: unknown): RequestInit {
  return { method, body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }
}

const plain = {
  supplier: 'Acme Ltd',
  name: 'weekly list',
  kind: 'local',
  config: { path: `${folder}/acme`, files: '*.csv' },
}

async function add(service: TestService, differences: Record<string, unknown> = {}): Promise<SourceView> {
  const { status, body } = await service.json<SourceView>(
    '/api/v1/sources',
    asJson('POST', { ...plain, ...differences }),
  )
  expect([status, body]).toEqual([201, expect.anything()])
  return body
}

/** @param query further options */
async function upload(service: TestService, source: string, list: string, query = ''): Promise<string> {
  const { body } = await service.json<{ id: string }>(
    `/api/v1/uploads?supplier=Acme+Ltd&source=${encodeURIComponent(source)}${query}`,
    { method: 'POST', body: list, headers: { 'content-type': 'text/csv' } },
  )
  await service.analyze(body.id)
  return body.id
}

for (const engine of engines) {
  describe(engine, () => {
    test('a source is added, shown, changed and deleted', async () => {
      await using service = await open(engine)
      const { status, body, headers } = await service.json<SourceView>(
        '/api/v1/sources',
        asJson('POST', {
          ...plain,
          schedule: '0 6 * * 1',
          time_zone: 'Europe/Berlin',
          list_mode: 'full',
          currency: 'EUR',
          retry_delays: [1, 0.5, 86_400],
        }),
      )
      expect([status, headers.get('location')]).toEqual([201, `/api/v1/sources/${body.id}`])
      expect(body).toMatchObject({
        ...plain,
        schedule: '0 6 * * 1',
        time_zone: 'Europe/Berlin',
        list_mode: 'full',
        currency: 'EUR',
        retry_delays: [1, 0.5, 86_400],
        paused_at: null,
        last_import: null,
        remembered: { map: {}, decimal: null, header_row: null, identity: ['name', 'unit'] },
      })
      expect(body.next_runs).toHaveLength(5)
      const hours = body.next_runs.map((time) =>
        new Date(time).toLocaleString('en-GB', {
          timeZone: 'Europe/Berlin',
          weekday: 'short',
          hour: '2-digit',
        }),
      )
      expect(new Set(hours)).toEqual(new Set(['Mon, 06']))
      const self = body.links.self
      expect((await service.json(self)).body).toEqual(body)

      const change = (edit: unknown) => service.json<SourceView>(self, asJson('PATCH', edit))
      const changed = await change({ schedule: null, retry_delays: [], name: 'monthly' })
      expect([changed.status, changed.body]).toEqual([
        200,
        { ...body, schedule: null, retry_delays: [], name: 'monthly', next_runs: [] },
      ])
      const handedIn = await change({ kind: 'upload', config: {}, time_zone: null, retry_delays: null })
      expect(handedIn.body).toMatchObject({ kind: 'upload', config: {}, time_zone: null, retry_delays: null })

      const deleted = await service.json(self, { method: 'DELETE' })
      expect([deleted.status, deleted.body]).toEqual([200, { id: body.id, imports: 0, items_kept: 0 }])
      expect((await service.json<Failure>(self)).body).toMatchObject({ status: 404, code: 'unknown_source' })
    })

    test('what only its name and kind are said of has the usual settings', async () => {
      await using service = await open(engine)
      const { supplier, name } = plain
      const made = await service.json<SourceView>(
        '/api/v1/sources',
        asJson('POST', { supplier, name, kind: 'upload' }),
      )
      expect(made.body).toMatchObject({
        config: {},
        schedule: null,
        time_zone: null,
        list_mode: 'partial',
        currency: null,
        retry_delays: null,
        uses_analyzer: null,
        is_watched: false,
        country: null,
        priority: 100,
        declared_in: null,
        next_runs: [],
      })
      const { body: again } = await service.json<Failure>('/api/v1/sources', asJson('POST', plain))
      expect(again).toMatchObject({ status: 409, code: 'source_exists' })
      expect(again.detail).toContain('"weekly list"')
    })

    test('how a source is read, watched and ranked is said with it, and later', async () => {
      await using service = await open(engine)
      const said = { uses_analyzer: false, is_watched: true, country: 'dk', priority: 7 }
      const { id, links } = await add(service, said)
      const shown = await service.json<SourceView>(links.self)
      expect(shown.body).toMatchObject({ ...said, country: 'DK' })
      const change = { uses_analyzer: null, is_watched: false, country: null, priority: 100 }
      const changed = await service.json<SourceView>(`/api/v1/sources/${id}`, asJson('PATCH', change))
      expect(changed.body).toMatchObject(change)
      const upload = { supplier: 'Acme', name: 'mail', kind: 'upload', is_watched: true }
      const { body } = await service.json<Failure>('/api/v1/sources', asJson('POST', upload))
      expect(body).toMatchObject({ status: 422, code: 'not_fetchable' })
    })

    test('sources are listed by supplier and name, a page at a time, and filtered', async () => {
      await using service = await open(engine)
      for (const [supplier, name] of [
        ['bolt', 'b'],
        ['Acme Ltd', 'z'],
        ['Acme Ltd', 'a'],
        ['Čep', 'a'],
      ])
        await add(service, { supplier, name, ...(name === 'a' && { schedule: '0 2 * * *' }) })
      const pageOf = (query: string) =>
        service.json<{ sources: SourceView[]; next_cursor: string | null }>(`/api/v1/sources?${query}`)
      const namesOf = (page: { sources: SourceView[] }) => page.sources.map((s) => `${s.supplier}/${s.name}`)
      const all: string[] = []
      for (let cursor: string | null = ''; cursor !== null; ) {
        const page = await pageOf(`limit=1${cursor === '' ? '' : `&cursor=${cursor}`}`)
        expect(page.body.sources).toHaveLength(1)
        all.push(...namesOf(page.body))
        cursor = page.body.next_cursor
      }
      expect(all).toEqual(['Acme Ltd/a', 'Acme Ltd/z', 'bolt/b', 'Čep/a'])
      expect(namesOf((await pageOf('scheduled=true')).body)).toEqual(['Acme Ltd/a', 'Čep/a'])
      const [first] = (await pageOf('')).body.sources
      expect(namesOf((await pageOf(`supplier_id=${first!.supplier_id}`)).body)).toHaveLength(2)
      await service.fetch(`${first!.links.self}/pause`, { method: 'POST' })
      expect(namesOf((await pageOf('paused=true')).body)).toEqual(['Acme Ltd/a'])
      expect(namesOf((await pageOf('name=a')).body)).toEqual(['Acme Ltd/a', 'Čep/a'])
      expect(namesOf((await pageOf('name=A')).body)).toEqual([])
      expect(namesOf((await pageOf('paused=false')).body)).toHaveLength(3)
      expect(namesOf((await pageOf('kind=upload')).body)).toEqual([])
      for (const [query, code] of [
        ['cursor=x', 'invalid_cursor'],
        ['limit=0', 'invalid_request'],
        ['limit=201', 'invalid_request'],
        ['kind=fax', 'invalid_request'],
        ['paused=perhaps', 'invalid_request'],
        ['scheduled=perhaps', 'invalid_request'],
        ['supplier_id=', 'invalid_request'],
        ['named=x', 'invalid_request'],
      ])
        expect([query, (await pageOf(query!)).body]).toEqual([query, expect.objectContaining({ code })])
    })

    test('a pause keeps triggers and nothing else away, and ends', async () => {
      await using service = await open(engine)
      const { links } = await add(service)
      const post = (what: string) =>
        service.json<SourceView & Failure>(`${links.self}/${what}`, { method: 'POST' })
      const paused = await post('pause')
      expect([paused.status, typeof paused.body.paused_at]).toEqual([200, 'string'])
      expect((await post('pause')).body.paused_at).toBe(paused.body.paused_at)
      expect((await post('trigger')).body).toMatchObject({ status: 409, code: 'paused' })
      expect((await post('resume')).body.paused_at).toBe(null)
      expect((await post('trigger')).status).toBe(202)
    })

    test('a source is triggered once, until what was started has ended', async () => {
      await using service = await open(engine)
      const { id, links } = await add(service, { retry_delays: [2, 3] })
      const woken = service.woken()
      const trigger = () =>
        service.json<{
          run: { id: string; status: string; trigger: string }
          started: { source_id: string; import_id: string; job_id: string }[]
        }>(`${links.self}/trigger`, { method: 'POST' })
      const { status, body, headers } = await trigger()
      expect([status, headers.get('location')]).toEqual([202, `/api/v1/ingestion/runs/${body.run.id}`])
      expect(body.run).toMatchObject({ status: 'running', trigger: 'api', source_count: 1 })
      expect(service.woken()).toBeGreaterThan(woken)
      const [started] = body.started
      expect(started).toMatchObject({ source_id: id })
      const job = await service.json(`/api/v1/jobs/${started!.job_id}`)
      expect(job.body).toMatchObject({ status: 'queued', import_id: started!.import_id, source_id: id })
      expect(
        (await service.program.rows<{ retry_delays: unknown }>('select retry_delays from jobs'))[0],
      ).toEqual({
        retry_delays: engine === 'sqlite' ? '[2000,3000]' : [2000, 3000],
      })
      const again = await trigger()
      expect([again.status, again.body]).toMatchObject([409, { code: 'under_way' }])
      await service.fetch(`/api/v1/jobs/${started!.job_id}/cancel`, { method: 'POST' })
      expect((await trigger()).status).toBe(202)
      const { id: handedIn } = await add(service, { name: 'mail', kind: 'upload', config: {} })
      const refused = await service.json(`/api/v1/sources/${handedIn}/trigger`, { method: 'POST' })
      expect([refused.status, refused.body]).toMatchObject([409, { code: 'not_fetchable' }])
    })

    test('what people said about its lists is shown, and how the last one ended', async () => {
      await using service = await open(engine)
      const said = '&header_row=1&map=sku%3DA,brand%3Dnone&decimal=dot&sheet=auto&limits=items-kept%3Doff'
      const importId = await upload(service, 'weekly list', priceList(3), said)
      const { body: page } = await service.json<{ sources: SourceView[] }>('/api/v1/sources')
      const { body } = await service.json<SourceView>(page.sources[0]!.links.self)
      expect(body.remembered).toMatchObject({
        map: { sku: 'A', brand: null },
        decimal: 'dot',
        header_row: '1',
        sheets: null,
        limits: { items_kept: null, rejected_share: 0.1 },
      })
      expect(body.last_import).toMatchObject({ id: importId, status: 'completed', error: null })
    })

    test('deleting a source with a history has to be asked for; its items stay', async () => {
      await using service = await open(engine)
      const first = await upload(service, 'weekly list', priceList(4))
      const second = await upload(service, 'weekly list', 'no list at all')
      const others = (count: number) => priceList(count, (n) => ({ sku: `X-${n}` }))
      await upload(service, 'other', others(2))
      const { body: found } = await service.json<{ sources: SourceView[] }>('/api/v1/sources')
      const { links, supplier_id: supplierId } = found.sources.find(({ name }) => name === 'weekly list')!
      const [before] = await service.program.rows<{ revision: number }>('select revision from suppliers')

      const asked = await service.json<Failure>(links.self, { method: 'DELETE' })
      expect(asked.body).toMatchObject({ status: 409, code: 'source_has_history' })
      expect(asked.body.detail).toContain(
        '2 imports, with their change reports and parse logs, would be deleted',
      )
      expect(asked.body.detail).toContain('4 items stay')
      expect((await service.json(links.self)).status).toBe(200)

      const deleted = await service.json(`${links.self}?with_history=true`, { method: 'DELETE' })
      expect(deleted.body).toMatchObject({ imports: 2, items_kept: 4 })
      for (const id of [first, second])
        expect((await service.json<Failure>(`/api/v1/imports/${id}`)).status).toBe(404)
      const { body: items } = await service.json<{ items: { id: string; gone_at: null }[] }>('/api/v1/items')
      expect(items.items).toHaveLength(6)
      const history = await service.json<{ prices: unknown[] }>(`/api/v1/items/${items.items[0]!.id}/history`)
      expect(history.status).toBe(200)
      const rows = await service.program.rows(
        `select (select count(*) from imports) as imports, (select count(*) from jobs) as jobs,
                (select count(*) from ingestion_runs) as runs, (select count(distinct import_id) from parsing_logs) as logs,
                (select count(*) from supplier_items where source_no is null) as free`,
      )
      expect(Object.values(rows[0]!).map(Number)).toEqual([1, 1, 1, 1, 4])
      const [after] = await service.program.rows<{ revision: number }>('select revision from suppliers')
      expect(Number(after!.revision)).toBe(Number(before!.revision) + 1)
      // A full list of another source says nothing about what is nobody's.
      await upload(service, 'other', others(1), '&mode=full&no_hold=true')
      const { body: supplier } = await service.json(`/api/v1/suppliers/${supplierId}`)
      expect(supplier).toMatchObject({ item_count: 5, gone_count: 1, source_count: 1 })
    })

    test('deleting a source ends what is under way for it', async () => {
      await using service = await open(engine)
      const { id, links } = await add(service)
      await service.fetch(`${links.self}/trigger`, { method: 'POST' })
      const asked = await service.json<Failure>(links.self, { method: 'DELETE' })
      expect(asked.body.detail).toContain('1 import, 1 of them not yet ended')
      const deleted = await service.json(`${links.self}?with_history=true`, { method: 'DELETE' })
      expect(deleted.body).toEqual({ id, imports: 1, items_kept: 0 })
      for (const table of ['imports', 'jobs', 'ingestion_runs', 'sources'])
        expect(await service.program.rows(`select * from ${table}`)).toEqual([])
      const { body } = await service.json<{ runs: unknown[] }>('/api/v1/ingestion/runs')
      expect(body.runs).toEqual([])
    })

    test('every field that is wrong is said so, with what it takes', async () => {
      await using service = await open(engine)
      const { links } = await add(service, { name: 'there' })
      const faults: [field: string, value: unknown, code: string, said: string][] = [
        ['supplier', '', 'invalid_request', 'supplier must be a text'],
        ['supplier', ' \u200b ', 'invalid_supplier', 'A supplier needs a name'],
        ['supplier', 'x'.repeat(201), 'invalid_request', 'supplier must be a text'],
        ['supplier', 7, 'invalid_request', 'supplier must be a text'],
        ['name', '', 'invalid_request', 'name must be a text'],
        ['name', '  ', 'invalid_source_name', 'printable characters'],
        ['name', 'a\u202eb', 'invalid_request', 'all of them printable'],
        ['name', 'x'.repeat(201), 'invalid_request', 'name must be a text'],
        ['kind', 'fax', 'invalid_request', 'kind must be one of upload, local'],
        ['kind', undefined, 'invalid_request', 'kind must be one of'],
        ['config', 'x', 'invalid_request', 'config must be an object'],
        ['config', {}, 'invalid_config', 'path'],
        ['config', { path: 'relative.csv' }, 'invalid_config', 'path'],
        ['config', { path: `${folder}/a`, nonsense: 1 }, 'invalid_config', 'nonsense'],
        ['config', { path: `${folder}/\0` }, 'invalid_config', 'NUL'],
        ['config', { path: '/etc/passwd' }, 'folder_not_allowed', 'TALLYMAN_LOCAL_FOLDERS'],
        ['config', { path: `${folder}/../../etc/passwd` }, 'folder_not_allowed', 'TALLYMAN_LOCAL_FOLDERS'],
        ['country', 'Denmark', 'invalid_request', 'country must be a text of 1 to 2'],
        ['country', 'ZZ', 'invalid_country', 'such as DE'],
        ['priority', 0, 'invalid_request', 'priority must be a whole number'],
        ['priority', 1.5, 'invalid_request', 'priority must be a whole number'],
        ['is_watched', 'yes', 'invalid_request', 'is_watched must be true or false'],
        ['uses_analyzer', 'usual', 'invalid_request', 'uses_analyzer must be true, false or null'],
        ['schedule', '60 * * * *', 'bad_schedule', '0 2 * * *'],
        ['schedule', '0 0 2 * * *', 'bad_schedule', 'seconds'],
        ['schedule', '0 0 31 2 *', 'bad_schedule', 'never'],
        ['schedule', '', 'invalid_request', 'schedule must be a text'],
        ['schedule', 5, 'invalid_request', 'schedule must be a text'],
        ['time_zone', 'Europe/Berlim', 'unknown_time_zone', 'did you mean Europe/Berlin?'],
        ['time_zone', 1, 'invalid_request', 'time_zone must be a text'],
        ['list_mode', 'some', 'invalid_request', 'list_mode must be one of full, partial'],
        ['currency', 'XXY', 'invalid_currency', 'ISO 4217'],
        ['currency', 'EURO', 'invalid_request', 'currency must be a text'],
        ['retry_delays', Array(11).fill(1), 'invalid_request', 'up to 10 pauses'],
        ['retry_delays', [-1], 'invalid_request', '0 to 86400 seconds'],
        ['retry_delays', [86_401], 'invalid_request', '0 to 86400 seconds'],
        ['retry_delays', '1,5', 'invalid_request', 'retry_delays must be a list'],
        ['paused_at', null, 'invalid_request', 'There is no field "paused_at"'],
      ]
      for (const [field, value, code, said] of faults) {
        const made = await service.json<Failure>(
          '/api/v1/sources',
          asJson('POST', { ...plain, [field]: value }),
        )
        expect([field, value, made.body]).toEqual([field, value, expect.objectContaining({ code })])
        expect(made.body.detail).toContain(said)
        if (field === 'supplier' || value === undefined) continue
        const changed = await service.json<Failure>(links.self, asJson('PATCH', { [field]: value }))
        expect([field, value, changed.body]).toEqual([field, value, expect.objectContaining({ code })])
        expect(changed.body.detail).toContain(said)
      }
      const change = (edit: unknown) => service.json<Failure>(links.self, asJson('PATCH', edit))
      expect((await change({})).body.detail).toContain('must say at least one of')
      expect((await change({ supplier: 'Bolt' })).body.detail).toContain('There is no field "supplier"')
      expect((await change({ kind: 'upload' })).body.code).toBe('invalid_config')
      await change({ schedule: '0 2 * * *' })
      const stillScheduled = await change({ kind: 'upload', config: {} })
      expect(stillScheduled.body).toMatchObject({ status: 422, code: 'not_fetchable' })
      expect((await service.json<SourceView>(links.self)).body).toMatchObject({
        name: 'there',
        kind: 'local',
      })
      expect((await service.program.rows('select * from sources')).length).toBe(1)
      for (const [method, path] of [
        ['PATCH', ''],
        ['DELETE', ''],
        ['POST', '/pause'],
        ['POST', '/resume'],
        ['POST', '/trigger'],
      ] as const) {
        const init = method === 'PATCH' ? asJson(method, { name: 'x' }) : { method }
        const { body } = await service.json<Failure>(`/api/v1/sources/nobody${path}`, init)
        expect([method, path, body]).toMatchObject([method, path, { code: 'unknown_source' }])
      }
    })

    test('two changes at once are both kept', async () => {
      await using service = await open(engine)
      const { links } = await add(service)
      const edits = [{ schedule: '0 2 * * *' }, { currency: 'CHF' }, { list_mode: 'full' }, { name: 'x' }]
      await Promise.all(edits.map((edit) => service.fetch(links.self, asJson('PATCH', edit))))
      expect((await service.json(links.self)).body).toMatchObject(Object.assign({}, ...edits))
    })
  })
}

test('kinds are listed with the schema of what they take', async () => {
  await using service = await open('sqlite')
  const { body } = await service.json<{
    kinds: { kind: string; is_fetchable: boolean; config: { properties: object } }[]
  }>('/api/v1/source-kinds')
  const found = new Map(body.kinds.map(({ kind, ...others }) => [kind, others]))
  expect([...found.keys()]).toEqual(connectors.map(({ name }) => name))
  expect(found.get('upload')).toMatchObject({ is_fetchable: false })
  expect(found.get('local')).toMatchObject({ is_fetchable: true })
  expect(Object.keys(found.get('local')!.config.properties)).toContain('path')
})
