import { describe, expect, test } from 'bun:test'
import type { ImportView } from '../../src/imports/view.ts'
import { standIn } from '../helpers/analyzer-stand-in.ts'
import { openProgram, type TestProgram } from '../helpers/cli.ts'
import { engines } from '../helpers/engines.ts'
import { priceList } from '../helpers/lists.ts'
import { descendants, processState } from '../helpers/processes.ts'
import { type RunningRole, startRole } from '../helpers/roles.ts'
import { until } from '../helpers/until.ts'

/** Well above the 10 s that a role takes to end, and far below what its jobs here would take. */
const endedWithinMs = 30_000

const urlOf = ({ ready }: RunningRole) => String(ready.url)

const startApi = (program: TestProgram) => startRole(program, ['serve', '--only', 'api'], 'listening')
const startWorker = (program: TestProgram, env: Record<string, string> = {}, ...args: string[]) =>
  startRole(program, ['worker', ...args], 'working', env)

async function upload(url: string, supplier: string, list: string): Promise<URL> {
  const answer = await fetch(new URL(`api/v1/uploads?supplier=${supplier}`, url), {
    method: 'POST',
    headers: { 'content-type': 'text/csv', 'content-disposition': 'attachment; filename="list.csv"' },
    body: list,
  })
  expect(answer.status).toBe(202)
  return new URL(answer.headers.get('location') ?? '', url)
}

async function importAt(url: URL): Promise<ImportView> {
  return (await (await fetch(url)).json()) as ImportView
}

const endOf = (url: URL) =>
  until(async () => {
    const found = await importAt(url)
    return found.status === 'pending' || found.status === 'running' ? null : found
  })

/** An analyzer that takes files and is never done with one. */
const tireless = () =>
  standIn({
    status: (jobId) =>
      Response.json({
        job_id: jobId,
        status: 'processing',
        progress_percentage: 1,
        items_processed: 1,
        items_total: null,
        errors: [],
      }),
  })

for (const engine of engines) {
  describe(engine, () => {
    test('a service that only takes lists in leaves them to workers, and two of those share them', async () => {
      await using program = await openProgram(engine)
      await using api = await startApi(program)
      const imports: URL[] = []
      for (let n = 0; n < 5; n++) imports.push(await upload(urlOf(api), `Supplier-${n}`, priceList(20 + n)))
      expect(descendants(api.child.pid)).toEqual([])
      for (const each of imports) expect(await importAt(each)).toMatchObject({ status: 'pending' })

      await using first = await startWorker(program, {}, '--concurrency', '1')
      await using second = await startWorker(program, {}, '--concurrency', '1')
      expect(first.ready.concurrency).toBe(1)
      for (const each of imports)
        expect(await endOf(each)).toMatchObject({ status: 'completed', analyzed_by: 'analyzer' })
      const handedOver = [first, second].flatMap(({ events }) =>
        events.flatMap(({ message, importId }) => (message === 'file handed over' ? [importId] : [])),
      )
      // Where the machine is busy one may be tried twice, and is one all the same.
      expect(new Set(handedOver).size).toBe(imports.length)

      // Whichever of them is there does the work.
      first.child.kill('SIGTERM')
      expect(await first.ended()).toEqual({ code: 0, stderr: '' })
      expect(await endOf(await upload(urlOf(api), 'Other', priceList(3)))).toMatchObject({
        status: 'completed',
      })
      second.child.kill('SIGTERM')
      expect(await second.ended()).toEqual({ code: 0, stderr: '' })
      api.child.kill('SIGTERM')
      expect(await api.ended()).toEqual({ code: 0, stderr: '' })
    }, 120_000)

    for (const role of ['worker', 'serve'] as const)
      test(`what takes longer than ${role} may still take is handed over, and another worker sees it through`, async () => {
        await using program = await openProgram(engine)
        await using analyzer = tireless()
        const env = { TALLYMAN_ANALYZER_URL: analyzer.url }
        await using api = role === 'worker' ? await startApi(program) : null
        await using leaving =
          role === 'worker'
            ? await startWorker(program, env)
            : await startRole(program, ['serve'], 'listening', env)
        const url = urlOf(api ?? leaving)
        await upload(url, 'Acme', priceList(5))
        const waiting = upload(url, 'Acme', priceList(6))
        await until(() => analyzer.requests.length === 1)
        await waiting
        const start = performance.now()
        leaving.child.kill('SIGTERM')
        // While it waits for what is under way it begins nothing, and neither does it let go.
        await until(() => leaving.events.some(({ message }) => message === 'stopping'))
        expect(await Promise.race([leaving.ended(), deadline(endedWithinMs)])).toEqual({
          code: 0,
          stderr: '',
        })
        expect(performance.now() - start).toBeGreaterThan(1000)
        expect(analyzer.requests.length).toBe(1)
        expect(await program.rows('select state, worker from jobs order by id')).toEqual([
          { state: 'queued', worker: null },
          { state: 'queued', worker: null },
        ])
        await using taking = await startWorker(program)
        await until(async () => {
          const rows = await program.rows<{ status: string }>('select status from imports order by id')
          return rows.every(({ status }) => status === 'completed')
        })
        expect(taking.events.filter(({ message }) => message === 'file handed over').length).toBe(2)
        expect(await program.rows('select count(*) as n from supplier_items')).toEqual([{ n: 6 }])
      }, 120_000)
  })
}

