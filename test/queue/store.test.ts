import { describe, expect, test } from 'bun:test'
import type { JobState } from '../../src/imports/model.ts'
import { ownIdentity } from '../../src/lib/process-identity.ts'
import { type Job, jobStore, type Lease, leaseMs } from '../../src/queue/store.ts'
import { type Bench, openBench } from '../helpers/bench.ts'
import { engines } from '../helpers/engines.ts'
import { rejection } from '../helpers/open-database.ts'

const later = (date: Date, ms: number) => new Date(date.getTime() + ms)

/** What a store does, in a transaction of its own. */
function inTx<Result>({ db }: Bench, work: (jobs: ReturnType<typeof jobStore>) => Promise<Result>) {
  return db.tx(({ query }) => work(jobStore({ query, tables: db.tables })))
}

async function running(bench: Bench): Promise<{ job: Job; lease: Lease; now: Date }> {
  const { lease, now } = await bench.begin(await bench.source('Acme'))
  return { job: (await jobStore(bench.db).get(lease.jobId))!, lease, now }
}

for (const engine of engines) {
  describe(engine, () => {
    test('a job that was taken is running under a lease that ends by itself', async () => {
      await using bench = await openBench(engine)
      const { job, lease, now } = await running(bench)
      expect(job).toMatchObject({ state: 'running', phase: 'analyzing', attempt: 1, worker: 'test 1 ' })
      expect(job.leaseUntil).toEqual(later(now, leaseMs))
      expect(lease).toMatchObject({ jobId: job.id, attempt: 1 })
      expect(leaseMs).toBeGreaterThanOrEqual(30_000)
      await inTx(bench, (jobs) => jobs.renew(lease, later(now, 1000)))
      expect((await jobStore(bench.db).get(job.id))!.leaseUntil).toEqual(later(now, 1000 + leaseMs))
      expect(await jobStore(bench.db).ofImport(job.importId)).toMatchObject({ id: job.id })
      expect(await jobStore(bench.db).get('nobody')).toBe(null)
    })

    test('only the lease itself may renew or end its job: not another token, attempt or job', async () => {
      await using bench = await openBench(engine)
      const { job, lease, now } = await running(bench)
      const wrong: Lease[] = [
        { ...lease, token: 'another' },
        { ...lease, attempt: 2 },
        { ...lease, jobId: 'another' },
      ]
      for (const each of wrong) {
        const end = inTx(bench, (jobs) => jobs.end(each, { state: 'succeeded', phase: 'complete', now }))
        expect(await rejection(end)).toMatchObject({ name: 'ConflictError', code: 'lease_lost' })
        expect(await rejection(inTx(bench, (jobs) => jobs.renew(each, now)))).toMatchObject({
          code: 'lease_lost',
        })
      }
      expect(await jobStore(bench.db).get(job.id)).toEqual(job)
      await inTx(bench, (jobs) => jobs.end(lease, { state: 'succeeded', phase: 'complete', now }))
      const again = inTx(bench, (jobs) => jobs.end(lease, { state: 'failed', phase: 'failed', now }))
      expect(await rejection(again)).toMatchObject({ code: 'lease_lost' })
      expect(await jobStore(bench.db).get(job.id)).toMatchObject({ state: 'succeeded', leaseUntil: null })
    })

    test('a takeover ends the old lease', async () => {
      await using bench = await openBench(engine)
      const { job, lease, now } = await running(bench)
      const overdue = later(now, leaseMs + 1)
      const second = await inTx(bench, (jobs) => jobs.take(job, 'other 2 ', overdue))
      expect(second).toMatchObject({ jobId: job.id, attempt: 2 })
      expect(second.token).not.toBe(lease.token)
      expect(await rejection(inTx(bench, (jobs) => jobs.renew(lease, overdue)))).toMatchObject({
        code: 'lease_lost',
      })
      await inTx(bench, (jobs) => jobs.renew(second, overdue))
    })

    test('a job that somebody is at work on is not taken', async () => {
      await using bench = await openBench(engine)
      const { job, lease, now } = await running(bench)
      const take = () => inTx(bench, (jobs) => jobs.take(job, 'other 2 ', later(now, leaseMs)))
      expect(await rejection(take())).toMatchObject({ name: 'ConflictError', code: 'job_taken' })
      await inTx(bench, (jobs) => jobs.renew(lease, now))
    })

    test('of many that take an abandoned job at the same moment, one gets it', async () => {
      await using bench = await openBench(engine)
      const { job, now } = await running(bench)
      const takes = Array.from({ length: 8 }, (_, index) =>
        inTx(bench, (jobs) => jobs.take(job, `other ${index} `, later(now, leaseMs + 1))).then(
          () => 'taken',
          (error: { code: string }) => error.code,
        ),
      )
      expect((await Promise.all(takes)).sort()).toEqual([...Array(7).fill('job_taken'), 'taken'])
    })

    test('a job that has ended is not taken again; a held one is once it is back in the queue', async () => {
      await using bench = await openBench(engine)
      const { job, lease, now } = await running(bench)
      await inTx(bench, (jobs) => jobs.end(lease, { state: 'held', phase: 'analyzing', now }))
      const take = () =>
        inTx(bench, async (jobs) =>
          jobs.take((await jobs.get(job.id))!, ownIdentity(), later(now, leaseMs * 9)),
        )
      expect(await rejection(take())).toMatchObject({ code: 'job_ended' })
      await inTx(bench, (jobs) => jobs.requeue(job.importId, { worker: ownIdentity(), now }))
      expect((await take()).attempt).toBe(2)
      const ended: JobState[] = ['succeeded', 'failed', 'dead', 'cancelled', 'expired']
      for (const state of ended) {
        await inTx(bench, (jobs) => jobs.close(job.importId, state, now))
        expect(await rejection(take())).toMatchObject({ name: 'ConflictError', code: 'job_ended' })
      }
    })

    test('a worker is offered what it has queued and what is abandoned: of each supplier the oldest job only', async () => {
      await using bench = await openBench(engine)
      const me = ownIdentity()
      const add = async (supplier: string, worker: string) => {
        const { importId, now } = await bench.begin(await bench.source(supplier))
        await bench.db.run('delete from jobs where import_id = $1', [importId])
        const id = await inTx(bench, (jobs) => jobs.add({ importId, worker, now, isKept: true }))
        return { id, now }
      }
      const first = await add('Acme', me)
      const second = await add('Acme', me)
      const foreign = await add('Busy elsewhere', 'elsewhere 1 1')
      await add('Busy elsewhere', me)
      const other = await add('Other', me)
      const now = later(other.now, 1000)
      const offered = async (busySuppliers: string[] = []) =>
        jobStore(bench.db).waiting({ worker: me, now, busySuppliers, limit: 10 })
      const [job] = await offered()
      expect((await offered()).map(({ id }) => id)).toEqual([first.id, other.id])
      expect((await offered([job!.supplierId])).map(({ id }) => id)).toEqual([other.id])

      // Taken, and put back: anybody may have it, and it is still the oldest.
      const lease = await inTx(bench, (jobs) => jobs.take(job!, me, now))
      expect((await offered()).map(({ id }) => id)).toEqual([other.id])
      await inTx(bench, (jobs) => jobs.putBack(lease))
      expect((await offered()).map(({ id }) => id)).toEqual([first.id, other.id])
      expect(await rejection(inTx(bench, (jobs) => jobs.renew(lease, now)))).toMatchObject({
        code: 'lease_lost',
      })
      await inTx(bench, async (jobs) =>
        jobs.end(await jobs.take((await jobs.get(first.id))!, me, now), {
          state: 'succeeded',
          phase: 'complete',
          now,
        }),
      )
      expect((await offered()).map(({ id }) => id)).toEqual([second.id, other.id])

      // What a machine that nothing is known of had queued is nobody's, once somebody holds the only lock.
      expect(await inTx(bench, (jobs) => jobs.adopt(me))).toBe(1)
      expect((await offered()).map(({ id }) => id)).toEqual([second.id, foreign.id, other.id])
    })

    test('a clock that is set back keeps no job waiting, other than one that was put off', async () => {
      await using bench = await openBench(engine)
      const me = ownIdentity()
      const { importId, now } = await bench.begin(await bench.source('Acme'))
      await bench.db.run('delete from jobs where import_id = $1', [importId])
      const id = await inTx(bench, (jobs) => jobs.add({ importId, worker: me, now, isKept: true }))
      const offered = async () => {
        const past = later(now, -86_400_000)
        const found = await jobStore(bench.db).waiting({
          worker: me,
          now: past,
          busySuppliers: [],
          limit: 10,
        })
        return found.map((job) => job.id)
      }
      expect(await offered()).toEqual([id])
      const isPutOff = { runAt: later(now, 60_000) }
      await bench.db.tx(({ query }) => query.update(bench.db.tables.jobs).set(isPutOff))
      expect(await offered()).toEqual([])
    })

    test('a new attempt ends the old one', async () => {
      await using bench = await openBench(engine)
      const { lease, now } = await running(bench)
      const next = await inTx(bench, (jobs) => jobs.retake(lease, now))
      expect(next).toMatchObject({ jobId: lease.jobId, attempt: 2 })
      expect(await rejection(inTx(bench, (jobs) => jobs.renew(lease, now)))).toMatchObject({
        code: 'lease_lost',
      })
      await inTx(bench, (jobs) => jobs.renew(next, now))
    })

    test('jobs that were begun are listed, and no others', async () => {
      await using bench = await openBench(engine)
      const first = await running(bench)
      const second = await running(bench)
      await inTx(bench, (jobs) =>
        jobs.end(second.lease, { state: 'failed', phase: 'failed', now: second.now }),
      )
      expect((await jobStore(bench.db).running()).map(({ id }) => id)).toEqual([first.job.id])
    })
  })
}
