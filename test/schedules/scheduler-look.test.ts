import { describe, expect, test } from 'bun:test'
import { ConflictError, UnavailableError } from '../../src/lib/errors.ts'
import type { Schedule, Start } from '../../src/schedules/schedule.ts'
import { look } from '../../src/schedules/scheduler-look.ts'
import { listTicks } from '../../src/schedules/ticks.ts'
import { engines } from '../helpers/engines.ts'
import { openMigrated, openUrl, rejection } from '../helpers/open-database.ts'
import { cronSchedule, ledger, lookParts, minuteText } from '../helpers/schedules.ts'

const at = (time: string, day = '22') =>
  new Date(`2026-11-${day}T${time.length === 5 ? `${time}:00` : time}Z`)

for (const engine of engines) {
  describe(engine, () => {
    test('what is due in the minute is started once, with an hour to be begun', async () => {
      await using setting = await open(engine, [
        cronSchedule('nightly', '0 2 * * *'),
        cronSchedule('weekly', '0 2 * * mon'),
      ])
      await setting.look(at('01:59:30'))
      await setting.look(at('02:00:12'))
      await setting.look(at('02:00:40'))
      await setting.look(at('02:01'))
      expect(setting.started).toEqual(['nightly 11-22 02:00'])
      expect(setting.due).toEqual([{ minute: at('02:00'), expiresAt: at('03:00'), now: at('02:00:12') }])
      expect(await setting.ticks('nightly')).toEqual(['02:00 started run 1'])
    })

    test('after a pause of all nodes the latest is made up for, and the others are recorded', async () => {
      await using setting = await open(engine, [cronSchedule('often', '*/30 * * * *')])
      await setting.look(at('02:00'))
      await setting.look(at('05:10'))
      expect(setting.started).toEqual(['often 11-22 02:00', 'often 11-22 05:00'])
      expect(setting.due[1]!.expiresAt).toEqual(at('06:00'))
      const missed = (time: string) =>
        `${time} skipped No scheduler ran then; it is made up for once, by 2026-11-22 05:00 UTC.`
      expect(await setting.ticks('often')).toEqual([
        '05:00 started run 2',
        missed('04:30'),
        missed('04:00'),
        missed('03:30'),
        missed('03:00'),
        missed('02:30'),
        '02:00 started run 1',
      ])
    })

    test('what was due more than an hour ago is not started any more', async () => {
      await using setting = await open(engine, [cronSchedule('nightly', '0 2 * * *')])
      await setting.look(at('01:00'))
      await setting.look(at('03:00'))
      expect(setting.started).toEqual([])
      expect(await setting.ticks('nightly')).toEqual([
        '02:00 skipped No scheduler ran then, and it was more than an hour ago when one did.',
      ])
    })

    test('a very long pause is not recorded minute by minute', async () => {
      await using setting = await open(engine, [cronSchedule('each minute', '* * * * *')])
      await setting.look(at('02:00', '01'))
      await setting.look(at('02:00', '22'))
      expect(setting.started).toEqual(['each minute 11-01 02:00', 'each minute 11-22 02:00'])
      const ticks = await setting.ticks('each minute')
      expect(ticks).toHaveLength(102)
      expect(ticks[100]).toEndWith(`So were ${21 * 1440 - 101} before it.`)
    })

    test('a new schedule has missed nothing', async () => {
      const schedules = [cronSchedule('new', '*/10 * * * *', { since: at('02:35') })]
      await using setting = await open(engine, schedules)
      await setting.look(at('02:00'))
      await setting.look(at('02:41'))
      expect(await setting.ticks('new')).toEqual(['02:40 started run 1'])
    })

    test('a schedule that is paused is skipped and recorded', async () => {
      await using setting = await open(engine, [
        cronSchedule('nightly', '0 2 * * *', { pausedAt: at('01:00', '21') }),
      ])
      await setting.look(at('02:00'))
      expect(setting.started).toEqual([])
      expect(await setting.ticks('nightly')).toEqual(['02:00 skipped Paused since 2026-11-21 01:00 UTC.'])
    })

    test('a clock that is set back an hour doubles nothing and holds nothing up', async () => {
      await using setting = await open(engine, [cronSchedule('often', '*/30 * * * *')])
      await setting.look(at('02:59'))
      await setting.look(at('03:00'))
      await setting.look(at('02:01'))
      await setting.look(at('02:30'))
      await setting.look(at('02:31'))
      await setting.look(at('03:00'))
      await setting.look(at('03:30'))
      // 02:30 was never had: no node looked before 02:59.
      expect(setting.started).toEqual(['often 11-22 03:00', 'often 11-22 02:30', 'often 11-22 03:30'])
    })

    test('a clock that was ahead for a moment holds nothing up afterwards', async () => {
      await using setting = await open(engine, [cronSchedule('nightly', '0 2 * * *')])
      await setting.look(at('12:00'))
      await setting.look(new Date('2027-11-22T12:00:00Z'))
      await setting.look(at('12:02'))
      await setting.look(at('02:00', '23'))
      await setting.look(at('02:00', '24'))
      expect(setting.started).toEqual(['nightly 11-23 02:00', 'nightly 11-24 02:00'])
    })

    test('a clock that goes ahead is as if nobody had looked', async () => {
      await using setting = await open(engine, [cronSchedule('often', '*/30 * * * *')])
      await setting.look(at('02:01'))
      await setting.look(at('03:01'))
      expect(setting.started).toEqual(['often 11-22 03:00'])
    })

    test('what was skipped by what starts it is recorded so', async () => {
      const start: Start = async () => ({
        outcome: 'skipped',
        runId: null,
        note: 'It is still under way.',
        afterwards: () => {},
      })
      await using setting = await open(engine, [cronSchedule('nightly', '0 2 * * *')], start)
      await setting.look(at('02:00'))
      expect(await setting.ticks('nightly')).toEqual(['02:00 skipped It is still under way.'])
    })

    test('what cannot start is recorded, undone, and keeps no other from starting', async () => {
      const inner = ledger()
      const start: Start = async (tx, schedule, due) => {
        if (schedule.name === 'other') return inner.start(tx, schedule, due)
        await tx.run(
          `insert into suppliers (id, name, name_key, created_at) values ('s', 'Half', 'half', $1)`,
          [due.now],
        )
        if (schedule.name === 'refused') throw new ConflictError('no', 'The source is gone.')
        throw new TypeError('x is undefined')
      }
      const schedules = ['refused', 'broken', 'other'].map((name) => cronSchedule(name, '0 2 * * *'))
      await using setting = await open(engine, schedules, start)
      await setting.look(at('02:00'))
      await setting.look(at('02:01'))
      expect(inner.started).toEqual(['other 11-22 02:00'])
      expect(await setting.ticks('refused')).toEqual(['02:00 failed The source is gone.'])
      expect(await setting.ticks('broken')).toEqual(['02:00 failed Internal error; the log has the details.'])
      expect(await setting.db.all('select 1 from suppliers')).toEqual([])
    })

    test('a database that cannot be written to costs no minute', async () => {
      let isDown = true
      const inner = ledger()
      const start: Start = async (tx, schedule, due) => {
        if (isDown) throw new UnavailableError('database_locked', 'The database is locked.')
        return inner.start(tx, schedule, due)
      }
      await using setting = await open(engine, [cronSchedule('nightly', '0 2 * * *')], start)
      await setting.look(at('01:59'))
      expect(String(await rejection(setting.look(at('02:00'))))).toContain('locked')
      isDown = false
      await setting.look(at('02:03'))
      expect(inner.started).toEqual(['nightly 11-22 02:00'])
    })

    test('each minute is had by one node, when all of it is done', async () => {
      const minutes: string[] = []
      await using setting = await open(engine, [])
      const everyMinute = async (now: Date) => {
        minutes.push(minuteText(now))
      }
      for (const time of ['02:00', '02:00:30', '02:01', '02:03']) {
        await look({ ...setting.parts, everyMinute }, at(time))
      }
      expect(minutes).toEqual(['11-22 02:00', '11-22 02:01', '11-22 02:03'])
    })

    test('two nodes that look at the same moments start nothing twice, and leave nothing out', async () => {
      const schedules = Array.from({ length: 20 }, (_, n) =>
        cronSchedule(`schedule ${n}`, `*/${(n % 4) + 1} * * * *`),
      )
      await using setting = await open(engine, schedules)
      await using other = await setting.another()
      for (let minute = 0; minute < 12; minute++) {
        const now = new Date(at('02:00').getTime() + minute * 60_000)
        await Promise.all([setting.look(now), other.look(now)])
      }
      const started = [...setting.started, ...other.started]
      expect(new Set(started).size).toBe(started.length)
      expect(started).toHaveLength(5 * (12 + 6 + 4 + 3))
    })
  })
}

/** A node, as far as it looks at schedules. */
async function open(engine: 'sqlite' | 'postgres', schedules: Schedule[], start?: Start) {
  const opened = await openMigrated(engine)
  return {
    ...node(opened.db, schedules, start),
    /** A further one on the same database. */
    async another() {
      const db = await openUrl(opened.url)
      return { ...node(db, schedules, start), [Symbol.asyncDispose]: () => db.close() }
    },
    [Symbol.asyncDispose]: () => opened[Symbol.asyncDispose](),
  }
}

function node(db: Awaited<ReturnType<typeof openUrl>>, schedules: Schedule[], start?: Start) {
  const written = ledger()
  const parts = lookParts(db, schedules, { start: start ?? written.start })
  return {
    db,
    parts,
    started: written.started,
    due: written.due,
    look: (now: Date) => look(parts, now),
    async ticks(schedule: string) {
      const ticks = await listTicks(db, { schedule, limit: 1000 })
      return ticks.map(({ minute, outcome, runId, note }) =>
        [minute.toISOString().slice(11, 16), outcome, runId, note].filter((part) => part !== null).join(' '),
      )
    },
  }
}
