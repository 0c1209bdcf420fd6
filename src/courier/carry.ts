import type { Room } from '../files/room.ts'
import { failImport } from '../imports/fail-import.ts'
import type { AnalyzerKind } from '../imports/model.ts'
import { type Import, importStore, rawFileOf } from '../imports/store.ts'
import { AppError, ConflictError, NotFoundError, UnavailableError } from '../lib/errors.ts'
import type { Logger } from '../lib/log.ts'
import { pause } from '../lib/pause.ts'
import { type JobFailure, jobErrorOf, kindOfCode } from '../queue/model.ts'
import { type Job, jobStore, type Lease, type Taken } from '../queue/store.ts'
import { sourceStore } from '../sources/store.ts'
import { supplierStore } from '../suppliers/store.ts'
import { bindHeld, type DownloadParts, download } from './download.ts'
import { insist } from './insist.ts'
import { enterLane, stepBack } from './lane.ts'
import { type AttemptLimits, limitsDefault, openLimits } from './limits.ts'
import type { Following, Reader, RemoteReader, Task, TaskEnd } from './reader.ts'
import { keepRows } from './remote-rows.ts'
import { openReporter } from './reporter.ts'
import type { Turn } from './slots.ts'

export interface CarryParts extends DownloadParts {
  log: Logger
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
  /** Whether there is room for what comes in: without it nothing is fetched. Left out: there always is. */
  room?: Pick<Room, 'lack' | 'wait'>
  /** How long an attempt may take; left out: as long as `limitsDefault` says. */
  attemptLimits?: AttemptLimits
  /** Deletes what attempts up to this one have left behind, those that were ended by force. */
  clearUp: (area: { importId: string; attempt: number }, waitMs: number | null) => Promise<void>
}

const clearUpMs = 2000
const clearUpStoppedMs = 1000
/** How long the end of an attempt is insisted on while the service stops. */
const settleStoppedMs = 2000

/**
 * One import, from the queue to its end:
 *
 *   fetch its file, if it is not here → wait for its supplier's other lists → wait for a slot, if the fetch took long
 *   → choose who reads → hand the file over, follow → keep a foreign analyzer's rows, and read those → make sure that it ended
 *
 * Whoever reads writes the end itself, with the lease that it was handed. What ends without one fails here, to be
 * tried again where that may help, so nothing stays `running`: not even when a reader no longer answers, see limits.ts.
 * @param following.signal aborted: the reading is ended, and the job put back into the queue if it is still ours
 */
export async function carry(parts: CarryParts, { job, lease }: Taken, following: Followed): Promise<void> {
  const own = parts.log.child({ importId: job.importId, jobId: job.id })
  const startedAt = performance.now()
  const made = await begin(parts, job.importId, lease).catch(unlessGone)
  if (made === null) return own.info('the job was cancelled, or deleted with its source, before it was begun')
  const log = own.child({ runId: made.runId, sourceId: made.sourceId, supplierId: made.supplierId })
  const limited = openLimits(parts.attemptLimits ?? limitsDefault, following.signal)
  const reporter = openReporter(parts.db, { lease: () => work.lease, leaseMs: job.leaseMs, log })
  const onProgress: Following['onProgress'] = (progress) => {
    following.onProgress(progress)
    reporter.tell(progress)
  }
  const work: Work = {
    made,
    job,
    lane: job.lane,
    lease,
    log,
    startedAt,
    following: { ...following, signal: limited.signal, onProgress },
  }
  let end: WorkEnd
  try {
    end = await limited.race(fetchAndRead(parts, work))
  } catch (error) {
    if (!limited.signal.aborted && !(error instanceof AppError)) log.error('the courier failed', { error })
    end = { status: 'broken', error: jobErrorOf(error) }
  }
  limited.close()
  try {
    await reporter.stop()
    await conclude(parts, work, end)
    if (job.place === null) await bindHeld(parts.db, job.id, parts.place)
  } finally {
    await reporter.stop()
  }
}

