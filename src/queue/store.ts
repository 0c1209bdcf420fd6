import { and, eq, inArray } from 'drizzle-orm'
import type { Query } from '../db/database.ts'
import type { Tables } from '../db/schema.ts'
import type { JobPhase, JobState } from '../imports/model.ts'
import { ConflictError } from '../lib/errors.ts'
import { newId } from '../lib/id.ts'
import { hasEnded } from '../lib/process-identity.ts'

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
  state: JobState
  phase: JobPhase | null
  attempt: number
  worker: string | null
  leaseUntil: Date | null
}

/** Jobs as rows: the truth about who works on what. Takes a database for reads, a transaction for the rest. */
export function jobStore({ query, tables: { jobs } }: { query: Query; tables: Tables }) {
  return {
    /** @param job.worker who will take it, so that it is found when that process ends before it does */
    async add(job: { importId: string; worker: string; now: Date }): Promise<string> {
      const id = newId()
      const { importId, worker, now } = job
      const leaseUntil = leaseEnd(now)
      await query
        .insert(jobs)
        .values({ id, importId, state: 'queued', attempt: 0, worker, leaseUntil, runAt: now, createdAt: now })
      return id
    },

    /** Puts a held import's job back into the queue. */
    async requeue(importId: string, worker: string, now: Date): Promise<void> {
      await query
        .update(jobs)
        .set({ state: 'queued', worker, leaseUntil: leaseEnd(now), finishedAt: null })
        .where(eq(jobs.importId, importId))
    },

    async get(id: string): Promise<Job | null> {
      const [job] = await query.select().from(jobs).where(eq(jobs.id, id))
      return job ?? null
    },

    async ofImport(importId: string): Promise<Job | null> {
      const [job] = await query.select().from(jobs).where(eq(jobs.importId, importId))
      return job ?? null
    },

    /** Jobs that somebody has begun, alive or not. */
    async running(): Promise<Job[]> {
      return query
        .select()
        .from(jobs)
        .where(inArray(jobs.state, ['queued', 'running']))
    },

    /**
     * Takes a job for one attempt. Whoever held it before can commit nothing more.
     * @throws ConflictError `job_taken` when somebody is at work on it, or took it since `seen` was read;
     * `job_ended` when there is nothing left to do
     */
    async take(seen: Job, worker: string, now: Date): Promise<Lease> {
      if (seen.state !== 'queued' && seen.state !== 'running')
        throw new ConflictError('job_ended', `The work on this import has ended already (${seen.state}).`)
      if (seen.state === 'running' && !isAbandoned(seen, now)) throw takenError()
      const lease = { jobId: seen.id, attempt: seen.attempt + 1, token: newId() }
      const taken = await query
        .update(jobs)
        .set({
          state: 'running',
          phase: 'analyzing',
          attempt: lease.attempt,
          leaseToken: lease.token,
          leaseUntil: leaseEnd(now),
          worker,
          finishedAt: null,
        })
        .where(and(eq(jobs.id, seen.id), eq(jobs.attempt, seen.attempt), eq(jobs.state, seen.state)))
        .returning({ id: jobs.id })
      if (taken.length === 0) throw takenError()
      return lease
    },

    /** Says that the worker is alive. @throws ConflictError `lease_lost` */
    async renew(lease: Lease, now: Date): Promise<void> {
      await this.hold(lease, { leaseUntil: leaseEnd(now) })
    },

    /** Ends the attempt. @throws ConflictError `lease_lost`: the worker was thought dead, and must write nothing */
    async end(lease: Lease, end: { state: JobState; phase: JobPhase; now: Date }): Promise<void> {
      await this.hold(lease, { state: end.state, phase: end.phase, leaseUntil: null, finishedAt: end.now })
    },

    /** Writes to the job only while the lease is this worker's own. */
    async hold(lease: Lease, values: Partial<typeof jobs.$inferInsert>): Promise<void> {
      const held = await query
        .update(jobs)
        .set(values)
        .where(
          and(
            eq(jobs.id, lease.jobId),
            eq(jobs.attempt, lease.attempt),
            eq(jobs.leaseToken, lease.token),
            eq(jobs.state, 'running'),
          ),
        )
        .returning({ id: jobs.id })
      if (held.length === 0)
        throw new ConflictError(
          'lease_lost',
          'Another worker has taken this import over; this one wrote nothing.',
        )
    },

    /** Ends a job that nobody works on, such as one whose import is held. */
    async close(importId: string, state: JobState, now: Date): Promise<void> {
      await query.update(jobs).set({ state, finishedAt: now }).where(eq(jobs.importId, importId))
    },
  }
}

/** Whether nobody works on a job that was begun: its worker has ended, or has been silent for longer than its lease. */
export function isAbandoned({ worker, leaseUntil }: Job, now: Date): boolean {
  const isOverdue = leaseUntil !== null && leaseUntil < now
  return isOverdue || (worker !== null && hasEnded(worker))
}

const leaseEnd = (now: Date) => new Date(now.getTime() + leaseMs)

const takenError = () =>
  new ConflictError('job_taken', 'Somebody else is already working on this import; wait until it is done.')
