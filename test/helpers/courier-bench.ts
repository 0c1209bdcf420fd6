import { consoleActor } from '../../src/auth/model.ts'
import { type CourierParts, openCourier } from '../../src/courier/courier.ts'
import { takeIn } from '../../src/courier/intake.ts'
import type { AttemptLimits } from '../../src/courier/limits.ts'
import { cancelJob } from '../../src/courier/operate.ts'
import type { Following, Reader, RemoteReader, Task, TaskEnd } from '../../src/courier/reader.ts'
import { type InlineSource, triggerInline } from '../../src/courier/trigger.ts'
import { openArchive } from '../../src/files/archive.ts'
import { importStore } from '../../src/imports/store.ts'
import { openWayOut } from '../../src/lib/outbound/way-out.ts'
import { openEmbeddedQueue } from '../../src/queue/embedded.ts'
import { jobListing, type ListedJob } from '../../src/queue/listing.ts'
import { jobStore } from '../../src/queue/store.ts'
import { fetchSettingsDefault } from '../../src/sources/kinds/index.ts'
import { type Bench, openBench } from './bench.ts'
import type { Engine } from './engines.ts'
import { plainHandover } from './handover.ts'
import { silentLog } from './open-database.ts'
import { testSealer } from './sealer.ts'
import { until } from './until.ts'

/** A file that was handed to a reader, which does what the test says. */
export interface Handed {
  task: Task
  following: Following
  end(end: TaskEnd): void
  fail(error: unknown): void
}

/** The real courier and queue, without processes: what reads a file is the test itself. */
export interface CourierBench extends AsyncDisposable {
  bench: Bench
  courier: ReturnType<typeof openCourier>
  /** The folder that lists may be fetched from. */
  lists: string
  /** The next file that is handed over. */
  handed(): Promise<Handed>
  /** Takes a list in. @returns the job's id */
  take(text: string, supplier?: string): Promise<string>
  /** Triggers a source of kind local that is given inline. @returns the job's id */
  trigger(config: object, differences?: Partial<InlineSource>): Promise<string>
  job(jobId: string): Promise<ListedJob>
  /** Waits until a job is in this state, and is not at work here any more. */
  settled(jobId: string, state: ListedJob['state']): Promise<ListedJob>
  cancel(jobId: string): Promise<void>
}

export interface CourierBenchOptions {
  attemptLimits?: AttemptLimits
  retryDelaysMs?: readonly number[]
  /** What is handed over does not end by itself when it is told to. */
  isDeaf?: boolean
  /** Reads instead of the test. */
  analyzer?: RemoteReader
  slotLimits?: CourierParts['slotLimits']
  room?: CourierParts['room']
}

/**
 *     await using bench = await openCourierBench(engine)
 *     const jobId = await bench.take('a list')
 *     const { end } = await bench.handed()
 */
export async function openCourierBench(
  engine: Engine,
  {
    attemptLimits,
    retryDelaysMs = [600_000],
    isDeaf = false,
    analyzer,
    slotLimits,
    room,
  }: CourierBenchOptions = {},
): Promise<CourierBench> {
  const bench = await openBench(engine)
  const { db, folder } = bench
  const lists = `${folder}/lists`
  const clock = { now: () => new Date() }
  const handed: Handed[] = []
  const child: Reader = {
    kind: 'child',
    read: (task, following) => {
      const { promise, resolve, reject } = Promise.withResolvers<TaskEnd>()
      handed.push({ task, following, end: resolve, fail: reject })
      if (!isDeaf) following.signal.addEventListener('abort', () => resolve({ status: 'cancelled' }))
      return promise
    },
  }
  const queue = await openEmbeddedQueue({ db, log: silentLog, worker: 'me 1 ', place: 'here', lookMs: 50 })
  const parts = {
    db,
    actor: consoleActor,
    archive: openArchive(`${folder}/raw`),
    clock,
    log: silentLog,
    fileBytesMax: 1_000_000,
    defaultCurrency: 'EUR',
    place: 'here',
    carrier: null,
    fetchSettings: { ...fetchSettingsDefault, localFolders: [lists] },
    sealer: testSealer,
    out: openWayOut({ allow: ['127.0.0.1'], clock, userAgent: 'test' }),
    retryDelaysMs,
  }
  const courier = openCourier({
    ...parts,
    queue,
    concurrency: 4,
    analyzer: analyzer ?? null,
    child,
    usesAnalyzer: analyzer !== undefined,
    hasFallback: true,
    retryDelaysMs: [],
    stagingFolder: `${folder}/staging`,
    ...(attemptLimits && { attemptLimits }),
    ...(slotLimits && { slotLimits }),
    ...(room && { room }),
    clearUp: async () => {},
  })
  let files = 0
  const job = (jobId: string) => jobListing(db).get(jobId)
  return {
    bench,
    courier,
    lists,
    job,
    handed: () => until(() => handed.shift()),
    async take(text, supplier = 'Acme') {
      const path = `${folder}/${files++}.csv`
      await Bun.write(path, text)
      const { jobId } = await takeIn(parts, { ...plainHandover, path, supplier })
      courier.wake(jobId)
      return jobId
    },
    async trigger(config, differences = {}) {
      const source: InlineSource = {
        supplier: 'Acme',
        name: 'daily',
        kind: 'local',
        config: { settle_seconds: 0.1, ...config },
        schedule: null,
        timeZone: null,
        retryDelaysMs: null,
        listMode: 'full',
        currency: null,
        ...differences,
      }
      const now = clock.now()
      const { started } = await db.tx((tx) => triggerInline(tx, parts, { source, trigger: 'api', now }))
      const { jobId } = started[0]!
      courier.wake(jobId)
      return jobId
    },
    async settled(jobId, state) {
      return until(async () => {
        const found = await job(jobId)
        return found.state === state && courier.progressOf(found.importId) === null ? found : null
      })
    },
    async cancel(jobId) {
      await cancelJob(parts, jobId)
      courier.wake(jobId)
    },
    async [Symbol.asyncDispose]() {
      await courier.stop({ graceMs: 0 })
      await queue.close()
      await bench[Symbol.asyncDispose]()
    },
  }
}

/** What the reader that the test is writes at the end of an import that was published. */
export async function published({ bench: { db } }: CourierBench, { task }: Handed): Promise<void> {
  await db.tx(async ({ query }) => {
    const stores = { query, tables: db.tables }
    const now = new Date()
    await importStore(stores).change(task.importId, {
      status: 'completed',
      scopes: [''],
      supplierRevision: 0,
      publishedAt: now,
      finishedAt: now,
    })
    await jobStore(stores).end(task.lease, { state: 'succeeded', phase: 'complete', now })
  })
}
