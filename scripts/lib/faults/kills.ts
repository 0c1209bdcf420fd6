import { openCrew, stoppedAtWork } from './crew.ts'
import { disturbedRun } from './disturbed-run.ts'
import { atLeastOne, type Figure, never } from './figure.ts'
import { openGround } from './ground.ts'
import { type Place, placeText, type Servers } from './place.ts'
import { startWorker } from './worker.ts'

const crewSize = 3
/** Most milliseconds before a kill. */
const pauseMs = 200
/** So long that most kills meet a job at work. */
const workMs = 300
/** Of so many kills one may meet a worker that has only begun to start. */
const earlyKills = 5

/** Workers are killed with SIGKILL at random moments. */
export async function kills(
  place: Place,
  servers: Servers,
  sizes: { jobs: number; kills: number },
): Promise<Figure[]> {
  await using ground = await openGround(place, servers)
  const { url, redisUrl } = ground
  const options = { url, redisUrl, kind: 'busy', concurrency: 2, workMs } as const
  await using crew = openCrew(crewSize, () => startWorker(options))
  const { lost, doubled, stuck, repeated, seconds } = await disturbedRun(ground, {
    jobs: sizes.jobs,
    faults: sizes.kills,
    async disturb(n) {
      const index = Math.floor(Math.random() * crewSize)
      if (n % earlyKills > 0) await crew.workers[index]?.ready
      await new Promise((resolve) => setTimeout(resolve, Math.random() * pauseMs))
      // However few they are, one of them meets a job for sure.
      await crew.kill(n < sizes.kills - 1 ? index : await stoppedAtWork(ground.db, crew))
    },
  })
  return [
    {
      scenario: 'kill -9',
      where: placeText(place),
      facts: { ...sizes, seconds: Math.round(seconds) },
      goals: [
        never('lost', lost),
        never('doubled', doubled),
        never('stuck', stuck),
        atLeastOne('taken over', repeated),
      ],
    },
  ]
}
