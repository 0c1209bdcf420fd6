import { expect, test } from 'bun:test'
import { type CleanUpTask, openCleanUp } from '../../src/schedules/clean-up.ts'
import { claimTick, listTicks } from '../../src/schedules/ticks.ts'
import { openMigrated, silentLog, type TestDatabase } from '../helpers/open-database.ts'
import { until } from '../helpers/until.ts'

const minute = new Date('2026-11-22T05:00:00Z')

async function cleanUp({ db }: TestDatabase, tasks: CleanUpTask[]) {
  const opened = openCleanUp({ db, log: silentLog, tasks })
  await db.tx((tx) =>
    claimTick(tx, {
      schedule: 'clean-up',
      minute,
      outcome: 'started',
      runId: null,
      note: null,
      createdAt: minute,
    }),
  )
  return opened
}

const tick = async ({ db }: TestDatabase) => (await listTicks(db, { schedule: 'clean-up', limit: 1 }))[0]!

test('tasks run one after the other, and what came of them is written down', async () => {
  await using opened = await openMigrated('sqlite')
  const order: string[] = []
  const task = (name: string, note: string | null): CleanUpTask => ({
    name,
    async run() {
      order.push(name)
      return note
    },
  })
  const failing: CleanUpTask = {
    name: 'b',
    run: () => Promise.reject(new Error('no such folder')),
  }
  const { start, stop } = await cleanUp(opened, [
    task('a', '3 deleted'),
    failing,
    task('c', null),
    task('d', '1 kept'),
  ])
  start.begin(minute)
  await until(() => start.obstacle() === null)
  expect(order).toEqual(['a', 'c', 'd'])
  expect(await tick(opened)).toMatchObject({
    outcome: 'failed',
    note: 'a: 3 deleted; b: failed; the log has the details; d: 1 kept',
  })
  await stop()
})

test('one that is under way is in the way of the next, and is told to end when the program does', async () => {
  await using opened = await openMigrated('sqlite')
  let wasSecond = false
  const patient: CleanUpTask = {
    name: 'patient',
    run: (signal) => new Promise((resolve) => signal.addEventListener('abort', () => resolve('half'))),
  }
  const second: CleanUpTask = {
    name: 'second',
    async run() {
      wasSecond = true
      return null
    },
  }
  const { start, stop } = await cleanUp(opened, [patient, second])
  start.begin(minute)
  expect(start.obstacle()).toBe('The one of 2026-11-22T05:00:00.000Z is still under way.')
  await stop()
  expect(start.obstacle()).toBeNull()
  expect(wasSecond).toBe(false)
  expect((await tick(opened)).note).toBe('patient: half; ended early, since the program was stopped')
})

test('with nothing to do it says so', async () => {
  await using opened = await openMigrated('sqlite')
  const { start, stop } = await cleanUp(opened, [])
  start.begin(minute)
  await until(() => start.obstacle() === null)
  expect(await tick(opened)).toMatchObject({ outcome: 'started', note: 'There was nothing to clean up.' })
  await stop()
})
