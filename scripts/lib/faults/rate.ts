import type { Database } from '../../../src/db/database.ts'
import type { Queue } from '../../../src/queue/queue.ts'
import { jobStore, type Lease } from '../../../src/queue/store.ts'
import { type Figure, never } from './figure.ts'
import { type Ground, openGround } from './ground.ts'
import { type Place, placeText, type Servers } from './place.ts'

/** Jobs a second and process; null: none is named. */
const goalOf = ({ backend, engine }: Place): number | null =>
  backend === 'embedded' ? (engine === 'sqlite' ? 500 : null) : engine === 'sqlite' ? 2000 : 1000

/** Empty jobs that one process takes and ends. They wait when it begins. */
export async function rate(
  place: Place,
  servers: Servers,
  { jobs, concurrency = 16 }: { jobs: number; concurrency?: number },
): Promise<Figure[]> {
  await using ground = await openGround(place, servers)
  const warm = Math.ceil(jobs / 10)
  const { queue, db } = await ground.queue({ lookMs: 5000 })
  await announce(ground, await ground.add(warm))
  await drain(queue, db, warm, concurrency)
  const added = await ground.add(jobs)
  const announcedAt = performance.now()
  await announce(ground, added)
  const announcedMs = performance.now() - announcedAt
  // As the server does by itself within a minute; until then it sorts all that wait for each claim.
  if (db.engine === 'postgres') await db.run('analyze jobs')
  const cpu = process.cpuUsage()
  const startedAt = performance.now()
  await drain(queue, db, jobs, concurrency)
  const seconds = (performance.now() - startedAt) / 1000
  const { user, system } = process.cpuUsage(cpu)
  const [left] = await ground.db.all<{ count: number }>(
    `select count(*) as count from jobs where state <> 'succeeded'`,
  )
  const goal = goalOf(place)
  return [
    {
      scenario: 'rate',
      where: placeText(place),
      facts: {
        jobs,
        'at a time': concurrency,
        ...(place.backend === 'redis' && { 'announced before in': `${(announcedMs / 1000).toFixed(1)} s` }),
        ...(goal === null && { 'a second': Math.round(jobs / seconds) }),
        'processor time of the process': `${((user + system) / 1000 / jobs).toFixed(2)} ms a job`,
      },
      goals: [
        never('left', Number(left!.count)),
        ...(goal === null
          ? []
          : [{ name: 'jobs', value: jobs / seconds, unit: '1/s' as const, bound: { atLeast: goal } }]),
      ],
    },
  ]
}

/** On Redis what waits is known by being announced; all of them are when this ends. */
async function announce(ground: Ground, jobs: string[]): Promise<void> {
  const { queue } = await ground.queue()
  for (const id of jobs) queue.announce(id)
  await queue.close()
}

/** Works as the courier does: takes as many as there is room for, and ends each by itself. */
async function drain(queue: Queue, db: Database, jobs: number, concurrency: number): Promise<void> {
  const stop = new AbortController()
  const underWay = new Set<Promise<void>>()
  let left = jobs
  const end = async (lease: Lease) => {
    await db.tx(({ query }) =>
      jobStore({ query, tables: db.tables }).end(lease, {
        state: 'succeeded',
        phase: 'complete',
        now: new Date(),
      }),
    )
    left--
    if (left === 0) stop.abort()
  }
  while (left > 0) {
    if (underWay.size >= concurrency) await Promise.race(underWay)
    const limit = concurrency - underWay.size
    for (const { lease } of await queue.next({ limit, signal: stop.signal })) {
      const ending: Promise<void> = end(lease).finally(() => underWay.delete(ending))
      underWay.add(ending)
    }
  }
  await Promise.all(underWay)
}
