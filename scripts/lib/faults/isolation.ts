import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { loadConfig } from '../../../src/config.ts'
import { trigger } from '../../../src/courier/trigger.ts'
import { systemClock } from '../../../src/lib/clock.ts'
import { newId } from '../../../src/lib/id.ts'
import { openService, type Service } from '../../../src/roles/service.ts'
import { sourceStore } from '../../../src/sources/store.ts'
import { supplierStore } from '../../../src/suppliers/store.ts'
import { descendants } from '../../../test/helpers/processes.ts'
import { temporaryDirectory } from '../../../test/helpers/temporary.ts'
import { median, percentile } from '../bench/statistics.ts'
import { badServers, type ListServers } from './children/list-servers.ts'
import { atLeastOne, type Figure, never } from './figure.ts'
import { freshDatabase } from './ground.ts'
import { type Place, placeText, type Servers } from './place.ts'
import { silentLog } from './queues.ts'
import { startProcess } from './worker.ts'

const concurrency = 8
const patienceMs = 300_000
const ratioMax = 1.2

const worker = join(import.meta.dir, 'children/courier.ts')
const listServers = join(import.meta.dir, 'children/list-servers.ts')

/** What came of one run. */
interface Run {
  /** From due to ended, of each healthy list. */
  times: number[]
  /** Healthy lists that were not published. */
  failed: number
  /** Processor time of the worker and the processes that it has started. */
  processorMs: number
  /** Bad ones that had not come to an end when the last healthy one had. */
  underWay: number
}

/**
 * Sources on servers of the web, each its own, are all due at once for one worker: the healthy ones alone, and the same
 * ones with five among them that stall, never end, refuse, fail, or are far larger. What is measured is how much longer
 * the healthy ones take for that.
 */
export async function isolation(
  place: Place,
  servers: Servers,
  { healthy, pairs }: { healthy: number; pairs: number },
): Promise<Figure[]> {
  const cwd = import.meta.dir
  await using lists = startProcess([process.execPath, listServers, String(healthy)], {
    env: process.env,
    cwd,
  })
  // What its last line is, by its own word.
  const ports = JSON.parse(await lists.said()) as ListServers
  const alone: Run[] = []
  const among: Run[] = []
  for (let n = 0; n < pairs; n++)
    // Each goes first in turn, since a machine may be slower at first.
    for (const isAlone of n % 2 === 0 ? [true, false] : [false, true])
      (isAlone ? alone : among).push(await run(place, servers, ports, isAlone))
  const p95 = (runs: Run[]) => runs.map(({ times }) => percentile(times, 0.95))
  const ratios = p95(among).map((ms, n) => ms / p95(alone)[n]!)
  const seconds = (ms: number) => `${(ms / 1000).toFixed(1)} s`
  const sum = (of: (run: Run) => number) => [...alone, ...among].reduce((all, each) => all + of(each), 0)
  return [
    {
      scenario: 'isolation',
      where: placeText(place),
      facts: {
        'healthy servers': healthy,
        'bad ones': badServers.length,
        pairs,
        'p95 alone': seconds(median(p95(alone))),
        'among bad ones': seconds(median(p95(among))),
        'processor time alone': seconds(median(alone.map(({ processorMs }) => processorMs))),
        'among them': seconds(median(among.map(({ processorMs }) => processorMs))),
        'ratios from': `${Math.min(...ratios).toFixed(2)} to ${Math.max(...ratios).toFixed(2)}`,
      },
      goals: [
        never(
          'healthy ones not published',
          sum(({ failed }) => failed),
        ),
        atLeastOne('bad ones outlasted', Math.min(...among.map(({ underWay }) => underWay))),
        { name: 'p95', value: median(ratios), unit: '×', bound: { atMost: ratioMax } },
      ],
    },
  ]
}

