import type { Taken } from './job.ts'

/**
 * Brings jobs that are due to workers. It carries no more than their ids: what a job is, whether it may run and how it
 * ended is in its row, so whatever a queue loses can be announced again, and what it delivers twice is taken once.
 *
 * test/queue/contract.test.ts says what every backend does.
 */
export interface Queue {
  /**
   * Says, after the commit, that a job has changed: it is due, was put off or cancelled, or has ended and others may
   * have waited for that. Missed by a worker it costs time, never a job.
   * @param jobId null: whoever says so does not know which one; the rows tell
   */
  announce(jobId: string | null): void
  /**
   * Waits for jobs that are due and takes them, each for one attempt: of those that others take at the same moment,
   * nobody gets one twice.
   * @returns at least one job, and at most `limit`; none when it was aborted
   */
  next(options: { limit: number; signal: AbortSignal }): Promise<Taken[]>
  /**
   * Calls back when jobs may have changed, whoever changed them: a worker looks then whether what it does is still
   * its own to do.
   * @returns what ends that
   */
  onChange(listener: () => void): () => void
  close(): Promise<void>
}

/** How a backend looks after its jobs. */
export interface QueueOptions {
  /** Who takes the jobs: see lib/process-identity.ts. */
  worker: string
  /** The data folder that the worker has: see files/place.ts; null or left out: none, so no job that has its file somewhere. */
  place?: string | null
  /** How long a lease holds without a heartbeat; at least 30 s other than in tests. */
  leaseMs?: number
  /** How often it looks for what nobody announces: workers that have ended, leases that ran out. */
  lookMs?: number
  /** How many workers may be lost with one job: see model.ts; left out: as there. */
  workersLostMax?: number
}
