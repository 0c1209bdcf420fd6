import type { Database } from '../../../src/db/database.ts'
import { jobErrorOf } from '../../../src/queue/model.ts'
import type { Ground } from './ground.ts'
import { type Outcome, outcome } from './ledger.ts'

export interface DisturbedRun {
  jobs: number
  /** How often it is disturbed. */
  faults: number
  /** Brings one fault about, at a moment of its own choice. */
  disturb: (n: number) => Promise<void>
  /** How long nothing may end before what is left counts as stuck. */
  patienceMs?: number
}

/** What came of it. */
export interface Endured extends Outcome {
  /** Attempts beyond the first: work that was begun and had to be taken up again. */
  repeated: number
  seconds: number
}

/** So many jobs wait at any moment, so that each fault meets some at work. */
const backlog = 8
const patienceDefaultMs = 120_000
/** How long the database may be away. */
const lostMs = 20_000

/**
 * Hands jobs in, step by step as the faults go on, and then waits until all have ended: nobody helps.
 */
export async function disturbedRun(
  ground: Ground,
  { jobs, faults, disturb, patienceMs = patienceDefaultMs }: DisturbedRun,
): Promise<Endured> {
  const startedAt = performance.now()
  const { queue } = await ground.queue({ lookMs: 5000 })
  const ids: string[] = []
  const handIn = async (wanted: number) => {
    const missing = Math.max(0, Math.min(jobs, wanted) - ids.length)
    const added = await persistently(() => ground.add(missing, { lanes: 3 }))
    for (const id of added) queue.announce(id)
    ids.push(...added)
  }
  for (let n = 0; n < faults; n++) {
    await handIn(backlog + Math.ceil((n * jobs) / faults))
    await disturb(n)
  }
  await handIn(jobs)
  await allEnded(ground.db, patienceMs)
  const [row] = await persistently(() =>
    ground.db.all<{ count: number }>('select sum(attempt - 1) as count from jobs where attempt > 1'),
  )
  return {
    ...(await persistently(() => outcome(ground.db, ids))),
    repeated: Number(row?.count ?? 0),
    seconds: (performance.now() - startedAt) / 1000,
  }
}

/** Waits until no job is left to do, or none has ended for so long. */
export async function allEnded(db: Database, patienceMs: number): Promise<void> {
  let last = -1
  let changedAt = performance.now()
  for (;;) {
    const [row] = await persistently(() =>
      db.all<{ count: number }>(`select count(*) as count from jobs where state in ('queued', 'running')`),
    )
    const count = Number(row!.count)
    if (count === 0) return
    if (count !== last) changedAt = performance.now()
    last = count
    if (performance.now() - changedAt > patienceMs) return
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

/** Whoever watches has a connection to the disturbed database, too, and may find it lost for some seconds. */
async function persistently<Result>(work: () => Promise<Result>): Promise<Result> {
  const deadline = performance.now() + lostMs
  for (;;)
    try {
      return await work()
    } catch (error) {
      if (jobErrorOf(error).kind !== 'database' || performance.now() > deadline) throw error
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
}
