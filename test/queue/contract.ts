import { describe, expect, test } from 'bun:test'
import type { Queue } from '../../src/queue/queue.ts'
import { jobStore, type Taken } from '../../src/queue/store.ts'
import type { Engine } from '../helpers/engines.ts'
import { rejection } from '../helpers/open-database.ts'
import { doOnce, type OpenQueue, openQueueBench, type QueueBench } from '../helpers/queue-bench.ts'
import { until } from '../helpers/until.ts'
import { queueRules } from './contract-rules.ts'

/** Never reached unless something is lost. */
const deadline = () => AbortSignal.timeout(30_000)
const now = new Date(Date.UTC(2026, 10, 22, 9))
/** Longer than any test: what is found meanwhile was announced. */
const neverMs = 3_600_000
const leaseMs = 60_000

const done = ({ bench }: QueueBench, { lease }: Taken) => doOnce(bench.db, lease, now)
const ids = (taken: Taken[]) => taken.map(({ job }) => job.id)

/** Takes jobs until there are so many: a queue that is told of each may bring them one by one. */
async function takeAll(queue: Queue, count: number, limit: number): Promise<Taken[]> {
  const all: Taken[] = []
  while (all.length < count) {
    const taken = await queue.next({ limit: Math.min(limit, count - all.length), signal: deadline() })
    expect(taken.length).toBeLessThanOrEqual(limit)
    expect(taken.length).toBeGreaterThan(0)
    all.push(...taken)
  }
  return all
}

/**
 * What every backend of the queue does, on each engine.
 * @param backend what workers in processes of their own are told to use: a Redis, or nothing but the database
 */
