import { auditStore } from '../audit/store.ts'
import type { Actor } from '../auth/model.ts'
import type { Database, Tx } from '../db/database.ts'
import type { Archive } from '../files/archive.ts'
import type { JobState } from '../imports/model.ts'
import { importStore } from '../imports/store.ts'
import type { Clock } from '../lib/clock.ts'
import { AppError, ConflictError } from '../lib/errors.ts'
import { canRetry, hasWaited, jobListing, type ListedJob, retriableStates } from '../queue/listing.ts'
import { manualRetriesMax } from '../queue/model.ts'
import { jobStore, type Queued } from '../queue/store.ts'
import { sourceStore } from '../sources/store.ts'
import { mayBeFetchedAgain } from './download.ts'
import { retryDelaysOf } from './retry-delays.ts'

interface Parts {
  db: Database
  clock: Clock
  /** Who says so. */
  actor: Actor
}

/** Who takes what is tried again: see `Queued`. */
export type Retry = Parts & { archive: Archive; queued: Omit<Queued, 'now'> }

const cancellableStates: readonly JobState[] = ['queued', 'running', 'held', 'drained']

/** What became of one of several jobs that were to be tried again. */
export interface RetryRefusal {
  jobId: string
  code: string
  message: string
}

/**
 * Has a job tried again from its beginning, with the file that is kept, or fetched once more where that is gone. Tell the queue afterwards.
 * @throws NotFoundError `unknown_job`, `raw_file_missing`
 * @throws ConflictError `job_running`, `job_queued`, `job_held`, `job_ended`, `no_retries_left`
 */
export async function retryJob(parts: Retry, jobId: string): Promise<void> {
  const { db, clock, archive, queued } = parts
  const { importId, sourceId } = await jobListing(db).get(jobId)
  const { sha256 } = await importStore(db).get(importId)
  const source = await sourceStore(db).get(sourceId)
  const job = await jobStore(db).get(jobId)
  // What is fetched can be fetched once more, by whoever comes first.
  const isFetched = job !== null && source !== null && mayBeFetchedAgain(job, source)
  if (sha256 !== null && !isFetched) await archive.find(sha256)
  await db.tx(async (tx) => {
    const stores = { query: tx.query, tables: db.tables }
    await lockImport(db, tx, importId)
    const job = await jobListing(stores).get(jobId)
    if (!canRetry(job)) throw notRetriable(job)
    await importStore(stores).change(importId, { status: 'pending', error: null, finishedAt: null })
    const jobs = jobStore(stores)
    await jobs.requeue(importId, {
      ...queued,
      ...retryDelaysOf(source, queued),
      ...(isFetched && { place: null }),
      now: clock.now(),
    })
    if (!hasWaited(job)) await jobs.countManualRetry(jobId)
    await tellAudit(parts, stores, job, 'job.retry')
  })
}

/** The same for several; one that cannot be does not keep the others from it. */
export async function retryJobs(
  parts: Retry,
  jobIds: string[],
): Promise<{ retried: string[]; refused: RetryRefusal[] }> {
  const retried: string[] = []
  const refused: RetryRefusal[] = []
  for (const jobId of jobIds)
    try {
      await retryJob(parts, jobId)
      retried.push(jobId)
    } catch (error) {
      if (!(error instanceof AppError)) throw error
      refused.push({ jobId, code: error.code, message: error.message })
    }
  return { retried, refused }
}

/**
 * Cancels a job in whatever phase it is. From then on whoever works on it can write nothing more; tell the queue
 * afterwards, so that the reading is ended too.
 * @throws NotFoundError `unknown_job`
 * @throws ConflictError `job_ended`
 */
export async function cancelJob(parts: Parts, jobId: string): Promise<void> {
  const { db, clock } = parts
  const { importId } = await jobListing(db).get(jobId)
  await db.tx(async (tx) => {
    const stores = { query: tx.query, tables: db.tables }
    // A publish that is under way is waited for, and then there is nothing to cancel.
    await lockImport(db, tx, importId)
    const job = await jobListing(stores).get(jobId)
    const { state } = job
    if (!cancellableStates.includes(state))
      throw new ConflictError(
        'job_ended',
        `Job ${jobId} has ended already (${state}); nothing was cancelled.`,
      )
    const now = clock.now()
    await importStore(stores).change(importId, { status: 'cancelled', finishedAt: now })
    await jobStore(stores).close(importId, 'cancelled', now)
    await tellAudit(parts, stores, job, 'job.cancel')
  })
}

async function tellAudit(
  { actor, clock }: Parts,
  stores: Parameters<typeof jobStore>[0],
  { id, fileName, supplierId, importId, state }: ListedJob,
  action: string,
): Promise<void> {
  await auditStore(stores).add({
    actor,
    at: clock.now(),
    action,
    subject: { kind: 'job', id, name: fileName },
    supplierId,
    before: { state },
    after: { import: importId },
  })
}

/** On SQLite transactions follow each other anyway. */
async function lockImport(db: Database, tx: Tx, importId: string): Promise<void> {
  if (db.engine === 'postgres') await tx.all('select id from imports where id = $1 for update', [importId])
}

function notRetriable({ id, state, importId }: ListedJob): ConflictError {
  if (retriableStates.includes(state))
    return new ConflictError(
      'no_retries_left',
      `Job ${id} was tried again ${manualRetriesMax} times already; have its source fetched (tallyman sources run), or hand the list in, once more.`,
    )
  if (state === 'running')
    return new ConflictError('job_running', `Job ${id} is running; cancel it first, or wait for its end.`)
  if (state === 'queued')
    return new ConflictError('job_queued', `Job ${id} is queued already; it is tried by itself.`)
  if (state === 'held')
    return new ConflictError(
      'job_held',
      `Job ${id} is held: approve, correct or discard import ${importId}, which is what waits.`,
    )
  return new ConflictError('job_ended', `Job ${id} has done its work (${state}); there is nothing to retry.`)
}
