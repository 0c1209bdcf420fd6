import { expect, setDefaultTimeout, test } from 'bun:test'
import { newKey } from '../../src/lib/seal.ts'
import { engines } from '../helpers/engines.ts'
import { openService, type TestService } from '../helpers/http-service.ts'
import { testStart } from '../helpers/io.ts'
import { priceList } from '../helpers/lists.ts'
import { written } from '../helpers/open-database.ts'

setDefaultTimeout(120_000)

interface Document {
  paths: Record<string, Record<string, { operationId: string }>>
}
interface Entry {
  id: string
  actor: { kind: string; name: string }
  action: string
  subject: { kind: string; id: string; name: string | null } | null
  before: Record<string, unknown> | null
  after: Record<string, unknown> | null
}
interface Audit {
  entries: Entry[]
  next_cursor: string | null
}

/** What tells the audit log nothing although its method is not a safe one, and why. */
const silent: Record<string, string> = {
  previewUpload: 'shows how a list would be read, and keeps nothing',
  previewImport: 'shows how a list would be read, and keeps nothing',
  testNewSource: 'fetches a little, and keeps nothing',
  testSource: 'fetches a little, and keeps nothing',
  verifyArchived: 'reads a file, and repairs nothing',
}

/** Logins take sessions and passwords to be changed; their own tests hold that each is told. */
const logins = [
  'addToken',
  'addUser',
  'changePassword',
  'changeUser',
  'deleteUser',
  'endSession',
  'revokeToken',
  'setPassword',
  'setUp',
  'signIn',
  'signOut',
  'signOutEverywhere',
]

const posted = (body?: unknown): RequestInit => ({
  method: 'POST',
  ...(body !== undefined && {
    body: JSON.stringify(body),
    headers: { 'content-type': 'application/json' },
  }),
})
const patched = (body: unknown): RequestInit => ({ ...posted(body), method: 'PATCH' })

