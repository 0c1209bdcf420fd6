import { describe, expect, test } from 'bun:test'
import type { ScheduleView } from '../../src/schedules/schedule-view.ts'
import { claimTick } from '../../src/schedules/ticks.ts'
import { timesOfNoRow } from '../helpers/cursors.ts'
import { engines } from '../helpers/engines.ts'
import { openService } from '../helpers/http-service.ts'
import { openUrl } from '../helpers/open-database.ts'
import { addSource } from '../helpers/sources.ts'

const at = (time: string) => new Date(`2026-11-22T${time}:00.000Z`)

interface TickPage {
  ticks: { minute: string; note: string }[]
  next_cursor: string | null
}

for (const engine of engines) {
  describe(engine, () => {
    test('schedules tell when they are due, in whose clock, and what they did last', async () => {
      await using service = await openService(engine, {
        env: {
          TALLYMAN_DAILY_RUN: '30 1 * * *',
          TALLYMAN_TIME_ZONE: 'Asia/Tokyo',
          TALLYMAN_CLEANUP_INTERVAL: '90',
        },
      })
      const db = await openUrl(service.program.url)
      try {
        const source = await addSource(db, {
          name: 'daily',
          schedule: '0 12 * * *',
          timeZone: 'Asia/Kolkata',
        })
        const wrong = await addSource(db, { name: 'wrong', schedule: '0 25 * * *' })
        const tick = {
          minute: at('06:30'),
          outcome: 'skipped',
          runId: null,
          note: 'no',
          createdAt: at('06:31'),
        } as const
        await db.tx((tx) => claimTick(tx, { ...tick, schedule: `source/${source}` }))
        const { status, body } = await service.json<{ schedules: ScheduleView[] }>('/api/v1/schedules')
        expect(status).toBe(200)
        const [daily, feedCheck, cleanUp, own, broken] = body.schedules
        expect(daily).toMatchObject({
          name: 'daily-run',
          cron: '30 1 * * *',
          time_zone: 'Asia/Tokyo',
          last_tick: null,
        })
        expect(daily!.next_runs).toHaveLength(5)
        for (const run of daily!.next_runs) expect(run).toEndWith('T16:30:00.000Z')
        expect(feedCheck).toMatchObject({ name: 'feed-check', cron: null, interval_seconds: 300 })
        expect(cleanUp).toMatchObject({
          name: 'clean-up',
          cron: null,
          time_zone: null,
          interval_seconds: 120,
        })
        expect(own).toMatchObject({
          name: `source/${source}`,
          title: 'Acme/daily',
          source_id: source,
          paused_at: null,
          problem: null,
          last_tick: { minute: '2026-11-22T06:30:00.000Z', outcome: 'skipped', note: 'no' },
          links: { ticks: `/api/v1/schedules/source%2F${source}/ticks` },
        })
        expect(own!.next_runs[0]).toEndWith('T06:30:00.000Z')
        expect(broken).toMatchObject({ name: `source/${wrong}`, cron: '0 25 * * *', next_runs: [] })
        expect(broken!.problem).toContain('"25" is not within 0–23')
      } finally {
        await db.close()
      }
    })

    test('what a schedule did comes page by page, also of a source that is gone', async () => {
      await using service = await openService(engine)
      const db = await openUrl(service.program.url)
      try {
        for (const time of ['01:00', '02:00', '03:00'])
          await db.tx((tx) =>
            claimTick(tx, {
              schedule: 'source/gone',
              minute: at(time),
              outcome: 'started',
              runId: null,
              note: time,
              createdAt: at(time),
            }),
          )
        const first = await service.json<TickPage>('/api/v1/schedules/source%2Fgone/ticks?limit=2')
        expect(first.body.ticks.map(({ note }) => note)).toEqual(['03:00', '02:00'])
        const cursor = first.body.next_cursor
        const second = await service.json<TickPage>(
          `/api/v1/schedules/source%2Fgone/ticks?limit=2&cursor=${cursor}`,
        )
        expect(second.body.ticks.map(({ note }) => note)).toEqual(['01:00'])
        expect(second.body.next_cursor).toBeNull()
      } finally {
        await db.close()
      }
    })

    test('a schedule that there is not, and a cursor of nothing, are refused', async () => {
      await using service = await openService(engine)
      const none = await service.json<{ code: string; detail: string }>('/api/v1/schedules/daily-rnu/ticks')
      expect([none.status, none.body.code]).toEqual([404, 'unknown_schedule'])
      expect(none.body.detail).toContain('did you mean daily-run?')
      expect((await service.json('/api/v1/schedules/clean-up/ticks')).body).toEqual({
        ticks: [],
        next_cursor: null,
      })
      for (const key of [...timesOfNoRow.map((time) => [time]), ['x'], [1, 2]]) {
        const cursor = Buffer.from(JSON.stringify(key)).toString('base64url')
        const refused = await service.json<{ code: string }>(
          `/api/v1/schedules/daily-run/ticks?cursor=${cursor}`,
        )
        expect([refused.status, refused.body.code]).toEqual([422, 'invalid_cursor'])
      }
      for (const query of ['limit=0', 'limit=501', 'before=1'])
        expect((await service.json(`/api/v1/schedules/daily-run/ticks?${query}`)).status).toBe(422)
      expect((await service.json('/api/v1/schedules?limit=5')).status).toBe(422)
    })
  })
}
