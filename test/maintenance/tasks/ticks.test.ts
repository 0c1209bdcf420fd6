import { describe, expect, setDefaultTimeout, test } from 'bun:test'
import { sourceStore } from '../../../src/sources/store.ts'
import { supplierStore } from '../../../src/suppliers/store.ts'
import { ahead, openTask } from '../../helpers/cleanups.ts'
import { openProgram } from '../../helpers/cli.ts'
import { engines } from '../../helpers/engines.ts'

setDefaultTimeout(60_000)

const day = 24 * 60 * 60 * 1000

for (const engine of engines) {
  describe(engine, () => {
    test('ticks of more than 30 days ago go, other than the last of each schedule that there still is', async () => {
      await using program = await openProgram(engine)
      const { app, task, parts } = await openTask(program, 'ticks')
      try {
        const { db } = app
        const { id: sourceId } = await db.tx(async ({ query }) => {
          const stores = { query, tables: db.tables }
          const supplier = await supplierStore(stores).findOrAdd('Acme', new Date())
          return sourceStore(stores).findOrAddUpload(supplier.id, 'web', new Date())
        })
        const tick = async (schedule: string, daysAgo: number) => {
          const minute = new Date(Math.floor((Date.now() - daysAgo * day) / 60_000) * 60_000)
          await db.run(
            `insert into schedule_ticks (schedule, minute, outcome, created_at) values ($1, $2, 'started', $3)`,
            [schedule, minute, minute],
          )
        }
        for (const daysAgo of [90, 60, 31, 29, 1]) await tick('daily', daysAgo)
        for (const daysAgo of [400, 35]) await tick(`source/${sourceId}`, daysAgo)
        for (const daysAgo of [80, 70]) await tick('source/gone', daysAgo)
        const left = async () =>
          (await db.all('select schedule from schedule_ticks order by schedule, minute')).length
        const expected = { deleted: { ticks: 6 }, kept: { last_of_its_schedule: 1 } }
        expect(await task.run(parts, ahead(0, true))).toMatchObject(expected)
        expect(await left()).toBe(9)
        expect(await task.run(parts, ahead(0))).toMatchObject(expected)
        expect(await left()).toBe(3)
        expect(await task.run(parts, ahead(0))).toMatchObject({ deleted: {} })
      } finally {
        await app.close()
      }
    })
  })
}
