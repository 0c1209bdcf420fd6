import { join } from 'node:path'
import type { Database, Sql } from '../db/database.ts'
import type { Archive, Borrowed } from '../files/archive.ts'
import { failImport } from '../imports/fail-import.ts'
import type { HoldReason } from '../imports/model.ts'
import { type Import, type ImportChange, importStore, rawFileOf } from '../imports/store.ts'
import type { Clock } from '../lib/clock.ts'
import { AppError, ConflictError, InvalidError } from '../lib/errors.ts'
import { fileHash } from '../lib/hash.ts'
import type { Logger } from '../lib/log.ts'
import { jobErrorOf } from '../queue/model.ts'
import { jobStore, type Lease } from '../queue/store.ts'
import { noPins } from '../sources/pins.ts'
import { supplierStore } from '../suppliers/store.ts'
import { changeReport } from './change-report.ts'
import { changeOf, diffContext, guard, refusal } from './conclusion.ts'
import { diffStaged } from './diff.ts'
import { fileError } from './file-error.ts'
import { loadFingerprints } from './fingerprint-file.ts'
import type { ReadLimits } from './formats/format.ts'
import { Heartbeat } from './heartbeat.ts'
import { previousList } from './previous-list.ts'
import { type PublishContext, type Published, publish, writeLog } from './publish.ts'
import {
  type ReadPhase,
  type ReadProgress,
  type ReadRequest,
  type ReadResult,
  readFile,
} from './read-file.ts'
import { type Original, originalOf } from './rejects/corrected-import.ts'
import { settleCorrections } from './rejects/settle-corrections.ts'
import { rememberRows } from './remember-rows.ts'
import { replayedReasons } from './replayed.ts'
import { type Settled, settle } from './settle.ts'
import { openStaging, unpackFolder } from './staging/index.ts'

/** What the analyzer works with. */
export interface AnalyzerParts {
  db: Database
  archive: Archive
  clock: Clock
  log: Logger
  /** Where a SQLite catalog's staging files lie. */
  stagingFolder: string
  /** Where the fingerprints of each source's last list lie. They may be deleted at any time. */
  fingerprintFolder: string
  limits: ReadLimits
  /** Who works: host and process, so that a dead worker is recognised. */
  worker: string
}

export interface AnalyzeOptions {
  onProgress: (progress: ReadProgress) => void
  /** Called when the reading begins, also once more, and when SQL is to work on what was read. */
  onPhase?: (phase: ReadPhase) => void
  signal: AbortSignal
  /** What another process took and found: the job, and the file's place. Left out: they are taken and found here. */
  handed?: Handed
}

/** A job that another process has taken. */
export interface Handed {
  lease: Lease
  /** The raw file; absolute. */
  path: string
  /** Of the raw file's bytes, lower-case hex. */
  sha256: string
}

/**
 * One import from its raw file to the catalog:
 *
 *   take the job (unless it was handed) → read → settle repetitions → compare → guard → publish, hold or fail
 *
 * It may be run again at any time, after a crash or an approval: it starts from the raw file and the decision that
 * was stored, and only the last transaction touches the catalog.
 * @returns the import as it stands afterwards; a file that cannot be taken is a failed import, not an exception
 * @throws ConflictError when somebody else works on it; whatever is no AppError, after the import was marked failed
 */
export async function analyze(
  parts: AnalyzerParts,
  importId: string,
  options: AnalyzeOptions,
): Promise<Import> {
  const lease = await begin(parts, importId, options.handed ?? null)
  const startedAt = performance.now()
  let log = parts.log.child({ importId, jobId: lease.jobId })
  const heartbeat = new Heartbeat(parts, lease, options.signal)
  try {
    const made = await importStore(parts.db).get(importId)
    log = log.child({ runId: made.runId, sourceId: made.sourceId, supplierId: made.supplierId })
    const work = { ...options, signal: heartbeat.signal }
    const isDone = await readAndConclude(parts, { made, lease, log, work, known: !made.options.isForced })
    // What was recognised could not be relied on; then every row is read.
    if (!isDone) await readAndConclude(parts, { made, lease, log, work, known: false })
  } catch (error) {
    const isStopped = options.signal.aborted && !(error instanceof AppError)
    await fail(parts, { importId, lease, error, isStopped, log })
    if (!(error instanceof AppError)) throw error
  } finally {
    heartbeat.stop()
  }
  const ended = await importStore(parts.db).get(importId)
  const durationMs = Math.round(performance.now() - startedAt)
  log.info('import ended', { status: ended.status, durationMs, ...ended.counts, changes: ended.changes })
  return ended
}

