import { describe, expect, test } from 'bun:test'
import { mkdir } from 'node:fs/promises'
import { openCourierBench, published } from '../helpers/courier-bench.ts'
import { engines } from '../helpers/engines.ts'
import { until } from '../helpers/until.ts'

for (const engine of engines) {
  describe(engine, () => {
    test('what a reader tells is written at most once a second, and the last word always', async () => {
      await using bench = await openCourierBench(engine)
      const jobId = await bench.take('a')
      const { following } = await bench.handed()
      const revision = async () => {
        const [row] = await bench.bench.rows('select revision from jobs where id = $1', [jobId])
        return Number(row!.revision)
      }
      await until(async () => (await bench.job(jobId)).phase === 'analyzing')
      const before = await revision()
      const startedAt = performance.now()
      let rows = 0
      // As often as the fastest reader tells, and for so long that several writes are due.
      await until(() => {
        following.onProgress({ phase: 'reading', rows: ++rows, percent: null })
        return performance.now() - startedAt > 2500
      })
      await until(async () => (await bench.job(jobId)).itemsProcessed === rows)
      const writes = (await revision()) - before
      const seconds = (performance.now() - startedAt) / 1000
      expect(rows).toBeGreaterThan(20)
      expect(writes).toBeGreaterThan(1)
      expect(writes).toBeLessThanOrEqual(Math.floor(seconds) + 1)
    }, 60_000)

    test('how many rows there are is told once all of them are read, or when the reader knows', async () => {
      await using bench = await openCourierBench(engine)
      const jobId = await bench.take('a')
      const handed = await bench.handed()
      const { onProgress } = handed.following
      onProgress({ phase: 'reading', rows: 5, percent: 50 })
      await until(async () => (await bench.job(jobId)).itemsProcessed === 5)
      expect((await bench.job(jobId)).itemsTotal).toBeNull()
      onProgress({ phase: 'writing', rows: 10, percent: 100 })
      await until(async () => (await bench.job(jobId)).itemsTotal === 10)
      await published(bench, handed)
      handed.end({ status: 'done' })
      await bench.settled(jobId, 'succeeded')

      const other = await bench.take('b')
      const known = await bench.handed()
      known.following.onProgress({ phase: 'reading', rows: 5, rowsTotal: 20, percent: null })
      await until(async () => (await bench.job(other)).itemsTotal === 20)
    }, 60_000)

    test('while a list comes its bytes are told, with their share when that is known', async () => {
      await using bench = await openCourierBench(engine)
      await mkdir(bench.lists)
      const size = 900_000
      await Bun.write(`${bench.lists}/a.csv`, 'x'.repeat(size))
      const jobId = await bench.trigger({ path: `${bench.lists}/a.csv` })
      const { task } = await bench.handed()
      expect(task.fileName).toBe('a.csv')
      expect(await bench.job(jobId)).toMatchObject({
        downloadPercent: 100,
        downloadedBytes: size,
        phase: 'analyzing',
      })
    }, 60_000)
  })
}
