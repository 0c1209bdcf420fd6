import type { Query } from '../db/database.ts'
import type { Tables } from '../db/schema.ts'
import type { JobState } from '../imports/model.ts'
import { newId } from '../lib/id.ts'
import { claims } from './claim.ts'
import { untouchedSet } from './claim-sql.ts'
import { clockOf } from './clock.ts'
import { type Job, type JobRow, jobColumns, jobOf, type Lease, leaseMs } from './job.ts'
import { type AfterFailure, afterFailure, leases } from './lease.ts'
import { type JobFailure, retryDelaysDefaultMs } from './model.ts'

export type { Claim } from './claim.ts'
export { type Job, type Lease, leaseMs, type Taken } from './job.ts'
export type { AfterFailure, JobProgress } from './lease.ts'

/** Who puts a job into the queue, and who may take it out. */
export interface Queued {
  /**
   * A command that will take the job itself: others may when its process has ended, or when it has not begun within
   * one lease; null: whoever comes first.
   */
  worker: string | null
  /**
   * The data folder that holds its file: see files/place.ts; null: none, so any worker may take it. Left out: a new
   * job has none, and one that is put back keeps its own.
   */
  place?: string | null
  now: Date
  /** See `Job`; left out: the usual ones, and none for a command's. */
  retryDelaysMs?: readonly number[] | null
}

/** A job that did not exist before. */
export interface NewJob extends Queued {
  importId: string
  lane: string | null
  /** One that was never begun by then is not begun any more: see hopeless.ts. */
  expiresAt?: Date | null
}

/**
 * Jobs as rows: the truth about who works on what. Takes a database for reads, a transaction for the rest. What a job
 * waits for is said in claim.ts, what its worker writes in lease.ts.
 */
export function jobStore({ query: { kept: sql } }: { query: Query; tables: Tables }) {
  const { now, after } = clockOf(sql.engine)
  const one = async (condition: string, value: string): Promise<Job | null> => {
    const [row] = await sql.all<JobRow>(`select ${jobColumns} from jobs where ${condition}`, [value])
    return row === undefined ? null : jobOf(row)
  }

  return {
    ...claims(sql),
    ...leases(sql),

    async add(added: NewJob): Promise<string> {
      const id = newId()
      const { importId, lane, worker, place = null, expiresAt = null } = added
      await sql.run(
        `insert into jobs (id, import_id, lane, state, attempt, worker, place, lease_until, lease_ms, run_at,
                           queued_at, expires_at, retry_delays, created_at)
         values ($1, $2, $3, 'queued', 0, $4, $5, ${worker === null ? 'null' : after('$6')}, $6, ${now},
                 ${now}, $7, $8, $9)`,
        [id, importId, lane, worker, place, leaseMs, expiresAt, retryDelays(added), added.now],
      )
      return id
    },

    /** Puts an import's job back into the queue as if it were new, such as a held one. */
    async requeue(importId: string, queued: Queued): Promise<void> {
      const { worker, place } = queued
      await sql.run(
        `update jobs set
           state = 'queued', phase = null, worker = $2, lease_token = null, lease_ms = $3,
           lease_until = ${worker === null ? 'null' : after('$3')}, run_at = ${now}, queued_at = ${now},
           expires_at = null, takeovers = 0, retry_count = 0, retry_delays = $4, finished_at = null,
           discarded_at = null, ${untouchedSet}, revision = revision + 1
           ${place === undefined ? '' : ', place = $5'}
         where import_id = $1`,
        [importId, worker, leaseMs, retryDelays(queued), ...(place === undefined ? [] : [place])],
      )
    },

    /** Counts a retry that a person asked for. */
    async countManualRetry(id: string): Promise<void> {
      await sql.run('update jobs set manual_retry_count = manual_retry_count + 1 where id = $1', [id])
    },

    get: (id: string) => one('id = $1', id),
    ofImport: (importId: string) => one('import_id = $1', importId),

    /** What is to become of a job when this attempt fails: read before `fail`, in the same transaction. */
    async afterFailure({ jobId }: Lease, error: JobFailure): Promise<AfterFailure> {
      return afterFailure(await one('id = $1', jobId), error)
    },

    /** Ends a job whatever it was doing; a worker that is still at it can commit nothing more. */
    async close(importId: string, state: JobState, finishedAt: Date): Promise<void> {
      await sql.run(
        `update jobs set state = $2, lease_token = null, lease_until = null, finished_at = $3,
           revision = revision + 1
         where import_id = $1`,
        [importId, state, finishedAt],
      )
    },
  }
}

/** As JSON. */
function retryDelays({ retryDelaysMs, worker }: Queued): string | null {
  const delays = retryDelaysMs !== undefined ? retryDelaysMs : worker === null ? retryDelaysDefaultMs : null
  return delays === null ? null : JSON.stringify(delays)
}
