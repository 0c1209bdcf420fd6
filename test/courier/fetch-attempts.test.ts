import { describe, expect, test } from 'bun:test'
import { mkdir, rm } from 'node:fs/promises'
import { consoleActor } from '../../src/auth/model.ts'
import { approve } from '../../src/courier/held.ts'
import { retryJob } from '../../src/courier/operate.ts'
import { openArchive } from '../../src/files/archive.ts'
import { importStore } from '../../src/imports/store.ts'
import { jobStore } from '../../src/queue/store.ts'
import { type CourierBench, type Handed, openCourierBench } from '../helpers/courier-bench.ts'
import { engines } from '../helpers/engines.ts'
import { rejection } from '../helpers/open-database.ts'
import { rawPath } from '../helpers/raw-file.ts'
import { until } from '../helpers/until.ts'

const crashed = { status: 'failed', code: 'analyzer_crashed', message: 'It crashed.' } as const

async function write(bench: CourierBench, text: string): Promise<string> {
  await mkdir(bench.lists, { recursive: true })
  await Bun.write(`${bench.lists}/a.csv`, text)
  return `${bench.lists}/a.csv`
}

const textOf = ({ task }: Handed) => Bun.file(task.path).text()
const placeOf = async ({ bench }: CourierBench, jobId: string) =>
  (await bench.rows('select place from jobs where id = $1', [jobId]))[0]!.place

/** What an analyzer does that finds something to ask about. */
async function hold({ bench: { db } }: CourierBench, { task, end }: Handed): Promise<void> {
  await db.tx(async ({ query }) => {
    const stores = { query, tables: db.tables }
    await importStore(stores).change(task.importId, { status: 'held' })
    await jobStore(stores).end(task.lease, { state: 'held', phase: 'analyzing', now: new Date() })
  })
  end({ status: 'done' })
}

/** Where the archive has what was handed over. */
const rawFile = (bench: CourierBench, { task }: Handed) =>
  rawPath(openArchive(`${bench.bench.folder}/raw`), task.sha256)

