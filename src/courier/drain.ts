import { auditStore } from '../audit/store.ts'
import type { Actor } from '../auth/model.ts'
import type { Database, Tx } from '../db/database.ts'
import { importStore } from '../imports/store.ts'
import type { Clock } from '../lib/clock.ts'
import { InvalidError, UnavailableError } from '../lib/errors.ts'
import { drainedJobs, type NamedJob } from '../queue/drained.ts'
import {
  type DrainedJob,
  drainedJobsMax,
  readDrainedFile,
  requireOwn,
  writeDrainedFile,
} from '../queue/drained-file.ts'
import { installationStore } from '../queue/installation.ts'

interface Acting {
  db: Database
  /** Who does it. */
  actor: Actor
  clock: Clock
}

/** What was taken out of the queue. */
export interface Drained {
  /** How many jobs; 0: there was none, and no file was written. */
  count: number
  /** There are more than one file holds. */
  hasMore: boolean
}

/**
 * Takes jobs out of the queue into a file. They stay rows of the database, which nobody takes any more, and the file
 * says which to put back.
 *
 * One transaction marks them, and before it commits the file is whole, synced and has its name. So whatever ends this
 * on the way: either nothing was committed, and the jobs are in the queue as before (a file that is there already puts
 * none of them back, since none is drained), or they are out of it, and the file is there. The other way round a power
 * cut would leave jobs that no file names.
 * @param options.path absolute
 * @param options.withDead dead letters that nobody gave up, too
 * @throws ConflictError `file_exists`, and what else `writeNewFile` says; nothing is drained then
 * @throws UnavailableError `drain_unsure` when the database was lost while it committed: the file is there
 */
export async function drainQueue(
  { db, actor, clock }: Acting,
  { path, withDead }: { path: string; withDead: boolean },
): Promise<Drained> {
  let isWritten = false
  try {
    return await db.tx(async (tx) => {
      const jobs = drainedJobs(tx, db.engine)
      const ids = await jobs.takeOut({ withDead, limit: drainedJobsMax })
      if (ids.length === 0) return { count: 0, hasMore: false }
      const { id: installation } = await installationOf(tx)
      const from = { installation, drainedAt: clock.now(), count: ids.length }
      await writeDrainedFile(path, from, jobs.pages(ids))
      isWritten = true
      await tellAudit({ db, actor, clock }, tx, {
        action: 'queue.drain',
        after: { count: ids.length, file: path },
      })
      return { count: ids.length, hasMore: ids.length === drainedJobsMax }
    })
  } catch (error) {
    if (!isWritten) throw error
    throw new UnavailableError(
      'drain_unsure',
      `${path} is written, but whether its jobs have left the queue is not known: the database was lost just then. "tallyman queue status" tells how many are drained; to requeue the file is harmless either way.`,
      { cause: error },
    )
  }
}

/** Why a job that a file names is not put back. */
export interface Skipped {
  job: DrainedJob
  /** The state that it is in instead; null: it was deleted with its source. */
  state: Exclude<NamedJob['state'], 'drained'> | null
}

/** How many are put back in one transaction. */
const batchSize = 200

/**
 * Puts jobs back that were drained into a file: those that still are, each once, however often it is called.
 * @param path absolute
 * @throws InvalidError `queue_file_cut_off`, `queue_file_changed` and the like; nothing is put back then
 * @throws ConflictError `other_installation`; nothing is put back then
 */
export async function requeueJobs(
  acting: Acting,
  path: string,
): Promise<{ requeued: number; skipped: Skipped[] }> {
  const { db } = acting
  const file = await readDrainedFile(path)
  requireOwn(path, file, (await installationOf(db)).id)
  let requeued = 0
  const skipped: Skipped[] = []
  for (let start = 0; start < file.jobs.length; start += batchSize) {
    const batch = file.jobs.slice(start, start + batchSize)
    const found = await putBack(
      acting,
      batch.map((job) => job.job_id),
    )
    for (const job of batch) {
      const state = found.get(job.job_id) ?? null
      if (state === 'drained') requeued++
      else skipped.push({ job, state })
    }
  }
  return { requeued, skipped }
}

/** @returns the states that the jobs were in, by id: `drained` for those that were put back */
async function putBack(acting: Acting, ids: string[]): Promise<Map<string, NamedJob['state']>> {
  const { db } = acting
  return db.tx(async (tx) => {
    const jobs = drainedJobs(tx, db.engine)
    const imports = importStore({ query: tx.query, tables: db.tables })
    const named = await jobs.named(ids)
    const drained = named.filter(({ state }) => state === 'drained')
    // That of a job which waited is pending already.
    for (const { importId, importStatus } of drained)
      if (importStatus !== 'pending')
        await imports.change(importId, { status: 'pending', error: null, finishedAt: null })
    await jobs.putBack(drained.map(({ id }) => id))
    if (drained.length > 0)
      await tellAudit(acting, tx, { action: 'queue.requeue', after: { count: drained.length } })
    return new Map(named.map(({ id, state }) => [id, state]))
  })
}

async function installationOf(stores: Parameters<typeof installationStore>[0]) {
  const installation = await installationStore(stores).get()
  if (installation !== null) return installation
  throw new InvalidError(
    'no_installation',
    'This database was never opened for writing: it has no queue yet.',
  )
}

async function tellAudit(
  { db, actor, clock }: Acting,
  tx: Tx,
  { action, after }: { action: string; after: { count: number; file?: string } },
): Promise<void> {
  const at = clock.now()
  const entry = { actor, at, action, subject: null, supplierId: null, before: null, after }
  await auditStore({ query: tx.query, tables: db.tables }).add(entry)
}
