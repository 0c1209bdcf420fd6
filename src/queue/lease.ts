import type { KeptSql, SqlValue } from '../db/database.ts'
import type { JobPhase, JobState } from '../imports/model.ts'
import { ConflictError } from '../lib/errors.ts'
import { newId } from '../lib/id.ts'
import { hasEnded } from '../lib/process-identity.ts'
import { storable } from '../lib/storable.ts'
import { begunSet, isFirstInLane } from './claim-sql.ts'
import { clockOf } from './clock.ts'
import { type Job, type Lease, leaseMs } from './job.ts'
import {
  causeOf,
  diskFullCode,
  diskFullPause,
  gateCodes,
  isRetried,
  type JobError,
  type JobFailure,
  pausesMax,
  retryAfterMsMax,
} from './model.ts'

/** How far a job is; what is left out stays as it was. */
export interface JobProgress {
  /** 0 to 100. */
  downloadPercent?: number
  downloadedBytes?: number
  itemsProcessed?: number
  itemsTotal?: number | null
}

/** What becomes of a job whose attempt has failed. */
export type AfterFailure =
  | {
      state: 'queued'
      delayMs: number
      /** The job's pauses from now on; left out: as they are. */
      retryDelaysMs?: readonly number[]
    }
  | { state: 'dead' | 'failed' }

/** What a worker writes to the job that it holds: all of it, or nothing once the lease is lost. Takes a transaction. */
export function leases(sql: KeptSql) {
  const { now, after } = clockOf(sql.engine)
  const renewed = `lease_until = ${after('lease_ms')}`
  const changed = 'revision = revision + 1'
  const released = 'lease_token = null, lease_until = null, worker = null'

  /** Of what is given and what is there; either may be null. */
  const larger = (given: string, column: string) =>
    sql.engine === 'sqlite'
      ? `max(coalesce(${given}, ${column}), coalesce(${column}, ${given}))`
      : `greatest(${given}::bigint, ${column})`

  /** Writes to the job only while the lease is this worker's own. @param values of $4 and so on */
  async function hold({ jobId, attempt, token }: Lease, set: string, values: SqlValue[] = []): Promise<void> {
    const held = await sql.run(
      `update jobs set ${set} where id = $1 and attempt = $2 and lease_token = $3 and state = 'running'`,
      [jobId, attempt, token, ...values],
    )
    if (held === 0)
      throw new ConflictError(
        'lease_lost',
        'Another worker has taken this import over, or it was cancelled; this one wrote nothing.',
      )
  }

  async function putBack(lease: Lease): Promise<void> {
    await hold(
      lease,
      `state = 'queued', phase = null, ${released}, run_at = ${now}, queued_at = ${now}, ${changed}`,
    )
  }

  return {
    /**
     * Takes a certain job for one attempt. Whoever held it before can commit nothing more.
     * @throws ConflictError `job_taken` when somebody is at work on it, or took it since `seen` was read;
     * `job_ended` when there is nothing left to do
     */
    async take(
      seen: Pick<Job, 'id' | 'attempt' | 'state' | 'worker'>,
      worker: string,
      phase: JobPhase = 'downloading',
    ): Promise<Lease> {
      const { id, attempt, state } = seen
      if (state !== 'queued' && state !== 'running')
        throw new ConflictError('job_ended', `The work on this import has ended already (${state}).`)
      const token = newId()
      const isFree = state === 'queued' || seen.worker === null || hasEnded(seen.worker)
      const taken = await sql.run(
        `update jobs set ${begunSet(sql.engine, { worker: '$4', phase: '$5', token: '$6', leaseMs: '$7' })}
         where id = $1 and attempt = $2 and state = $3 ${isFree ? '' : `and lease_until <= ${now}`}`,
        [id, attempt, state, worker, phase, token, leaseMs],
      )
      if (taken === 0) throw takenError()
      return { jobId: id, attempt: attempt + 1, token }
    },

    /** Goes on as a new attempt: whoever was at work for the old one can commit nothing more. @throws ConflictError `lease_lost` */
    async retake(lease: Lease): Promise<Lease> {
      const next = { ...lease, attempt: lease.attempt + 1, token: newId() }
      await hold(lease, `attempt = $4, lease_token = $5, ${renewed}`, [next.attempt, next.token])
      return next
    },

    /** Says that the worker is alive. @throws ConflictError `lease_lost` */
    async renew(lease: Lease): Promise<void> {
      await hold(lease, renewed)
    },

    /** Says that the worker is alive, and how far it is. @throws ConflictError `lease_lost` */
    async report(lease: Lease, progress: JobProgress & { phase?: JobPhase }): Promise<void> {
      const { phase, downloadPercent, downloadedBytes, itemsProcessed, itemsTotal } = progress
      await hold(
        lease,
        // What was told a moment ago may be written after the end of the download.
        `phase = coalesce($4, phase), download_percent = ${larger('$5', 'download_percent')},
         downloaded_bytes = ${larger('$6', 'downloaded_bytes')}, items_processed = coalesce($7, items_processed),
         items_total = coalesce($8, items_total), ${changed}, ${renewed}`,
        [phase, downloadPercent, downloadedBytes, itemsProcessed, itemsTotal].map((value) => value ?? null),
      )
    },

    /** Says where its file lies from now on: only workers of that place may take the job again. @throws ConflictError `lease_lost` */
    async keepAt(lease: Lease, place: string | null): Promise<void> {
      await hold(lease, `place = $4, ${renewed}`, [place])
    },

    /** Ends the attempt, and not with a failure. @throws ConflictError `lease_lost`: the worker was thought dead, and must write nothing */
    async end(lease: Lease, end: { state: JobState; phase: JobPhase; now: Date }): Promise<void> {
      await hold(lease, `state = $4, phase = $5, lease_until = null, finished_at = $6, ${changed}`, [
        end.state,
        end.phase,
        end.now,
      ])
    },

    /** Ends the attempt with a failure, as `afterFailure` said. @throws ConflictError `lease_lost` */
    async fail(lease: Lease, error: JobError, next: AfterFailure): Promise<void> {
      const said = `error_kind = $4, error_code = $5, error_message = $6, cause = $7, ${changed}`
      const values = [error.kind, error.code, storable(error.message), causeOf(error)]
      if (next.state !== 'queued')
        return hold(
          lease,
          `${said}, state = $8, phase = 'failed', lease_until = null, finished_at = ${now}`,
          [...values, next.state],
        )
      // Whoever comes first takes it, of those that have the file.
      await hold(
        lease,
        `${said}, state = 'queued', phase = null, ${released}, run_at = ${after('$8')}, queued_at = ${now},
         retry_count = retry_count + 1, retry_delays = coalesce($9, retry_delays)`,
        [
          ...values,
          next.delayMs,
          next.retryDelaysMs === undefined ? null : JSON.stringify(next.retryDelaysMs),
        ],
      )
    },

    /** Puts a job back whose worker has to stop: whoever comes first takes it. @throws ConflictError `lease_lost` */
    putBack,

    /**
     * Goes on in another lane. Where somebody is at work in that one, or comes first, the job is put back instead, and
     * is taken when its turn has come.
     * @returns whether it goes on
     * @throws ConflictError `lease_lost`
     */
    async enter(lease: Lease, lane: string): Promise<boolean> {
      // Of several that enter at once each sees those before it. One that is being claimed at this moment is not seen:
      // then both go on, and it is the publishing that lets one of them wait.
      if (sql.engine === 'postgres')
        await sql.all('select pg_advisory_xact_lock(hashtextextended($1, 0))', [lane])
      await hold(lease, `lane = $4, ${renewed}`, [lane])
      const first = `select j.id from jobs as j where j.id = $1 and ${isFirstInLane(sql.engine)}`
      if ((await sql.all(first, [lease.jobId])).length > 0) return true
      await putBack(lease)
      return false
    },
  }
}

