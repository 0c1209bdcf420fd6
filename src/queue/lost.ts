import type { KeptSql } from '../db/database.ts'
import { hasEnded } from '../lib/process-identity.ts'
import { isActive, isUnexpired, isUnpaused } from './claim-sql.ts'
import { clockOf } from './clock.ts'
import { type Job, type JobRow, jobColumns, jobOf } from './job.ts'

/** What nobody works on any more although somebody had begun it, or had queued it for himself. */
export function lostWork(sql: KeptSql) {
  const { now } = clockOf(sql.engine)

  return {
    /** Of those who have work, or had it queued for themselves, who has ended for sure. */
    async endedWorkers(): Promise<string[]> {
      const workers = await sql.all<{ worker: string }>(
        `select distinct worker from jobs as j where ${isActive('j')} and worker is not null`,
      )
      return workers.flatMap(({ worker }) => (hasEnded(worker) ? [worker] : []))
    },

    /**
     * Jobs that a command may finish, oldest first: what was begun, or was queued by another command, and is nobody's
     * any more.
     * @param withWaiting also what is queued for whoever comes first
     */
    async jobs({ place, withWaiting }: { place: string | null; withWaiting: boolean }): Promise<Job[]> {
      const rows = await sql.all<JobRow & { isOverdue: number | boolean | null }>(
        `select ${jobColumns}, lease_until <= ${now} as "isOverdue"
         from jobs as j
         where ${isActive('j')} and ${isUnpaused()} and (j.place is null or j.place = $1)
           and (j.state = 'running' or ${isUnexpired(sql.engine)})
         order by id`,
        [place],
      )
      return rows
        .filter(({ worker, isOverdue }) =>
          worker === null ? withWaiting : Boolean(isOverdue) || hasEnded(worker),
        )
        .map(({ isOverdue: _, ...row }) => jobOf(row))
    },
  }
}
