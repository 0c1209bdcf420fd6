import { describe, expect, test } from 'bun:test'
import { openSchedules, type ScheduleSettings } from '../../src/schedules/schedules.ts'
import { sourceStore } from '../../src/sources/store.ts'
import { engines } from '../helpers/engines.ts'
import { openMigrated } from '../helpers/open-database.ts'
import { addSource } from '../helpers/sources.ts'

const settings: ScheduleSettings = {
  dailyRun: '0 2 * * *',
  timeZone: 'Europe/Vienna',
  cleanUpSeconds: 3600,
  feedCheckSeconds: 300,
}

for (const engine of engines) {
  describe(engine, () => {
    test('schedules are the daily run, the clean-ups, and those of sources in their zones', async () => {
      await using opened = await openMigrated(engine)
      const { db } = opened
      const own = await addSource(db, { name: 'own', schedule: '30 4 * * *', timeZone: 'Asia/Tokyo' })
      await addSource(db, { name: 'unscheduled' })
      const inherited = await addSource(db, { name: 'inherited', supplier: 'Best', schedule: '@hourly' })
      const plain = await addSource(db, { name: 'plain', schedule: '*/5 * * * *' })
      await db.run(`update suppliers set time_zone = 'America/Lima' where name = 'Best'`)
      const pausedAt = new Date('2026-11-21T10:00:00Z')
      await db.tx(({ query }) => sourceStore({ query, tables: db.tables }).setPaused(plain, pausedAt))

      const { known, broken } = await openSchedules(db, settings).all()
      expect(broken).toEqual([])
      expect(
        known.map(({ name, title, cron, timeZone, pausedAt, since }) => [
          name,
          title,
          cron,
          timeZone,
          pausedAt,
          since,
        ]),
      ).toEqual([
        [
          'daily-run',
          'Every source that has no schedule of its own',
          '0 2 * * *',
          'Europe/Vienna',
          null,
          null,
        ],
        ['feed-check', 'A look at every source that is watched', null, null, null, null],
        ['clean-up', 'Clean-ups', null, null, null, null],
        [`source/${own}`, 'Acme/own', '30 4 * * *', 'Asia/Tokyo', null, new Date('2026-11-01T00:00:00Z')],
        [`source/${inherited}`, 'Best/inherited', '0 * * * *', 'America/Lima', null, expect.any(Date)],
        [`source/${plain}`, 'Acme/plain', '*/5 * * * *', 'Europe/Vienna', pausedAt, expect.any(Date)],
      ])
    })

    test('a source is looked up anew each time', async () => {
      await using opened = await openMigrated(engine)
      const { db } = opened
      const schedules = openSchedules(db, { ...settings, dailyRun: 'off', feedCheckSeconds: 0 })
      const id = await addSource(db, { name: 'a', schedule: '0 1 * * *' })
      const crons = async () => (await schedules.all()).known.map(({ cron }) => cron)
      expect(await crons()).toEqual([null, '0 1 * * *'])
      await db.run(`update sources set schedule = '0 9 * * *' where id = $1`, [id])
      expect(await crons()).toEqual([null, '0 9 * * *'])
      await db.run('delete from sources where id = $1', [id])
      expect(await crons()).toEqual([null])
    })

    test('a schedule that cannot be gone by is told, and keeps no other from its turn', async () => {
      await using opened = await openMigrated(engine)
      const { db } = opened
      const wrong = await addSource(db, { name: 'wrong', schedule: '0 2 * *' })
      const lost = await addSource(db, { name: 'lost', schedule: '0 2 * * *', timeZone: 'Mars/Base' })
      await addSource(db, { name: 'right', schedule: '0 2 * * *' })
      const { known, broken } = await openSchedules(db, settings).all()
      expect(known.map(({ title }) => title).slice(3)).toEqual(['Acme/right'])
      expect(broken).toMatchObject([
        { name: `source/${wrong}`, problem: expect.stringContaining('has 4 fields') },
        { name: `source/${lost}`, problem: expect.stringContaining('"Mars/Base" is no time zone') },
      ])
    })
  })
}
