import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { type Goal, misses } from '../../scripts/lib/faults/figure.ts'
import { places, placeText, type Servers } from '../../scripts/lib/faults/place.ts'
import { scenarios } from '../../scripts/lib/faults/scenarios.ts'
import { startRedis } from '../../scripts/lib/redis.ts'
import type { Server } from '../../scripts/lib/server.ts'
import { engines } from '../helpers/engines.ts'

let redis: Server
const servers = (): Servers => ({
  postgresUrl: process.env.TALLYMAN_TEST_DATABASE_URL || null,
  redisUrl: redis.url,
})
beforeAll(async () => {
  redis = await startRedis(process.env.TALLYMAN_TEST_REDIS_URL || null)
}, 180_000)
afterAll(() => redis[Symbol.asyncDispose]())

/** Times are for `scripts/faults`, on a machine that does nothing else. */
const isCount = ({ unit }: Goal) => unit === null

for (const place of places.filter(({ engine }) => engines.includes(engine)))
  describe(`the queue, ${placeText(place)}`, () => {
    for (const { name, what, run } of scenarios.filter(({ runsOn }) => runsOn(place)))
      test(`${name}: ${what}`, async () => {
        const figures = await run(place, servers(), 'slice')
        expect(figures.length).toBeGreaterThan(0)
        expect(
          figures.flatMap((figure) => misses({ ...figure, goals: figure.goals.filter(isCount) })),
        ).toEqual([])
      }, 300_000)
  })
