import { describe, expect, setDefaultTimeout, test } from 'bun:test'
import { retryJob } from '../../../src/courier/operate.ts'
import type { Database } from '../../../src/db/database.ts'
import { jobStates } from '../../../src/imports/model.ts'
import { ahead, cleanAhead, openTask, realClock, runAhead } from '../../helpers/cleanups.ts'
import { openProgram, type TestProgram } from '../../helpers/cli.ts'
import { engines } from '../../helpers/engines.ts'
import { csvOf, priceList } from '../../helpers/lists.ts'
import { openUrl } from '../../helpers/open-database.ts'

setDefaultTimeout(60_000)

async function ingest(program: TestProgram, content: string): Promise<string> {
  const path = await program.write('list.csv', content)
  const argv = ['ingest', path, '--supplier', 'Acme', '--no-hold', '--json']
  const { out } = await program.runWith({ clock: realClock }, ...argv)
  return (JSON.parse(out) as { id: string }).id
}

const statesLeft = async (program: TestProgram) =>
  (await program.rows<{ state: string }>('select state from jobs order by id')).map(({ state }) => state)

for (const engine of engines) {
  describe(engine, () => {
    test('jobs that ended a week ago go, and nothing that is under way or waits for a person; imports stay', async () => {
      await using program = await openProgram(engine)
      const db = await openUrl(program.url)
      await using _ = { [Symbol.asyncDispose]: () => db.close() }
      for (const [n, state] of jobStates.entries()) {
        const importId = await ingest(program, priceList(n + 1))
        await db.run('update jobs set state = $1 where import_id = $2', [state, importId])
      }
      const discarded = await ingest(program, priceList(20))
      await db.run(`update jobs set state = 'dead', discarded_at = finished_at where import_id = $1`, [
        discarded,
      ])
      expect((await cleanAhead(program, 6, 'job-results'))['job-results']).toMatchObject({ deleted: {} })
      const expected = {
        deleted: { jobs: 4 },
        kept: { queued: 1, running: 1, held: 1, dead_letter: 2, drained: 1 },
      }
      const dry = await cleanAhead(program, 8, 'job-results', '--dry-run')
      expect(dry['job-results']).toMatchObject(expected)
      expect(await statesLeft(program)).toHaveLength(jobStates.length + 1)
      const { examples, ...done } = (await cleanAhead(program, 8, 'job-results'))['job-results']!
      expect(done).toMatchObject(expected)
      expect(examples).toHaveLength(4)
      expect(await statesLeft(program)).toEqual(['queued', 'running', 'held', 'dead', 'drained', 'dead'])
      expect(await program.rows('select id from imports')).toHaveLength(jobStates.length + 1)
      // Runs are shown without the jobs of their imports.
      for (const { id } of await program.rows<{ id: string }>('select id from ingestion_runs'))
        expect(await program.run('runs', 'show', id)).toMatchObject({ code: 0, err: '' })
      expect((await runAhead(program, 8, 'imports')).out.trim().split('\n')).toHaveLength(
        jobStates.length + 2,
      )
      expect((await cleanAhead(program, 8, 'job-results'))['job-results']).toMatchObject({ deleted: {} })
    })

    test('an import that failed is corrected without its job, and gets a new one', async () => {
      await using program = await openProgram(engine)
      const list = csvOf(['SKU', 'Name', 'Price EUR'], ['A-1', 'Ax', '1.50'])
      const importId = await ingest(program, list)
      const db = await openUrl(program.url)
      await using _ = { [Symbol.asyncDispose]: () => db.close() }
      await db.run(`update imports set status = 'failed'`)
      await cleanAhead(program, 8, 'job-results')
      expect(await statesLeft(program)).toEqual([])
      const corrected = await program.runWith(
        { clock: realClock },
        ...['imports', 'correct', importId, '--decimal', 'dot', '--json'],
      )
      expect([corrected.code, JSON.parse(corrected.out)]).toMatchObject([0, { status: 'completed' }])
      expect(await statesLeft(program)).toEqual(['succeeded'])
    })

    test('a dead letter that was discarded stays, and is tried again months later', async () => {
      await using program = await openProgram(engine)
      const importId = await ingest(program, priceList(3))
      const db = await openUrl(program.url)
      await using _ = { [Symbol.asyncDispose]: () => db.close() }
      await db.run(`update jobs set state = 'dead', discarded_at = $1`, [ahead(5).now])
      expect((await cleanAhead(program, 100, 'job-results'))['job-results']).toMatchObject({
        deleted: {},
        kept: { dead_letter: 1 },
      })
      const [job] = await db.all<{ id: string }>('select id from jobs where import_id = $1', [importId])
      expect(await program.run('jobs', 'retry', job!.id)).toMatchObject({ code: 0 })
      expect(await statesLeft(program)).toEqual(['queued'])
    })

    test('a job that somebody is just deciding about is left alone', async () => {
      // On SQLite one writes after the other.
      if (engine === 'sqlite') return
      await using program = await openProgram(engine)
      const importId = await ingest(program, 'no list')
      const { app, task, parts } = await openTask(program, 'job-results')
      try {
        // As whoever retries, corrects or cancels begins: see courier/operate.ts.
        await app.db.tx(async (tx) => {
          await tx.all('select id from imports where id = $1 for update', [importId])
          expect(await task.run(parts, ahead(8))).toMatchObject({ deleted: {} })
        })
        expect(await statesLeft(program)).toHaveLength(1)
        expect(await task.run(parts, ahead(8))).toMatchObject({ deleted: { jobs: 1 } })
      } finally {
        await app.close()
      }
    })

    test('of a person who tries a job again and a clean-up that deletes it, one comes first, and no import is left without an end', async () => {
      await using program = await openProgram(engine)
      for (let round = 0; round < 8; round++) {
        const importId = await ingest(program, `no list ${round}`)
        const { app, task, parts } = await openTask(program, 'job-results')
        const other = await openUrl(program.url)
        try {
          const [job] = await app.db.all<{ id: string }>('select id from jobs where import_id = $1', [
            importId,
          ])
          const retry = async () =>
            retryJob({ ...app.parts, db: other, clock: realClock, queued: { worker: null } }, job!.id).catch(
              () => {},
            )
          // Begun between what the clean-up found and its deletion, or with it.
          let count = 0
          let retrying: Promise<void> = Promise.resolve()
          const tx: Database['tx'] = async (work) => {
            if (count++ === 0) {
              retrying = retry()
              if (round % 2 === 0) await retrying
            }
            return app.db.tx(work)
          }
          await task.run({ ...parts, db: { ...app.db, tx } }, ahead(8))
          await retrying
          const [left] = await app.db.all<{ status: string; state: string | null }>(
            `select m.status, j.state from imports as m left join jobs as j on j.import_id = m.id where m.id = $1`,
            [importId],
          )
          expect(['pending queued', 'failed null']).toContain(`${left!.status} ${left!.state}`)
          await app.db.run('delete from imports where id = $1', [importId])
        } finally {
          await other.close()
          await app.close()
        }
      }
    })
  })
}
