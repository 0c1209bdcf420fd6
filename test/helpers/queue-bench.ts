import { join } from 'node:path'
import type { Database } from '../../src/db/database.ts'
import type { Queue, QueueOptions } from '../../src/queue/queue.ts'
import { jobStore, type Lease, type NewJob } from '../../src/queue/store.ts'
import { type Bench, openBench } from './bench.ts'
import type { Engine } from './engines.ts'
import { openUrl } from './open-database.ts'

/** A database with jobs, queues of one backend on it, and workers in processes of their own. */
export interface QueueBench extends AsyncDisposable {
  bench: Bench
  /** A queue with connections of its own, as another process would have it. */
  queue(options?: Partial<QueueOptions>): Promise<Queue>
  /** Adds a job that nobody has announced. */
  add(options?: Partial<NewJob> & { supplier?: string }): Promise<string>
  /** Starts a worker; it is killed at the end, if it was not before. */
  worker(kind: 'busy' | 'waiting', leaseMs: number): Promise<QueueWorker>
  /** Job id → how often its effect was committed, for those that have one. */
  effects(): Promise<Record<string, number>>
  states(): Promise<Record<string, number>>
}

export interface QueueWorker {
  pid: number
  /** The next line that it says. */
  said(): Promise<string>
  tell(): void
  kill(): Promise<void>
}

/** Opens a queue of one backend on a database. */
export type OpenQueue = (options: QueueOptions & { db: Database }) => Promise<Queue>

/** What a job is here: its effect and its end, in one transaction, as every job has to have it. */
export async function doOnce(db: Database, lease: Lease, now: Date): Promise<void> {
  await db.tx(async (tx) => {
    await tx.run(
      `insert into counters (name, value) values ($1, 1)
       on conflict (name) do update set value = counters.value + 1`,
      [lease.jobId],
    )
    const jobs = jobStore({ query: tx.query, tables: db.tables })
    await jobs.end(lease, { state: 'succeeded', phase: 'complete', now })
  })
}

const program = join(import.meta.dir, 'children/queue-worker.ts')

/** @param backend `embedded`, or the URL of a Redis: what workers in processes of their own use */
export async function openQueueBench(
  engine: Engine,
  open: OpenQueue,
  backend = 'embedded',
): Promise<QueueBench> {
  const bench = await openBench(engine)
  const { db, url } = bench
  const made = new AsyncDisposableStack()
  made.use(bench)
  let queues = 0

  const self: Omit<QueueBench, keyof AsyncDisposable> = {
    bench,
    async queue(options = {}) {
      const own = await openUrl(url)
      made.defer(() => own.close())
      const worker = `elsewhere ${++queues} `
      const queue = await open({ db: own, worker, lookMs: 50, ...options })
      made.defer(() => queue.close())
      return queue
    },
    async add({ lane = null, supplier = 'Acme', ...queued } = {}) {
      const { importId, now } = await bench.begin(await bench.source(supplier))
      await db.run('delete from jobs where import_id = $1', [importId])
      return db.tx(({ query }) =>
        jobStore({ query, tables: db.tables }).add({ importId, lane, worker: null, now, ...queued }),
      )
    },
    async worker(kind, leaseMs) {
      const child = Bun.spawn([process.execPath, program, url, String(leaseMs), kind, backend], {
        stdio: ['pipe', 'pipe', 'inherit'],
      })
      const lines = linesOf(child.stdout)
      const said = async () => (await lines.next()).value ?? 'ended'
      const kill = async () => {
        child.kill('SIGKILL')
        await child.exited
      }
      made.defer(kill)
      if ((await said()) !== 'ready') throw new Error('The worker ended before it began.')
      return {
        pid: child.pid,
        said,
        kill,
        tell() {
          child.stdin.write('go\n')
          child.stdin.flush()
        },
      }
    },
    async effects() {
      const rows = await db.all<{ name: string; value: number }>(
        'select c.name, c.value from counters as c join jobs as j on j.id = c.name',
      )
      return Object.fromEntries(rows.map(({ name, value }) => [name, value]))
    },
    async states() {
      const rows = await db.all<{ state: string; n: number }>(
        'select state, count(*) as n from jobs group by state',
      )
      return Object.fromEntries(rows.map(({ state, n }) => [state, n]))
    },
  }
  return { ...self, [Symbol.asyncDispose]: () => made.disposeAsync() }
}

async function* linesOf(stream: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  let rest = ''
  const decoder = new TextDecoder()
  for await (const chunk of stream) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n')
    rest = lines.pop() ?? ''
    yield* lines
  }
}