export function queueContract(
  name: string,
  engine: Engine,
  open: OpenQueue,
  backend: () => string = () => 'embedded',
): void {
  const opened = () => openQueueBench(engine, open, backend())

  describe(`${name} on ${engine}`, () => {
    queueRules(opened)

    test('what is announced is taken by whoever waits, also in another process', async () => {
      await using bench = await opened()
      const options = { lookMs: neverMs }
      const [near, far] = [await bench.queue(options), await bench.queue(options)]
      const waits = [near, far].map((queue) => queue.next({ limit: 1, signal: deadline() }))
      const first = await bench.add()
      near.announce(first)
      const winner = await Promise.race(waits.map(async (wait, index) => ({ index, taken: await wait })))
      expect(ids(winner.taken)).toEqual([first])
      // The other one still waits, and hears of the next one wherever it is announced.
      const second = await bench.add()
      ;[near, far][winner.index]!.announce(second)
      expect(ids(await waits[1 - winner.index]!)).toEqual([second])
    })

    test('no more are taken than were asked for, oldest first', async () => {
      await using bench = await opened()
      const queue = await bench.queue()
      const added = [await bench.add(), await bench.add(), await bench.add()]
      for (const id of added) queue.announce(id)
      expect(ids(await takeAll(queue, 3, 2))).toEqual(added)
    })

    test('what nobody announced is found all the same', async () => {
      await using bench = await opened()
      const queue = await bench.queue()
      const wait = queue.next({ limit: 1, signal: deadline() })
      const id = await bench.add()
      expect(ids(await wait)).toEqual([id])
    })

    test('a job that was put off is taken when it is due, and not before', async () => {
      await using bench = await opened()
      const queue = await bench.queue()
      const id = await bench.add({ retryDelaysMs: [300] })
      const [taken] = await queue.next({ limit: 1, signal: deadline() })
      const error = { kind: 'network', code: 'x', message: 'x' } as const
      const putOffAt = performance.now()
      await bench.bench.db.tx(async ({ query }) => {
        const jobs = jobStore({ query, tables: bench.bench.db.tables })
        await jobs.fail(taken!.lease, error, await jobs.afterFailure(taken!.lease, error))
      })
      queue.announce(id)
      const [again] = await queue.next({ limit: 1, signal: deadline() })
      // The database's clock and this one's may run apart by some milliseconds.
      expect(performance.now() - putOffAt).toBeGreaterThan(250)
      expect(again).toMatchObject({ job: { id, attempt: 2, retryCount: 1 } })
    })

    test('jobs of one lane follow each other, those of others need not wait', async () => {
      await using bench = await opened()
      const queue = await bench.queue()
      const a = [await bench.add({ lane: 'a' }), await bench.add({ lane: 'a' })]
      const b = await bench.add({ lane: 'b' })
      const taken = await takeAll(queue, 2, 10)
      expect(ids(taken).sort()).toEqual([a[0]!, b])
      const wait = queue.next({ limit: 10, signal: deadline() })
      await done(bench, taken.find(({ job }) => job.id === a[0])!)
      queue.announce(a[0]!)
      expect(ids(await wait)).toEqual([a[1]!])
    })

    test('of many workers each job is taken by one', async () => {
      await using bench = await opened()
      const queues = [await bench.queue(), await bench.queue(), await bench.queue()]
      const added = new Set<string>()
      for (let n = 0; n < 30; n++) added.add(await bench.add())
      const stop = new AbortController()
      const seen: string[] = []
      const works = queues.map(async (queue) => {
        while (!stop.signal.aborted)
          for (const taken of await queue.next({ limit: 3, signal: stop.signal })) {
            seen.push(taken.job.id)
            await done(bench, taken)
          }
      })
      await until(() => seen.length >= added.size)
      stop.abort()
      await Promise.all(works)
      expect(seen.sort()).toEqual([...added].sort())
      expect(Object.values(await bench.effects())).toEqual(Array(30).fill(1))
    })

    test('a worker whose lease ran out is taken over from, and writes nothing', async () => {
      await using bench = await opened()
      const [slow, quick] = [await bench.queue({ leaseMs: 100 }), await bench.queue()]
      const id = await bench.add()
      const [late] = await slow.next({ limit: 1, signal: deadline() })
      const [taken] = await quick.next({ limit: 1, signal: deadline() })
      expect(taken).toMatchObject({ job: { id, attempt: 2 } })
      expect(await rejection(done(bench, late!))).toMatchObject({ code: 'lease_lost' })
      await done(bench, taken!)
      expect(await rejection(done(bench, late!))).toMatchObject({ code: 'lease_lost' })
      expect(await bench.effects()).toEqual({ [id]: 1 })
    })

    test('changes are told to whoever listens, and waiting ends when it is to', async () => {
      await using bench = await opened()
      const [queue, other] = [await bench.queue({ lookMs: neverMs }), await bench.queue()]
      let calls = 0
      const end = queue.onChange(() => calls++)
      await bench.add()
      const before = calls
      other.announce(null)
      await until(() => calls > before)
      end()
      const stop = new AbortController()
      // The one that was added is taken; then there is nothing.
      await queue.next({ limit: 1, signal: stop.signal })
      const wait = queue.next({ limit: 1, signal: stop.signal })
      stop.abort()
      expect(await wait).toEqual([])
    })

    test('workers that are killed at any moment lose nothing and double nothing', async () => {
      await using bench = await opened()
      const count = 60
      for (let n = 0; n < count; n++) await bench.add(n % 4 === 0 ? { lane: `lane ${n % 3}` } : {})
      const workers = await Promise.all([1, 2, 3].map(() => bench.worker('busy', leaseMs)))
      const succeeded = async () => (await bench.states()).succeeded ?? 0
      // Spread over the run by what is done, since no two machines are equally quick.
      for (let kill = 1; kill <= 8; kill++) {
        await until(async () => (await succeeded()) >= kill * 5)
        const victim = kill % workers.length
        await workers[victim]!.kill()
        workers[victim] = await bench.worker('busy', leaseMs)
      }
      await until(async () => (await succeeded()) === count)
      expect(await bench.states()).toEqual({ succeeded: count })
      expect(Object.values(await bench.effects())).toEqual(Array(count).fill(1))
    }, 120_000)

    test('a worker that is frozen past its lease and woken writes nothing', async () => {
      await using bench = await opened()
      const frozen = await bench.worker('waiting', 200)
      const id = await bench.add()
      expect(await frozen.said()).toBe('taken')
      process.kill(frozen.pid, 'SIGSTOP')
      const queue = await bench.queue()
      const [taken] = await queue.next({ limit: 1, signal: deadline() })
      expect(taken).toMatchObject({ job: { id, attempt: 2 } })
      frozen.tell()
      process.kill(frozen.pid, 'SIGCONT')
      expect(await frozen.said()).toBe('lease_lost')
      await done(bench, taken!)
      expect(await bench.effects()).toEqual({ [id]: 1 })
    }, 60_000)
  })
}
