import { describe, expect, test } from 'bun:test'
import { readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type App, openApp } from '../../src/app.ts'
import { consoleActor } from '../../src/auth/model.ts'
import { loadConfig } from '../../src/config.ts'
import { drainQueue, requeueJobs } from '../../src/courier/drain.ts'
import { takeIn } from '../../src/courier/intake.ts'
import { cancelJob, retryJob } from '../../src/courier/operate.ts'
import type { Database } from '../../src/db/database.ts'
import { failImport } from '../../src/imports/fail-import.ts'
import { systemClock } from '../../src/lib/clock.ts'
import { newId } from '../../src/lib/id.ts'
import { jobListing } from '../../src/queue/listing.ts'
import { jobStore } from '../../src/queue/store.ts'
import { openProgram, type TestProgram } from '../helpers/cli.ts'
import { type Engine, engines } from '../helpers/engines.ts'
import { plainHandover } from '../helpers/handover.ts'
import { priceList } from '../helpers/lists.ts'
import { rejection, silentLog } from '../helpers/open-database.ts'
import { until } from '../helpers/until.ts'

const main = join(import.meta.dir, '../../src/main.ts')

/** A queue that nobody works on, and a place for files. */
interface Bench extends AsyncDisposable {
  program: TestProgram
  app: App
  db: Database
  path: string
  /** Puts a list of a supplier of its own into the queue. @returns the job's id */
  add(supplier?: string): Promise<string>
  drain(withDead?: boolean): ReturnType<typeof drainQueue>
  requeue(): ReturnType<typeof requeueJobs>
  /** States by job id. */
  states(): Promise<Record<string, string>>
  claim(limit?: number): Promise<string[]>
}

async function openBench(engine: Engine): Promise<Bench> {
  const program = await openProgram(engine)
  const config = loadConfig(program.env, program.folder)
  const app = await openApp({ config, clock: systemClock, log: silentLog, schema: 'write' })
  const { db } = app
  const path = join(program.folder, 'queue.ndjson')
  let lists = 0
  return {
    program,
    app,
    db,
    path,
    async add(supplier = `Supplier ${lists}`) {
      const fileName = `${lists}.csv`
      const list = await program.write(fileName, priceList(++lists))
      const { importId } = await takeIn(
        { ...app.parts, carrier: null },
        { ...plainHandover, path: list, fileName, supplier },
      )
      return (await jobStore(db).ofImport(importId))!.id
    },
    drain: (withDead = false) => drainQueue(app.parts, { path, withDead }),
    requeue: () => requeueJobs(app.parts, path),
    async states() {
      const rows = await db.all<{ id: string; state: string }>('select id, state from jobs order by id')
      return Object.fromEntries(rows.map(({ id, state }) => [id, state]))
    },
    async claim(limit = 100) {
      const { place } = app.parts
      const claim = { worker: 'a worker', place, endedWorkers: [], limit, leaseMs: 60_000 }
      const taken = await db.tx(({ query }) => jobStore({ query, tables: db.tables }).claim(claim))
      return taken.map(({ job }) => job.id)
    },
    async [Symbol.asyncDispose]() {
      await app.close()
      await program[Symbol.asyncDispose]()
    },
  }
}

/** Jobs that wait, all of one import, as far as the queue is concerned. */
async function addMany(bench: Bench, count: number): Promise<void> {
  const { importId } = (await jobStore(bench.db).get(await bench.add()))!
  await bench.db.tx(async ({ query }) => {
    const jobs = jobStore({ query, tables: bench.db.tables })
    for (let n = 1; n < count; n++) await jobs.add({ importId, lane: null, worker: null, now: new Date() })
  })
}

async function die(bench: Bench): Promise<void> {
  const { db, app } = bench
  const claim = { worker: 'a worker', place: app.parts.place, endedWorkers: [], limit: 1, leaseMs: 60_000 }
  await db.tx(async ({ query }) => {
    const stores = { query, tables: db.tables }
    const [taken] = await jobStore(stores).claim(claim)
    const error = { kind: 'validation', code: 'not_a_price_list', message: 'It is no list.' } as const
    await failImport(stores, { importId: taken!.job.importId, lease: taken!.lease, error, now: new Date() })
  })
}

