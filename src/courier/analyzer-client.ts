import { pathToFileURL } from 'node:url'
import { AnalyzeAccepted, type AnalyzeRequest, AnalyzeStatus, type FileType } from '../analyzer/model.ts'
import { isChecked } from '../lib/checked.ts'
import { type AppError, InvalidError, UnavailableError } from '../lib/errors.ts'
import { outbound, outboundToFile, type TrustedAnswer } from '../lib/outbound/trusted.ts'
import { pause } from '../lib/pause.ts'
import type { Following, RemoteReader, Task, TaskEnd } from './reader.ts'

/** Where an analyzer is, and what it demands. */
export interface AnalyzerAddress {
  url: URL
  /** Null: it demands none. */
  secret: string | null
}

export interface AnalyzerClientOptions {
  kind: 'analyzer' | 'remote'
  /** Null: it is not running. Asked before every request, since one of our own starts anew under another port. */
  address: () => Promise<AnalyzerAddress | null>
  /** Ends the one that was found hanging at this address; null: the one that never listened. */
  restart: (hanging: AnalyzerAddress | null) => Promise<void>
  /** How long one small request may take. */
  requestMs: number
  /** How long one job may take, waiting included. */
  jobMs: number
  /** How long the rows of one file may take to come. */
  rowsMs: number
  /** Most bytes of rows. */
  rowsBytesMax: number
}

/** Statuses are small, and parsing keeps the serving process: brackets alone cost some 150 ms a MiB. */
const answerBytesMax = 512 * 1024
const rowsType = 'application/x-ndjson'
/** Quick for small files, and never so often that a long one costs anything. */
const firstPollMs = 10
const pollMsMax = 1000
const pollGrowth = 1.3
const errorMessageMax = 1000

/** The analyzer behind HTTP: hands files over, and asks how they are until they have ended. */
export function analyzerClient(options: AnalyzerClientOptions): RemoteReader {
  const { kind, requestMs } = options

  async function ask(
    path: string,
    request: { method?: 'GET' | 'POST'; json?: unknown; signal: AbortSignal },
  ): Promise<TrustedAnswer> {
    const { url, secret } = await addressOf(options)
    return outbound({
      ...request,
      url: new URL(path, withSlash(url)),
      headers: bearer(secret),
      timeoutMs: requestMs,
      sizeBytesMax: answerBytesMax,
    }).catch((error) => {
      throw asUnavailable(error)
    })
  }

  async function isHealthy(signal: AbortSignal): Promise<boolean> {
    return ask('health', { signal }).then(
      ({ status }) => status === 200,
      () => false,
    )
  }

  async function statusOf(jobId: string, signal: AbortSignal): Promise<AnalyzeStatus> {
    const status = jsonIn(
      await ask(`analyze/status/${encodeURIComponent(jobId)}`, { signal }),
      AnalyzeStatus,
      200,
    )
    if (status.job_id === jobId) return status
    throw nonsense(`it told about job ${status.job_id.slice(0, 100)} instead of ${jobId}`)
  }

  /** What is not followed any more need not go on. It is only a courtesy: the lease guards the database. */
  function cancel(jobId: string): void {
    const signal = AbortSignal.timeout(requestMs)
    void ask(`analyze/cancel/${encodeURIComponent(jobId)}`, { method: 'POST', signal }).catch(() => {})
  }

  return {
    kind,
    isHealthy,

    async restart(signal) {
      const asked = await options.address()
      if (asked !== null && (await isHealthy(signal))) return
      if (!signal.aborted) await options.restart(asked)
    },

    async read(task, following) {
      const { signal } = following
      const jobId = task.lease.jobId
      try {
        const answer = await ask('analyze/file', { method: 'POST', json: requestOf(task), signal })
        const { job_id } = jsonIn(answer, AnalyzeAccepted, 202)
        if (job_id !== jobId) throw nonsense(`it took job ${job_id.slice(0, 100)} instead of ${jobId}`)
        const status = await followed(jobId, { ...following, statusOf, jobMs: options.jobMs })
        if (status === null) {
          cancel(jobId)
          return timedOut(options.jobMs)
        }
        if (status.status === 'failed') return failureOf(status)
        return await rowsOrDone(status)
      } catch (error) {
        cancel(jobId)
        throw error
      }

      async function rowsOrDone(status: AnalyzeStatus): Promise<TaskEnd> {
        if (kind === 'analyzer') return { status: 'done' }
        const { url } = await addressOf(options)
        const base = withSlash(url)
        if (status.result_url === undefined)
          return { status: 'unsaid', resultUrl: new URL(`analyze/result/${jobId}`, base) }
        const resultUrl = URL.canParse(status.result_url, base.href) ? new URL(status.result_url, base) : null
        if (resultUrl?.origin !== base.origin)
          throw nonsense('the result_url that it gave is not on the same host, or no address at all')
        return { status: 'rows', resultUrl }
      }
    },

    async saveRows(resultUrl, path, signal) {
      const { secret } = await addressOf(options)
      const answer = await outboundToFile(
        {
          url: resultUrl,
          headers: { ...bearer(secret), accept: rowsType },
          mediaType: rowsType,
          timeoutMs: options.rowsMs,
          sizeBytesMax: options.rowsBytesMax,
          signal,
        },
        path,
      ).catch((error) => {
        throw asUnavailable(error)
      })
      if (answer.status === 404) return false
      if (answer.status !== 200) throw refusal(answer.status, null)
      if (answer.mediaType === rowsType) return true
      throw nonsense(`its rows are "${answer.mediaType}" instead of ${rowsType}`)
    },
  }
}