/** Requests that succeed, one for each operation that changes something, and what they are told as. */
async function recipesOf(service: TestService) {
  const upload = async (query: string, list: string) => {
    const init = { method: 'POST', body: list, headers: { 'content-type': 'text/csv' } }
    const { body } = await service.json<{ id: string }>(`/api/v1/uploads?${query}`, init)
    await service.analyze(body.id)
    return body.id
  }
  const made = async (path: string, init: RequestInit) =>
    (await service.json<{ id: string }>(path, init)).body.id
  await upload('supplier=Acme', priceList(10))
  // Far dearer, so that it is held.
  const dearer = (factor: number) => priceList(10, (n) => ({ price: `${(n + 1) * factor}.00` }))
  const held: string[] = []
  for (const source of ['a', 'b', 'c']) {
    await upload(`supplier=Held${source}`, priceList(10))
    held.push(await upload(`supplier=Held${source}`, dearer(1000)))
  }
  const failed: string[] = []
  for (const source of ['d', 'e', 'f', 'g', 'h'])
    failed.push(await upload(`supplier=${source}`, `no list ${source}`))
  const jobs = await service.json<{ jobs: { job_id: string; import_id: string }[] }>('/api/v1/jobs?limit=200')
  const jobOf = (importId: string) => jobs.body.jobs.find(({ import_id }) => import_id === importId)!.job_id
  const letters = await service.json<{ dead_letters: { cause: string }[] }>('/api/v1/dead-letters')
  const { cause } = letters.body.dead_letters[0]!
  const { body: items } = await service.json<{ items: { id: string }[] }>('/api/v1/items')
  const item = `/api/v1/items/${items.items[0]!.id}`
  const supplier = await made('/api/v1/suppliers', posted({ name: 'Whole' }))
  const doomed = await made('/api/v1/suppliers', posted({ name: 'Doomed' }))
  const local = { supplier: 'Acme', kind: 'local', config: { path: '/srv/prices/acme' } }
  const source = await made('/api/v1/sources', posted({ ...local, name: 'one' }))
  const other = await made('/api/v1/sources', posted({ ...local, name: 'two' }))
  const { body: archive } = await service.json<{ files: { sha256: string }[] }>('/api/v1/archive')
  const recipes: Record<
    string,
    { before?: () => Promise<void>; path: string; init: RequestInit; action: string }
  > = {
    uploadFile: {
      path: '/api/v1/uploads?supplier=New',
      init: { method: 'POST', body: priceList(3), headers: { 'content-type': 'text/csv' } },
      action: 'import.hand_in',
    },
    approveImport: { path: `/api/v1/imports/${held[0]}/approve`, init: posted(), action: 'import.approve' },
    correctImport: {
      path: `/api/v1/imports/${held[1]}/correct`,
      init: posted({ decimal: 'dot' }),
      action: 'import.correct',
    },
    discardImport: { path: `/api/v1/imports/${held[2]}/discard`, init: posted(), action: 'import.discard' },
    retryJob: { path: `/api/v1/jobs/${jobOf(failed[0]!)}/retry`, init: posted(), action: 'job.retry' },
    retryJobAsAdmin: {
      path: `/api/v1/admin/jobs/${jobOf(failed[1]!)}/retry`,
      init: posted(),
      action: 'job.retry',
    },
    cancelJob: { path: `/api/v1/jobs/${jobOf(failed[0]!)}/cancel`, init: posted(), action: 'job.cancel' },
    retryDeadLetters: { path: '/api/v1/dead-letters/retry', init: posted({ cause }), action: 'job.retry' },
    discardDeadLetters: {
      before: () => service.analyze(failed[2]!),
      path: '/api/v1/dead-letters/discard',
      init: posted({ cause }),
      action: 'job.discard',
    },
    discardJob: {
      before: () => service.analyze(failed[1]!),
      path: `/api/v1/jobs/${jobOf(failed[1]!)}/discard`,
      init: posted(),
      action: 'job.discard',
    },
    pauseQueue: { path: '/api/v1/queue/pause', init: posted(), action: 'queue.pause' },
    resumeQueue: { path: '/api/v1/queue/resume', init: posted(), action: 'queue.resume' },
    triggerSource: { path: `/api/v1/sources/${source}/trigger`, init: posted(), action: 'run.start' },
    triggerIngestion: {
      path: '/api/v1/ingestion/trigger',
      init: posted({ source: { ...local, name: 'three', supplier: 'Inline' } }),
      action: 'run.start',
    },
    addSource: { path: '/api/v1/sources', init: posted({ ...local, name: 'four' }), action: 'source.add' },
    changeSource: {
      path: `/api/v1/sources/${other}`,
      init: patched({ priority: 7, currency: 'EUR' }),
      action: 'source.change',
    },
    pauseSource: { path: `/api/v1/sources/${other}/pause`, init: posted(), action: 'source.pause' },
    resumeSource: { path: `/api/v1/sources/${other}/resume`, init: posted(), action: 'source.resume' },
    deleteSource: { path: `/api/v1/sources/${other}`, init: { method: 'DELETE' }, action: 'source.delete' },
    changeItem: { path: item, init: patched({ name: 'Corrected' }), action: 'item.change' },
    deleteItem: { path: item, init: { method: 'DELETE' }, action: 'item.delete' },
    restoreItem: { path: `${item}/restore`, init: posted(), action: 'item.restore' },
    addSupplier: {
      path: '/api/v1/suppliers',
      init: posted({ name: 'Made', currency: 'EUR' }),
      action: 'supplier.add',
    },
    changeSupplier: {
      path: `/api/v1/suppliers/${supplier}`,
      init: patched({ name: 'Hale', country: 'DE' }),
      action: 'supplier.change',
    },
    deleteSupplier: {
      path: `/api/v1/suppliers/${doomed}?name=doomed`,
      init: { method: 'DELETE' },
      action: 'supplier.delete',
    },
    replayArchived: {
      path: `/api/v1/archive/${archive.files.at(-1)!.sha256}/replay`,
      init: posted({ supplier: 'Acme', source: 'again' }),
      action: 'archive.replay',
    },
    runTask: {
      path: '/api/v1/maintenance/tasks/job-results/run',
      init: posted({ dry_run: false }),
      action: 'cleanup.run',
    },
  }
  return recipes
}

