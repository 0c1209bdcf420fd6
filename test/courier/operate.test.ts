import { describe, expect, test } from 'bun:test'
import { rm } from 'node:fs/promises'
import { cancelJob, retryJob, retryJobs } from '../../src/courier/operate.ts'
import { retryDeadLetters } from '../../src/courier/retry-dead.ts'
import { jobFinder } from '../../src/queue/find.ts'
import { jobListing, type ListedJob } from '../../src/queue/listing.ts'
import { laneWaitMs, manualRetriesMax } from '../../src/queue/model.ts'
import { jobStore } from '../../src/queue/store.ts'
import { sourceStore } from '../../src/sources/store.ts'
import { engines } from '../helpers/engines.ts'
import { priceList } from '../helpers/lists.ts'
import { rejection } from '../helpers/open-database.ts'
import { descendants } from '../helpers/processes.ts'
import { rawPath } from '../helpers/raw-file.ts'
import { impatient, openTestService, type TestService } from '../helpers/service.ts'
import { until } from '../helpers/until.ts'

const longList = priceList(200_000)
const noList = 'no list at all'

async function jobOf({ service: { db } }: TestService, importId: string): Promise<ListedJob> {
  return jobListing(db).get((await jobStore(db).ofImport(importId))!.id)
}

async function cancel(bench: TestService, importId: string): Promise<void> {
  await cancelJob(bench.service.parts, (await jobOf(bench, importId)).id)
  bench.service.courier.wake()
}

const retryParts = ({ service: { parts } }: TestService) => ({
  ...parts,
  queued: { worker: null, place: parts.place },
})

async function retry(bench: TestService, importId: string): Promise<void> {
  await retryJob(retryParts(bench), (await jobOf(bench, importId)).id)
  bench.service.courier.wake()
}

const isBeingRead = (bench: TestService, importId: string) =>
  until(() => (bench.service.courier.progressOf(importId)?.rows ?? 0) > 0)

const catalogSize = async ({ program }: TestService) =>
  (await program.rows<{ n: number }>('select count(*) as n from supplier_items'))[0]!.n

/** The processes of this test's service that read files. */
const readers = () => descendants(process.pid).filter(({ command }) => command.endsWith('analyze-child'))

