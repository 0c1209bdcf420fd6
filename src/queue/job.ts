import type { JobPhase, JobState } from '../imports/model.ts'

/** How long a lease holds without a heartbeat: a worker that is silent for longer may be taken over. */
export const leaseMs = 60_000

/** What a worker shows in every commit: whose attempt this is. */
export interface Lease {
  jobId: string
  attempt: number
  token: string
}

export interface Job {
  id: string
  importId: string
  /** Jobs of one lane follow each other; null: it waits for nobody. */
  lane: string | null
  /** The data folder that holds its file: see files/place.ts; null: whoever fetches it decides. */
  place: string | null
  state: JobState
  phase: JobPhase | null
  attempt: number
  /** Who holds the lease, or the command that will take the job; null: whoever comes first. */
  worker: string | null
  leaseUntil: Date | null
  leaseMs: number
  /** How often a worker was lost with it. */
  takeovers: number
  retryCount: number
  manualRetryCount: number
  /** Pauses before it is tried again by itself; null: a command's, which tells its end to a person. */
  retryDelaysMs: readonly number[] | null
}

/** A job that was taken for one attempt. */
export interface Taken {
  job: Job
  lease: Lease
}

/** A row of `jobColumns`, as each engine gives it. */
export interface JobRow {
  id: string
  importId: string
  lane: string | null
  place: string | null
  state: JobState
  phase: JobPhase | null
  attempt: number
  worker: string | null
  leaseUntil: string | number | null
  leaseMs: number
  takeovers: number
  retryCount: number
  manualRetryCount: number
  retryDelays: unknown
}

/** What a `JobRow` is read from. */
export const jobColumns = `
  id, import_id as "importId", lane, place, state, phase, attempt, worker, lease_until as "leaseUntil",
  lease_ms as "leaseMs", takeovers, retry_count as "retryCount", manual_retry_count as "manualRetryCount",
  retry_delays as "retryDelays"`

export function jobOf({ leaseUntil, retryDelays, ...row }: JobRow): Job {
  return {
    ...row,
    leaseUntil: leaseUntil === null ? null : new Date(leaseUntil),
    retryDelaysMs: delaysOf(retryDelays),
  }
}

/** Text on SQLite. The column was written by the store. */
function delaysOf(stored: unknown): number[] | null {
  return (typeof stored === 'string' ? JSON.parse(stored) : stored) as number[] | null
}
