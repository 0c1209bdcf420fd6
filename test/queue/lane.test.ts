import { describe, expect, test } from 'bun:test'
import { openEmbeddedQueue } from '../../src/queue/embedded.ts'
import { laneWaitMs } from '../../src/queue/model.ts'
import { jobStore, type Taken } from '../../src/queue/store.ts'
import { sourceStore } from '../../src/sources/store.ts'
import { engines } from '../helpers/engines.ts'
import { silentLog } from '../helpers/open-database.ts'
import { openQueueBench, type QueueBench } from '../helpers/queue-bench.ts'

const now = new Date(Date.UTC(2026, 10, 22, 9))

const opened = (engine: (typeof engines)[number]) =>
  openQueueBench(engine, (options) => openEmbeddedQueue({ ...options, log: silentLog }))

/** Those that may be taken now. */
const due = ({ bench: { db } }: QueueBench) =>
  db.tx(({ query }) =>
    jobStore({ query, tables: db.tables }).claim({
      worker: 'me',
      place: null,
      endedWorkers: [],
      limit: 10,
      leaseMs: 60_000,
    }),
  )

async function fail({ bench: { db } }: QueueBench, { lease }: Taken, delayMs: number): Promise<void> {
  const error = { kind: 'network', code: 'away', message: 'Away.' } as const
  await db.tx(({ query }) =>
    jobStore({ query, tables: db.tables }).fail(lease, error, { state: 'queued', delayMs }),
  )
}

const ids = (taken: Taken[]) => taken.map(({ job }) => job.id)

for (const engine of engines) {
  describe(engine, () => {
    test('what is tried again soon is waited for, what is put off for longer is overtaken', async () => {
      await using bench = await opened(engine)
      const first = await bench.add({ lane: 'a' })
      const second = await bench.add({ lane: 'a' })
      const taken = await due(bench)
      expect(ids(taken)).toEqual([first])
      await fail(bench, taken[0]!, laneWaitMs / 2)
      expect(ids(await due(bench))).toEqual([])
      await bench.bench.db.run('update jobs set state = $1 where id = $2', ['cancelled', first])

      const third = await bench.add({ lane: 'b' })
      const fourth = await bench.add({ lane: 'b' })
      const others = await due(bench)
      expect(ids(others).sort()).toEqual([second, third].sort())
      await fail(bench, others.find(({ job }) => job.id === third)!, laneWaitMs * 2)
      expect(ids(await due(bench))).toEqual([fourth])
    })

    test('one that was overtaken does not begin while the other is at work', async () => {
      await using bench = await opened(engine)
      const { db } = bench.bench
      const first = await bench.add({ lane: 'a' })
      const second = await bench.add({ lane: 'a' })
      const [taken] = await due(bench)
      await fail(bench, taken!, laneWaitMs * 2)
      const [later] = await due(bench)
      expect(later!.job.id).toBe(second)
      await db.run('update jobs set run_at = queued_at where id = $1', [first])
      expect(ids(await due(bench))).toEqual([])
      await db.tx(({ query }) =>
        jobStore({ query, tables: db.tables }).end(later!.lease, {
          state: 'succeeded',
          phase: 'complete',
          now,
        }),
      )
      expect(ids(await due(bench))).toEqual([first])
    })

    test('a source that is paused keeps no other list of its supplier', async () => {
      await using bench = await opened(engine)
      const { db } = bench.bench
      const add = async (source: string) => {
        const { importId, now: at } = await bench.bench.begin(await bench.bench.source('Acme', source))
        await db.run('delete from jobs where import_id = $1', [importId])
        return db.tx(({ query }) =>
          jobStore({ query, tables: db.tables }).add({ importId, lane: 'acme', worker: null, now: at }),
        )
      }
      await add('paused')
      const other = await add('other')
      const { sourceId } = await bench.bench.source('Acme', 'paused')
      await db.tx(({ query }) => sourceStore({ query, tables: db.tables }).setPaused(sourceId, now))
      expect(ids(await due(bench))).toEqual([other])
    })
  })
}
