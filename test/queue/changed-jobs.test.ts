import { describe, expect, test } from 'bun:test'
import { openJobChanges } from '../../src/queue/changed-jobs.ts'
import { openEmbeddedQueue } from '../../src/queue/embedded.ts'
import { jobStore } from '../../src/queue/store.ts'
import { engines } from '../helpers/engines.ts'
import { silentLog } from '../helpers/open-database.ts'
import { openQueueBench } from '../helpers/queue-bench.ts'

const openBenchOf = (engine: (typeof engines)[number]) =>
  openQueueBench(engine, (options) => openEmbeddedQueue({ ...options, log: silentLog }))

for (const engine of engines) {
  describe(engine, () => {
    test('every job that has changed since the last look is found, whatever became of it', async () => {
      await using queues = await openBenchOf(engine)
      const { db } = queues.bench
      const ids: string[] = []
      for (let n = 0; n < 6; n++) ids.push(await queues.add({ supplier: `S${n}` }))
      const changes = openJobChanges(db, { restTimes: 0 })
      expect(await changes.look()).toEqual({ changed: [], gone: [] })
      expect(await changes.look()).toEqual({ changed: [], gone: [] })

      const close = (id: string) =>
        db.tx(async ({ query }) => {
          const store = jobStore({ query, tables: db.tables })
          await store.close((await store.get(id))!.importId, 'succeeded', new Date(0))
        })
      // Of another time by its clock, begun and ended between two looks.
      const brief = await queues.add({ supplier: 'Brief' })
      await close(brief)
      await close(ids[5]!)
      const both = await changes.look()
      expect({ ...both, changed: both.changed.sort() }).toEqual({
        changed: [brief, ids[5]!].sort(),
        gone: [],
      })
      await db.run('delete from jobs where id = $1', [ids[0]!])
      expect(await changes.look()).toEqual({ changed: [], gone: [ids[0]!] })
      expect(await changes.look()).toEqual({ changed: [], gone: [] })

      changes.forget()
      await close(ids[4]!)
      expect(await changes.look()).toEqual({ changed: [], gone: [] })
    }, 60_000)

    test('of jobs that are not remembered one by one, all of a minute have changed when one has', async () => {
      await using queues = await openBenchOf(engine)
      const { db } = queues.bench
      const ids: string[] = []
      for (let n = 0; n < 3; n++) ids.push(await queues.add({ supplier: `S${n}` }))
      // Made an hour before the others.
      const old = ids.map((id, n) => `00000000-0000-7000-8000-00000000000${n}${id.slice(36)}`)
      for (const [n, id] of ids.entries())
        await db.run('update jobs set id = $1 where id = $2', [old[n]!, id])
      const fresh = await queues.add({ supplier: 'Fresh' })
      const changes = openJobChanges(db, { idsMax: 2, restTimes: 0 })
      await changes.look()
      await db.run('update jobs set revision = revision + 1 where id = $1', [old[1]!])
      expect((await changes.look()).changed.sort()).toEqual(old)
      await db.run('update jobs set revision = revision + 1 where id = $1', [fresh])
      expect((await changes.look()).changed).toEqual([fresh])
    }, 60_000)
  })
}
