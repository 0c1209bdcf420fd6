import { describe, expect, test } from 'bun:test'
import { eq } from 'drizzle-orm'
import type { JobState } from '../../src/imports/model.ts'
import { ownIdentity } from '../../src/lib/process-identity.ts'
import { jobClock } from '../../src/queue/clock.ts'
import { type JobError, takeoverPause, workersLostMax } from '../../src/queue/model.ts'
import { type Job, jobStore, type Lease, leaseMs, type Taken } from '../../src/queue/store.ts'
import { type Bench, openBench } from '../helpers/bench.ts'
import { engines } from '../helpers/engines.ts'
import { rejection } from '../helpers/open-database.ts'

const start = new Date(Date.UTC(2026, 10, 22, 9))
type Jobs = ReturnType<typeof jobStore>

/** What a store does, in a transaction of its own. */
function inTx<Result>({ db }: Bench, work: (jobs: ReturnType<typeof jobStore>) => Promise<Result>) {
  return db.tx(({ query }) => work(jobStore({ query, tables: db.tables })))
}

/** Lets every lease run out. */
const expire = ({ db }: Bench) =>
  db.tx(({ query }) => query.update(db.tables.jobs).set({ leaseUntil: new Date(0) }))

/** How far a lease reaches beyond now, by the database's clock, in seconds. */
async function leaseSeconds({ db }: Bench, jobId: string): Promise<number> {
  const now = db.engine === 'sqlite' ? "unixepoch('subsec') * 1000" : 'clock_timestamp()'
  const rest = `lease_until - ${now}`
  const ms = db.engine === 'sqlite' ? rest : `1000 * extract(epoch from ${rest})`
  const [row] = await db.all<{ ms: number | string }>(`select ${ms} as ms from jobs where id = $1`, [jobId])
  return Number(row!.ms) / 1000
}

const claimOf = (worker: string, endedWorkers: string[] = []) => ({
  worker,
  place: 'here',
  endedWorkers,
  limit: 10,
  leaseMs,
})

async function running(bench: Bench): Promise<{ job: Job; lease: Lease; now: Date }> {
  const { lease, now } = await bench.begin(await bench.source('Acme'))
  return { job: (await jobStore(bench.db).get(lease.jobId))!, lease, now }
}