async function addressOf({ address }: AnalyzerClientOptions): Promise<AnalyzerAddress> {
  const found = await address()
  if (found === null) throw new UnavailableError('analyzer_unavailable', 'The analyzer is not running.')
  return found
}

/** Asks until the job has ended. @returns null when that takes too long */
async function followed(
  jobId: string,
  {
    onProgress,
    signal,
    statusOf,
    jobMs,
  }: Following & { statusOf: (jobId: string, signal: AbortSignal) => Promise<AnalyzeStatus>; jobMs: number },
): Promise<AnalyzeStatus | null> {
  const startedAt = performance.now()
  for (let waitMs = firstPollMs; ; waitMs = Math.min(waitMs * pollGrowth, pollMsMax)) {
    await pause(waitMs, signal)
    signal.throwIfAborted()
    const status = await statusOf(jobId, signal)
    if (status.status === 'completed' || status.status === 'failed') return status
    if (performance.now() - startedAt > jobMs) return null
    const phase = status.status === 'pending' ? 'waiting' : status.phase === 'writing' ? 'writing' : 'reading'
    onProgress({
      phase,
      rows: status.items_processed,
      rowsTotal: status.items_total,
      percent: status.progress_percentage,
    })
  }
}

function requestOf({ importId, supplierId, lease, path, sha256, fileName }: Task): AnalyzeRequest {
  return {
    file_url: pathToFileURL(path).href,
    supplier_id: supplierId,
    file_type: fileTypeOf(fileName),
    job_id: lease.jobId,
    import_id: importId,
    sha256,
    attempt: lease.attempt,
    lease_token: lease.token,
  }
}

/** What the name says; the content decides. */
function fileTypeOf(fileName: string): FileType {
  const extension = /\.([^.]+)$/.exec(fileName)?.[1]?.toLowerCase() ?? ''
  if (extension === 'pdf') return 'pdf'
  if (['json', 'jsonl', 'ndjson'].includes(extension)) return 'json'
  return /^(xl|ods$)/.test(extension) ? 'excel' : 'csv'
}

const timedOut = (jobMs: number): TaskEnd => ({
  status: 'failed',
  code: 'analyzer_timed_out',
  message: `The analyzer was not done after ${Math.round(jobMs / 1000)} s; the catalog is as it was.`,
})

function failureOf({ errors }: AnalyzeStatus): TaskEnd {
  const [first] = errors
  return {
    status: 'failed',
    code: /^[a-z0-9_]{1,64}$/.test(first?.code ?? '') ? first!.code : 'analyzer_failed',
    message: saidIn(first?.message ?? '') || 'The analyzer failed without saying why.',
  }
}

/** Somebody else's words as they may be stored and shown: PostgreSQL takes no NUL, and a terminal would obey. */
const saidIn = (text: string) =>
  text
    .toWellFormed()
    .replace(/[\p{Cc}\p{Zl}\p{Zp}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]+/gu, ' ')
    .trim()
    .slice(0, errorMessageMax)
    .toWellFormed()

/** @throws UnavailableError for what is no such answer; InvalidError when the request was refused */
function jsonIn<Schema extends typeof AnalyzeAccepted | typeof AnalyzeStatus>(
  { status, body }: TrustedAnswer,
  schema: Schema,
  expected: number,
): Schema extends typeof AnalyzeStatus ? AnalyzeStatus : AnalyzeAccepted {
  let value: unknown
  try {
    value = JSON.parse(new TextDecoder().decode(body))
  } catch {
    value = null
  }
  if (status !== expected) throw refusal(status, value)
  if (value === null) throw nonsense('its answer is no JSON, or only half of one')
  if (!isChecked(schema, value)) throw nonsense('its answer is not what docs/analyzer.md says')
  // TypeScript does not follow the choice between the two schemas.
  return value as ReturnType<typeof jsonIn<Schema>>
}

/** What may be another time is worth another try; what was refused is not. */
function refusal(status: number, body: unknown): AppError {
  const detail =
    typeof body === 'object' && body !== null && 'detail' in body && typeof body.detail === 'string'
      ? `: ${saidIn(body.detail)}`
      : ''
  const text = `The analyzer answered ${status}${detail}`
  // 404: a job that it does not know any more, since it was started anew.
  return status >= 500 || status === 429 || status === 408 || status === 404
    ? new UnavailableError('analyzer_unavailable', text)
    : new InvalidError('analyzer_refused', text)
}

const nonsense = (what: string) =>
  new UnavailableError('analyzer_unavailable', `The analyzer makes no sense: ${what}.`)

/** Under the code by which imports are known to have failed. */
function asUnavailable(error: unknown): unknown {
  // Our own disk is no fault of the analyzer's.
  if (error instanceof UnavailableError && error.code === 'disk_full') return error
  if (error instanceof UnavailableError)
    return new UnavailableError('analyzer_unavailable', `The analyzer failed: ${error.message}`, {
      cause: error,
    })
  if (error instanceof InvalidError)
    return new InvalidError('analyzer_refused', `The analyzer failed: ${error.message}`, { cause: error })
  return error
}

const bearer = (secret: string | null): Record<string, string> =>
  secret === null ? {} : { authorization: `Bearer ${secret}` }

/** So that paths are below it and do not replace its last part. */
const withSlash = (url: URL) => (url.pathname.endsWith('/') ? url : new URL(`${url.href}/`))