for (const engine of engines)
  test(`${engine}: every route that changes something says who did it, in the very transaction`, async () => {
    await using service = await openService(engine, { env: { TALLYMAN_LOCAL_FOLDERS: '/srv/prices' } })
    const { body: document } = await service.json<Document>('/api/v1/openapi.json')
    const recipes = await recipesOf(service)
    const unsafe = Object.values(document.paths).flatMap((operations) =>
      Object.entries(operations).flatMap(([method, { operationId }]) =>
        method === 'get' ? [] : [operationId],
      ),
    )
    expect(unsafe.toSorted()).toEqual([...Object.keys(recipes), ...Object.keys(silent), ...logins].sort())

    const newest = async () =>
      Number((await service.json<Audit>('/api/v1/audit?limit=1')).body.entries[0]?.id ?? 0)
    for (const [operation, { path, init, action, ...recipe }] of Object.entries(recipes)) {
      await recipe.before?.()
      const before = await newest()
      const { status, body } = await service.json(path, init)
      expect([operation, status, status < 300 ? null : body]).toEqual([operation, status, null])
      const { body: log } = await service.json<Audit>('/api/v1/audit?limit=50')
      const entries = log.entries.filter(({ id }) => Number(id) > before)
      expect([operation, entries.map((entry) => entry.action)]).toEqual([
        operation,
        expect.arrayContaining([action]),
      ])
      // Whoever asks, and not the machine's console.
      for (const { actor } of entries) expect([operation, actor]).toMatchObject([operation, { name: 'API' }])
    }

    const two = `/api/v1/sources/${recipes.triggerSource!.path.split('/')[4]}`
    const taught = patched({ reading: { map: 'price=C,unit=none', limits: 'moved-share=80%' } })
    expect(await service.json(two, taught)).toMatchObject({ status: 200 })
    expect(await service.json(two, patched({ reading: { map: 'nothing' } }))).toMatchObject({ status: 422 })
    expect((await service.json<Audit>('/api/v1/audit?action=source.change')).body.entries[0]).toMatchObject({
      actor: { name: 'API' },
      before: { map: {} },
      after: { map: { price: 'C', unit: null }, limits: { movedShareMax: 0.8 } },
    })
    const one = async (query: string) => (await service.json<Audit>(`/api/v1/audit?${query}`)).body.entries
    expect((await one('action=source.change')).at(-1)).toMatchObject({
      subject: { kind: 'source', name: 'two' },
      before: { priority: 100, currency: null },
      after: { priority: 7, currency: 'EUR' },
    })
    expect((await one('action=supplier.change'))[0]).toMatchObject({
      before: { name: 'Whole', country: null },
      after: { name: 'Hale', country: 'DE' },
    })
    expect((await one('action=item')).map((entry) => entry.action)).toEqual([
      'item.restore',
      'item.delete',
      'item.change',
    ])
    const { id } = (await one('action=item.change'))[0]!.subject!
    const edits = await service.json<Audit>(`/api/v1/items/${id}/edits?limit=2`)
    expect(edits.body.entries.map((entry) => entry.action)).toEqual(['item.restore', 'item.delete'])
    // Where somebody sits is for administrators, who find it in the log itself.
    expect(edits.body.entries[0]!.actor).toMatchObject({ name: 'API', address: null })
    const { body: told } = await service.json<Audit>('/api/v1/audit?action=item.delete')
    expect(told.entries[0]!.actor).toMatchObject({ address: expect.stringMatching(/127|::1/) })
    const rest = await service.json<Audit>(`/api/v1/items/${id}/edits?cursor=${edits.body.next_cursor}`)
    expect(rest.body).toMatchObject({ entries: [{ action: 'item.change' }], next_cursor: null })
    expect(await one('actor=nobody')).toEqual([])
    expect(await one('to=2020-01-01')).toEqual([])
    const all = await one('limit=500')
    expect((await one('from=2020-01-01&limit=500')).length).toBe(all.length)
    expect((await service.fetch('/api/v1/audit?from=2026-01-02&to=2026-01-01')).status).toBe(422)
  })

