import { expect, test } from 'bun:test'
import { systemClock } from '../../src/lib/clock.ts'
import { type FeedCheckParts, openFeedCheck, type WatchedSource } from '../../src/schedules/feed-check.ts'
import { claimTick, listTicks } from '../../src/schedules/ticks.ts'
import { openMigrated, silentLog, type TestDatabase } from '../helpers/open-database.ts'
import { until } from '../helpers/until.ts'

const minute = new Date('2026-11-22T05:00:00Z')
const sources = (...ids: string[]): WatchedSource[] => ids.map((id) => ({ id, supplierId: 'acme' }))

async function feedCheck({ db }: TestDatabase, parts: Pick<FeedCheckParts, 'watched' | 'check'>) {
  const opened = openFeedCheck({ db, log: silentLog, clock: systemClock, ...parts })
  const nothing = { outcome: 'started', runId: null, note: null, createdAt: minute } as const
  await db.tx((tx) => claimTick(tx, { schedule: 'feed-check', minute, ...nothing }))
  return opened
}

const note = async ({ db }: TestDatabase) =>
  (await listTicks(db, { schedule: 'feed-check', limit: 1 }))[0]?.note

test('a look that fails, or does not end, keeps no other source from being looked at', async () => {
  await using opened = await openMigrated('sqlite')
  const looked: string[] = []
  const hanging = Promise.withResolvers<'same'>()
  const { start, stop } = await feedCheck(opened, {
    watched: async () => sources('hanging', 'broken', ...Array.from({ length: 20 }, (_, n) => `${n}`)),
    async check({ id }) {
      looked.push(id)
      if (id === 'hanging') return hanging.promise
      if (id === 'broken') throw new Error('No such host.')
      return id === '7' ? 'fetched' : 'same'
    },
  })
  start.begin(minute)
  await until(() => looked.length === 22)
  expect(start.obstacle()).toContain('still under way')
  hanging.resolve('same')
  await until(() => start.obstacle() === null)
  expect(await note(opened)).toBe(
    '22 looked at, 1 fetched, 1 could not be looked at; the log has the details',
  )
  await stop()
})

test('looks end when the program does, and nothing more is looked at', async () => {
  await using opened = await openMigrated('sqlite')
  let looks = 0
  const { start, stop } = await feedCheck(opened, {
    watched: async () => sources(...Array.from({ length: 20 }, (_, n) => `${n}`)),
    check: (_source, { signal }) => {
      looks++
      const { promise, reject } = Promise.withResolvers<'same'>()
      signal.addEventListener('abort', () => reject(signal.reason))
      return promise
    },
  })
  start.begin(minute)
  await until(() => looks === 8)
  await stop()
  expect(looks).toBe(8)
})
