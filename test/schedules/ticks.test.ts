import { describe, expect, test } from 'bun:test'
import {
  claimTick,
  lastMinute,
  lastTicks,
  listTicks,
  settleTick,
  type Tick,
} from '../../src/schedules/ticks.ts'
import { engines } from '../helpers/engines.ts'
import { openMigrated, openUrl, rejection } from '../helpers/open-database.ts'

const at = (time: string) => new Date(`2026-11-22T${time}:00.000Z`)
const tick = (schedule: string, time: string, more: Partial<Tick> = {}): Tick => ({
  schedule,
  minute: at(time),
  outcome: 'started',
  runId: null,
  note: null,
  createdAt: at('12:00'),
  ...more,
})

for (const engine of engines) {
  describe(engine, () => {
    test('a minute of a schedule is had once', async () => {
      await using opened = await openMigrated(engine)
      const { db } = opened
      const claim = (one: Tick) => db.tx((tx) => claimTick(tx, one))
      expect(await claim(tick('a', '02:00'))).toBe(true)
      expect(await claim(tick('a', '02:00', { outcome: 'failed' }))).toBe(false)
      expect(await claim(tick('a', '02:01'))).toBe(true)
      expect(await claim(tick('b', '02:00'))).toBe(true)
      expect((await listTicks(db, { schedule: 'a', limit: 9 })).map(({ outcome }) => outcome)).toEqual([
        'started',
        'started',
      ])
    })

    test('what is undone frees its minute, and who waited for that has it', async () => {
      await using opened = await openMigrated(engine)
      const other = await openUrl(opened.url)
      try {
        let claimed!: () => void
        const isClaimed = new Promise<void>((resolve) => {
          claimed = resolve
        })
        let giveUp!: () => void
        const isGivenUp = new Promise<void>((resolve) => {
          giveUp = resolve
        })
        const first = opened.db.tx(async (tx) => {
          expect(await claimTick(tx, tick('a', '02:00'))).toBe(true)
          claimed()
          await isGivenUp
          throw new Error('given up')
        })
        await isClaimed
        const second = other.tx((tx) => claimTick(tx, tick('a', '02:00')))
        giveUp()
        expect(String(await rejection(first))).toContain('given up')
        expect(await second).toBe(true)
      } finally {
        await other.close()
      }
    })

    test('ticks are listed newest first, page by page, as they came out', async () => {
      await using opened = await openMigrated(engine)
      const { db } = opened
      for (const time of ['02:00', '03:00', '04:00']) await db.tx((tx) => claimTick(tx, tick('a', time)))
      await db.tx((tx) => claimTick(tx, tick('b', '05:00')))
      await settleTick(db, tick('a', '03:00', { outcome: 'skipped', runId: 'r', note: 'n'.repeat(2000) }))
      const first = await listTicks(db, { schedule: 'a', limit: 2 })
      expect(first.map(({ minute }) => minute)).toEqual([at('04:00'), at('03:00')])
      expect(first[1]).toEqual(tick('a', '03:00', { outcome: 'skipped', runId: 'r', note: 'n'.repeat(1000) }))
      const rest = await listTicks(db, { schedule: 'a', before: at('03:00'), limit: 2 })
      expect(rest).toEqual([tick('a', '02:00')])
    })

    test('the last tick of each schedule is found', async () => {
      await using opened = await openMigrated(engine)
      const { db } = opened
      for (const time of ['02:00', '04:00', '03:00']) await db.tx((tx) => claimTick(tx, tick("it's", time)))
      await db.tx((tx) => claimTick(tx, tick('b', '05:00')))
      expect(await lastTicks(db, ["it's", 'b', 'never'])).toEqual(
        new Map([
          ["it's", tick("it's", '04:00')],
          ['b', tick('b', '05:00')],
        ]),
      )
      expect(await lastTicks(db, [])).toEqual(new Map())
      expect(await lastMinute(db, "it's", at('03:30'))).toEqual(at('03:00'))
      expect(await lastMinute(db, "it's", at('01:30'))).toBeNull()
    })
  })
}
