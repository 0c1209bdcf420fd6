import type { Database } from '../../../src/db/database.ts'
import type { Queue } from '../../../src/queue/queue.ts'
import { jobStore, type Lease } from '../../../src/queue/store.ts'
import { percentile } from '../bench/statistics.ts'
import type { Figure } from './figure.ts'
import { openGround } from './ground.ts'
import { carryOut } from './ledger.ts'
import { type Place, placeText, type Servers } from './place.ts'

/** How a job becomes due. */
const dues = ['added', 'retried'] as const
type Due = (typeof dues)[number]

const goals = { p50Ms: 10, p99Ms: 100 }
/** The pause before the retry that is measured. */
const retryMs = 50

/**
 * From the moment at which a job is due to the start of its handler, one job at a time and nothing else going on:
 * jobs that are added and announced, and jobs that are put off and tried again.
 */
export async function latency(place: Place, servers: Servers, { jobs }: { jobs: number }): Promise<Figure[]> {
  const figures: Figure[] = []
  for (const due of dues) {
    await using ground = await openGround(place, servers)
    const { queue, db } = await ground.queue({ lookMs: 5000 })
    const retryDelaysMs = due === 'added' ? [] : [retryMs]
    const add = async () => (await ground.add(1, { retryDelaysMs }))[0]!
    const times: number[] = []
    // The first few are not as quick as those that follow: everything is prepared then.
    for (let n = -10; n < jobs; n++) {
      const ms = due === 'added' ? await started(queue, db, add) : await startedAgain(queue, db, add)
      if (n >= 0) times.push(ms)
    }
    figures.push(figureOf(place, due, times))
  }
  return figures
}

function figureOf(place: Place, due: Due, times: number[]): Figure {
  const [p50, p99] = [percentile(times, 0.5), percentile(times, 0.99)]
  return {
    scenario: 'latency',
    where: `${placeText(place)}, ${due === 'added' ? 'a new job' : `a retry after ${retryMs} ms`}`,
    facts: { jobs: times.length, max: `${Math.max(...times).toFixed(1)} ms` },
    goals: [
      { name: 'p50', value: p50, unit: 'ms', bound: { atMost: goals.p50Ms } },
      { name: 'p99', value: p99, unit: 'ms', bound: { atMost: goals.p99Ms } },
    ],
  }
}

/** In milliseconds, from the commit that adds it. */
async function started(queue: Queue, db: Database, add: () => Promise<string>): Promise<number> {
  const waiting = next(queue)
  const jobId = await add()
  const dueAt = performance.now()
  queue.announce(jobId)
  const lease = await waiting
  const ms = performance.now() - dueAt
  await carryOut(db, lease)
  return Math.max(0, ms)
}

/** In milliseconds of the database's clock, which is this machine's: from the moment that its row names. */
async function startedAgain(queue: Queue, db: Database, add: () => Promise<string>): Promise<number> {
  const jobId = await add()
  queue.announce(jobId)
  const first = await next(queue)
  const error = { kind: 'network', code: 'tried_again', message: 'Tried again.' } as const
  await db.tx(async ({ query }) => {
    const jobs = jobStore({ query, tables: db.tables })
    await jobs.fail(first, error, await jobs.afterFailure(first, error))
  })
  queue.announce(jobId)
  const [row] = await db.all<{ run_at: number | string }>('select run_at from jobs where id = $1', [jobId])
  const dueMs = new Date(row!.run_at).getTime()
  const lease = await next(queue)
  const startedMs = performance.timeOrigin + performance.now()
  await carryOut(db, lease)
  return Math.max(0, startedMs - dueMs)
}

async function next(queue: Queue): Promise<Lease> {
  const [taken] = await queue.next({ limit: 1, signal: AbortSignal.timeout(60_000) })
  if (taken === undefined) throw new Error('A job that was due was not brought within a minute.')
  return taken.lease
}
