import { describe, expect, test } from 'bun:test'
import { UnavailableError } from '../../src/lib/errors.ts'
import { type JobFailure, jobErrorOf, pausesMax, retryAfterMsMax } from '../../src/queue/model.ts'
import { type AfterFailure, jobStore } from '../../src/queue/store.ts'
import { type Bench, openBench } from '../helpers/bench.ts'
import { type Engine, engines } from '../helpers/engines.ts'

interface Fixture extends AsyncDisposable {
  bench: Bench
  /** Takes the job, and has the attempt fail. */
  fail(failure: JobFailure): Promise<AfterFailure>
  job(): Promise<unknown>
}

async function open(engine: Engine, retryDelaysMs: readonly number[]): Promise<Fixture> {
  const bench = await openBench(engine)
  const { db } = bench
  const { importId, now } = await bench.begin(await bench.source('Acme'))
  await db.run('delete from jobs')
  const inTx = <Result>(work: (jobs: ReturnType<typeof jobStore>) => Promise<Result>) =>
    db.tx(({ query }) => work(jobStore({ query, tables: db.tables })))
  await inTx((jobs) => jobs.add({ importId, lane: null, worker: null, now, retryDelaysMs }))
  return {
    bench,
    async fail(failure) {
      // As if it had been waited for.
      await db.run('update jobs set run_at = queued_at')
      return inTx(async (jobs) => {
        const [taken] = await jobs.claim({
          worker: 'me 1 ',
          place: null,
          endedWorkers: [],
          limit: 1,
          leaseMs: 60_000,
        })
        const next = await jobs.afterFailure(taken!.lease, failure)
        await jobs.fail(taken!.lease, failure, next)
        return next
      })
    },
    job: () => jobStore(db).ofImport(importId),
    [Symbol.asyncDispose]: () => bench[Symbol.asyncDispose](),
  }
}

const unavailable = (code: string, retryAfterMs?: number) =>
  jobErrorOf(
    new UnavailableError(code, 'Come again.', { ...(retryAfterMs !== undefined && { retryAfterMs }) }),
  )
const hourMs = 60 * 60_000

for (const engine of engines) {
  describe(engine, () => {
    test('a job is put off for as long as a server says, and no longer than a day', async () => {
      await using fixture = await open(engine, [1000, 2 * hourMs, 1000])
      expect(await fixture.fail(unavailable('rate_limited', hourMs))).toEqual({
        state: 'queued',
        delayMs: hourMs,
      })
      const waitMs = (await jobStore(fixture.bench.db).nextDueMs())!
      expect(waitMs).toBeGreaterThan(hourMs / 2)
      expect(waitMs).toBeLessThanOrEqual(hourMs)
      // Its own pause is the longer one.
      expect(await fixture.fail(unavailable('rate_limited', hourMs))).toMatchObject({ delayMs: 2 * hourMs })
      expect(await fixture.fail(unavailable('rate_limited', 100 * retryAfterMsMax))).toMatchObject({
        delayMs: retryAfterMsMax,
      })
      expect(await fixture.fail(unavailable('rate_limited', hourMs))).toEqual({ state: 'dead' })
    }, 60_000)

    test('a job that was refused at the gate of a host keeps all its tries', async () => {
      await using fixture = await open(engine, [7000])
      expect(await fixture.fail(unavailable('host_paused', 90_000))).toMatchObject({ delayMs: 90_000 })
      expect(await fixture.fail(unavailable('circuit_open', 30_000))).toMatchObject({ delayMs: 30_000 })
      expect(await fixture.job()).toMatchObject({ retryDelaysMs: [90_000, 30_000, 7000], retryCount: 2 })
      expect(await fixture.fail(unavailable('timed_out'))).toEqual({ state: 'queued', delayMs: 7000 })
      // At the gate once more, after its last try but one.
      expect(await fixture.fail(unavailable('circuit_open', 60_000))).toMatchObject({ delayMs: 60_000 })
      expect(await fixture.fail(unavailable('timed_out'))).toEqual({ state: 'dead' })
    }, 60_000)

    test('a job that a full disk has no room for keeps its tries, and waits longer each time', async () => {
      await using fixture = await open(engine, [7000])
      for (const delayMs of [10_000, 20_000, 40_000])
        expect(await fixture.fail(unavailable('disk_full'))).toMatchObject({ state: 'queued', delayMs })
      expect(await fixture.fail(unavailable('timed_out'))).toEqual({ state: 'queued', delayMs: 7000 })
      expect(await fixture.fail(unavailable('timed_out'))).toEqual({ state: 'dead' })

      await using other = await open(engine, [])
      let waitedMs = 0
      for (;;) {
        const next = await other.fail(unavailable('disk_full'))
        if (next.state !== 'queued') break
        expect(next.delayMs).toBeLessThanOrEqual(hourMs)
        waitedMs += next.delayMs
      }
      expect(waitedMs).toBeGreaterThan(20 * hourMs)
    }, 60_000)

    test('a gate that never opens is given up, after a day or so many times', async () => {
      await using fixture = await open(engine, [])
      for (let times = 0; times < pausesMax; times++)
        expect(await fixture.fail(unavailable('circuit_open'))).toMatchObject({ state: 'queued' })
      expect(await fixture.fail(unavailable('circuit_open'))).toEqual({ state: 'dead' })

      await using other = await open(engine, [])
      expect(await other.fail(unavailable('host_paused', retryAfterMsMax))).toMatchObject({ state: 'queued' })
      expect(await other.fail(unavailable('host_paused', 1000))).toEqual({ state: 'dead' })
    }, 60_000)
  })
}
