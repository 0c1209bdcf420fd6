import { openCrew } from './crew.ts'
import { openCuttingProxy } from './cutting-proxy.ts'
import { disturbedRun } from './disturbed-run.ts'
import { atLeastOne, type Figure, never } from './figure.ts'
import { openGround } from './ground.ts'
import { type Place, placeText, type Servers } from './place.ts'
import { startWorker } from './worker.ts'

const crewSize = 2
const shares = { commits: 0.1, statements: 0.1 }

/**
 * The workers' connections to PostgreSQL are cut when it has committed and before they are told, and in the middle
 * of transactions. Nobody then knows whether what was to be written is.
 */
export async function cuts(place: Place, servers: Servers, { jobs }: { jobs: number }): Promise<Figure[]> {
  await using ground = await openGround(place, servers)
  await using proxy = await openCuttingProxy(ground.url, Math.random)
  await using crew = openCrew(crewSize, () =>
    startWorker({
      url: proxy.url,
      redisUrl: ground.redisUrl,
      kind: 'busy',
      concurrency: 4,
      leaseMs: 1000,
      lookMs: 200,
    }),
  )
  await crew.ready()
  proxy.cut(shares)
  const { lost, doubled, stuck, repeated, seconds } = await disturbedRun(ground, {
    jobs,
    faults: 0,
    disturb: async () => {},
  })
  const { commits, statements } = proxy.counts()
  return [
    {
      scenario: 'connections cut',
      where: placeText(place),
      facts: {
        jobs,
        'cut within transactions': statements,
        'taken over': repeated,
        seconds: Math.round(seconds),
      },
      goals: [
        never('lost', lost),
        never('doubled', doubled),
        never('stuck', stuck),
        atLeastOne('cut after COMMIT was carried out', commits),
        never('workers ended', crew.workers.filter(({ hasEnded }) => hasEnded()).length),
      ],
    },
  ]
}
