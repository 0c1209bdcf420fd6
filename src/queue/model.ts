import { isDatabaseLost } from '../lib/database-lost.ts'
import { AppError, ConflictError, ForbiddenError, UnavailableError } from '../lib/errors.ts'

/**
 * The states of a job:
 *
 *   queued → running → succeeded | held
 *      ↑        ↓
 *      └─ tried again     → dead (no try is left, or none would help) | failed (a command's: its end was told)
 *   queued | running | held → cancelled
 *   queued | dead → drained (taken out into a file) → queued (put back) | cancelled
 *   dead | failed | cancelled | expired → queued (a person)
 *
 * A job is never deleted by what it does; a dead one that nobody wants any more is marked as discarded.
 */

/**
 * Why an attempt failed. Tried again by itself: `network`, `parser` (the process that read the file crashed or was
 * killed), `database` (its disk too), `internal` (a mistake of ours). Not: what would fail again, `validation`,
 * `authentication`, a file that was `refused`, a `limit` that the file is beyond, and a `conflict` with what others
 * have done meanwhile.
 */
export const jobErrorKinds = [
  'network',
  'parser',
  'database',
  'internal',
  'validation',
  'authentication',
  'refused',
  'limit',
  'conflict',
] as const
export type JobErrorKind = (typeof jobErrorKinds)[number]

/** Why an attempt failed. The code is stable and for machines. */
export interface JobError {
  kind: JobErrorKind
  code: string
  message: string
}

/** The same, with what is said about the next attempt. */
export interface JobFailure extends JobError {
  /** Not before then; left out: nothing is said about it. */
  retryAfterMs?: number
}

/** Longer than this no job is put off because a server says so. */
export const retryAfterMsMax = 24 * 60 * 60_000

/**
 * Refused at the gate: others had been told by the same host to leave it alone, so it was not even asked. That uses up
 * none of a job's tries.
 */
export const gateCodes: ReadonlySet<string> = new Set(['host_paused', 'circuit_open'])

/** There is no room for its file. That uses up none of a job's tries either; it waits ever longer, for a day at most. */
export const diskFullCode = 'disk_full'
/** The first pause then, and the longest, in milliseconds. */
export const diskFullPause = { firstMs: 10_000, maxMs: 60 * 60_000 } as const

/** Most pauses of one job, those at a gate included: then even a gate that never opens is given up. */
export const pausesMax = 30

/** Pauses before a job is tried again by itself, in milliseconds. */
export const retryDelaysDefaultMs: readonly number[] = [1000, 5000, 25_000]

/**
 * For how long the jobs of a lane wait for an older one that was put off: longer than any of the usual pauses, so that
 * a list that is tried again is not made stale by the next one; and not for minutes or days, as a source may have them.
 */
export const laneWaitMs = 60_000

/** How often people may have a job tried again. */
export const manualRetriesMax = 3

/**
 * How many workers may be lost with one job before it is dead. A file that takes its worker with it (the memory of the
 * machine, say) would otherwise be taken up again for ever, and the others of that worker with it each time. That is
 * rare, since files are read in processes of their own; workers that are ended by force again and again, whatever they
 * have, are not, and no good list may end as a dead letter by that. With 3, of 40 lists 14 were dead after 30 kills.
 */
export const workersLostMax = 25

/**
 * When a job that its worker was lost with is taken over: the first times at once, then only so long after the attempt
 * began, twice as long each time. Otherwise a file that ends its workers would end them all within seconds, and where
 * workers are ended by force one after the other, a good list would lose as many as it may: of 200 lists, 500 kills
 * made 3 to 28 dead. As it is, that takes more than an hour.
 */
export const takeoverPause = { atOnce: 3, firstMs: 1000, maxMs: 300_000 } as const

const retriedKinds: ReadonlySet<JobErrorKind> = new Set(['network', 'parser', 'database', 'internal'])

/** Whether trying again may help. */
export const isRetried = (kind: JobErrorKind): boolean => retriedKinds.has(kind)

/** What jobs that failed for one reason have in common. */
export const causeOf = ({ kind, code }: Pick<JobError, 'kind' | 'code'>): string => `${kind}/${code}`

/** Known by their codes, since those also come from other processes. */
const kindsByCode: Record<string, JobErrorKind> = {
  analyzer_unavailable: 'network',
  analyzer_crashed: 'parser',
  analyzer_wrote_nothing: 'parser',
  worker_lost: 'parser',
  analyzer_out_of_memory: 'limit',
  analyzer_timed_out: 'limit',
  analyzer_refused: 'refused',
  job_timed_out: 'limit',
  file_not_readable: 'authentication',
  private_key_not_readable: 'authentication',
  folder_not_allowed: 'refused',
  key_file_missing: 'authentication',
  key_file_not_readable: 'authentication',
  key_file_too_large: 'authentication',
  key_folder_not_allowed: 'refused',
  google_key_invalid: 'authentication',
  google_sheet_too_large: 'limit',
  // Most often a login.
  html_instead_of_list: 'authentication',
  file_too_large: 'limit',
  address_not_allowed: 'refused',
  answer_packed: 'refused',
  redirect_refused: 'refused',
  refused_there: 'refused',
  tls_failed: 'refused',
  too_many_redirects: 'refused',
  archive_not_writable: 'database',
  file_limit: 'database',
  disk_full: 'database',
  disk_failed: 'database',
  supplier_busy: 'database',
  internal_error: 'internal',
}

/** What is unknown is the word of whoever read the file about that file. */
export function kindOfCode(code: string): JobErrorKind {
  return kindsByCode[code] ?? (code.startsWith('database_') ? 'database' : 'validation')
}

/** Why an attempt failed, as it is stored and shown. What is no AppError is a mistake of ours, or a lost database. */
export function jobErrorOf(error: unknown): JobFailure {
  if (!(error instanceof AppError))
    return {
      kind: isDatabaseLost(error) ? 'database' : 'internal',
      code: 'internal_error',
      message: 'Internal error; the log has the details.',
    }
  const { code, message } = error
  const retryAfterMs = error instanceof UnavailableError ? error.retryAfterMs : null
  return {
    kind: kindsByCode[code] ?? kindOfClass(error),
    code,
    message,
    ...(retryAfterMs !== null && { retryAfterMs }),
  }
}

function kindOfClass(error: AppError): JobErrorKind {
  if (error instanceof UnavailableError) return error.code.startsWith('database_') ? 'database' : 'network'
  if (error instanceof ForbiddenError) return 'authentication'
  return error instanceof ConflictError ? 'conflict' : 'validation'
}
