import type { Database } from '../db/database.ts'
import type { Archive } from '../files/archive.ts'
import type { AnalyzerKind } from '../imports/model.ts'
import { type Import, importStore } from '../imports/store.ts'
import type { Clock } from '../lib/clock.ts'
import { AppError, ConflictError, UnavailableError } from '../lib/errors.ts'
import type { Logger } from '../lib/log.ts'
import { pause } from '../lib/pause.ts'
import { type Job, jobStore, type Lease, leaseMs } from '../queue/store.ts'
import { supplierStore } from '../suppliers/store.ts'
import type { Following, Reader, RemoteReader, Task, TaskEnd } from './reader.ts'
import { keepRows } from './remote-rows.ts'

export interface CarryParts {
  db: Database
  archive: Archive
  clock: Clock
  log: Logger
  /** This process. */
  worker: string
  /** The analyzer over HTTP; null: there is none. */
  analyzer: RemoteReader | null
  /** Reads without HTTP, in a process for each file. */
  child: Reader
  /** Whether files go to the analyzer when their supplier has no switch of its own. */
  usesAnalyzer: boolean
  /** Whether a file is read without HTTP when the analyzer cannot be reached. */
  hasFallback: boolean
  /** How long to wait before each further try of the analyzer, in milliseconds. */
  retryDelaysMs: readonly number[]
  /** Where rows of a foreign analyzer are put before they are kept. */
  stagingFolder: string
  /** Most bytes of rows that a foreign analyzer may answer. */
  fileBytesMax: number
  /** Deletes what attempts up to this one have left behind, those that were ended by force. */
  clearUp: (area: { importId: string; attempt: number }, waitMs: number | null) => Promise<void>
}

const clearUpMs = 2000
const clearUpStoppedMs = 1000

/**
 * One import, from its place in the queue to its end:
 *
 *   take the job → choose who reads → hand the file over, follow → keep a foreign analyzer's rows, and read those
 *   → make sure that it ended
 *
 * Whoever reads writes the end itself, with the lease that it was handed. What ends without one is marked failed
 * here, so nothing stays `running`.
 * @param following.signal aborted: the reading is ended, and the job put back into the queue
 */
export async function carry(parts: CarryParts, job: Job, following: Following): Promise<void> {
  const taken = await take(parts, job)
  if (taken === null) return
  const work = { ...taken, log: parts.log.child({ importId: job.importId, jobId: job.id }), following }
  const heartbeat = setInterval(() => void renew(parts, work), leaseMs / 4)
  try {
    await clearUpBefore(parts, work)
    const end = await readSomehow(parts, work)
    await conclude(parts, work, end)
  } catch (error) {
    const isStopped = following.signal.aborted
    if (!isStopped && !(error instanceof AppError)) work.log.error('the courier failed', { error })
    await conclude(parts, work, failedBy(error))
  } finally {
    clearInterval(heartbeat)
  }
}

interface Work {
  made: Import
  /** Replaced by each new attempt. */
  lease: Lease
  log: Logger
  following: Following
}

/** @returns null when somebody else was faster */
async function take(parts: CarryParts, job: Job): Promise<Pick<Work, 'made' | 'lease'> | null> {
  const { db, clock, worker } = parts
  try {
    return await db.tx(async (tx) => {
      const stores = { query: tx.query, tables: db.tables }
      const lease = await jobStore(stores).take(job, worker, clock.now())
      const started = { status: 'running', fallbackReason: null, error: null, finishedAt: null } as const
      await importStore(stores).change(job.importId, started)
      return { lease, made: await importStore(stores).get(job.importId) }
    })
  } catch (error) {
    if (error instanceof ConflictError) return null
    throw error
  }
}

