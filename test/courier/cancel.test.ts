import { describe, expect, test } from 'bun:test'
import { mkdir } from 'node:fs/promises'
import { cancelJob } from '../../src/courier/operate.ts'
import { importStore } from '../../src/imports/store.ts'
import { jobStore } from '../../src/queue/store.ts'
import { sourceStore } from '../../src/sources/store.ts'
import { type CourierBench, openCourierBench, published } from '../helpers/courier-bench.ts'
import { type Engine, engines } from '../helpers/engines.ts'
import { priceList } from '../helpers/lists.ts'
import { rejection } from '../helpers/open-database.ts'
import { openTestService } from '../helpers/service.ts'
import { until } from '../helpers/until.ts'

const crashed = { status: 'failed', code: 'analyzer_crashed', message: 'It crashed.' } as const

interface Reached {
  bench: CourierBench
  jobId: string
  /** Whoever reads it is told to stop; null: nobody reads it. */
  signal: AbortSignal | null
  /** What somebody who has not heard of it does. */
  goOn: (() => Promise<void>) | null
}

/** A job in each of the phases that it may be in. */
const phases: Record<string, (bench: CourierBench) => Promise<Omit<Reached, 'bench'>>> = {
  async waiting(bench) {
    await bench.take('a')
    const first = await bench.handed()
    const jobId = await bench.take('b')
    expect((await bench.job(jobId)).state).toBe('queued')
    return {
      jobId,
      signal: null,
      goOn: () => published(bench, first).then(() => first.end({ status: 'done' })),
    }
  },
  async downloading(bench) {
    await mkdir(bench.lists)
    await Bun.write(`${bench.lists}/a.csv`, 'a')
    const jobId = await bench.trigger({ path: `${bench.lists}/a.csv`, settle_seconds: 600 })
    await until(async () => (await bench.job(jobId)).phase === 'downloading')
    return { jobId, signal: null, goOn: null }
  },
  async analyzing(bench) {
    const jobId = await bench.take('a')
    const handed = await bench.handed()
    expect(await bench.job(jobId)).toMatchObject({ state: 'running', phase: 'analyzing' })
    return { jobId, signal: handed.following.signal, goOn: () => published(bench, handed) }
  },
  async 'waiting for its next try'(bench) {
    const jobId = await bench.take('a')
    const handed = await bench.handed()
    handed.end(crashed)
    expect(await bench.settled(jobId, 'queued')).toMatchObject({ retryCount: 1 })
    return { jobId, signal: null, goOn: null }
  },
  async held(bench) {
    const jobId = await bench.take('a')
    const { task, end } = await bench.handed()
    await bench.bench.db.tx(async ({ query }) => {
      const stores = { query, tables: bench.bench.db.tables }
      await importStore(stores).change(task.importId, { status: 'held' })
      await jobStore(stores).end(task.lease, { state: 'held', phase: 'analyzing', now: new Date() })
    })
    end({ status: 'done' })
    await bench.settled(jobId, 'held')
    return { jobId, signal: null, goOn: null }
  },
}

async function reach(engine: Engine, phase: string): Promise<Reached> {
  const bench = await openCourierBench(engine)
  return { bench, ...(await phases[phase]!(bench)) }
}

for (const engine of engines) {
  describe(engine, () => {
    for (const phase of Object.keys(phases)) {
      test(`a job that is ${phase} is cancelled: it ends, nobody goes on with it, and the next one is begun`, async () => {
        const { bench, jobId, signal, goOn } = await reach(engine, phase)
        await using _closed = bench
        await bench.cancel(jobId)
        expect(await bench.settled(jobId, 'cancelled')).toMatchObject({
          importStatus: 'cancelled',
          finishedAt: expect.any(Date),
        })
        if (signal !== null) {
          expect(signal.aborted).toBe(true)
          expect(await rejection(goOn!())).toMatchObject({ code: 'lease_lost' })
        } else await goOn?.()
        expect(await rejection(bench.cancel(jobId))).toMatchObject({ code: 'job_ended' })
        const next = await bench.take('next')
        const handed = await bench.handed()
        expect(handed.task.lease.jobId).toBe(next)
        expect(await bench.job(jobId)).toMatchObject({ state: 'cancelled', importStatus: 'cancelled' })
      }, 30_000)

      test(`when the source of a job that is ${phase} is deleted nothing of it is left, and the next one is begun`, async () => {
        const { bench, jobId, signal, goOn } = await reach(engine, phase)
        await using _closed = bench
        const { sourceId, importId } = await bench.job(jobId)
        const { db } = bench.bench
        await db.tx(({ query }) => sourceStore({ query, tables: db.tables }).remove(sourceId))
        bench.courier.wake()
        await until(() => bench.courier.progressOf(importId) === null)
        if (signal !== null) {
          expect(signal.aborted).toBe(true)
          expect(await rejection(goOn!())).toMatchObject({ code: 'lease_lost' })
        }
        expect(await bench.bench.rows("select id from jobs where state = 'running'")).toEqual([])
        expect(await bench.bench.rows('select id from imports where id = $1', [importId])).toEqual([])
        const next = await bench.take('next')
        expect((await bench.handed()).task.lease.jobId).toBe(next)
        expect(await rejection(bench.cancel(jobId))).toMatchObject({ code: 'unknown_job' })
      }, 30_000)
    }

    test('a job that is cancelled while it is published is published before, or not at all', async () => {
      await using service = await openTestService(engine)
      const { db, courier, parts } = service.service
      const importId = await service.take(priceList(60_000))
      const job = (await jobStore(db).ofImport(importId))!
      // The phase is asked about now and then: a short publish may be over by then, and then nothing is cancelled.
      const hasEnded = async () => !['pending', 'running'].includes((await service.get(importId)).status)
      await until(async () => courier.progressOf(importId)?.phase === 'writing' || (await hasEnded()))
      const refused = await cancelJob(parts, job.id).then(
        () => null,
        (error: unknown) => error,
      )
      courier.wake(job.id)
      const { status } = await service.ended(importId)
      await until(() => courier.progressOf(importId) === null)
      const [items] = await service.program.rows<{ n: number }>('select count(*) as n from supplier_items')
      if (refused === null) expect([status, items!.n]).toEqual(['cancelled', 0])
      else {
        expect(refused).toMatchObject({ code: 'job_ended' })
        expect([status, items!.n]).toEqual(['completed', 60_000])
      }
      expect(await jobStore(db).get(job.id)).toMatchObject({
        state: refused === null ? 'cancelled' : 'succeeded',
      })
    }, 120_000)
  })
}
