import { describe, expect, test } from 'bun:test'
import { abandonedImports } from '../../src/courier/abandoned.ts'
import { ownIdentity } from '../../src/lib/process-identity.ts'
import { jobStore, leaseMs } from '../../src/queue/store.ts'
import { type Bench, openBench } from '../helpers/bench.ts'
import { engines } from '../helpers/engines.ts'

const [host] = ownIdentity().split(' ')
const start = new Date(Date.UTC(2026, 10, 22, 9, 0, 30))
const clock = (ms: number) => ({ now: () => new Date(start.getTime() + ms) })

/** The identity of a process of this machine that has ended. */
async function endedWorker(): Promise<string> {
  const child = Bun.spawn(['true'])
  await child.exited
  return `${host} ${child.pid} `
}

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
      expect(await abandonedImports({ db: bench.db, clock: clock(0) })).toEqual([first, second])
    })

    test('a worker that is silent for longer than its lease has abandoned its import, wherever it runs', async () => {
      await using bench = await openBench(engine)
      const ids = [await begun(bench, 'elsewhere 1 1'), await begun(bench, ownIdentity())]
      expect(await abandonedImports({ db: bench.db, clock: clock(leaseMs - 30_000) })).toEqual([])
      expect(await abandonedImports({ db: bench.db, clock: clock(leaseMs) })).toEqual(ids)
    })

    test('a job that was never taken is abandoned like one that was', async () => {
      await using bench = await openBench(engine)
      const { importId } = await bench.begin(await bench.source('Acme'))
      await bench.db.run('delete from jobs')
      const add = (worker: string) =>
        bench.db.tx(({ query }) =>
          jobStore({ query, tables: bench.db.tables }).add({ importId, worker, now: start }),
        )
      await add('elsewhere 1 1')
      expect(await abandonedImports({ db: bench.db, clock: clock(leaseMs) })).toEqual([])
      expect(await abandonedImports({ db: bench.db, clock: clock(leaseMs + 1) })).toEqual([importId])
      await bench.db.run('delete from jobs')
      await add(await endedWorker())
      expect(await abandonedImports({ db: bench.db, clock: clock(0) })).toEqual([importId])
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
      expect(await abandonedImports({ db: bench.db, clock: clock(leaseMs * 100) })).toEqual([])
    })
  })
}