async function begin({ db, worker }: AnalyzerParts, importId: string, handed: Handed | null): Promise<Lease> {
  return db.tx(async (tx) => {
    const stores = { query: tx.query, tables: db.tables }
    if (handed !== null) {
      await jobStore(stores).renew(handed.lease)
      return handed.lease
    }
    const job = await jobStore(stores).ofImport(importId)
    if (job === null) throw new Error(`Import ${importId} has no job.`)
    const lease = await jobStore(stores).take(job, worker, 'analyzing')
    await importStore(stores).change(importId, {
      status: 'running',
      analyzedBy: 'command',
      fallbackReason: null,
      error: null,
      finishedAt: null,
    })
    return lease
  })
}

interface Attempt {
  made: Import
  lease: Lease
  log: Logger
  work: AnalyzeOptions
  /** Whether rows of the source's last list may be recognised instead of read. */
  known: boolean
}

/** @returns false when every row must be read after all */
async function readAndConclude(parts: AnalyzerParts, attempt: Attempt): Promise<boolean> {
  const { lease, log, work } = attempt
  const read = await readRaw(parts, attempt).catch((error) => {
    throw fileError(attempt.made.fileName, error)
  })
  try {
    const rows = read.tables.reduce((sum, { counts }) => sum + counts.read, 0)
    log.info('file read', { rows, recognised: read.fingerprints?.known?.seenCount ?? 0 })
    const { made, original } = await asCorrection(parts, attempt, read)
    const { signal } = work
    return await read.staging.withSql((sql, tx) =>
      conclude(parts, { made, original, lease, read, sql, tx, log, signal }),
    )
  } finally {
    await read.staging.discard()
  }
}

/**
 * What holds corrected rows of another import belongs to that one's source, and is read as that one was: whoever
 * hands it in need not say so.
 * @returns the import as it is from now on
 */
async function asCorrection(
  { db }: AnalyzerParts,
  { made, lease }: Attempt,
  { decision }: ReadResult,
): Promise<Pick<Conclusion, 'made' | 'original'>> {
  if (decision.corrects === undefined) return { made, original: null }
  const original = await originalOf(db, decision.corrects, made.supplierId)
  const { mayHold, isForced, encoding, delimiter, replay } = made.options
  const options = {
    ...original.options,
    listMode: 'partial' as const,
    said: noPins,
    mayHold,
    isForced,
    encoding,
    delimiter,
    ...(replay !== undefined && { replay }),
  }
  const change = { sourceId: original.sourceId, correctsImportId: original.id, options }
  await db.tx(async (tx) => {
    const stores = { query: tx.query, tables: db.tables }
    await importStore(stores).change(made.id, change)
    await jobStore(stores).renew(lease)
  })
  return { made: { ...made, ...change }, original }
}

async function readRaw(parts: AnalyzerParts, { made, lease, work, known }: Attempt): Promise<ReadResult> {
  const revision = await supplierStore(parts.db).revision(made.supplierId)
  const load = (decision: string) =>
    loadFingerprints(fingerprintPath(parts, made), { readingKey: made.readingKey, decision, revision })
  const place = { importId: made.id, attempt: lease.attempt, folder: parts.stagingFolder }
  await using file = await rawFile(parts, made, work)
  return await readFile({
    path: file.path,
    format: file.format ?? null,
    options: made.options,
    limits: parts.limits,
    unpackFolder: unpackFolder(place),
    decision: made.decision,
    knownRows: known ? load : null,
    correctedImport: (id) => originalOf(parts.db, id, made.supplierId),
    previous: await previousList(parts.db, made),
    openStaging: () => openStaging(parts.db, place),
    ...work,
  })
}

