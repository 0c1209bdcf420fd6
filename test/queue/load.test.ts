import { describe, expect, test } from 'bun:test'
import { consoleActor } from '../../src/auth/model.ts'
import { trigger } from '../../src/courier/trigger.ts'
import { queueLoad } from '../../src/queue/load.ts'
import { openBench } from '../helpers/bench.ts'
import { engines } from '../helpers/engines.ts'
import { addSource } from '../helpers/sources.ts'

const now = new Date('2026-11-22T12:00:00Z')

for (const engine of engines) {
  describe(engine, () => {
    test('the load tells what waits, runs, is put off and is dead', async () => {
      await using bench = await openBench(engine)
      const { db } = bench
      expect(await queueLoad(db, now)).toEqual({
        waiting: 0,
        running: 0,
        putOff: 0,
        dead: 0,
        oldestDueSeconds: null,
      })
      const sources: string[] = []
      for (let n = 0; n < 7; n++) sources.push(await addSource(db, { name: `${n}` }))
      await db.tx((tx) =>
        trigger(tx, { db, actor: consoleActor, defaultCurrency: null }, { sources, trigger: 'api', now }),
      )
      const ids = (await db.all<{ id: string }>('select id from jobs order by id')).map(({ id }) => id)
      const set = (id: string, columns: string, at: Date) =>
        db.run(`update jobs set ${columns}, run_at = $2 where id = $1`, [id, at])
      const ago = (seconds: number) => new Date(now.getTime() - seconds * 1000)
      await set(ids[0]!, `state = 'queued'`, ago(90))
      await set(ids[1]!, `state = 'queued'`, ago(5))
      await set(ids[2]!, `state = 'queued'`, ago(-30))
      await set(ids[3]!, `state = 'running'`, ago(500))
      await set(ids[4]!, `state = 'dead'`, ago(500))
      await set(ids[5]!, `state = 'dead', discarded_at = run_at`, ago(500))
      await set(ids[6]!, `state = 'succeeded'`, ago(500))
      expect(await queueLoad(db, now)).toEqual({
        waiting: 2,
        running: 1,
        putOff: 1,
        dead: 1,
        oldestDueSeconds: 90,
      })
    })
  })
}
