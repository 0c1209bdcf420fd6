import type { Database } from '../db/database.ts'
import type { Logger } from '../lib/log.ts'
import { jobClock } from './clock.ts'
import { hopelessJobs } from './hopeless.ts'
import { lostWork } from './lost.ts'
import { workersLostMax as lostDefaultMax } from './model.ts'

export interface LookOptions {
  /** Who looks. */
  worker: string
  log: Logger
  /** See model.ts; left out: as there. */
  workersLostMax?: number
  /** Hears of the jobs that it has ended. */
  onEnded?(jobIds: readonly string[]): void
}

/**
 * Sees to what nobody announces, now and then, whoever carries the jobs' ids: workers that have ended, jobs that may
 * not be taken any more, and a database's clock that was set back.
 * @returns workers that have ended: see `Claim`
 */
export async function lookAfterJobs(
  db: Database,
  { worker, log, workersLostMax = lostDefaultMax, onEnded = () => {} }: LookOptions,
): Promise<string[]> {
  const { kept } = db.query
  const ended = (await lostWork(kept).endedWorkers()).filter((each) => each !== worker)
  const moved = await jobClock(kept).faults()
  if (moved > 0) {
    await db.tx(({ query }) => jobClock(query.kept).repair())
    log.warn("the database's clock was set back; its jobs were moved", { jobs: moved })
  }
  const given = { endedWorkers: ended, workersLostMax }
  const found = await hopelessJobs(kept, given).count()
  if (found.lost > 0) {
    const jobs = await db.tx(({ query }) => hopelessJobs(query.kept, given).endLost())
    log.error('workers were lost with jobs again and again; they are dead letters now', {
      jobs: jobs.length,
    })
    onEnded(jobs)
  }
  if (found.expired > 0) {
    const jobs = await db.tx(({ query }) => hopelessJobs(query.kept, given).expire())
    log.warn('jobs were not begun in time; they have expired', { jobs: jobs.length })
    onEnded(jobs)
  }
  return ended
}
