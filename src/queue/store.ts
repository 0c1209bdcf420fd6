import { and, asc, eq, inArray, isNotNull, isNull, lte, min, notInArray, or } from 'drizzle-orm'
import type { Query } from '../db/database.ts'
import type { Tables } from '../db/schema.ts'
import type { JobPhase, JobState } from '../imports/model.ts'
import { ConflictError } from '../lib/errors.ts'
import { newId } from '../lib/id.ts'
import { hasEnded, isAliveHere } from '../lib/process-identity.ts'

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
  /** Who holds the lease, or who will take the job; null: whoever comes first. */
  worker: string | null
  leaseUntil: Date | null
}

/** A job that may be taken, and whose turn it is. */
export interface WaitingJob extends Job {
  supplierId: string
}

/** Who puts a job into the queue, and for how long it may wait there. */
export interface Queued {
  /** Who will take it, so that it is found when that process ends before it does. */
  worker: string
  now: Date
  /** The worker keeps a queue: the job may wait for as long as that process lives, and not only for one lease. */
  isKept?: boolean
}

/** Jobs as rows: the truth about who works on what. Takes a database for reads, a transaction for the rest. */
export function jobStore({ query, tables: { jobs, imports } }: { query: Query; tables: Tables }) {
  return {
    async add({ importId, ...queued }: Queued & { importId: string }): Promise<string> {
      const id = newId()
      const { worker, now } = queued
      const leaseUntil = waitEnd(queued)
      await query
        .insert(jobs)
        .values({ id, importId, state: 'queued', attempt: 0, worker, leaseUntil, runAt: now, createdAt: now })
      return id
    },

    /** Puts a held import's job back into the queue. */
    async requeue(importId: string, queued: Queued): Promise<void> {
      const { worker, now } = queued
      await query
        .update(jobs)
        .set({ state: 'queued', worker, leaseUntil: waitEnd(queued), runAt: now, finishedAt: null })
        .where(eq(jobs.importId, importId))
    },

    /** Puts a job back whose worker has to stop: whoever comes first takes it. @throws ConflictError `lease_lost` */
    async putBack(lease: Lease): Promise<void> {
      await this.hold(lease, {
        state: 'queued',
        phase: null,
        worker: null,
        leaseToken: null,
        leaseUntil: null,
      })
    },

    /**
     * Jobs that a worker may take, oldest first: queued by itself or by nobody, or begun and abandoned. Of a supplier
     * only the oldest job that has not ended counts: a newer list that overtook it would make it a stale one.
     * @param options.busySuppliers whose jobs have to wait
     */
    async waiting(options: {
      worker: string
      now: Date
      busySuppliers: string[]
      limit: number
    }): Promise<WaitingJob[]> {
      const { worker, now, busySuppliers, limit } = options
      const oldest = query
        .select({ id: min(jobs.id) })
        .from(jobs)
        .innerJoin(imports, eq(imports.id, jobs.importId))
        .where(
          and(
            inArray(jobs.state, ['queued', 'running']),
            // One that was never put off is not kept waiting by a clock that was set back.
            or(lte(jobs.runAt, now), lte(jobs.runAt, jobs.createdAt)),
            busySuppliers.length === 0 ? undefined : notInArray(imports.supplierId, busySuppliers),
          ),
        )
        .groupBy(imports.supplierId)
      const rows = await query
        .select({ job: jobs, supplierId: imports.supplierId })
        .from(jobs)
        .innerJoin(imports, eq(imports.id, jobs.importId))
        .where(inArray(jobs.id, oldest))
        .orderBy(asc(jobs.runAt), asc(jobs.id))
        .limit(limit)
      return rows
        .map(({ job, supplierId }) => ({ ...job, supplierId }))
        .filter((job) => (job.state === 'queued' && job.worker === worker) || isAbandoned(job, now))
    },

    /**
     * Makes a worker's own what processes that have ended had queued for as long as they lived. Of other machines
     * nothing is known (a container has another name at every start), so theirs count as ended: the caller holds the
     * lock that only one such process can hold.
     * @returns how many jobs there were
     */
    async adopt(worker: string): Promise<number> {
      const isOrphaned = and(eq(jobs.state, 'queued'), isNull(jobs.leaseUntil), isNotNull(jobs.worker))
      const owners = await query.selectDistinct({ worker: jobs.worker }).from(jobs).where(isOrphaned)
      const ended = owners.flatMap(({ worker: owner }) =>
        owner !== null && !isAliveHere(owner) ? [owner] : [],
      )
      if (ended.length === 0) return 0
      const adopted = await query
        .update(jobs)
        .set({ worker })
        .where(and(isOrphaned, inArray(jobs.worker, ended)))
        .returning({ id: jobs.id })
      return adopted.length
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

    /** Goes on as a new attempt: whoever was at work for the old one can commit nothing more. @throws ConflictError `lease_lost` */
    async retake(lease: Lease, now: Date): Promise<Lease> {
      const next = { ...lease, attempt: lease.attempt + 1, token: newId() }
      await this.hold(lease, { attempt: next.attempt, leaseToken: next.token, leaseUntil: leaseEnd(now) })
      return next
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

/**
 * Whether nobody works on a job that was begun: it was put back, its worker has ended, or has been silent for longer
 * than its lease.
 */
export function isAbandoned({ worker, leaseUntil }: Pick<Job, 'worker' | 'leaseUntil'>, now: Date): boolean {
  const isOverdue = leaseUntil !== null && leaseUntil < now
  return isOverdue || worker === null || hasEnded(worker)
}

const leaseEnd = (now: Date) => new Date(now.getTime() + leaseMs)
const waitEnd = ({ now, isKept }: Queued) => (isKept === true ? null : leaseEnd(now))

const takenError = () =>
  new ConflictError('job_taken', 'Somebody else is already working on this import; wait until it is done.')