/** What is to become of a job when this attempt fails. @param job as it is now; null: it is gone */
export function afterFailure(job: Job | null, failure: JobFailure): AfterFailure {
  if (job?.retryDelaysMs == null) return { state: 'failed' }
  const { retryDelaysMs: delays, retryCount } = job
  // Before a server says one may come again, coming is in vain, and takes the pause from those who wait for it.
  const leastMs = Math.min(failure.retryAfterMs ?? 0, retryAfterMsMax)
  const isFull = failure.code === diskFullCode
  if (isFull || gateCodes.has(failure.code)) {
    const past = delays.slice(0, retryCount)
    const delayMs = Math.max(isFull ? fullMs(past.length) : gateMs, leastMs)
    const pausedMs = past.reduce((sum, each) => sum + each, 0)
    // One pause more, in its place among the others: those keep theirs.
    if (delays.length < pausesMax && pausedMs < retryAfterMsMax)
      return { state: 'queued', delayMs, retryDelaysMs: [...past, delayMs, ...delays.slice(retryCount)] }
  }
  const delayMs = isRetried(failure.kind) ? delays[retryCount] : undefined
  return delayMs === undefined ? { state: 'dead' } : { state: 'queued', delayMs: Math.max(delayMs, leastMs) }
}

/** How long a job that was refused at a gate is put off when nothing is said about it. */
const gateMs = 1000

/** Twice as long each time: a list that no disk has room for must not fill it every few seconds. */
const fullMs = (times: number) => Math.min(diskFullPause.maxMs, diskFullPause.firstMs * 2 ** times)

const takenError = () =>
  new ConflictError('job_taken', 'Somebody else is already working on this import; wait until it is done.')