for (const engine of engines) {
  describe(engine, () => {
    test('who was thought dead while he fetched records nothing, and keeps nothing', async () => {
      await using bench = await openCourierBench(engine)
      const jobId = await bench.trigger({ path: await write(bench, 'a'), settle_seconds: 1 })
      // From then on it fetches.
      await until(async () => (await bench.job(jobId)).importStatus === 'running')
      const { db } = bench.bench
      // Somebody else has taken it, which he has not noticed.
      await db.run("update jobs set lease_token = 'other' where id = $1", [jobId])
      const { importId } = await bench.job(jobId)
      await until(() => bench.courier.progressOf(importId) === null)
      expect(await importStore(db).get(importId)).toMatchObject({ status: 'running', sha256: null })
      expect(await bench.job(jobId)).toMatchObject({ state: 'running', downloadPercent: null })
      expect(await bench.bench.rows('select * from raw_files')).toEqual([])
      const kept = new Bun.Glob('**/*').scan({ cwd: `${bench.bench.folder}/raw` })
      expect(await Array.fromAsync(kept).catch(() => [])).toEqual([])
    }, 30_000)

    test('what cannot be kept is not recorded, and is fetched once more when it can', async () => {
      await using bench = await openCourierBench(engine, { retryDelaysMs: [1] })
      const text = 'kept last'
      const raw = `${bench.bench.folder}/raw`
      const sha256 = new Bun.CryptoHasher('sha256').update(text).digest('hex')
      // Where the folder of its name would be.
      const inTheWay = `${raw}/${sha256.slice(0, 2)}`
      await Bun.write(inTheWay, 'no folder')
      const jobId = await bench.trigger({ path: await write(bench, text) })
      const found = await bench.settled(jobId, 'dead')
      expect(found).toMatchObject({ error: { code: 'archive_not_writable' }, retryCount: 1 })
      expect(await importStore(bench.bench.db).get(found.importId)).toMatchObject({
        sha256: null,
        origin: null,
      })
      expect(await bench.bench.rows('select * from raw_files')).toEqual([])
      await rm(inTheWay)
      const archive = openArchive(raw)
      const parts = { ...bench.bench, archive, actor: consoleActor, clock: { now: () => new Date() } }
      await retryJob({ ...parts, queued: { worker: null, place: 'here' } }, jobId)
      bench.courier.wake(jobId)
      expect(await textOf(await bench.handed())).toBe(text)
    }, 30_000)

    test('the next try takes the file that the last one has fetched, also when its source has another one by then', async () => {
      await using bench = await openCourierBench(engine, { retryDelaysMs: [1, 1] })
      const jobId = await bench.trigger({ path: await write(bench, 'first') })
      const first = await bench.handed()
      await write(bench, 'second')
      first.end(crashed)
      const second = await bench.handed()
      expect(await textOf(second)).toBe('first')
      // What is gone is fetched once more.
      await rm(rawFile(bench, second))
      second.end(crashed)
      const third = await bench.handed()
      expect(await textOf(third)).toBe('second')
      expect(third.task.sha256).not.toBe(first.task.sha256)
      expect(await bench.job(jobId)).toMatchObject({ state: 'running', retryCount: 2 })
    }, 30_000)

    test('a file that was handed in is not replaced by what its source has', async () => {
      await using bench = await openCourierBench(engine, { retryDelaysMs: [1] })
      await bench.cancel(await bench.trigger({ path: await write(bench, 'fetched') }, { name: 'upload' }))
      const jobId = await bench.take('handed in')
      const handed = await bench.handed()
      expect(await textOf(handed)).toBe('handed in')
      await rm(rawFile(bench, handed))
      handed.end(crashed)
      expect(await bench.settled(jobId, 'dead')).toMatchObject({ error: { code: 'raw_file_missing' } })
      const { db } = bench.bench
      const parts = {
        db,
        actor: consoleActor,
        clock: { now: () => new Date() },
        archive: openArchive(`${bench.bench.folder}/raw`),
      }
      const retrying = retryJob({ ...parts, queued: { worker: null, place: 'here' } }, jobId)
      expect(await rejection(retrying)).toMatchObject({ code: 'raw_file_missing' })
    }, 30_000)

    test('what is approved is the file that was held: it stays where that is, and no other takes its place', async () => {
      await using bench = await openCourierBench(engine)
      const jobId = await bench.trigger({ path: await write(bench, 'first') })
      const handed = await bench.handed()
      expect(await placeOf(bench, jobId)).toBeNull()
      await hold(bench, handed)
      await bench.settled(jobId, 'held')
      expect(await placeOf(bench, jobId)).toBe('here')
      await write(bench, 'second')
      await rm(rawFile(bench, handed))
      const { db } = bench.bench
      const archive = openArchive(`${bench.bench.folder}/raw`)
      const parts = {
        db,
        actor: consoleActor,
        archive,
        clock: { now: () => new Date() },
        place: 'elsewhere',
        carrier: null,
      }
      expect(await approve({ ...parts, retryDelaysMs: [] }, handed.task.importId)).toBe(jobId)
      bench.courier.wake(jobId)
      expect(await bench.settled(jobId, 'dead')).toMatchObject({ error: { code: 'raw_file_missing' } })
      expect(await placeOf(bench, jobId)).toBe('here')
    }, 30_000)

    test('a fetched list that failed belongs to nobody: whoever is asked to try again may fetch it', async () => {
      await using bench = await openCourierBench(engine, { retryDelaysMs: [] })
      const jobId = await bench.trigger({ path: await write(bench, 'first') })
      const handed = await bench.handed()
      handed.end(crashed)
      await bench.settled(jobId, 'dead')
      await rm(rawFile(bench, handed))
      const { db } = bench.bench
      const parts = {
        db,
        actor: consoleActor,
        clock: { now: () => new Date() },
        archive: openArchive(`${bench.bench.folder}/raw`),
      }
      await retryJob({ ...parts, queued: { worker: null, place: 'elsewhere' } }, jobId)
      bench.courier.wake(jobId)
      await bench.handed()
      expect(await placeOf(bench, jobId)).toBeNull()
    }, 30_000)
  })
}
