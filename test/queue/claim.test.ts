import { describe, expect, test } from 'bun:test'
import type { KeptSql, SqlValue } from '../../src/db/database.ts'
import { claims } from '../../src/queue/claim.ts'
import { jobStore } from '../../src/queue/store.ts'
import { type Bench, openBench } from '../helpers/bench.ts'
import { engines } from '../helpers/engines.ts'

const claim = { worker: 'me 1 ', place: null, endedWorkers: [], limit: 1, leaseMs: 60_000 }

/** Keeps what the engine says of how it would go about each statement, instead of doing it. */
function explaining({ db }: Bench): { sql: KeptSql; plans: string[] } {
  const plans: string[] = []
  const all = async <Result>(text: string, parameters: SqlValue[] = []): Promise<Result[]> => {
    // SQLite explains a statement that writes where only reading is allowed, too.
    if (db.engine === 'sqlite') {
      const rows = await db.all<{ detail: string }>(`explain query plan ${text}`, parameters)
      plans.push(rows.map(({ detail }) => detail).join('\n'))
      return []
    }
    await db.tx(async (tx) => {
      // A table of a test is so small that reading all of it is no mistake.
      await tx.run('set local enable_seqscan = off')
      const rows = await tx.all<Record<string, string>>(`explain ${text}`, parameters)
      plans.push(rows.map((row) => row['QUERY PLAN']).join('\n'))
    })
    return []
  }
  return { sql: { engine: db.engine, all, run: async () => 0 }, plans }
}

for (const engine of engines) {
  describe(engine, () => {
    test('a claim walks what is due in its order, and looks at each lane by its index', async () => {
      await using bench = await openBench(engine)
      for (let n = 0; n < 20; n++) {
        const { importId, now } = await bench.begin(await bench.source('Acme'))
        await bench.db.run('delete from jobs where import_id = $1', [importId])
        await bench.db.tx(({ query }) =>
          jobStore({ query, tables: bench.db.tables }).add({ importId, lane: `${n % 5}`, worker: null, now }),
        )
      }
      await bench.db.run('analyze')
      const { sql, plans } = explaining(bench)
      await claims(sql).hasDue(claim)
      await claims(sql).claim(claim)
      for (const plan of plans) {
        expect(plan).toContain('jobs_due')
        expect(plan).toContain('jobs_lane')
        expect(plan).not.toMatch(/TEMP B-TREE|\bSort\b/)
      }
      expect(plans).toHaveLength(2)
    })

    test('jobs that are named are found by their keys', async () => {
      await using bench = await openBench(engine)
      await bench.begin(await bench.source('Acme'))
      const { sql, plans } = explaining(bench)
      await claims(sql).claim({ ...claim, ids: ['a', 'b'] })
      const [plan] = plans
      // Either index gives one job for one id.
      expect(plan).toMatch(engine === 'sqlite' ? /SEARCH j USING .*id=\?/ : /Index Cond: .*id = ANY/)
      expect(plan).not.toContain('jobs_due')
    })
  })
}
