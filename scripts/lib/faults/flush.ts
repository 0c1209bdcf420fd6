import { startFallibleRedis } from '../redis.ts'
import { openCrew } from './crew.ts'
import { disturbedRun } from './disturbed-run.ts'
import { type Figure, never } from './figure.ts'
import { openGround } from './ground.ts'
import { type Place, placeText, type Servers } from './place.ts'
import { startWorker } from './worker.ts'

const crewSize = 2
/** Together they do about a hundred jobs a second, so that there are always some that wait. */
const worker = { kind: 'busy', concurrency: 2, workMs: 80, lookMs: 1000 } as const
const jobsPerFault = 200
const everyMs = 2000

/** A Redis of its own is flushed and restarted in turn, so that all that it knew is gone. */
export async function flush(
  place: Place,
  { postgresUrl }: Servers,
  { jobs }: { jobs: number },
): Promise<Figure[]> {
  await using redis = await startFallibleRedis()
  await using ground = await openGround(place, { postgresUrl, redisUrl: redis.url })
  const { url, redisUrl } = ground
  await using crew = openCrew(crewSize, () => startWorker({ url, redisUrl, ...worker }))
  const faults = Math.max(2, Math.round(jobs / jobsPerFault))
  await crew.ready()
  const { lost, doubled, stuck, repeated, seconds } = await disturbedRun(ground, {
    jobs,
    faults,
    async disturb(n) {
      await new Promise((resolve) => setTimeout(resolve, everyMs))
      if (n % 2 === 0) return flushAll(redis.url)
      await redis.crash()
      await redis.recover()
    },
  })
  return [
    {
      scenario: 'FLUSHALL and restart of Redis',
      where: placeText(place),
      facts: { jobs, faults, 'taken over': repeated, seconds: Math.round(seconds) },
      goals: [
        never('lost', lost),
        never('doubled', doubled),
        never('stuck', stuck),
        never('workers ended', crew.workers.filter(({ hasEnded }) => hasEnded()).length),
      ],
    },
  ]
}

async function flushAll(url: string): Promise<void> {
  const client = new Bun.RedisClient(url)
  try {
    await client.send('FLUSHALL', [])
  } finally {
    client.close()
  }
}