/** How a job is followed that the courier sees through. */
export interface Followed extends Following {
  /** Its way through the slots: see slots.ts. */
  turn: Turn
  onLease?: (lease: Lease) => void
}

interface Work {
  made: Import
  job: Job
  /** The job's lane by now. */
  lane: string | null
  /** Replaced by each new attempt. */
  lease: Lease
  log: Logger
  /** When the attempt began, by the process's clock. */
  startedAt: number
  following: Followed
}

/** How an attempt ended: as its reader said, or before it could say anything. */
type WorkEnd = TaskEnd | { status: 'broken'; error: JobFailure }

/** How long the attempt has taken so far, in milliseconds. */
const sinceMs = ({ startedAt }: Pick<Work, 'startedAt'>) => Math.round(performance.now() - startedAt)

/** Nobody has to be told that there is nothing to do any more. */
function unlessGone(error: unknown): null {
  if (error instanceof ConflictError && error.code === 'lease_lost') return null
  if (error instanceof NotFoundError && error.code === 'unknown_import') return null
  throw error
}

/** @throws ConflictError `lease_lost`; NotFoundError when the import was deleted */
async function begin(parts: CarryParts, importId: string, lease: Lease): Promise<Import> {
  return holding(parts, lease, async (stores) => {
    const started = { status: 'running', fallbackReason: null, error: null, finishedAt: null } as const
    await importStore(stores).change(importId, started)
    return importStore(stores).get(importId)
  })
}

/** The attempt is over, and the job is in the queue again. */
const steppedBack: TaskEnd = { status: 'done' }

async function fetchAndRead(parts: CarryParts, work: Work): Promise<TaskEnd> {
  const { turn, signal, onProgress } = work.following
  await turn.take(signal)
  const waitedMs = sinceMs(work)
  await clearUpBefore(parts, work)
  const { id: importId, sourceId, supplierId } = work.made
  if (await isToCome(parts, work)) {
    const lack = (await parts.room?.lack()) ?? null
    if (lack !== null) {
      await stepBack(parts.db, { importId, lease: work.lease })
      work.log.warn('nothing is fetched for want of room', { lack })
      return steppedBack
    }
    // One of before there were lanes of sources, or whose file is gone.
    if (!(await enter(parts, work, sourceId))) return steppedBack
  }
  const fetched = await turn.fetching((pace) => download(parts, work, { signal, onProgress, pace }), signal)
  const isSlow = turn.isSlow
  work.log.info(fetched === null ? 'the list has not changed' : 'file is here', {
    isSlow,
    waitedMs,
    durationMs: sinceMs(work),
  })
  if (fetched === null) return { status: 'done' }
  work.made = fetched
  if (!(await enter(parts, work, supplierId))) return steppedBack
  await turn.take(signal)
  return readSomehow(parts, work)
}

/** Whether the list has yet to come from its source. */
async function isToCome({ archive }: CarryParts, { job, made }: Work): Promise<boolean> {
  return job.place === null && (made.sha256 === null || !(await archive.has(made.sha256)))
}

/**
 * Lists are fetched in the lane of their source, so that no other one of the supplier waits for a server that takes
 * long, and read in that of their supplier, one after the other.
 * @returns false: others of the lane go first, and the job waits for them in the queue
 */
