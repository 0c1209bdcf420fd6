import { expect, test } from 'bun:test'
import { importStore } from '../../src/imports/store.ts'
import { ensureInstallation, installationStore } from '../../src/queue/installation.ts'
import { jobListing } from '../../src/queue/listing.ts'
import type { Queue } from '../../src/queue/queue.ts'
import { type Job, jobStore } from '../../src/queue/store.ts'
import { doOnce, type QueueBench } from '../helpers/queue-bench.ts'
import { until } from '../helpers/until.ts'

const deadline = () => AbortSignal.timeout(30_000)
const now = new Date(Date.UTC(2026, 10, 22, 9))
/** Fewer than usual, so that they are lost soon. */
/** More than are taken over at once. */
const workersLostMax = 6

/** Which jobs every backend takes, and which it never does. */
export function queueRules(opened: () => Promise<QueueBench>): void {
  /** Adds what may not be taken, and something younger that may: only that one is brought. */
  async function addBeside(bench: QueueBench, queue: Queue, options: Parameters<QueueBench['add']>[0]) {
    const id = await bench.add(options)
    return { id, isLeft: () => expectOther(bench, queue, id) }
  }

  async function expectOther(bench: QueueBench, queue: Queue, left: string): Promise<void> {
    const other = await bench.add()
    queue.announce(left)
    queue.announce(other)
    const taken = await queue.next({ limit: 10, signal: deadline() })
    expect(taken.map(({ job }) => job.id)).toEqual([other])
    await doOnce(bench.bench.db, taken[0]!.lease, now)
    expect(await jobOf(bench, left)).toMatchObject({ attempt: 0 })
  }

  async function expectTaken(queue: Queue, id: string): Promise<void> {
    queue.announce(id)
    const [taken] = await queue.next({ limit: 1, signal: deadline() })
    expect(taken).toMatchObject({ job: { id, attempt: 1 } })
  }

  test('a job whose file lies in another data folder is never taken, wherever it is announced', async () => {
    await using bench = await opened()
    const [here, there, nowhere] = [
      await bench.queue({ place: 'here' }),
      await bench.queue({ place: 'there' }),
      await bench.queue(),
    ]
    const { id, isLeft } = await addBeside(bench, there, { place: 'here' })
    await isLeft()
    await expectOther(bench, nowhere, id)
    await expectTaken(here, id)
  })

  test('workers that share a data folder share its jobs', async () => {
    await using bench = await opened()
    const queues = [await bench.queue({ place: 'here' }), await bench.queue({ place: 'here' })]
    for (const queue of queues) await expectTaken(queue, await bench.add({ place: 'here' }))
  })

  test('while the queue is paused nothing is begun, and what runs goes on', async () => {
    await using bench = await opened()
    const { db } = bench.bench
    await ensureInstallation(db, now)
    const queue = await bench.queue()
    const running = await bench.add()
    queue.announce(running)
    const [taken] = await queue.next({ limit: 1, signal: deadline() })
    await db.tx((tx) => installationStore({ query: tx.query }).pause(now))
    const waiting = await bench.add()
    queue.announce(waiting)
    await doOnce(db, taken!.lease, now)
    queue.announce(running)
    expect(await firstOf(queue, AbortSignal.timeout(300))).toBe(null)
    expect(await bench.states()).toEqual({ succeeded: 1, queued: 1 })
    await db.tx((tx) => installationStore({ query: tx.query }).resume())
    await expectTaken(queue, waiting)
  })

  test('of a source that is paused nothing is begun', async () => {
    await using bench = await opened()
    const { db } = bench.bench
    const queue = await bench.queue()
    const id = await bench.add({ supplier: 'Paused' })
    const { sourceId } = await bench.bench.source('Paused')
    await db.run('update sources set paused_at = $2 where id = $1', [sourceId, now])
    await expectOther(bench, queue, id)
    await db.run('update sources set paused_at = null where id = $1', [sourceId])
    await expectTaken(queue, id)
  })

  test('a job that has expired is not begun; it and its import say so', async () => {
    await using bench = await opened()
    const queue = await bench.queue()
    const { id, isLeft } = await addBeside(bench, queue, { expiresAt: new Date(Date.now() - 60_000) })
    await isLeft()
    await until(async () => (await jobOf(bench, id)).state === 'expired')
    const { importId } = await jobOf(bench, id)
    expect(await importStore(bench.bench.db).get(importId)).toMatchObject({
      status: 'expired',
      error: { code: 'expired' },
    })
    // A person has it tried again, however late.
    await bench.bench.db.tx(({ query }) =>
      jobStore({ query, tables: bench.bench.db.tables }).requeue(importId, { worker: null, now }),
    )
    await expectTaken(queue, id)
  })

  test('one that was begun in time is seen through, and so is one that has time left', async () => {
    await using bench = await opened()
    const queue = await bench.queue()
    const id = await bench.add({ expiresAt: new Date(Date.now() + 3_600_000) })
    queue.announce(id)
    const [taken] = await queue.next({ limit: 1, signal: deadline() })
    await bench.bench.db.tx(async ({ query }) => {
      await jobStore({ query, tables: bench.bench.db.tables }).putBack(taken!.lease)
      await query.update(bench.bench.db.tables.jobs).set({ expiresAt: new Date(0) })
    })
    queue.announce(id)
    const [again] = await queue.next({ limit: 1, signal: deadline() })
    expect(again).toMatchObject({ job: { id, attempt: 2, takeovers: 0 } })
  })

  test('a job that too many workers are lost with is dead, and its import failed', async () => {
    await using bench = await opened()
    const { db } = bench.bench
    const queue = await bench.queue({ leaseMs: 1, workersLostMax })
    const id = await bench.add()
    queue.announce(id)
    for (let lost = 0; lost < workersLostMax; lost++) {
      const [taken] = await queue.next({ limit: 1, signal: deadline() })
      expect(taken).toMatchObject({ job: { id, attempt: lost + 1, takeovers: lost } })
    }
    const { importId } = await until(async () => {
      const job = await jobOf(bench, id)
      return job.state === 'dead' ? job : null
    })
    const error = { code: 'worker_lost', message: expect.stringContaining(`${workersLostMax} times`) }
    expect(await jobListing(db).get(id)).toMatchObject({
      attempt: workersLostMax,
      error: { kind: 'parser', ...error },
      cause: 'parser/worker_lost',
    })
    expect(await importStore(db).get(importId)).toMatchObject({
      status: 'failed',
      error,
      finishedAt: expect.any(Date),
    })
    // A person gives it as many again.
    await db.tx(({ query }) =>
      jobStore({ query, tables: db.tables }).requeue(importId, { worker: null, now }),
    )
    queue.announce(id)
    const [retried] = await queue.next({ limit: 1, signal: deadline() })
    expect(retried).toMatchObject({ job: { id, takeovers: 0 } })
  })

  test('being put back as a worker stops is no loss of a worker', async () => {
    await using bench = await opened()
    const queue = await bench.queue()
    const id = await bench.add()
    for (let stop = 0; stop <= workersLostMax; stop++) {
      queue.announce(id)
      const [taken] = await queue.next({ limit: 1, signal: deadline() })
      expect(taken).toMatchObject({ job: { id, attempt: stop + 1, takeovers: 0 } })
      await bench.bench.db.tx(({ query }) =>
        jobStore({ query, tables: bench.bench.db.tables }).putBack(taken!.lease),
      )
    }
  })

  test('what was drained is left alone', async () => {
    await using bench = await opened()
    const queue = await bench.queue()
    const id = await bench.add({ expiresAt: new Date(0) })
    await bench.bench.db.run(`update jobs set state = 'drained', lease_until = $1`, [new Date(0)])
    await expectOther(bench, queue, id)
    expect(await jobOf(bench, id)).toMatchObject({ state: 'drained' })
  })
}

async function jobOf({ bench }: QueueBench, id: string): Promise<Job> {
  return (await jobStore(bench.db).get(id))!
}

/** What is taken before the signal; null: nothing. */
async function firstOf(queue: Queue, signal: AbortSignal): Promise<string | null> {
  const [taken] = await queue.next({ limit: 1, signal })
  return taken?.job.id ?? null
}
