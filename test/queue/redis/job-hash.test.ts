import { afterAll, beforeAll, expect, test } from 'bun:test'
import { createClient } from 'redis'
import { startRedis } from '../../../scripts/lib/redis.ts'
import type { Server } from '../../../scripts/lib/server.ts'
import { openRedisQueue } from '../../../src/queue/redis/redis-queue.ts'
import { jobStore, type Taken } from '../../../src/queue/store.ts'
import { engines } from '../../helpers/engines.ts'
import { openLogged } from '../../helpers/logged.ts'
import { silentLog } from '../../helpers/open-database.ts'
import { doOnce, openQueueBench, type QueueBench } from '../../helpers/queue-bench.ts'
import { until } from '../../helpers/until.ts'

const now = new Date(Date.UTC(2026, 10, 22, 9))
const soon = () => AbortSignal.timeout(30_000)

let redis: Server
let client: ReturnType<typeof createClient>
beforeAll(async () => {
  redis = await startRedis(process.env.TALLYMAN_TEST_REDIS_URL || null)
  client = createClient({ url: redis.url })
  client.on('error', () => {})
  await client.connect()
}, 180_000)
afterAll(async () => {
  client.destroy()
  await redis[Symbol.asyncDispose]()
})

const open = (engine: (typeof engines)[number]) =>
  openQueueBench(engine, (options) => openRedisQueue({ ...options, url: redis.url, log: silentLog }))

/** Waits until the copy of a job has a field of this value, and gives all of it. */
const copyWith = (id: string, field: string, value: string) =>
  until(async () => {
    const copy = await client.hGetAll(`job:${id}`)
    return copy[field] === value ? { ...copy } : null
  })

const inTx = ({ bench: { db } }: QueueBench, work: (jobs: ReturnType<typeof jobStore>) => Promise<unknown>) =>
  db.tx(({ query }) => work(jobStore({ query, tables: db.tables })))

for (const engine of engines) {
  test(`on ${engine}, each job is copied to a hash, from the queue to its end`, async () => {
    await using bench = await open(engine)
    const queue = await bench.queue()
    const id = await bench.add({ retryDelaysMs: [3_600_000] })
    queue.announce(id)
    expect(await copyWith(id, 'status', 'queued')).toEqual({
      revision: '0',
      job_id: id,
      status: 'queued',
      phase: '',
      ml_job_id: '',
      download_progress: 'null',
      analysis_progress: 'null',
      error: 'null',
      can_retry: 'false',
      retry_count: '0',
    })
    const [taken] = await queue.next({ limit: 1, signal: soon() })
    expect(await copyWith(id, 'status', 'running')).toMatchObject({ phase: 'downloading' })
    // Nobody announces progress.
    await inTx(bench, (jobs) =>
      jobs.report(taken!.lease, {
        phase: 'analyzing',
        downloadPercent: 100,
        downloadedBytes: 2048,
        itemsProcessed: 30,
        itemsTotal: null,
      }),
    )
    const copy = await copyWith(id, 'phase', 'analyzing')
    expect(JSON.parse(copy.download_progress!)).toEqual({ percentage: 100, bytes_downloaded: 2048 })
    expect(JSON.parse(copy.analysis_progress!)).toEqual({ items_processed: 30, items_total: null })
    const error = { kind: 'network', code: 'gone', message: 'The server "x" is gone; ask it again.' } as const
    await inTx(bench, async (jobs) =>
      jobs.fail(taken!.lease, error, await jobs.afterFailure(taken!.lease, error)),
    )
    queue.announce(id)
    const failed = await copyWith(id, 'retry_count', '1')
    expect(failed).toMatchObject({ status: 'queued', phase: '', can_retry: 'false' })
    expect(JSON.parse(failed.error!)).toEqual(error)
    const days = (await client.ttl(`job:${id}`)) / (24 * 60 * 60)
    expect(days).toBeGreaterThan(6.9)
    expect(days).toBeLessThanOrEqual(7)
  })

  test(`on ${engine}, what Redis has lost of a job is there again after its next change`, async () => {
    await using bench = await open(engine)
    const queue = await bench.queue()
    const taken = await takeOne(bench, queue)
    await copyWith(taken.job.id, 'status', 'running')
    await client.del(`job:${taken.job.id}`)
    await doOnce(bench.bench.db, taken.lease, now)
    queue.announce(taken.job.id)
    expect(await copyWith(taken.job.id, 'status', 'succeeded')).toMatchObject({ phase: 'complete' })
  })

  test(`on ${engine}, what a command changed while nobody worked on jobs is copied by the next who does`, async () => {
    await using bench = await open(engine)
    const queue = await bench.queue()
    const taken = await takeOne(bench, queue)
    await copyWith(taken.job.id, 'status', 'running')
    await queue.close()
    await inTx(bench, (jobs) => jobs.close(taken.job.importId, 'cancelled', new Date()))
    await bench.queue()
    expect(await copyWith(taken.job.id, 'status', 'cancelled')).toMatchObject({ can_retry: 'true' })
  })

  test(`on ${engine}, what has ended is copied again after Redis was emptied, unless that was long ago`, async () => {
    await using bench = await open(engine)
    const queue = await bench.queue()
    const jobs: Taken['job'][] = []
    for (let n = 0; n < 3; n++) jobs.push((await takeOne(bench, queue)).job)
    const [dead, done, old] = jobs
    await inTx(bench, async (store) => {
      await store.close(dead!.importId, 'dead', new Date())
      await store.close(done!.importId, 'succeeded', new Date())
      await store.close(old!.importId, 'succeeded', new Date(Date.now() - 8 * 24 * 3_600_000))
    })
    for (const { id } of jobs) queue.announce(id)
    await copyWith(old!.id, 'status', 'succeeded')
    await client.flushAll()
    await copyWith(dead!.id, 'status', 'dead')
    await copyWith(done!.id, 'status', 'succeeded')
    expect(await client.exists(`job:${old!.id}`)).toBe(0)
  })
}