/** What is read: the file itself, or the rows that a foreign analyzer found in it. */
async function rawFile(
  { archive }: AnalyzerParts,
  made: Import,
  { handed, signal }: Pick<AnalyzeOptions, 'handed' | 'signal'>,
): Promise<Pick<ReadRequest, 'path' | 'format'> & AsyncDisposable> {
  const borrow = async (sha256: string) => {
    const borrowed = await archive.borrow(sha256, signal)
    await checkBorrowed(borrowed, sha256)
    return borrowed
  }
  const { rowsSha256 } = made
  if (rowsSha256 !== null) return { ...(await borrow(rowsSha256)), format: 'ndjson' }
  const sha256 = rawFileOf(made)
  if (handed === undefined) return { ...(await borrow(sha256)), format: null }
  if (handed.sha256 !== sha256) throw wrongHash(handed.sha256, sha256)
  await checkHash(handed.path, sha256)
  // It is whoever handed it over that has borrowed it.
  return { path: handed.path, format: null, [Symbol.asyncDispose]: async () => {} }
}

async function checkBorrowed(borrowed: Borrowed, sha256: string): Promise<void> {
  try {
    if (borrowed.isFileItself) await checkHash(borrowed.path, sha256)
  } catch (error) {
    await borrowed.giveBack()
    throw error
  }
}

/** Before anything parses it. @throws InvalidError `wrong_hash` */
async function checkHash(path: string, sha256: string): Promise<void> {
  const found = await fileHash(path)
  if (found !== sha256) throw wrongHash(found, sha256)
}

const wrongHash = (found: string, expected: string) =>
  new InvalidError(
    'wrong_hash',
    `The file's bytes are not those that were handed in (SHA-256 ${found}, expected ${expected}); hand the list in again.`,
  )

const fingerprintPath = ({ fingerprintFolder }: AnalyzerParts, { sourceId }: Import) =>
  join(fingerprintFolder, sourceId)

interface Conclusion {
  made: Import
  /** The import whose rows it corrects; null: it is a list of its own. */
  original: Original | null
  lease: Lease
  read: ReadResult
  sql: Sql
  tx: Database['tx']
  log: Logger
  signal: AbortSignal
}

/** How often a publish that lost a race compares again before it gives up. */
const comparisonsMax = 5

/** @returns false when every row must be read: see `diffStaged` */
async function conclude(parts: AnalyzerParts, conclusion: Conclusion): Promise<boolean> {
  const { made, original, read, sql, tx, log, signal } = conclusion
  const settled = await settle(sql, read, made.options.settings.duplicates, async () =>
    original === null ? 0 : settleCorrections(parts, sql, read.staging, { original, signal }),
  )
  const context = contextOf(parts, conclusion)
  const why = refusal(settled, made.fileName)
  if (why !== null) {
    await refuse(parts, { conclusion, context, settled, why })
    return true
  }

  for (let comparison = 1; comparison <= comparisonsMax; comparison++) {
    const known = read.fingerprints?.known ?? null
    const compared = diffContext(made.options, {
      ...context,
      sheetsLeftAside: read.sheetsLeftAside,
      known,
      isCorrection: original !== null,
    })
    const diff = await diffStaged(sql, read.staging, compared)
    if (diff === null) return false
    const reasons = [
      ...(await replayedReasons(parts.db, made, read.scopes)),
      ...guard(settled, diff, made.options),
    ]
    const told = { diff, rejectedRows: settled.counts.rejected, isFull: compared.isFull }
    const report = await changeReport(sql, read.staging, told)
    const change = { ...changeOf(settled, diff, read.scopes), report }
    if (reasons.length > 0) {
      await hold(parts, { conclusion, context, change, reasons })
      return true
    }
    log.info('publishing', { new: diff.changes.new, changed: diff.changes.changed, gone: diff.changes.gone })
    const published = await publish(parts.db, tx, { staging: read.staging, diff, context, change })
    if (published !== null) {
      log.info('published')
      await remember(parts, conclusion, { ...published, isFirst: diff.isFirst })
      return true
    }
    log.info('the catalog moved; comparing again', { comparison })
  }
  throw new ConflictError(
    'supplier_busy',
    "Other imports keep changing this supplier's items; try again when they are done.",
  )
}

