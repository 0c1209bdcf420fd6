import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { type ImportStatus, importStatuses } from '../../src/imports/model.ts'
import { runFinder } from '../../src/runs/find.ts'
import { type ImportTally, type RunStatus, runStatus, runStatuses } from '../../src/runs/model.ts'
import { runStore } from '../../src/runs/store.ts'
import { openBench } from '../helpers/bench.ts'
import { engines } from '../helpers/engines.ts'

const examples: [ImportTally, RunStatus][] = [
  [{ completed: 2, running: 1 }, 'running'],
  [{ failed: 2, pending: 1 }, 'running'],
  [{ completed: 1, failed: 1, held: 1 }, 'held'],
  [{ held: 1, pending: 1 }, 'running'],
  [{ completed: 1, unchanged: 1 }, 'completed'],
  [{ unchanged: 1 }, 'completed'],
  [{ undone: 1 }, 'completed'],
  [{ partial_success: 1 }, 'partial_success'],
  [{ completed: 1, failed: 1 }, 'partial_success'],
  [{ unchanged: 1, cancelled: 1 }, 'partial_success'],
  [{ failed: 1 }, 'failed'],
  [{ failed: 1, cancelled: 1, expired: 1 }, 'failed'],
  [{ expired: 1, cancelled: 1 }, 'expired'],
  [{ cancelled: 2, completed: 0 }, 'cancelled'],
  [{}, 'cancelled'],
]
for (const [tally, status] of examples)
  test(`a run with ${JSON.stringify(tally)} is ${status}`, () => {
    expect(runStatus(tally)).toBe(status)
  })

test('every status is one of a run', () => {
  const tallies = fc.dictionary(fc.constantFrom(...importStatuses), fc.integer({ min: 0, max: 3 }))
  fc.assert(fc.property(tallies, (tally) => runStatuses.includes(runStatus(tally))))
})

for (const engine of engines)
  describe(engine, () => {
    test('the database derives the same status for any imports', async () => {
      await using bench = await openBench(engine)
      const source = await bench.source('Acme')
      const { importId } = await bench.begin(source)
      const now = new Date(Date.UTC(2026, 10, 22))
      const drawn = fc.sample(
        fc.array(fc.constantFrom<ImportStatus>(...importStatuses), { maxLength: 4 }),
        150,
      )
      await bench.db.tx(async (tx) => {
        for (const [index, statuses] of drawn.entries()) {
          await tx.run('insert into ingestion_runs (id, trigger, created_at) values ($1, $2, $3)', [
            `run-${index}`,
            'api',
            now,
          ])
          for (const [n, status] of statuses.entries())
            await tx.run(
              `insert into imports (id, run_id, supplier_id, source_id, status, file_name, options, reading_key, scopes,
                                    ignored, changes, hold_reasons, fetched_at, created_at)
               select $1, $2, supplier_id, source_id, $3, file_name, options, reading_key, scopes, ignored, changes,
                      hold_reasons, fetched_at, created_at from imports where id = $4`,
              [`import-${index}-${n}`, `run-${index}`, status, importId],
            )
        }
      })
      const derived = new Map<string, RunStatus>()
      for (const status of runStatuses)
        for (const id of await runFinder(bench.db).runs({ status }, 1000)) {
          expect([id, derived.get(id)]).toEqual([id, undefined])
          derived.set(id, status)
        }
      const ids = drawn.map((_, index) => `run-${index}`)
      const stored = new Map((await runStore(bench.db).byIds(ids)).map((run) => [run.id, run.status]))
      for (const [index, statuses] of drawn.entries()) {
        const tally: ImportTally = {}
        for (const status of statuses) tally[status] = (tally[status] ?? 0) + 1
        const expected = runStatus(tally)
        const id = `run-${index}`
        expect([statuses, derived.get(id), stored.get(id)]).toEqual([statuses, expected, expected])
      }
    })
  })
