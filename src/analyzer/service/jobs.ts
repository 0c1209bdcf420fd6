import { realpath, stat } from 'node:fs/promises'
import { sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { ConflictError, InvalidError, NotFoundError, UnavailableError } from '../../lib/errors.ts'
import { newId } from '../../lib/id.ts'
import type { Logger } from '../../lib/log.ts'
import type { AnalyzeRequest, AnalyzeStatus, JobMessage } from '../model.ts'
import type { ChildEnd } from './child.ts'
import type { ChildPool } from './child-pool.ts'
import type { ChildProgress } from './report.ts'

/** How many jobs may wait, and how many that have ended are remembered. */
const waitingMax = 1000
const endedMax = 1000

export interface AnalyzerJobsParts {
  pool: ChildPool
  /** Most files that are read at the same time. */
  concurrency: number
  /** Where raw files lie; files outside it are not read. Absolute. */
  folder: string
  log: Logger
}

/** The jobs of one analyzer process: they go with it, since what counts is in the database. */
export interface AnalyzerJobs {
  /**
   * Takes a job, or finds it when it was sent before.
   * @throws InvalidError `wrong_file_url`, `no_such_file`; ConflictError `attempt_outdated`; UnavailableError `analyzer_busy`
   */
  submit(request: AnalyzeRequest): Promise<{ job_id: string }>
  /** @throws NotFoundError `unknown_job` */
  status(jobId: string): AnalyzeStatus
  /** Ends a job at once, whatever it is doing; one that has ended stays as it is. @throws NotFoundError `unknown_job` */
  cancel(jobId: string): Promise<AnalyzeStatus>
}

/** States of a job: waiting → at work → ended; a later attempt takes its place. */
interface Entry {
  status: AnalyzeStatus
  message: JobMessage
  stop: AbortController
  ended: PromiseWithResolvers<void>
}

export function analyzerJobs({ pool, concurrency, folder, log }: AnalyzerJobsParts): AnalyzerJobs {
  /** In the order in which they came. */
  const jobs = new Map<string, Entry>()
  const waiting: Entry[] = []
  let running = 0

  function found(jobId: string): Entry {
    const entry = jobs.get(jobId)
    if (entry === undefined) throw new NotFoundError('unknown_job', `There is no job ${jobId} here.`)
    return entry
  }

  function add(jobId: string, message: JobMessage): void {
    const ended = Promise.withResolvers<void>()
    const status: AnalyzeStatus = {
      job_id: jobId,
      status: 'pending',
      progress_percentage: 0,
      items_processed: 0,
      items_total: null,
      errors: [],
    }
    const entry: Entry = { status, message, ended, stop: new AbortController() }
    jobs.set(jobId, entry)
    entry.stop.signal.addEventListener('abort', () => {
      const at = waiting.indexOf(entry)
      if (at < 0) return
      waiting.splice(at, 1)
      end(entry, { status: 'cancelled' })
    })
    waiting.push(entry)
    next()
  }

  async function run(entry: Entry): Promise<void> {
    running++
    entry.status = { ...entry.status, status: 'processing' }
    const onProgress = (progress: ChildProgress) => {
      entry.status = { ...entry.status, ...shown(progress) }
    }
    try {
      end(entry, await pool.run(entry.message, { onProgress, signal: entry.stop.signal }))
    } catch (error) {
      log.error('a file could not be read', { jobId: entry.status.job_id, error })
      end(entry, {
        status: 'failed',
        code: 'analyzer_crashed',
        message: 'No process could be started to read the file; the catalog is as it was.',
      })
    } finally {
      running--
      next()
    }
  }

  function next(): void {
    while (running < concurrency) {
      const entry = waiting.shift()
      if (entry === undefined) return
      void run(entry)
    }
  }

  function end(entry: Entry, end: ChildEnd): void {
    entry.status = { ...entry.status, ...endStatus(end) }
    entry.ended.resolve()
    forget()
  }

  /** The oldest ones first. */
  function forget(): void {
    const ended = [...jobs].filter(([, { status }]) => isEnded(status))
    for (const [jobId] of ended.slice(0, Math.max(0, ended.length - endedMax))) jobs.delete(jobId)
  }

  return {
    async submit(request) {
      const path = await pathOf(request.file_url, folder)
      const jobId = request.job_id ?? newId()
      const known = jobs.get(jobId)
      if (known !== undefined && known.message.attempt === request.attempt) return { job_id: jobId }
      if (known !== undefined && known.message.attempt > request.attempt)
        throw new ConflictError(
          'attempt_outdated',
          `Attempt ${known.message.attempt} of job ${jobId} is here already.`,
        )
      if (waiting.length >= waitingMax)
        throw new UnavailableError('analyzer_busy', `${waiting.length} files are waiting already.`)
      const { import_id, attempt, lease_token, sha256 } = request
      known?.stop.abort()
      // The place in the order is that of the new attempt.
      jobs.delete(jobId)
      add(jobId, { import_id, attempt, lease_token, sha256, path })
      return { job_id: jobId }
    },
    status: (jobId) => found(jobId).status,
    async cancel(jobId) {
      const entry = found(jobId)
      entry.stop.abort()
      await entry.ended.promise
      return entry.status
    },
  }
}

const isEnded = ({ status }: AnalyzeStatus) => status === 'completed' || status === 'failed'

function shown({ phase, rows, percent }: ChildProgress): Partial<AnalyzeStatus> {
  return { phase, items_processed: rows, ...(percent !== null && { progress_percentage: percent }) }
}

function endStatus(end: ChildEnd): Partial<AnalyzeStatus> {
  if (end.status === 'ended')
    return {
      status: 'completed',
      progress_percentage: 100,
      items_processed: end.rows,
      items_total: end.rows,
    }
  const error =
    end.status === 'cancelled'
      ? { code: 'cancelled', message: 'The job was cancelled.' }
      : { code: end.code, message: end.message }
  return { status: 'failed', errors: [error] }
}

/** Links are followed first, so that none leads out of the folder. */
async function pathOf(fileUrl: string, folder: string): Promise<string> {
  const wrong = (why: string) => new InvalidError('wrong_file_url', `file_url ${why}.`)
  let named: string
  try {
    named = fileURLToPath(fileUrl)
  } catch {
    throw wrong('is no file: URL of this machine')
  }
  const path = await realpath(named).catch(() => null)
  const allowed = await realpath(folder).catch(() => null)
  if (path === null || allowed === null || !(await stat(path)).isFile())
    throw new InvalidError('no_such_file', 'file_url names no file that is there and may be read.')
  if (!path.startsWith(allowed.endsWith(sep) ? allowed : allowed + sep))
    throw wrong('names a file outside the folder of raw files')
  return path
}