test('the copy of a job that was deleted with its source goes too, whether somebody worked on it or not', async () => {
  await using bench = await open('sqlite')
  const queue = await bench.queue()
  const { job } = await takeOne(bench, queue)
  const waiting = await bench.add({ retryDelaysMs: null })
  await bench.bench.db.run(`update jobs set run_at = run_at + 3600000 where id = $1`, [waiting])
  queue.announce(waiting)
  await copyWith(job.id, 'status', 'running')
  await copyWith(waiting, 'status', 'queued')
  await bench.bench.db.run('delete from jobs', [])
  await until(async () => (await client.exists(`job:${job.id}`)) === 0)
  expect(await client.exists(`job:${waiting}`)).toBe(1)
  queue.announce(waiting)
  await until(async () => (await client.exists(`job:${waiting}`)) === 0)
})

test('that a job has expired is copied too', async () => {
  await using bench = await open('sqlite')
  const id = await bench.add()
  await bench.bench.db.run('update jobs set expires_at = run_at where id = $1', [id])
  await bench.queue()
  expect(await copyWith(id, 'status', 'expired')).toMatchObject({ can_retry: 'true' })
})

test('an older state of a job never replaces a newer one', async () => {
  await using bench = await open('sqlite')
  const queue = await bench.queue()
  const { job } = await takeOne(bench, queue)
  await copyWith(job.id, 'status', 'running')
  await client.hSet(`job:${job.id}`, { revision: '100', status: 'succeeded' })
  queue.announce(job.id)
  // Closing waits for what is to be copied.
  await queue.close()
  expect(await client.hGet(`job:${job.id}`, 'status')).toBe('succeeded')
})

test('a copy that cannot be written does no harm to the job, nor to others', async () => {
  const logged = openLogged()
  await using bench = await openQueueBench('sqlite', (options) =>
    openRedisQueue({ ...options, url: redis.url, log: logged.log }),
  )
  const queue = await bench.queue()
  const id = await bench.add()
  await client.set(`job:${id}`, 'no hash')
  queue.announce(id)
  const [taken] = await queue.next({ limit: 1, signal: soon() })
  await doOnce(bench.bench.db, taken!.lease, now)
  queue.announce(id)
  const other = await takeOne(bench, queue)
  await copyWith(other.job.id, 'status', 'running')
  expect(await bench.states()).toEqual({ succeeded: 1, running: 1 })
  expect(logged.events.filter(({ level }) => level !== 'debug')).toEqual([])
})

async function takeOne(bench: QueueBench, queue: Awaited<ReturnType<QueueBench['queue']>>): Promise<Taken> {
  const id = await bench.add()
  queue.announce(id)
  const [taken] = await queue.next({ limit: 1, signal: soon() })
  return taken!
}