test('a scheduler starts what is due, a worker does it, and the service tells', async () => {
  await using program = await openProgram('sqlite')
  await program.write('lists/prices.csv', priceList(4))
  await program.write('lists/prices.csv.done', '')
  const env = { TALLYMAN_LOCAL_FOLDERS: `${program.folder}/lists`, TALLYMAN_INGEST_ON_START: 'true' }
  await using api = await startRole(program, ['serve', '--only', 'api'], 'listening', env)
  const made = await fetch(new URL('api/v1/sources', urlOf(api)), {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      supplier: 'Acme',
      name: 'feed',
      kind: 'local',
      config: { path: `${program.folder}/lists/prices.csv`, done_file: '.done' },
    }),
  })
  expect(made.status).toBe(201)
  await using _worker = await startWorker(program, env)
  await using scheduler = await startRole(program, ['scheduler'], 'scheduling', {
    ...env,
    TALLYMAN_HEALTH_PORT: '0',
  })
  const ready = scheduler.events.find(({ message }) => message === 'listening for health checks')
  expect((await fetch(new URL('readyz', String(ready!.url)))).status).toBe(200)
  await until(async () => {
    const items = await fetch(new URL('api/v1/items', urlOf(api)))
    return ((await items.json()) as { items: unknown[] }).items.length === 4
  })
  scheduler.child.kill('SIGTERM')
  expect(await scheduler.ended()).toEqual({ code: 0, stderr: '' })
}, 60_000)

test('a second signal ends a worker at once, and its job is taken over', async () => {
  await using program = await openProgram('sqlite')
  await using analyzer = tireless()
  await using api = await startApi(program)
  await using leaving = await startWorker(program, { TALLYMAN_ANALYZER_URL: analyzer.url })
  const followed = await upload(urlOf(api), 'Acme', priceList(5))
  await until(() => analyzer.requests.length === 1)
  leaving.child.kill('SIGTERM')
  await until(() => leaving.events.some(({ message }) => message === 'stopping'))
  leaving.child.kill('SIGTERM')
  expect((await leaving.ended()).code).toBe(143)
  await using _taking = await startWorker(program)
  expect(await endOf(followed)).toMatchObject({ status: 'completed' })
}, 120_000)

test('the analyzer of a worker that is killed goes with it', async () => {
  await using program = await openProgram('sqlite')
  await using worker = await startWorker(program)
  const started = await until(() => {
    const found = descendants(worker.child.pid)
    return found.some(({ command }) => command.endsWith('analyze-child')) && found
  })
  worker.child.kill('SIGKILL')
  await until(() => started.every(({ pid }) => processState(pid) === 'gone'))
}, 60_000)

test('a folder has one service and any number of workers', async () => {
  await using program = await openProgram('sqlite')
  await using _api = await startApi(program)
  await using _worker = await startWorker(program)
  const second = await startApi(program).catch((error: Error) => error)
  expect(String(second)).toContain('is served already by process')
  await using _another = await startWorker(program)
}, 60_000)

test('a worker answers health checks where it is told to, and nothing else', async () => {
  await using program = await openProgram('sqlite')
  await using worker = await startWorker(program, { TALLYMAN_HEALTH_PORT: '0' })
  const { url } = worker.events.find(({ message }) => message === 'listening for health checks')!
  for (const path of ['livez', 'readyz', 'health'])
    expect(await (await fetch(new URL(path, String(url)))).json()).toMatchObject({ status: 'ok' })
  const other = await fetch(new URL('api/v1/items', String(url)))
  expect([other.status, await other.json()]).toMatchObject([404, { code: 'no_such_address' }])
  const port = new URL(String(url)).port
  const second = await startWorker(program, { TALLYMAN_HEALTH_PORT: port }).catch(String)
  expect(String(second)).toContain(`Port ${port} of 127.0.0.1 is in use already; set TALLYMAN_HEALTH_PORT`)
}, 60_000)

async function deadline(ms: number): Promise<string> {
  await Bun.sleep(ms)
  return `It had not ended within ${ms} ms.`
}