async function readSomehow(parts: CarryParts, work: Work): Promise<TaskEnd> {
  // Rows that were answered once are what was looked at when the import was held.
  if (work.made.rowsSha256 !== null) return readIn(parts, work, parts.child, 'remote')
  const analyzer = await chosenAnalyzer(parts, work.made)
  if (analyzer === null) return readIn(parts, work, parts.child, 'child')
  const end = await readOverHttp(parts, work, analyzer)
  return end === 'rows kept' ? readIn(parts, work, parts.child, 'remote') : end
}

/** So that a machine that crashes again and again keeps one attempt's rows, not those of all. */
async function clearUpBefore(parts: CarryParts, { made, lease, log }: Work): Promise<void> {
  if (lease.attempt > 1)
    await clearUp(parts, { importId: made.id, attempt: lease.attempt - 1 }, { log, isStopped: false })
}

/** The supplier's own switch counts more than the general one. */
async function chosenAnalyzer(parts: CarryParts, { supplier }: Import): Promise<RemoteReader | null> {
  const found = await supplierStore(parts.db).find(supplier)
  return (found?.usesAnalyzer ?? parts.usesAnalyzer) ? parts.analyzer : null
}

/** Tries, waits and tries again; at last the file is read without HTTP, if that is allowed. */
async function readOverHttp(
  parts: CarryParts,
  work: Work,
  analyzer: RemoteReader,
): Promise<TaskEnd | 'rows kept'> {
  const { signal } = work.following
  let failure: AppError
  try {
    return await tryAnalyzer(parts, work, analyzer)
  } catch (error) {
    failure = unlessAborted(error, signal)
  }
  for (const delayMs of parts.retryDelaysMs) {
    if (!(failure instanceof UnavailableError)) break
    work.log.warn('the analyzer failed; trying again', { error: failure, delayMs })
    // Not all at once when it comes back: between half and all of the delay.
    await pause(delayMs * (0.5 + Math.random() / 2), signal)
    signal.throwIfAborted()
    if (!(await analyzer.isHealthy(signal))) continue
    try {
      // Whatever the last try has left running somewhere can write nothing any more.
      await retake(parts, work)
      return await tryAnalyzer(parts, work, analyzer)
    } catch (error) {
      failure = unlessAborted(error, signal)
    }
  }
  if (failure instanceof UnavailableError) await analyzer.restart(signal)
  signal.throwIfAborted()
  if (!parts.hasFallback) throw failure
  work.log.warn('the analyzer failed; reading without it', { error: failure })
  await retake(parts, work)
  return readIn(parts, work, parts.child, 'child', failure.message)
}

async function tryAnalyzer(
  parts: CarryParts,
  work: Work,
  analyzer: RemoteReader,
): Promise<TaskEnd | 'rows kept'> {
  const end = await readIn(parts, work, analyzer, analyzer.kind)
  if (end.status !== 'rows' && end.status !== 'unsaid') return end
  // It may have written the database itself, and said no more than that it is done.
  if (end.status === 'unsaid' && !(await isHeld(parts, work.lease))) return { status: 'done' }
  const { made, lease, following } = work
  const { resultUrl } = end
  const answer = { importId: made.id, lease, resultUrl, analyzer, signal: following.signal }
  return (await keepRows(parts, answer)) ? 'rows kept' : { status: 'done' }
}

async function isHeld({ db }: CarryParts, lease: Lease): Promise<boolean> {
  const job = await jobStore(db).get(lease.jobId)
  return job?.state === 'running' && job.attempt === lease.attempt
}

/** What the analyzer's failure was; anything else, and an end from outside, goes on. */
function unlessAborted(error: unknown, signal: AbortSignal): AppError {
  signal.throwIfAborted()
  if (error instanceof AppError && !(error instanceof ConflictError)) return error
  throw error
}

async function readIn(
  parts: CarryParts,
  work: Work,
  reader: Reader,
  analyzedBy: AnalyzerKind,
  fallbackReason: string | null = null,
): Promise<TaskEnd> {
  const { made, lease, following } = work
  await holding(parts, lease, (stores) => importStore(stores).change(made.id, { analyzedBy, fallbackReason }))
  const task: Task = {
    importId: made.id,
    supplierId: made.supplierId,
    lease,
    path: await parts.archive.find(made.sha256),
    sha256: made.sha256,
    fileName: made.fileName,
  }
  work.log.info('file handed over', { analyzedBy, attempt: lease.attempt })
  return reader.read(task, following)
}

