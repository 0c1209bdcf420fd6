import { describe, expect, test } from 'bun:test'
import { mkdir, writeFile } from 'node:fs/promises'
import { consoleActor } from '../../src/auth/model.ts'
import { takeIn } from '../../src/courier/intake.ts'
import { openArchive } from '../../src/files/archive.ts'
import { openRoom } from '../../src/files/room.ts'
import { openEmbeddedQueue } from '../../src/queue/embedded.ts'
import { jobStore } from '../../src/queue/store.ts'
import { openBench } from '../helpers/bench.ts'
import { openCourierBench, published } from '../helpers/courier-bench.ts'
import { engines } from '../helpers/engines.ts'
import { plainHandover } from '../helpers/handover.ts'
import { rejection, silentLog } from '../helpers/open-database.ts'
import { temporaryDirectory } from '../helpers/temporary.ts'
import { until } from '../helpers/until.ts'

for (const engine of engines) {
  describe(engine, () => {
    test('what is asked for while the queue waits is not fetched without room, and is once there is some', async () => {
      await using folder = await temporaryDirectory()
      let now = 0
      const room = openRoom({ folder: folder.path, freeBytesMin: 0, now: () => now })
      await using bench = await openCourierBench(engine, { room })
      await mkdir(bench.lists, { recursive: true })
      const path = `${bench.lists}/a.csv`
      await writeFile(path, 'a list')
      // By now the courier has looked whether there is room, and waits for jobs.
      await end(bench, await bench.take('first'))
      room.wasFull()
      const jobId = await bench.trigger({ path })
      const { db } = bench.bench
      const waiting = await until(async () => {
        const job = await jobStore(db).get(jobId)
        return job!.state === 'queued' && job!.attempt > 0 ? job! : null
      })
      expect(waiting).toMatchObject({ worker: null, attempt: 1, retryCount: 0 })
      const [made] = await bench.bench.rows("select status, sha256 from imports where status <> 'completed'")
      expect(made).toEqual({ status: 'pending', sha256: null })
      now = 60_000
      await end(bench, jobId)
    }, 60_000)

    test('while there is no room no job is begun, and nothing is put back again and again', async () => {
      const [waits, hasRoom] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
      let isFull = true
      const room = {
        lack: async () => (isFull ? 'full' : null),
        wait() {
          waits.resolve()
          return hasRoom.promise
        },
      }
      await using bench = await openCourierBench(engine, { room })
      await waits.promise
      await mkdir(bench.lists, { recursive: true })
      await writeFile(`${bench.lists}/a.csv`, 'a list')
      const jobId = await bench.trigger({ path: `${bench.lists}/a.csv` })
      const { db } = bench.bench
      // It looks as often as the courier's own does.
      const others = await openEmbeddedQueue({ db, log: silentLog, worker: 'other 2 ', lookMs: 50 })
      let looks = 0
      others.onChange(() => looks++)
      await until(() => looks >= 10)
      await others.close()
      expect(await jobStore(db).get(jobId)).toMatchObject({ state: 'queued', attempt: 0 })
      isFull = false
      hasRoom.resolve()
      await end(bench, jobId)
      expect(await jobStore(db).get(jobId)).toMatchObject({ attempt: 1 })
    }, 60_000)

    test('what a command takes in needs room as well', async () => {
      await using bench = await openBench(engine)
      const { db, folder } = bench
      const room = openRoom({ folder, freeBytesMin: Number.MAX_SAFE_INTEGER })
      const path = `${folder}/list.csv`
      await writeFile(path, 'a list')
      const parts = {
        db,
        actor: consoleActor,
        archive: openArchive(`${folder}/raw`),
        clock: { now: () => new Date() },
        fileBytesMax: 1_000_000,
        defaultCurrency: 'EUR',
        place: 'here',
        carrier: null,
        room,
      }
      expect(await rejection(takeIn(parts, { ...plainHandover, path }))).toMatchObject({ code: 'disk_full' })
      expect(await bench.rows('select id from imports')).toEqual([])
    }, 60_000)
  })
}

async function end(bench: Awaited<ReturnType<typeof openCourierBench>>, jobId: string): Promise<void> {
  const handed = await bench.handed()
  expect(handed.task.lease.jobId).toBe(jobId)
  await published(bench, handed)
  handed.end({ status: 'done' })
  await bench.settled(jobId, 'succeeded')
}