for (const engine of engines) {
  describe(engine, () => {
    test('what waits is taken out and put back, in its order and once', async () => {
      await using bench = await openBench(engine)
      const ids = [await bench.add('Acme'), await bench.add('Acme'), await bench.add('Other')]
      expect(await bench.drain()).toEqual({ count: 3, hasMore: false })
      expect(Object.values(await bench.states())).toEqual(['drained', 'drained', 'drained'])
      expect(await bench.claim()).toEqual([])
      const lines = (await readFile(bench.path, 'utf8'))
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line))
      expect(lines.slice(1, -1)).toMatchObject([
        { job_id: ids[0], was: 'queued', supplier: 'Acme', file_name: '0.csv', error: null },
        { job_id: ids[1], supplier: 'Acme', file_name: '1.csv' },
        { job_id: ids[2], supplier: 'Other' },
      ])
      expect(await bench.requeue()).toEqual({ requeued: 3, skipped: [] })
      // One list of a supplier after the other, as before.
      expect(await bench.claim()).toEqual([ids[0]!, ids[2]!])
      const again = await bench.requeue()
      expect([again.requeued, again.skipped.map(({ state }) => state)]).toEqual([
        0,
        ['running', 'queued', 'running'],
      ])
      expect(Object.values(await bench.states())).toEqual(['running', 'queued', 'running'])
    }, 60_000)

    test('a dead letter that was drained is retried by hand at most three times all the same', async () => {
      await using bench = await openBench(engine)
      const { parts, db } = bench.app
      const dead = await bench.add()
      const retry = { ...parts, actor: consoleActor, queued: { worker: null } }
      const drained = async () => {
        await die(bench)
        expect(await bench.drain(true)).toMatchObject({ count: 1 })
        await rm(bench.path)
        return (await jobListing(db).get(dead)).state
      }
      for (let n = 1; n <= 3; n++) {
        expect(await drained()).toBe('drained')
        await retryJob(retry, dead)
        expect(await jobListing(db).get(dead)).toMatchObject({ state: 'queued', manualRetryCount: n })
      }
      expect(await drained()).toBe('drained')
      expect(await rejection(retryJob(retry, dead))).toMatchObject({ code: 'no_retries_left' })
    }, 60_000)

    test('dead letters are taken out only when that is said, and have all their tries again', async () => {
      await using bench = await openBench(engine)
      const dead = await bench.add()
      await die(bench)
      expect(await bench.drain()).toEqual({ count: 0, hasMore: false })
      expect(await readdir(bench.program.folder)).not.toContain('queue.ndjson')
      const waiting = await bench.add()
      expect(await bench.drain(true)).toMatchObject({ count: 2 })
      expect(await readFile(bench.path, 'utf8')).toContain('"was":"dead"')
      expect(await bench.requeue()).toMatchObject({ requeued: 2 })
      expect(await bench.states()).toEqual({ [dead]: 'queued', [waiting]: 'queued' })
      expect(await jobListing(bench.db).get(dead)).toMatchObject({
        importStatus: 'pending',
        error: null,
        finishedAt: null,
        retryCount: 0,
        manualRetryCount: 0,
      })
      expect(await bench.claim()).toEqual([dead, waiting])
    }, 60_000)

    test('what runs, and what a command is about to do itself, stays', async () => {
      await using bench = await openBench(engine)
      const running = await bench.add()
      await bench.claim()
      const list = await bench.program.write('own.csv', priceList(3))
      await takeIn(
        { ...bench.app.parts, carrier: bench.app.parts.worker },
        { ...plainHandover, path: list, supplier: 'Own' },
      )
      expect(await bench.drain()).toMatchObject({ count: 0 })
      expect((await bench.states())[running]).toBe('running')
    }, 60_000)

    test('jobs that are drained are listed, and cancelled or retried one by one; the file leaves them as they are', async () => {
      await using bench = await openBench(engine)
      const { parts } = bench.app
      const [cancelled, retried, deleted, left] = [
        await bench.add(),
        await bench.add(),
        await bench.add(),
        await bench.add(),
      ]
      await bench.drain()
      expect(await jobListing(bench.db).get(left)).toMatchObject({
        state: 'drained',
        importStatus: 'pending',
      })
      await cancelJob(parts, cancelled)
      await retryJob({ ...parts, queued: { worker: null } }, retried)
      expect(await jobListing(bench.db).get(retried)).toMatchObject({ state: 'queued', manualRetryCount: 0 })
      await bench.db.run(
        'delete from sources where id in (select source_id from imports where id in (select import_id from jobs where id = $1))',
        [deleted],
      )
      const { requeued, skipped } = await bench.requeue()
      expect([requeued, skipped.map(({ job, state }) => [job.job_id, state])]).toEqual([
        1,
        [
          [cancelled, 'cancelled'],
          [retried, 'queued'],
          [deleted, null],
        ],
      ])
      expect(await bench.states()).toEqual({
        [cancelled]: 'cancelled',
        [retried]: 'queued',
        [left]: 'queued',
      })
    }, 60_000)

    test('where the file cannot be written, nothing leaves the queue', async () => {
      await using bench = await openBench(engine)
      const id = await bench.add()
      await writeFile(bench.path, 'mine')
      expect(await rejection(bench.drain())).toMatchObject({ code: 'file_exists' })
      expect(await readFile(bench.path, 'utf8')).toBe('mine')
      const nowhere = join(bench.program.folder, 'no/queue.ndjson')
      expect(await rejection(drainQueue(bench.app.parts, { path: nowhere, withDead: false }))).toMatchObject({
        code: 'no_such_folder',
      })
      expect(await bench.states()).toEqual({ [id]: 'queued' })
      expect(await bench.claim()).toEqual([id])
    }, 60_000)

    test('where the database is lost before it has committed, the file is there and puts nothing back', async () => {
      await using bench = await openBench(engine)
      const id = await bench.add()
      const lost: Database = {
        ...bench.db,
        tx: (work) =>
          bench.db.tx(async (tx) => {
            await work(tx)
            throw new Error('connection lost')
          }),
      }
      const error = await rejection(
        drainQueue({ ...bench.app.parts, db: lost }, { path: bench.path, withDead: false }),
      )
      expect(error).toMatchObject({ name: 'UnavailableError', code: 'drain_unsure' })
      expect(await bench.states()).toEqual({ [id]: 'queued' })
      expect(await bench.requeue()).toMatchObject({ requeued: 0, skipped: [{ state: 'queued' }] })
      expect(await bench.claim()).toEqual([id])
      expect(await bench.requeue()).toMatchObject({ requeued: 0, skipped: [{ state: 'running' }] })
    }, 60_000)

    test('a file of another installation, or one that was changed, puts nothing back', async () => {
      await using bench = await openBench(engine)
      const ids = [await bench.add(), await bench.add()]
      await bench.drain()
      const text = await readFile(bench.path, 'utf8')
      await writeFile(bench.path, text.replace(ids[1]!, ids[0]!))
      expect(await rejection(bench.requeue())).toMatchObject({ code: 'queue_file_changed' })
      await writeFile(bench.path, text.split('\n').slice(0, 2).join('\n'))
      expect(await rejection(bench.requeue())).toMatchObject({ code: 'queue_file_cut_off' })
      await writeFile(bench.path, text)
      await bench.db.run('update installation set id = $1', [newId()])
      expect(await rejection(bench.requeue())).toMatchObject({
        name: 'ConflictError',
        code: 'other_installation',
      })
      expect(Object.values(await bench.states())).toEqual(['drained', 'drained'])
    }, 60_000)

    test('many are drained and put back', async () => {
      await using bench = await openBench(engine)
      await addMany(bench, 2500)
      expect(await bench.drain()).toEqual({ count: 2500, hasMore: false })
      expect(await bench.requeue()).toEqual({ requeued: 2500, skipped: [] })
      expect(new Set(Object.values(await bench.states()))).toEqual(new Set(['queued']))
    }, 60_000)

    test('a drain that is killed leaves each job in the queue, or out of it and in a whole file', async () => {
      await using bench = await openBench(engine)
      const count = 1000
      await addMany(bench, count)
      for (let round = 0; round < 8; round++) {
        const name = `round-${round}.ndjson`
        const child = Bun.spawn([process.execPath, main, 'queue', 'drain', '--out', name], {
          cwd: bench.program.folder,
          env: bench.program.env,
          stdio: ['ignore', 'ignore', 'ignore'],
        })
        // While it writes, or when it has just written.
        const sign = round % 2 === 0 ? name : `${name}.`
        const isThere = async () =>
          (await readdir(bench.program.folder)).some((each) => each.startsWith(sign))
        await until(async () => (await isThere()) || child.exitCode !== null)
        child.kill('SIGKILL')
        await child.exited
        // Waits for what PostgreSQL is still at.
        await bench.db.run('update jobs set revision = revision')
        const states = new Set(Object.values(await bench.states()))
        const path = join(bench.program.folder, name)
        if (await Bun.file(path).exists()) {
          const { requeued, skipped } = await requeueJobs(bench.app.parts, path)
          expect([requeued, skipped.length]).toEqual(states.has('drained') ? [count, 0] : [0, count])
        }
        expect(new Set(Object.values(await bench.states()))).toEqual(new Set(['queued']))
      }
    }, 120_000)
  })
}
