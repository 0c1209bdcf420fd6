import { describe, expect, test } from 'bun:test'
import { mkdir } from 'node:fs/promises'
import { analyzerClient } from '../../src/courier/analyzer-client.ts'
import { limitsDefault } from '../../src/courier/limits.ts'
import type { RemoteReader } from '../../src/courier/reader.ts'
import { openCourierBench, published } from '../helpers/courier-bench.ts'
import { engines } from '../helpers/engines.ts'
import { until } from '../helpers/until.ts'

const forEver = 3_600_000
const timedOut = { kind: 'limit', code: 'job_timed_out' }
const dead = { state: 'dead', importStatus: 'failed', retryCount: 0, cause: 'limit/job_timed_out' }

for (const engine of engines) {
  describe(engine, () => {
    test('an attempt that takes too long is asked to stop, and is a dead letter that says so', async () => {
      const attemptLimits = { softMs: 100, hardMs: forEver, stopMs: forEver }
      await using bench = await openCourierBench(engine, { attemptLimits })
      const jobId = await bench.take('a')
      await bench.handed()
      const job = await bench.settled(jobId, 'dead')
      expect(job).toMatchObject({ ...dead, error: timedOut })
      expect(job.error!.message).toContain('catalog is as it was')
    })

    test('what is ready when it is asked to stop has not failed', async () => {
      const attemptLimits = { softMs: 100, hardMs: forEver, stopMs: forEver }
      await using bench = await openCourierBench(engine, { attemptLimits, isDeaf: true })
      const jobId = await bench.take('a')
      const handed = await bench.handed()
      await until(() => handed.following.signal.aborted)
      await published(bench, handed)
      handed.end({ status: 'done' })
      expect(await bench.settled(jobId, 'succeeded')).toMatchObject({
        importStatus: 'completed',
        error: null,
      })
    })

    test('a reader that never answers keeps neither its job nor its place', async () => {
      const attemptLimits = { softMs: 50, hardMs: 150, stopMs: forEver }
      await using bench = await openCourierBench(engine, { attemptLimits, isDeaf: true })
      const jobIds = [await bench.take('a'), await bench.take('b')]
      const handed = await bench.handed()
      const job = await bench.settled(jobIds[0]!, 'dead')
      expect(job).toMatchObject({ ...dead, error: timedOut })
      // Its supplier's next list goes on, and what the first reader still writes is refused.
      await bench.handed()
      await expect(published(bench, handed)).rejects.toMatchObject({ code: 'lease_lost' })
      expect(await bench.job(jobIds[0]!)).toMatchObject(dead)
      await bench.settled(jobIds[1]!, 'dead')
    })

    test('fetching counts too', async () => {
      const attemptLimits = { softMs: 100, hardMs: forEver, stopMs: forEver }
      await using bench = await openCourierBench(engine, { attemptLimits })
      await mkdir(bench.lists)
      await Bun.write(`${bench.lists}/a.csv`, 'a')
      const jobId = await bench.trigger({ path: `${bench.lists}/a.csv`, settle_seconds: 600 })
      expect(await bench.settled(jobId, 'dead')).toMatchObject({ ...dead, error: timedOut, phase: 'failed' })
    })

    test('a service that stops does not wait for a reader that never answers', async () => {
      const attemptLimits = { ...limitsDefault, stopMs: 50 }
      await using bench = await openCourierBench(engine, { attemptLimits, isDeaf: true })
      const jobId = await bench.take('a')
      await bench.handed()
      await bench.courier.stop({ graceMs: 0 })
      expect(await bench.job(jobId)).toMatchObject({
        state: 'queued',
        importStatus: 'pending',
        retryCount: 0,
      })
    })
  })
}

test('an analyzer behind HTTP is ended too', async () => {
  const attemptLimits = { softMs: 100, hardMs: forEver, stopMs: forEver }
  const asked: string[] = []
  using server = Bun.serve({
    port: 0,
    hostname: '127.0.0.1',
    async fetch(request) {
      const { pathname } = new URL(request.url)
      asked.push(pathname.replace(/[^/]*$/, ''))
      if (pathname === '/analyze/file') {
        const { job_id } = (await request.json()) as { job_id: string }
        return Response.json({ job_id }, { status: 202 })
      }
      return Response.json({
        job_id: pathname.split('/').at(-1),
        status: 'processing',
        progress_percentage: 1,
        items_processed: 1,
        items_total: null,
        errors: [],
      })
    },
  })
  const analyzer: RemoteReader = analyzerClient({
    kind: 'remote',
    address: async () => ({ url: server.url, secret: null }),
    restart: async () => {},
    requestMs: 10_000,
    jobMs: forEver,
    rowsMs: forEver,
    rowsBytesMax: 1000,
  })
  await using bench = await openCourierBench('sqlite', { attemptLimits, analyzer })
  const jobId = await bench.take('a')
  expect(await bench.settled(jobId, 'dead')).toMatchObject({ ...dead, error: timedOut })
  await until(() => asked.includes('/analyze/cancel/'))
})