async function enter(parts: CarryParts, work: Work, lane: string): Promise<boolean> {
  if (work.lane === null || work.lane === lane) return true
  const goesOn = await enterLane(parts.db, { importId: work.made.id, lease: work.lease, lane })
  work.lane = lane
  if (!goesOn) work.log.info('the list waits for others of its supplier', { durationMs: sinceMs(work) })
  return goesOn
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

/** What was said of the file counts more than the source's switch, that more than its supplier's and the general one. */
async function chosenAnalyzer(
  parts: CarryParts,
  { supplier, sourceId, options }: Import,
): Promise<RemoteReader | null> {
  const own = options.usesAnalyzer ?? (await sourceStore(parts.db).get(sourceId))?.usesAnalyzer
  const usesAnalyzer = own ?? (await supplierStore(parts.db).find(supplier))?.usesAnalyzer
  return (usesAnalyzer ?? parts.usesAnalyzer) ? parts.analyzer : null
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
  // It was handed in, or fetched by an earlier attempt, and is kept.
  const sha256 = rawFileOf(made)
  await using borrowed = await parts.archive.borrow(sha256, following.signal)
  await holding(parts, lease, async (stores) => {
    await importStore(stores).change(made.id, { analyzedBy, fallbackReason })
    const phase = 'analyzing'
    await jobStore(stores).report(lease, { phase, downloadPercent: 100, downloadedBytes: borrowed.sizeBytes })
  })
  const task: Task = {
    importId: made.id,
    supplierId: made.supplierId,
    lease,
    path: borrowed.path,
    sha256,
    fileName: made.fileName,
  }
  work.log.info('file handed over', { analyzedBy, attempt: lease.attempt, durationMs: sinceMs(work) })
  // Until it has ended whoever reads may open the file at any time.
  return await reader.read(task, following)
}

async function retake({ db }: CarryParts, work: Work): Promise<void> {
  work.lease = await db.tx(({ query }) => jobStore({ query, tables: db.tables }).retake(work.lease))
  work.following.onLease?.(work.lease)
}

/** Sees to it that the import has an end; the one that the reader wrote counts more than what it said. */
async function conclude(parts: CarryParts, work: Work, end: WorkEnd): Promise<void> {
  const { made, log, following, lease } = work
  const { aborted, reason } = following.signal
  // What took too long has failed; whoever has to stop leaves the job to others.
  const isStopped = aborted && !(reason instanceof AppError)
  const error = aborted && reason instanceof AppError ? jobErrorOf(reason) : errorOf(end)
  const settle = () =>
    parts.db.tx(async ({ query }) => {
      const stores = { query, tables: parts.db.tables }
      if (!isStopped) return failImport(stores, { importId: made.id, lease, error, now: parts.clock.now() })
      await importStore(stores).change(made.id, { status: 'pending' })
      await jobStore(stores).putBack(lease)
      return null
    })
  // Once the lease has run out somebody else sees to it; a service that ends cannot wait for so long.
  const forMs = isStopped ? settleStoppedMs : work.job.leaseMs
  const onFailure = (failure: unknown) =>
    log.warn('the end of an attempt could not be written; trying again', { error: failure })
  const isOurs = await insist(settle, { forMs, onFailure }).then(
    (next) => {
      const durationMs = sinceMs(work)
      if (next === null) log.info('import put back into the queue', { durationMs })
      else if (next.state !== 'queued') log.warn('import failed', { error, durationMs })
      else
        log.warn('an attempt failed; the import is tried again', { error, durationMs, delayMs: next.delayMs })
      return true
    },
    (failure) => {
      // As it should be: the reader has ended it, or a person has.
      if (failure instanceof ConflictError && failure.code === 'lease_lost') return false
      throw failure
    },
  )
  // A first attempt that wrote the end itself has cleared up; an earlier one may have been killed.
  if (isOurs || isStopped || lease.attempt > 1)
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

function errorOf(end: WorkEnd): JobFailure {
  if (end.status === 'broken') return end.error
  if (end.status === 'failed') return { kind: kindOfCode(end.code), code: end.code, message: end.message }
  const code = 'analyzer_wrote_nothing'
  return {
    kind: kindOfCode(code),
    code,
    message:
      'The analyzer said that it was done, but wrote no end of this import and answered no rows; the catalog is as it was.',
  }
}

/** Writes while the lease is held, or not at all. @throws ConflictError `lease_lost` */
async function holding<Result>(
  { db }: Pick<CarryParts, 'db'>,
  lease: Lease,
  work: (stores: Parameters<typeof importStore>[0]) => Promise<Result>,
): Promise<Result> {
  return db.tx(async ({ query }) => {
    const stores = { query, tables: db.tables }
    // The import first, as everybody does who writes both.
    const result = await work(stores)
    await jobStore(stores).renew(lease)
    return result
  })
}