/** Lets the next list of this source cost what has changed. Failing to is no fault of the import. */
async function remember(
  parts: AnalyzerParts,
  { made, read, sql, log }: Conclusion,
  { revision, idsFrom, isFirst }: Published & { isFirst: boolean },
): Promise<void> {
  const { fingerprints, staging } = read
  if (fingerprints === null) return
  const { known, fresh, tablesKey } = fingerprints
  // Every row was recognised: what is remembered still holds.
  if (known !== null && known.seenCount === known.count && fresh.count === 0 && known.revision === revision)
    return
  const { supplierId, sourceId, readingKey } = made
  const key = { readingKey, decision: tablesKey, revision }
  try {
    const path = fingerprintPath(parts, made)
    const ids = { supplierId, sourceId, idsFrom, isFirst }
    const rows = await rememberRows(sql, path, { staging, fingerprints, ...ids, key })
    log.debug('rows remembered', { rows })
  } catch (error) {
    log.warn('rows not remembered; the next list is read whole', { error })
  }
}

function contextOf(parts: AnalyzerParts, { made, original, read, lease }: Conclusion): PublishContext {
  const { origins } = read
  return {
    importId: made.id,
    supplierId: made.supplierId,
    sourceId: made.sourceId,
    said: made.options.said,
    corrects: original === null || origins === null ? null : { importId: original.id, origins },
    scopes: read.scopes,
    fetchedAt: made.fetchedAt,
    isReplay: made.options.replay !== undefined,
    lease,
    now: parts.clock.now(),
    clock: parts.clock,
  }
}

async function hold(
  parts: AnalyzerParts,
  held: { conclusion: Conclusion; context: PublishContext; change: ImportChange; reasons: HoldReason[] },
): Promise<void> {
  const { conclusion, context, change, reasons } = held
  await conclusion.tx(async (sql) => {
    const stores = { query: sql.query, tables: parts.db.tables }
    await writeLog(sql, conclusion.read.staging, context)
    await importStore(stores).change(context.importId, { ...change, status: 'held', holdReasons: reasons })
    await jobStore(stores).end(context.lease, { state: 'held', phase: 'analyzing', now: context.now })
  })
  conclusion.log.info('import held', { reasons: reasons.map(({ code }) => code) })
}

/** A file that was read but has nothing to take: its parse log is kept. */
async function refuse(
  parts: AnalyzerParts,
  refused: { conclusion: Conclusion; context: PublishContext; settled: Settled; why: InvalidError },
): Promise<void> {
  const { conclusion, context, settled, why } = refused
  await conclusion.tx(async (sql) => {
    const stores = { query: sql.query, tables: parts.db.tables }
    await writeLog(sql, conclusion.read.staging, context)
    const { importId, lease, now } = context
    const more = { decision: settled.decision, counts: settled.counts, ignored: settled.ignored }
    await failImport(stores, { importId, lease, now, error: jobErrorOf(why), more })
  })
}

async function fail(
  parts: AnalyzerParts,
  failed: { importId: string; lease: Lease; error: unknown; isStopped: boolean; log: Logger },
): Promise<void> {
  const { importId, lease, error, isStopped, log } = failed
  // Whoever took the import over says how it ends.
  if (isLeaseLost(error)) throw error
  const now = parts.clock.now()
  log.info('import failed', { code: isStopped ? interrupted.code : jobErrorOf(error).code })
  try {
    await parts.db.tx(async (tx) => {
      const stores = { query: tx.query, tables: parts.db.tables }
      if (!isStopped) {
        const next = await failImport(stores, { importId, lease, now, error: jobErrorOf(error) })
        if (next.state === 'queued') log.info('it is tried again', { delayMs: next.delayMs })
        return
      }
      const ended = { status: 'cancelled', error: interrupted, finishedAt: now } as const
      await importStore(stores).change(importId, ended)
      await jobStore(stores).end(lease, { state: 'cancelled', phase: 'failed', now })
    })
  } catch (unrecorded) {
    if (isLeaseLost(unrecorded)) log.info('the import has ended already, or somebody else has it now')
    // A full disk, a lost server: the import is found unfinished at the next start. What counts is why it failed.
    else log.error('the failure could not be recorded', { error: unrecorded })
    throw error
  }
}

/** It was cancelled, deleted with its source, or taken over. */
const isLeaseLost = (error: unknown) => error instanceof ConflictError && error.code === 'lease_lost'

const interrupted = {
  code: 'interrupted',
  message: 'It was interrupted before anything was published; hand the list in again.',
}
