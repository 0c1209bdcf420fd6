import { root } from '../build.ts'
import { startDurablePostgres } from '../postgres.ts'
import { openCrew } from './crew.ts'
import { disturbedRun } from './disturbed-run.ts'
import { type Figure, never } from './figure.ts'
import { openGround } from './ground.ts'
import { type Place, placeText, type Servers } from './place.ts'
import { startWorker } from './worker.ts'

const crewSize = 3
/** Most milliseconds that the server is up, and away. */
const upMs = 2000
const awayMs = 1500

/** PostgreSQL is stopped at once (SIGQUIT) and started again while workers are busy. The workers go on. */
export async function restarts(
  place: Place,
  { redisUrl }: Servers,
  sizes: { jobs: number; restarts: number },
): Promise<Figure[]> {
  await using server = await startDurablePostgres(root)
  await using ground = await openGround(place, { postgresUrl: server.url, redisUrl })
  await using crew = openCrew(crewSize, () =>
    startWorker({
      url: ground.url,
      redisUrl: ground.redisUrl,
      kind: 'busy',
      concurrency: 2,
      workMs: 600,
      // A worker that could not write what it had done keeps its lease; who waits for that need not wait long here.
      leaseMs: 3000,
      lookMs: 500,
    }),
  )
  await crew.ready()
  const { lost, doubled, stuck, repeated, seconds } = await disturbedRun(ground, {
    jobs: sizes.jobs,
    faults: sizes.restarts,
    async disturb() {
      await sleep(Math.random() * upMs)
      await server.crash()
      await sleep(Math.random() * awayMs)
      await server.recover()
    },
  })
  return [
    {
      scenario: 'PostgreSQL stopped and started',
      where: placeText(place),
      facts: { ...sizes, 'taken over': repeated, seconds: Math.round(seconds) },
      goals: [
        never('lost', lost),
        never('doubled', doubled),
        never('stuck', stuck),
        never('workers ended', crew.workers.filter(({ hasEnded }) => hasEnded()).length),
      ],
    },
  ]
}

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))
