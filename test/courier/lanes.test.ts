import { describe, expect, test } from 'bun:test'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { jobStore } from '../../src/queue/store.ts'
import { type CourierBench, type Handed, openCourierBench, published } from '../helpers/courier-bench.ts'
import { engines } from '../helpers/engines.ts'
import { until } from '../helpers/until.ts'

/** Has a source of supplier Acme fetched. @returns the job's id */
async function fetchList(
  { lists, trigger }: CourierBench,
  name: string,
  settleSeconds = 0.1,
): Promise<string> {
  await mkdir(lists, { recursive: true })
  const path = `${lists}/${name}.csv`
  await writeFile(path, `the list ${name}`)
  return trigger({ path, settle_seconds: settleSeconds }, { name })
}

async function end(bench: CourierBench, handed: Handed): Promise<void> {
  await published(bench, handed)
  handed.end({ status: 'done' })
}

for (const engine of engines) {
  describe(engine, () => {
    test('a source that stalls keeps no other source of its supplier', async () => {
      await using bench = await openCourierBench(engine)
      const stalled = await fetchList(bench, 'stalled', 600)
      await until(async () => (await bench.job(stalled)).state === 'running')
      const healthy = await fetchList(bench, 'healthy')
      await end(bench, await bench.handed())
      await bench.settled(healthy, 'succeeded')
      const upload = await bench.take('handed in')
      await end(bench, await bench.handed())
      await bench.settled(upload, 'succeeded')
      expect(await bench.job(stalled)).toMatchObject({ state: 'running', phase: 'downloading' })
    }, 60_000)

    test('lists of one supplier are read one after the other, and none is fetched twice', async () => {
      await using bench = await openCourierBench(engine)
      const busy = await bench.take('busy')
      const reading = await bench.handed()
      const jobs = [await fetchList(bench, 'a'), await fetchList(bench, 'b')]
      const { db } = bench.bench
      for (const jobId of jobs) {
        await until(async () => (await bench.job(jobId)).downloadPercent === 100)
        const waiting = await until(async () => {
          const job = await jobStore(db).get(jobId)
          return job!.state === 'queued' ? job! : null
        })
        expect(waiting).toMatchObject({ worker: null, attempt: 1, retryCount: 0 })
      }
      const statuses = await bench.bench.rows('select status from imports order by id')
      expect(statuses.map(({ status }) => status)).toEqual(['running', 'pending', 'pending'])
      // Whoever fetched them once more would find nothing.
      await rm(bench.lists, { recursive: true })
      await end(bench, reading)
      await bench.settled(busy, 'succeeded')
      for (const jobId of jobs) {
        const next = await bench.handed()
        expect(next.task.lease.jobId).toBe(jobId)
        const states = await bench.bench.rows("select id from jobs where state = 'running'")
        expect(states).toHaveLength(1)
        await end(bench, next)
        await bench.settled(jobId, 'succeeded')
      }
    }, 60_000)

    test('a list whose file was lost is fetched in the lane of its source again', async () => {
      await using bench = await openCourierBench(engine)
      const busy = await bench.take('busy')
      const reading = await bench.handed()
      const jobId = await fetchList(bench, 'lost')
      const { db, folder } = bench.bench
      await until(async () => (await jobStore(db).get(jobId))!.attempt === 1)
      await until(async () => (await bench.job(jobId)).state === 'queued')
      const { importId } = await bench.job(jobId)
      const [{ sha256 } = {}] = await bench.bench.rows('select sha256 from imports where id = $1', [importId])
      await rm(`${folder}/raw/${String(sha256).slice(0, 2)}/${sha256}`)
      const path = `${bench.lists}/lost.csv`
      await rm(path)
      await end(bench, reading)
      await bench.settled(busy, 'succeeded')
      // There is nothing to fetch: it is put off, and in nobody's way.
      await until(async () => (await jobStore(db).get(jobId))!.attempt === 2)
      await until(async () => (await bench.job(jobId)).state !== 'running')
      const [row] = await bench.bench.rows(
        'select j.lane, i.source_id from jobs as j join imports as i on i.id = j.import_id where j.id = $1',
        [jobId],
      )
      expect(row!.lane).toBe(row!.source_id)
    }, 60_000)
  })
}