for (const engine of engines) {
  describe(engine, () => {
    test('how far a download is never goes back, whatever is written late', async () => {
      await using bench = await openBench(engine)
      const { lease } = await running(bench)
      const told = [
        { downloadPercent: 2, downloadedBytes: 20 },
        { phase: 'analyzing', downloadPercent: 100, downloadedBytes: 1000 },
        { downloadPercent: 99, downloadedBytes: 990 },
        { itemsProcessed: 5 },
      ] as const
      const written: unknown[] = []
      for (const progress of told) {
        await inTx(bench, (jobs) => jobs.report(lease, progress))
        const { jobs } = bench.db.tables
        const [row] = await bench.db.query.select().from(jobs).where(eq(jobs.id, lease.jobId))
        written.push([row!.downloadPercent, row!.downloadedBytes])
      }
      expect(written).toEqual([
        [2, 20],
        [100, 1000],
        [100, 1000],
        [100, 1000],
      ])
    })

    test('a job that was taken is running under a lease that ends by itself', async () => {
      await using bench = await openBench(engine)
      const { job, lease } = await running(bench)
      expect(job).toMatchObject({ state: 'running', phase: 'downloading', attempt: 1, worker: 'test 1 ' })
      expect(lease).toMatchObject({ jobId: job.id, attempt: 1 })
      expect(leaseMs).toBeGreaterThanOrEqual(30_000)
      // By the database's clock, whatever this machine's says.
      const first = await leaseSeconds(bench, job.id)
      expect(first).toBeGreaterThan(30)
      expect(first).toBeLessThanOrEqual(leaseMs / 1000)
      await expire(bench)
      await inTx(bench, (jobs) => jobs.renew(lease))
      expect(await leaseSeconds(bench, job.id)).toBeGreaterThan(30)
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
      const error = { kind: 'parser', code: 'analyzer_crashed', message: 'It crashed.' } as const
      for (const each of wrong)
        for (const write of [
          (jobs: Jobs) => jobs.end(each, { state: 'succeeded', phase: 'complete', now }),
          (jobs: Jobs) => jobs.renew(each),
          (jobs: Jobs) => jobs.report(each, { itemsProcessed: 1 }),
          (jobs: Jobs) => jobs.fail(each, error, { state: 'dead' }),
          (jobs: Jobs) => jobs.putBack(each),
        ])
          expect(await rejection(inTx(bench, write))).toMatchObject({
            name: 'ConflictError',
            code: 'lease_lost',
          })
      expect(await jobStore(bench.db).get(job.id)).toEqual(job)
      await inTx(bench, (jobs) => jobs.end(lease, { state: 'succeeded', phase: 'complete', now }))
      const again = inTx(bench, (jobs) => jobs.end(lease, { state: 'failed', phase: 'failed', now }))
      expect(await rejection(again)).toMatchObject({ code: 'lease_lost' })
      expect(await jobStore(bench.db).get(job.id)).toMatchObject({ state: 'succeeded', leaseUntil: null })
    })

    test('a takeover ends the old lease', async () => {
      await using bench = await openBench(engine)
      const { job, lease } = await running(bench)
      await expire(bench)
      const second = await inTx(bench, (jobs) => jobs.take(job, 'other 2 '))
      expect(second).toMatchObject({ jobId: job.id, attempt: 2 })
      expect(second.token).not.toBe(lease.token)
      expect(await rejection(inTx(bench, (jobs) => jobs.renew(lease)))).toMatchObject({ code: 'lease_lost' })
      await inTx(bench, (jobs) => jobs.renew(second))
    })

    test('a job that somebody is at work on is not taken', async () => {
      await using bench = await openBench(engine)
      const { job, lease } = await running(bench)
      const take = () => inTx(bench, (jobs) => jobs.take(job, 'other 2 '))
      expect(await rejection(take())).toMatchObject({ name: 'ConflictError', code: 'job_taken' })
      expect(await inTx(bench, (jobs) => jobs.claim(claimOf('other 2 ')))).toEqual([])
      await inTx(bench, (jobs) => jobs.renew(lease))
    })

    test('of many that take an abandoned job at the same moment, one gets it', async () => {
      await using bench = await openBench(engine)
      const { job } = await running(bench)
      await expire(bench)
      const takes = Array.from({ length: 8 }, (_, index) =>
        inTx(bench, (jobs) => jobs.take(job, `other ${index} `)).then(
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
      const take = () => inTx(bench, async (jobs) => jobs.take((await jobs.get(job.id))!, ownIdentity()))
      expect(await rejection(take())).toMatchObject({ code: 'job_ended' })
      await inTx(bench, (jobs) => jobs.requeue(job.importId, { worker: ownIdentity(), now }))
      expect((await take()).attempt).toBe(2)
      const ended: JobState[] = ['succeeded', 'failed', 'dead', 'cancelled', 'expired']
      for (const state of ended) {
        await inTx(bench, (jobs) => jobs.close(job.importId, state, now))
        expect(await rejection(take())).toMatchObject({ name: 'ConflictError', code: 'job_ended' })
        expect(await inTx(bench, (jobs) => jobs.claim(claimOf(ownIdentity())))).toEqual([])
      }
    })

    test('a worker takes what it has queued and what is abandoned: of each lane the oldest job only', async () => {
      await using bench = await openBench(engine)
      const me = ownIdentity()
      const add = async (supplier: string, worker: string | null) => {
        const source = await bench.source(supplier)
        const { importId, now } = await bench.begin(source)
        await bench.db.run('delete from jobs where import_id = $1', [importId])
        const lane = source.supplierId
        return inTx(bench, (jobs) => jobs.add({ importId, lane, worker, now }))
      }
      const first = await add('Acme', me)
      const second = await add('Acme', me)
      const foreign = await add('Busy elsewhere', 'elsewhere 1 1')
      await add('Busy elsewhere', me)
      const other = await add('Other', null)
      const claim = () => inTx(bench, (jobs) => jobs.claim(claimOf(me)))
      const taken = await claim()
      expect(taken.map(({ job }) => job.id)).toEqual([first, other])
      expect(await claim()).toEqual([])

      // Put back: anybody may have it, and it is still the oldest.
      const [{ lease }] = taken as [(typeof taken)[0]]
      await inTx(bench, (jobs) => jobs.putBack(lease))
      expect(await rejection(inTx(bench, (jobs) => jobs.renew(lease)))).toMatchObject({ code: 'lease_lost' })
      const [again] = await claim()
      expect(again).toMatchObject({ job: { id: first, attempt: 2 } })
      const end = { state: 'succeeded', phase: 'complete', now: start } as const
      await inTx(bench, (jobs) => jobs.end(again!.lease, end))
      expect((await claim()).map(({ job }) => job.id)).toEqual([second])

      // A command that has not begun within a lease will not, wherever it ran.
      await bench.db.tx(({ query }) =>
        query
          .update(bench.db.tables.jobs)
          .set({ leaseUntil: new Date(0) })
          .where(eq(bench.db.tables.jobs.id, foreign)),
      )
      expect((await claim()).map(({ job }) => job.id)).toEqual([foreign])
      // And what a process has that is known to have ended is anybody's at once.
      expect(await inTx(bench, (jobs) => jobs.claim(claimOf('other 2 ', [me])))).toHaveLength(3)
    })

    test('what a worker puts back, or puts off, is for whoever comes first', async () => {
      await using bench = await openBench(engine)
      const { importId, now } = await bench.begin(await bench.source('Acme'))
      await bench.db.run('delete from jobs')
      await inTx(bench, (jobs) => jobs.add({ importId, lane: null, worker: null, now, retryDelaysMs: [0] }))
      const takenBy = async (worker: string) => {
        const [taken] = await inTx(bench, (jobs) => jobs.claim(claimOf(worker)))
        expect(taken).toMatchObject({ job: { worker } })
        return taken!.lease
      }
      const first = await takenBy('one 1 ')
      await inTx(bench, (jobs) => jobs.putBack(first))
      const second = await takenBy('two 2 ')
      const error = { kind: 'network', code: 'x', message: 'x' } as const
      await inTx(bench, (jobs) => jobs.fail(second, error, { state: 'queued', delayMs: 0 }))
      expect((await takenBy('three 3 ')).attempt).toBe(3)
    })

    test('a job that as many workers were lost with as may be is not taken, however lost', async () => {
      await using bench = await openBench(engine)
      await running(bench)
      await expire(bench)
      const lose = (times: number) => bench.db.run('update jobs set takeovers = $1', [times])
      await lose(workersLostMax - 1)
      expect(await inTx(bench, (jobs) => jobs.claim(claimOf('me 1 ', ['test 1 '])))).toEqual([])
      await lose(workersLostMax - 2)
      const [taken] = await inTx(bench, (jobs) => jobs.claim(claimOf('me 1 ')))
      expect(taken).toMatchObject({ job: { takeovers: workersLostMax - 1 } })
    })

    test('a job that several workers were lost with is taken over by and by only', async () => {
      await using bench = await openBench(engine)
      await running(bench)
      const { db } = bench
      const takeOver = () => inTx(bench, (jobs) => jobs.claim(claimOf('me 1 ', ['me 1 ', 'test 1 '])))
      const { atOnce, firstMs, maxMs } = takeoverPause
      for (let lost = 1; lost <= atOnce; lost++)
        expect(await takeOver()).toMatchObject([{ job: { takeovers: lost } }])
      // Until now nobody had to wait.
      const pauses: number[] = []
      for (let lost = atOnce + 1; lost < workersLostMax; lost++) {
        expect(await takeOver()).toMatchObject([{ job: { takeovers: lost } }])
        expect(await takeOver()).toEqual([])
        expect(await jobStore(db).nextDueMs()).toBeGreaterThan(0)
        const [job] = await db.query.select().from(db.tables.jobs)
        const begunMs = job!.leaseUntil!.getTime() - job!.leaseMs!
        pauses.push(job!.runAt.getTime() - begunMs)
        // As if it had been waited for.
        await db.run('update jobs set run_at = queued_at')
      }
      expect(pauses).toEqual(pauses.map((_, n) => Math.min(maxMs, firstMs * 2 ** n)))
    })

    test('a command that takes a job over from a lost worker counts that too', async () => {
      await using bench = await openBench(engine)
      const { job } = await running(bench)
      await expire(bench)
      await inTx(bench, (jobs) => jobs.take(job, 'other 2 '))
      expect(await jobStore(bench.db).get(job.id)).toMatchObject({ attempt: 2, takeovers: 1 })
    })

    test('of jobs that are named, those are taken that may be, and no others', async () => {
      await using bench = await openBench(engine)
      const add = async (lane: string | null) => {
        const { importId, now } = await bench.begin(await bench.source('Acme'))
        await bench.db.run('delete from jobs where import_id = $1', [importId])
        return inTx(bench, (jobs) => jobs.add({ importId, lane, worker: null, now }))
      }
      const [first, second, free, unnamed] = [
        await add('a'),
        await add('a'),
        await add(null),
        await add(null),
      ]
      const claim = (ids: string[]) => inTx(bench, (jobs) => jobs.claim({ ...claimOf('me 1 '), ids }))
      const taken = async (ids: string[]) => (await claim(ids)).map(({ job }) => job.id)
      expect(await taken([])).toEqual([])
      // The second one waits for the first, which was not named.
      expect(await taken([second, free, 'nobody'])).toEqual([free])
      expect(await taken([free, second, first])).toEqual([first])
      expect(await taken([unnamed])).toEqual([unnamed])
    })

    test('a failed attempt is tried again after a pause, then it is dead; a command’s is not', async () => {
      await using bench = await openBench(engine)
      const { importId, now } = await bench.begin(await bench.source('Acme'))
      await bench.db.run('delete from jobs')
      const added = { importId, lane: null, worker: null, now, retryDelaysMs: [60_000, 0] }
      const id = await inTx(bench, (jobs) => jobs.add(added))
      const crashed = { kind: 'parser', code: 'analyzer_crashed', message: 'It\0crashed.' } as const
      const fail = async (error: JobError) => {
        const [{ lease }] = (await inTx(bench, (jobs) => jobs.claim(claimOf('me 1 ')))) as [Taken]
        return inTx(bench, async (jobs) => {
          const next = await jobs.afterFailure(lease, error)
          await jobs.fail(lease, error, next)
          return next
        })
      }
      expect(await fail(crashed)).toEqual({ state: 'queued', delayMs: 60_000 })
      expect(await inTx(bench, (jobs) => jobs.claim(claimOf('me 1 ')))).toEqual([])
      const waitMs = (await jobStore(bench.db).nextDueMs())!
      expect(waitMs).toBeGreaterThan(30_000)
      expect(waitMs).toBeLessThanOrEqual(60_000)
      await bench.db.tx(({ query }) => query.update(bench.db.tables.jobs).set({ runAt: now, queuedAt: now }))
      expect(await fail(crashed)).toEqual({ state: 'queued', delayMs: 0 })
      expect(await fail(crashed)).toEqual({ state: 'dead' })
      expect(await jobStore(bench.db).get(id)).toMatchObject({ state: 'dead', retryCount: 2, attempt: 3 })
      expect(await bench.rows('select cause, error_code, error_kind from jobs')).toEqual([
        { cause: 'parser/analyzer_crashed', error_code: 'analyzer_crashed', error_kind: 'parser' },
      ])

      // What would fail again is not tried again.
      for (const [error, state] of [
        [{ ...crashed, kind: 'validation' }, 'dead'],
        [{ ...crashed, kind: 'authentication' }, 'dead'],
        [{ ...crashed, kind: 'refused' }, 'dead'],
      ] as const) {
        await inTx(bench, (jobs) => jobs.requeue(importId, added))
        expect(await fail(error)).toEqual({ state })
      }
      await inTx(bench, (jobs) => jobs.requeue(importId, { worker: null, now, retryDelaysMs: null }))
      expect(await fail(crashed)).toEqual({ state: 'failed' })
    })

    test('a clock that is set back keeps no lease for longer than a lease, and no job waiting', async () => {
      await using bench = await openBench(engine)
      const { importId, now } = await bench.begin(await bench.source('Acme'))
      const { importId: waiting } = await bench.begin(await bench.source('Other'))
      await bench.db.run('delete from jobs where import_id = $1', [waiting])
      await inTx(bench, (jobs) => jobs.add({ importId: waiting, lane: null, worker: null, now }))
      expect(await jobClock(bench.db.query.kept).faults()).toBe(0)
      // An hour ahead is what everything is that was written before the clock went back by one.
      const hour = engine === 'sqlite' ? '3600000' : "interval '1 hour'"
      await bench.db.run(
        `update jobs set lease_until = lease_until + ${hour}, run_at = run_at + ${hour}, queued_at = queued_at + ${hour}`,
      )
      const job = (await jobStore(bench.db).ofImport(importId))!
      expect(await inTx(bench, (jobs) => jobs.claim(claimOf('me 1 ')))).toEqual([])
      expect(await jobClock(bench.db.query.kept).faults()).toBe(2)
      await bench.db.tx(({ query }) => jobClock(query.kept).repair())
      expect(await jobClock(bench.db.query.kept).faults()).toBe(0)
      expect(await leaseSeconds(bench, job.id)).toBeLessThanOrEqual(leaseMs / 1000)
      const taken = await inTx(bench, (jobs) => jobs.claim(claimOf('me 1 ')))
      expect(taken.map((each) => each.job.importId)).toEqual([waiting])
    })

    test('a new attempt ends the old one', async () => {
      await using bench = await openBench(engine)
      const { lease } = await running(bench)
      const next = await inTx(bench, (jobs) => jobs.retake(lease))
      expect(next).toMatchObject({ jobId: lease.jobId, attempt: 2 })
      expect(await rejection(inTx(bench, (jobs) => jobs.renew(lease)))).toMatchObject({ code: 'lease_lost' })
      await inTx(bench, (jobs) => jobs.renew(next))
    })
  })
}