for (const engine of engines)
  test(`${engine}: no secret of a source reaches the audit log`, async () => {
    await using service = await openService(engine, {
      env: { TALLYMAN_SECRET_KEY: newKey() },
    })
    const config = (password: string) => ({
      url: 'https://prices.example/list.csv',
      username: 'bert',
      password,
    })
    const { status, body } = await service.json<{ id: string }>(
      '/api/v1/sources',
      posted({ supplier: 'Acme', name: 'web', kind: 'http', config: config('hunter2') }),
    )
    expect([status, body]).toMatchObject([201, {}])
    // Whether it is left as it is or said once more, a secret that stays is no other one.
    const elsewhere = 'https://prices.example/new.csv'
    await service.json(
      `/api/v1/sources/${body.id}`,
      patched({ config: { ...config('***'), url: elsewhere } }),
    )
    await service.json(
      `/api/v1/sources/${body.id}`,
      patched({ config: { ...config('hunter2'), url: elsewhere } }),
    )
    await service.json(`/api/v1/sources/${body.id}`, patched({ config: config('hunter3') }))
    await service.json(`/api/v1/sources/${body.id}`, { method: 'DELETE' })
    const rows = await service.program.rows('select * from audit_log')
    expect(JSON.stringify(rows)).not.toMatch(/hunter/)
    const { body: log } = await service.json<Audit>('/api/v1/audit?action=source.change')
    expect(log.entries[0]).toMatchObject({ after: { secrets: 'others' } })
    expect(log.entries).toHaveLength(2)
    expect(log.entries[1]!.after).toEqual({
      config: expect.objectContaining({ url: elsewhere, password: '***' }),
    })
  })

for (const engine of engines)
  test(`${engine}: commands say that they came from the console, and clean-ups let old entries go`, async () => {
    await using service = await openService(engine)
    const { program } = service
    await program.run('ingest', await program.write('a.csv', priceList(2)), '--supplier', 'Acme')
    await program.run('items', 'set', '1', '--name', 'Corrected')
    await program.run('suppliers', 'add', 'Bolt', '--currency', 'EUR')
    await program.run('suppliers', 'set', 'Bolt', '--name', 'Bolts', '--currency', 'none')
    await program.run('sources', 'pause', 'Acme/upload')
    await program.run('queue', 'pause')
    const { json } = await program.json<{ entries: Entry[] }>('audit')
    expect(json.entries.map(({ action, actor }) => [action, actor.kind])).toEqual([
      ['queue.pause', 'console'],
      ['source.pause', 'console'],
      ['supplier.change', 'console'],
      ['supplier.add', 'console'],
      ['item.change', 'console'],
      ['import.hand_in', 'console'],
    ])
    const text = await program.run('audit', '--subject', 'item/1')
    expect(text.out).toContain('item.change')
    expect(text.out).toContain('Corrected')
    expect((await program.run('audit', '--actor', 'nobody')).out).toContain('Nothing was changed.')
    // By the clock of the command that cleans up.
    const yearAgo = new Date(testStart.getTime() - 366 * 24 * 60 * 60 * 1000)
    await using db = await written(program.url)
    await db.run(`update audit_log set at = $1 where action = 'queue.pause'`, [yearAgo])
    await program.run('cleanup', 'audit-log')
    const { json: kept } = await program.json<{ entries: Entry[] }>('audit', '--action', 'queue')
    expect(kept.entries).toEqual([])
  })