for (const engine of engines) {
  describe(engine, () => {
    test('a job that is being read is cancelled: its process is ended, nothing is published, and the next one goes on', async () => {
      await using bench = await openTestService(engine)
      const importId = await bench.take(longList)
      const waiting = await bench.take(priceList(3))
      await isBeingRead(bench, importId)
      await cancel(bench, importId)
      expect(await bench.get(importId)).toMatchObject({ status: 'cancelled', error: null })
      expect(await bench.ended(waiting)).toMatchObject({ status: 'completed' })
      await until(() => bench.service.courier.progressOf(importId) === null)
      // The spare one that waits for its job is all that is left.
      await until(() => readers().length <= 1)
      expect(await catalogSize(bench)).toBe(3)
      await until(async () => (await bench.program.leftovers()).join() === 'serve.json')
      expect(await jobOf(bench, importId)).toMatchObject({ state: 'cancelled', finishedAt: expect.any(Date) })
    }, 120_000)

    test('what is queued, waits for its next try or is held is cancelled, and does not run', async () => {
      const patience = { ...impatient, jobRetryDelaysMs: [laneWaitMs - 1000] }
      await using bench = await openTestService(engine, {}, patience)
      // The process is killed, and the next try is a minute away; what comes after waits for it.
      const putOff = await bench.take(longList)
      const queued = await bench.take(priceList(3))
      await isBeingRead(bench, putOff)
      for (const { pid } of readers()) process.kill(pid, 'SIGKILL')
      await until(async () => (await jobOf(bench, putOff)).error !== null)
      expect(await jobOf(bench, putOff)).toMatchObject({
        state: 'queued',
        importStatus: 'pending',
        retryCount: 1,
        error: { kind: 'parser', code: 'analyzer_crashed' },
      })
      expect(await bench.get(queued)).toMatchObject({ status: 'pending' })
      await cancel(bench, queued)
      await cancel(bench, putOff)
      // Another supplier's, so that it is seen that nothing else has run.
      expect(await bench.ended(await bench.take(priceList(10), { supplier: 'Other' }))).toMatchObject({
        status: 'completed',
      })
      const held = await bench.ended(
        await bench.take(
          priceList(10, (n) => ({ price: `${n + 1}00.00` })),
          { supplier: 'Other' },
        ),
      )
      expect(held.status).toBe('held')
      await cancel(bench, held.id)
      for (const id of [queued, putOff, held.id])
        expect(await jobOf(bench, id)).toMatchObject({ state: 'cancelled', importStatus: 'cancelled' })
      expect(await catalogSize(bench)).toBe(10)
    }, 120_000)

    test('a job that was cancelled or is dead is tried again by hand, three times and no more', async () => {
      await using bench = await openTestService(engine)
      const importId = await bench.take(noList)
      expect(await bench.ended(importId)).toMatchObject({ status: 'failed' })
      expect(await jobOf(bench, importId)).toMatchObject({
        state: 'dead',
        cause: 'validation/not_a_price_list',
        retryCount: 0,
        attempt: 1,
      })
      for (let count = 1; count <= manualRetriesMax; count++) {
        await retry(bench, importId)
        expect(await bench.ended(importId)).toMatchObject({ status: 'failed' })
        expect(await jobOf(bench, importId)).toMatchObject({ state: 'dead', manualRetryCount: count })
      }
      expect(await rejection(retry(bench, importId))).toMatchObject({
        code: 'no_retries_left',
        message: expect.stringContaining('sources run'),
      })

      // With the file that is kept; when that is gone there is nothing to try.
      const cancelled = await bench.take(longList)
      await isBeingRead(bench, cancelled)
      await cancel(bench, cancelled)
      await until(() => bench.service.courier.progressOf(cancelled) === null)
      await retry(bench, cancelled)
      expect(await bench.ended(cancelled)).toMatchObject({ status: 'completed' })
      const lost = await bench.ended(await bench.take(`${noList}!`))
      await rm(rawPath(bench.service.parts.archive, lost.sha256!), { force: true })
      expect(await rejection(retry(bench, lost.id))).toMatchObject({ code: 'raw_file_missing' })
      expect(await bench.get(lost.id)).toMatchObject({ status: 'failed' })
    }, 120_000)

    test('a job has the pauses of its source, also when a person has it tried again', async () => {
      await using bench = await openTestService(engine)
      const { db } = bench.service
      const delaysOf = async (importId: string) => (await jobStore(db).ofImport(importId))!.retryDelaysMs
      const first = await bench.take(noList)
      await bench.ended(first)
      const { sourceId } = await jobOf(bench, first)
      const edit = { retryDelaysMs: [300_000, 600_000] }
      await db.tx(({ query }) => sourceStore({ query, tables: db.tables }).edit(sourceId, edit, new Date()))
      expect(await delaysOf(first)).not.toEqual(edit.retryDelaysMs)
      await retry(bench, first)
      await bench.ended(first)
      expect(await delaysOf(first)).toEqual(edit.retryDelaysMs)
      const next = await bench.take(`${noList}!`)
      expect(await delaysOf(next)).toEqual(edit.retryDelaysMs)
      await bench.ended(next)
    }, 120_000)

    test('what cannot be retried or cancelled says why', async () => {
      await using bench = await openTestService(engine)
      const completed = await bench.ended(await bench.take(priceList(3)))
      const running = await bench.take(longList)
      const queued = await bench.take(priceList(4))
      await isBeingRead(bench, running)
      for (const [id, code] of [
        [running, 'job_running'],
        [queued, 'job_queued'],
        [completed.id, 'job_ended'],
      ] as const)
        expect(await rejection(retry(bench, id))).toMatchObject({ name: 'ConflictError', code })
      expect(await rejection(cancel(bench, completed.id))).toMatchObject({ code: 'job_ended' })

      // A source that is deleted takes its jobs with it, and what is at work on them ends.
      const { id: jobId, sourceId } = await jobOf(bench, running)
      await bench.service.db.run('delete from sources where id = $1', [sourceId])
      bench.service.courier.wake()
      await until(() => bench.service.courier.progressOf(running) === null)
      for (const work of [
        () => retryJob(retryParts(bench), jobId),
        () => cancelJob(bench.service.parts, jobId),
      ])
        expect(await rejection(work())).toMatchObject({ name: 'NotFoundError', code: 'unknown_job' })
    }, 120_000)

    test('dead letters that were tried too often keep no older ones of their cause from it', async () => {
      await using bench = await openTestService(engine)
      const { db } = bench.service
      const imports: string[] = []
      for (let n = 0; n < 4; n++) {
        imports.push(await bench.take(`${noList}${'!'.repeat(n)}`))
        await bench.ended(imports[n]!)
      }
      const [first, second, third, fourth] = await Promise.all(
        imports.map(async (id) => (await jobOf(bench, id)).id),
      )
      const spent = 'update jobs set manual_retry_count = $1 where id in ($2, $3)'
      await db.run(spent, [manualRetriesMax, third!, fourth!])
      const which = { cause: 'validation/not_a_price_list', max: 1 }
      const { retried, refused, hasMore } = await retryDeadLetters(retryParts(bench), jobFinder(db), which)
      expect({ retried, hasMore }).toEqual({ retried: [second!], hasMore: true })
      expect(refused.map(({ jobId, code }) => [jobId, code])).toEqual([
        [fourth!, 'no_retries_left'],
        [third!, 'no_retries_left'],
      ])
      await db.run(`update jobs set state = 'cancelled' where id = $1`, [second!])
      const rest = await retryDeadLetters(retryParts(bench), jobFinder(db), which)
      expect(rest).toMatchObject({ retried: [first], hasMore: false })
    }, 120_000)

    test('dead letters are retried together, and one that cannot be keeps no other from it', async () => {
      await using bench = await openTestService(engine)
      const failed = [await bench.take(noList), await bench.take(`${noList}!`)]
      for (const id of failed) await bench.ended(id)
      const done = await bench.ended(await bench.take(priceList(3)))
      const ids: string[] = []
      for (const importId of [...failed, done.id]) ids.push((await jobOf(bench, importId)).id)
      const { retried, refused } = await retryJobs(retryParts(bench), [...ids, 'nobody'])
      bench.service.courier.wake()
      expect(retried).toEqual(ids.slice(0, 2))
      expect(refused.map(({ jobId, code }) => [jobId, code])).toEqual([
        [ids[2]!, 'job_ended'],
        ['nobody', 'unknown_job'],
      ])
      for (const id of failed) await bench.ended(id)
      const discard = (cause: string) =>
        bench.service.db.tx(({ query }) =>
          jobListing({ query, tables: bench.service.db.tables }).discard({ cause }, new Date()),
        )
      expect(await discard('nothing/such')).toBe(0)
      expect(await discard('validation/not_a_price_list')).toBe(2)
      expect(await discard('validation/not_a_price_list')).toBe(0)
      // A mark only: each can be tried again.
      expect(await jobOf(bench, failed[0]!)).toMatchObject({ state: 'dead', discardedAt: expect.any(Date) })
      await retry(bench, failed[0]!)
      await bench.ended(failed[0]!)
      expect(await jobOf(bench, failed[0]!)).toMatchObject({ state: 'dead', discardedAt: null })
    }, 120_000)
  })
}
