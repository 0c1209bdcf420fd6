import { describe, expect, test } from 'bun:test'
import { mkdir, writeFile } from 'node:fs/promises'
import { jobStore } from '../../src/queue/store.ts'
import { type CourierBench, openCourierBench, published } from '../helpers/courier-bench.ts'
import { engines } from '../helpers/engines.ts'
import { until } from '../helpers/until.ts'

/** As many as have slots, and more. */
const slowCount = 6

/** Has a list fetched of each of some suppliers that takes as long as the test likes. @returns job ids */
async function tarpits({ lists, trigger }: CourierBench, settleSeconds = 600): Promise<string[]> {
  await mkdir(lists, { recursive: true })
  const jobs: string[] = []
  for (let n = 0; n < slowCount; n++) {
    const path = `${lists}/slow-${n}.csv`
    await writeFile(path, `list ${n}`)
    jobs.push(await trigger({ path, settle_seconds: settleSeconds }, { supplier: `Slow ${n}` }))
  }
  return jobs
}

const slotLimits = { slowAfterMs: 5 }

for (const engine of engines) {
  describe(engine, () => {
    test('lists that take long to come keep no others from being read', async () => {
      await using bench = await openCourierBench(engine, { slotLimits })
      const slow = await tarpits(bench)
      for (const jobId of slow) await until(async () => (await bench.job(jobId)).state === 'running')
      const quick = await bench.take('a list')
      const handed = await bench.handed()
      await published(bench, handed)
      handed.end({ status: 'done' })
      await bench.settled(quick, 'succeeded')
      for (const jobId of slow)
        expect(await bench.job(jobId)).toMatchObject({ state: 'running', phase: 'downloading' })
    }, 60_000)

    test('what has come at last is read when there is a slot, and holds its lease until then', async () => {
      await using bench = await openCourierBench(engine, { slotLimits })
      const busy = await Promise.all([0, 1, 2].map((n) => bench.take(`busy ${n}`, `Busy ${n}`)))
      const held = [await bench.handed(), await bench.handed(), await bench.handed()]
      const slow = await tarpits(bench, 0.3)
      const first = await bench.handed()
      // All have their files; one has the last slot.
      for (const jobId of slow) await until(async () => (await bench.job(jobId)).downloadPercent === 100)
      for (const jobId of slow) expect(await bench.job(jobId)).toMatchObject({ state: 'running' })
      let [next, rest] = [first, slow.length]
      for (;;) {
        await published(bench, next)
        next.end({ status: 'done' })
        rest--
        if (rest === 0) break
        next = await bench.handed()
      }
      for (const jobId of slow) {
        await bench.settled(jobId, 'succeeded')
        expect(await jobStore(bench.bench.db).get(jobId)).toMatchObject({ attempt: 1, retryCount: 0 })
      }
      for (const each of held) each.end({ status: 'failed', code: 'not_a_price_list', message: 'None.' })
      for (const jobId of busy) await bench.settled(jobId, 'dead')
    }, 60_000)

    test('a slow download can be cancelled, and is put back when the service stops', async () => {
      await using bench = await openCourierBench(engine, { slotLimits })
      const slow = await tarpits(bench)
      for (const jobId of slow) await until(async () => (await bench.job(jobId)).state === 'running')
      await bench.cancel(slow[5]!)
      await bench.settled(slow[5]!, 'cancelled')
      await bench.courier.stop({ graceMs: 0 })
      for (const jobId of slow.slice(0, 5))
        expect(await jobStore(bench.bench.db).get(jobId)).toMatchObject({ state: 'queued', worker: null })
    }, 60_000)

    test('a slow download has no longer than any job may take', async () => {
      const attemptLimits = { softMs: 300, hardMs: 60_000, stopMs: 10_000 }
      await using bench = await openCourierBench(engine, { slotLimits, attemptLimits })
      const slow = await tarpits(bench)
      for (const jobId of slow)
        expect(await bench.settled(jobId, 'dead')).toMatchObject({ error: { code: 'job_timed_out' } })
    }, 60_000)

    test('a service that has no slot free stops as quickly as any', async () => {
      await using bench = await openCourierBench(engine, {})
      for (let n = 0; n < 4; n++) {
        await bench.take(`list ${n}`, `Supplier ${n}`)
        await bench.handed()
      }
      await bench.courier.stop({ graceMs: 0 })
      expect(await bench.bench.rows("select state from jobs where state <> 'queued'")).toEqual([])
    }, 60_000)
  })
}
