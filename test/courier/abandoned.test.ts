import { describe, expect, test } from 'bun:test'
import { abandonedImports } from '../../src/courier/abandoned.ts'
import { ownIdentity } from '../../src/lib/process-identity.ts'
import { jobStore } from '../../src/queue/store.ts'
import { type Bench, openBench } from '../helpers/bench.ts'
import { engines } from '../helpers/engines.ts'
import { silentLog } from '../helpers/open-database.ts'

const [host] = ownIdentity().split(' ')
const start = new Date(Date.UTC(2026, 10, 22, 9, 0, 30))

/** Lets every lease run out. */
const expire = ({ db }: Bench) =>
  db.tx(({ query }) => query.update(db.tables.jobs).set({ leaseUntil: new Date(0) }))

/** The identity of a process of this machine that has ended. */
async function endedWorker(): Promise<string> {
  const child = Bun.spawn(['true'])
  await child.exited
  return `${host} ${child.pid} `
}

const abandoned = ({ db }: Bench, options: { place?: string; withWaiting?: boolean } = {}) =>
  abandonedImports(
    { db, log: silentLog, worker: 'command 1 ' },
    { place: 'here', withWaiting: false, ...options },
  )

async function begun(bench: Bench, worker: string): Promise<string> {
  const { importId } = await bench.begin(await bench.source('Acme'))
  await bench.db.run('update jobs set worker = $1 where import_id = $2', [worker, importId])
  return importId
}

for (const engine of engines) {
  describe(engine, () => {
    test('imports of workers that have ended are abandoned at once, oldest first; of living ones they are not', async () => {
      await using bench = await openBench(engine)
      const ended = await endedWorker()
      const first = await begun(bench, ended)
      await begun(bench, ownIdentity())
      const second = await begun(bench, ended)
      await begun(bench, 'elsewhere 1 1')
      expect(await abandoned(bench)).toEqual([first, second])
    })

    test('a worker that is silent for longer than its lease has abandoned its import, wherever it runs', async () => {
      await using bench = await openBench(engine)
      const ids = [await begun(bench, 'elsewhere 1 1'), await begun(bench, ownIdentity())]
      expect(await abandoned(bench)).toEqual([])
      await expire(bench)
      expect(await abandoned(bench)).toEqual(ids)
    })

    test('a job that was never taken is abandoned like one that was', async () => {
      await using bench = await openBench(engine)
      const { importId } = await bench.begin(await bench.source('Acme'))
      await bench.db.run('delete from jobs')
      const add = (worker: string) =>
        bench.db.tx(({ query }) =>
          jobStore({ query, tables: bench.db.tables }).add({ importId, lane: null, worker, now: start }),
        )
      await add('elsewhere 1 1')
      expect(await abandoned(bench)).toEqual([])
      await expire(bench)
      expect(await abandoned(bench)).toEqual([importId])
      await bench.db.run('delete from jobs')
      await add(await endedWorker())
      expect(await abandoned(bench)).toEqual([importId])
    })

    test('what waits for whoever comes first is abandoned only when nobody may be there, and in its own folder', async () => {
      await using bench = await openBench(engine)
      const { importId } = await bench.begin(await bench.source('Acme'))
      await bench.db.run('delete from jobs')
      const added = { importId, lane: null, worker: null, place: 'here', now: start }
      await bench.db.tx(({ query }) => jobStore({ query, tables: bench.db.tables }).add(added))
      expect(await abandoned(bench)).toEqual([])
      expect(await abandoned(bench, { withWaiting: true })).toEqual([importId])
      expect(await abandoned(bench, { withWaiting: true, place: 'elsewhere' })).toEqual([])
    })

    test('what has yet to be fetched is left to those who fetch', async () => {
      await using bench = await openBench(engine)
      const ended = await endedWorker()
      const fetched = await begun(bench, ended)
      const unfetched = await begun(bench, ended)
      await bench.db.run('update imports set sha256 = null where id = $1', [unfetched])
      expect(await abandoned(bench)).toEqual([fetched])
      expect(await abandoned(bench, { withWaiting: true })).toEqual([fetched])
    })

    test('imports that have ended or are held are nobody’s any more', async () => {
      await using bench = await openBench(engine)
      const ended = await endedWorker()
      for (const state of ['succeeded', 'failed', 'held', 'cancelled', 'dead', 'expired'] as const) {
        const importId = await begun(bench, ended)
        await bench.db.tx(({ query }) =>
          jobStore({ query, tables: bench.db.tables }).close(importId, state, start),
        )
      }
      expect(await abandoned(bench)).toEqual([])
    })
  })
}