async function retake(parts: CarryParts, work: Work): Promise<void> {
  const { db, clock } = parts
  work.lease = await db.tx(({ query }) =>
    jobStore({ query, tables: db.tables }).retake(work.lease, clock.now()),
  )
}

/** The reader renews the lease too, but not while one long statement of SQL keeps it. */
async function renew({ db, clock }: CarryParts, { lease, log }: Work): Promise<void> {
  await db
    .tx(({ query }) => jobStore({ query, tables: db.tables }).renew(lease, clock.now()))
    // Lost: it has ended, or somebody took it over, who says how it ends.
    .catch((error) => log.debug('lease not renewed', { error }))
}

/** Sees to it that the import has an end; the one that the reader wrote counts more than what it said. */
async function conclude(parts: CarryParts, work: Work, end: TaskEnd): Promise<void> {
  const { made, log, following } = work
  const { lease } = work
  const isStopped = following.signal.aborted
  const isOurs = await holding(parts, lease, async (stores) => {
    const now = parts.clock.now()
    if (isStopped) {
      await jobStore(stores).putBack(lease)
      await importStore(stores).change(made.id, { status: 'pending' })
      return
    }
    await jobStore(stores).end(lease, { state: 'failed', phase: 'failed', now })
    await importStore(stores).change(made.id, { status: 'failed', error: errorOf(end), finishedAt: now })
  }).then(
    () => true,
    (error) => {
      // As it should be: the reader has ended it.
      if (error instanceof ConflictError && error.code === 'lease_lost') return false
      throw error
    },
  )
  if (isOurs && isStopped) log.info('import put back into the queue')
  else if (isOurs) log.warn('import failed', errorOf(end))
  // A first attempt that wrote the end itself has cleared up; an earlier one may have been killed.
  if (isOurs || lease.attempt > 1)
    await clearUp(parts, { importId: made.id, attempt: lease.attempt }, { log, isStopped })
}

/**
 * Whatever is not deleted now is at the next start. It may have to wait for a PostgreSQL that is still at work on the
 * last statement of a process that was killed.
 */
async function clearUp(
  parts: CarryParts,
  area: { importId: string; attempt: number },
  { log, isStopped }: { log: Logger; isStopped: boolean },
): Promise<void> {
  const waited = new AbortController()
  const clearing = parts
    // A service that ends would have to wait for what is still waiting.
    .clearUp(area, isStopped ? clearUpStoppedMs : null)
    .catch((error) => log.warn('left-over staging not deleted', { error }))
    .finally(() => waited.abort())
  await Promise.race([clearing, pause(clearUpMs, waited.signal)])
}

function errorOf(end: TaskEnd): { code: string; message: string } {
  if (end.status === 'failed') return { code: end.code, message: end.message }
  return {
    code: 'analyzer_wrote_nothing',
    message:
      'The analyzer said that it was done, but wrote no end of this import and answered no rows; the catalog is as it was.',
  }
}

function failedBy(error: unknown): TaskEnd {
  if (error instanceof AppError) return { status: 'failed', code: error.code, message: error.message }
  return { status: 'failed', code: 'internal_error', message: 'Internal error; the log has the details.' }
}

/** Writes while the lease is held, or not at all. @throws ConflictError `lease_lost` */
async function holding<Result>(
  { db, clock }: Pick<CarryParts, 'db' | 'clock'>,
  lease: Lease,
  work: (stores: Parameters<typeof importStore>[0]) => Promise<Result>,
): Promise<Result> {
  return db.tx(async ({ query }) => {
    const stores = { query, tables: db.tables }
    await jobStore(stores).renew(lease, clock.now())
    return work(stores)
  })
}