async function run(place: Place, servers: Servers, ports: ListServers, isAlone: boolean): Promise<Run> {
  await using directory = await temporaryDirectory()
  await using database = await freshDatabase(place.engine, servers)
  const env = {
    PATH: process.env.PATH,
    HOME: directory.path,
    DATABASE_URL: database.url,
    TALLYMAN_DATA_DIR: directory.file('data'),
    TALLYMAN_CONCURRENCY: String(concurrency),
    TALLYMAN_PRIVATE_HOSTS: '127.0.0.1',
    ...(place.backend === 'redis' && servers.redisUrl !== null && { REDIS_URL: servers.redisUrl }),
  }
  const cwd = directory.path
  const config = loadConfig(env, cwd)
  const service = await openService({ config, clock: systemClock, log: silentLog, env, cwd, only: 'api' })
  try {
    await using process = startProcess([globalThis.process.execPath, worker], { env, cwd })
    await process.ready
    const [first] = ports.healthy
    // The first list waits for processes that later ones find started.
    await ended(service, [await start(service, [await add(service, 'First', first!)])].flat())
    const healthy = new Map<string, number>()
    const all: string[] = []
    const bad = isAlone ? [] : badServers.map((name) => [name, ports.bad[name]] as const)
    const every = Math.ceil(ports.healthy.length / (bad.length + 1))
    for (const [n, port] of ports.healthy.entries()) {
      const next = n % every === 0 ? bad.shift() : undefined
      if (next !== undefined) all.push(await add(service, ...next))
      const id = await add(service, `Healthy ${n}`, port)
      healthy.set(id, n)
      all.push(id)
    }
    const processorBefore = processorMs(process.pid)
    const dueMs = Date.now()
    const jobs = await start(service, all)
    const good = jobs.filter((_, n) => healthy.has(all[n]!))
    const finished = await ended(service, good)
    const [others] = await service.db.all<{ count: number | string }>(
      `select count(*) as count from jobs where state in ('queued', 'running')`,
    )
    return {
      processorMs: processorMs(process.pid) - processorBefore,
      times: finished.map(({ finishedMs }) => finishedMs - dueMs),
      failed: good.length - finished.filter(({ state }) => state === 'succeeded').length,
      underWay: Number(others!.count),
    }
  } finally {
    await service.stop({ graceMs: 0 })
  }
}

/** Of a process and all that it has started, with what of them has ended. */
function processorMs(pid: number): number {
  const processes = [pid, ...descendants(pid).map((each) => each.pid)]
  return processes.reduce((sum, each) => sum + ticksOf(each), 0) * (1000 / ticksPerSecond)
}

/** As /proc counts on Linux, whatever the kernel does. */
const ticksPerSecond = 100

function ticksOf(pid: number): number {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8')
    // The name in parentheses may hold anything; user and system time are the 14th field and the next, and those of
    // children that have ended follow.
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
    return fields.slice(11, 15).reduce((sum, each) => sum + Number(each), 0)
  } catch {
    // It has just ended, and its parent has its times.
    return 0
  }
}

/** @returns the id of a new source of a new supplier */
async function add({ db }: Service, supplier: string, port: number): Promise<string> {
  return db.tx(async ({ query }) => {
    const stores = { query, tables: db.tables }
    const now = new Date()
    const { id: supplierId } = await supplierStore(stores).findOrAdd(supplier, now)
    const { id } = await sourceStore(stores).add({
      id: newId(),
      supplierId,
      name: 'list',
      kind: 'http',
      config: { url: `http://127.0.0.1:${port}/prices.csv` },
      secrets: null,
      schedule: null,
      timeZone: null,
      retryDelaysMs: null,
      listMode: 'full',
      currency: null,
      now,
    })
    return id
  })
}

/** @returns the ids of their jobs, in the order of the sources */
async function start({ db, parts, queue }: Service, sources: string[]): Promise<string[]> {
  const now = new Date()
  const { started } = await db.tx((tx) => trigger(tx, parts, { sources, trigger: 'api', now }))
  for (const { jobId } of started) queue.announce(jobId)
  return sources.map((id) => started.find(({ sourceId }) => sourceId === id)!.jobId)
}

/** Waits until jobs have ended. */
async function ended({ db }: Service, jobs: string[]): Promise<{ state: string; finishedMs: number }[]> {
  const wanted = new Set(jobs)
  const deadline = performance.now() + patienceMs
  for (;;) {
    const rows = await db.all<{ id: string; state: string; finished_at: number | string }>(
      `select id, state, finished_at from jobs where finished_at is not null and state not in ('queued', 'running')`,
    )
    const found = rows.filter(({ id }) => wanted.has(id))
    if (found.length === wanted.size || performance.now() > deadline)
      return found.map(({ state, finished_at }) => ({ state, finishedMs: new Date(finished_at).getTime() }))
    await new Promise((resolve) => setTimeout(resolve, 200))
  }
}
