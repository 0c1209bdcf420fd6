import { expect, test } from 'bun:test'
import { openScheduler } from '../../src/schedules/scheduler.ts'
import { fakeClock } from '../helpers/fake-clock.ts'
import { openMigrated, silentLog } from '../helpers/open-database.ts'
import { cronSchedule, ledger, lookParts } from '../helpers/schedules.ts'

const at = (time: string) => new Date(`2026-11-22T${time}Z`)

test('a scheduler looks at once and then at the beginning of each minute', async () => {
  await using opened = await openMigrated('sqlite')
  const clock = fakeClock(at('02:00:20'))
  const { start, started } = ledger()
  const schedules = [cronSchedule('each minute', '* * * * *')]
  const scheduler = openScheduler({ ...lookParts(opened.db, schedules, { start }), clock, wait: clock.wait })
  await clock.waiting()
  expect(started).toEqual(['each minute 11-22 02:00'])
  // A timer that is early does no harm.
  for (const time of ['02:00:59.998', '02:01:00', '02:01:59.999', '02:02:00.5']) await clock.set(at(time))
  expect(started.slice(1)).toEqual(['each minute 11-22 02:01', 'each minute 11-22 02:02'])
  await scheduler.stop()
})

test('a look that failed is made up for within seconds', async () => {
  await using opened = await openMigrated('sqlite')
  const clock = fakeClock(at('02:00:00'))
  const { start, started } = ledger()
  const parts = lookParts(opened.db, [], { start })
  let isBroken = true
  const warnings: string[] = []
  const scheduler = openScheduler({
    ...parts,
    log: { ...silentLog, warn: (message) => warnings.push(message) },
    clock,
    wait: clock.wait,
    async schedules() {
      if (isBroken) throw new Error('no connection')
      return [cronSchedule('nightly', '0 2 * * *')]
    },
  })
  await clock.waiting()
  expect(warnings).toEqual(['schedules could not be looked at; trying again'])
  isBroken = false
  await clock.set(at('02:00:05'))
  expect(started).toEqual(['nightly 11-22 02:00'])
  await scheduler.stop()
})

test('a scheduler that is stopped ends what is under way and begins nothing; the next one goes on there', async () => {
  await using opened = await openMigrated('sqlite')
  const clock = fakeClock(at('02:00:00'))
  const written = ledger()
  let goOn!: () => void
  const isToGoOn = new Promise<void>((resolve) => {
    goOn = resolve
  })
  let begun!: () => void
  const isBegun = new Promise<void>((resolve) => {
    begun = resolve
  })
  const schedules = [cronSchedule('first', '0 2 * * *'), cronSchedule('second', '0 2 * * *')]
  const scheduler = openScheduler({
    ...lookParts(opened.db, schedules, {
      async start(tx, schedule, due) {
        begun()
        await isToGoOn
        return written.start(tx, schedule, due)
      },
    }),
    clock,
    wait: clock.wait,
  })
  await isBegun
  const stopped = scheduler.stop()
  goOn()
  await stopped
  expect(written.started).toEqual(['first 11-22 02:00'])
  await clock.set(at('02:01:00'), 0)
  const next = openScheduler({
    ...lookParts(opened.db, schedules, { start: written.start }),
    clock,
    wait: clock.wait,
  })
  await clock.waiting()
  expect(written.started).toEqual(['first 11-22 02:00', 'second 11-22 02:00'])
  await next.stop()
})
