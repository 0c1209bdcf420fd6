import { jobPhases, jobStates } from '../imports/model.ts'
import { oneOf, type Static, t, textOrNull } from '../lib/schema.ts'
import type { DeadLetters } from './find.ts'
import { canRetry, type ListedJob } from './listing.ts'
import { jobErrorKinds, manualRetriesMax } from './model.ts'

/** What the process that works on a job knows beyond what is written already. */
export interface LiveProgress {
  rows: number
}

const Count = t.Integer({ minimum: 0 })
const instant = (description: string) => t.String({ format: 'date-time', description })
const instantOrNull = (description: string) => textOrNull(description, { format: 'date-time' })
const orNull = <Schema extends Parameters<typeof t.Union>[0][number]>(schema: Schema, description: string) =>
  t.Union([schema, t.Null()], { description })

const JobErrorView = t.Object({
  kind: oneOf(jobErrorKinds, {
    description: 'network, parser, database and internal are tried again by themselves, the others are not.',
  }),
  code: t.String({ description: 'Stable and for machines.' }),
  message: t.String(),
})

/** A job over HTTP. */
export const JobView = t.Object(
  {
    job_id: t.String(),
    status: oneOf(jobStates, {
      description:
        'queued → running → succeeded, held (its import waits for approval), dead (no try is left, or none would help), ' +
        'failed (a command’s, whose end was told to a person), cancelled, expired, or drained (taken out into a file).',
    }),
    phase: orNull(oneOf(jobPhases), 'Where its attempt is, or how it ended; null: it waits.'),
    ml_job_id: textOrNull('Under which id the analyzer knows it; null: it was read without one, or not yet.'),
    download_progress: orNull(
      t.Object({
        percentage: orNull(
          t.Number({ minimum: 0, maximum: 100 }),
          'Null: it is not known how many bytes there are.',
        ),
        bytes_downloaded: t.Integer({ minimum: 0 }),
      }),
      'Null: not begun.',
    ),
    analysis_progress: orNull(
      t.Object({ items_processed: Count, items_total: orNull(Count, 'Null: not known yet.') }),
      'In rows of the file; null: not begun.',
    ),
    error: orNull(
      JobErrorView,
      'Why its last attempt failed; null: it did not, or the next one is under way.',
    ),
    can_retry: t.Boolean({
      description: `Whether a person may have it tried again: at most ${manualRetriesMax} times.`,
    }),
    retry_count: t.Integer({ minimum: 0, description: 'How often it was tried again by itself.' }),
    manual_retry_count: t.Integer({ minimum: 0, description: 'How often a person had it tried again.' }),
    attempt: t.Integer({ minimum: 0, description: 'How often somebody took it.' }),
    cause: textOrNull('What dead letters are grouped by.'),
    import_id: t.String(),
    supplier_id: t.String(),
    supplier: t.String(),
    source_id: t.String(),
    source: t.String(),
    file_name: t.String(),
    run_at: instant('Not before then: when it is tried next, while it is queued.'),
    created_at: instant('When it was made.'),
    started_at: instantOrNull('When somebody first took it.'),
    finished_at: instantOrNull('When there was nothing left to do.'),
    discarded_at: instantOrNull('When a person gave it up.'),
    links: t.Object({ self: t.String(), events: t.String(), import: t.String() }),
  },
  { title: 'Job' },
)
export type JobView = Static<typeof JobView>

/** What the documented state of a job (R6.3) is made of. */
export type JobFacts = Pick<
  ListedJob,
  | 'id'
  | 'state'
  | 'phase'
  | 'analyzedBy'
  | 'downloadPercent'
  | 'downloadedBytes'
  | 'itemsProcessed'
  | 'itemsTotal'
  | 'rowsRead'
  | 'error'
  | 'retryCount'
  | 'manualRetryCount'
  | 'finishedAt'
>

/** @param live what this process knows of a job that it works on; null: it does not */
export function jobStateView(job: JobFacts, live: LiveProgress | null) {
  return {
    job_id: job.id,
    status: job.state,
    phase: job.phase,
    ml_job_id: isWithAnalyzer(job) ? job.id : null,
    download_progress:
      job.downloadPercent === null && job.downloadedBytes === null
        ? null
        : { percentage: job.downloadPercent, bytes_downloaded: job.downloadedBytes ?? 0 },
    analysis_progress: analysisProgress(job, live),
    error: job.error,
    can_retry: canRetry(job),
    retry_count: job.retryCount,
  }
}

/** What an earlier attempt was read by says nothing about one that has not come that far. */
const isWithAnalyzer = ({ state, phase, analyzedBy }: JobFacts) =>
  state !== 'queued' && phase !== 'downloading' && (analyzedBy === 'analyzer' || analyzedBy === 'remote')

/** @param live as for `jobStateView` */
export function jobView(job: ListedJob, live: LiveProgress | null): JobView {
  const self = `/api/v1/jobs/${job.id}`
  const iso = (date: Date | null) => date?.toISOString() ?? null
  return {
    ...jobStateView(job, live),
    manual_retry_count: job.manualRetryCount,
    attempt: job.attempt,
    cause: job.cause,
    import_id: job.importId,
    supplier_id: job.supplierId,
    supplier: job.supplier,
    source_id: job.sourceId,
    source: job.source,
    file_name: job.fileName,
    run_at: job.runAt.toISOString(),
    created_at: job.createdAt.toISOString(),
    started_at: iso(job.startedAt),
    finished_at: iso(job.finishedAt),
    discarded_at: iso(job.discardedAt),
    links: { self, events: `${self}/events`, import: `/api/v1/imports/${job.importId}` },
  }
}

/** Dead letters of one cause over HTTP. */
export const DeadLettersView = t.Object(
  {
    cause: t.String({ description: 'Hand it in to retry or discard all of them.' }),
    kind: oneOf(jobErrorKinds),
    code: t.String(),
    count: t.Integer({ minimum: 1 }),
    first_at: instant('When the first of them failed.'),
    last_at: instant('When the last of them failed.'),
    example: JobView,
    links: t.Object({ jobs: t.String() }),
  },
  { title: 'DeadLetters' },
)

export function deadLettersView(group: DeadLetters, example: ListedJob): Static<typeof DeadLettersView> {
  return {
    cause: group.cause,
    kind: group.kind,
    code: group.code,
    count: group.count,
    first_at: group.firstAt.toISOString(),
    last_at: group.lastAt.toISOString(),
    example: jobView(example, null),
    links: { jobs: `/api/v1/jobs?status=dead&discarded=false&cause=${encodeURIComponent(group.cause)}` },
  }
}

function analysisProgress(job: JobFacts, live: LiveProgress | null): JobView['analysis_progress'] {
  // Only the end says how many there were.
  if (job.state === 'succeeded' || job.state === 'held')
    return { items_processed: job.rowsRead, items_total: job.rowsRead }
  // What is waited for or downloaded has no rows yet.
  const isBegun = job.itemsProcessed !== null || (live !== null && live.rows > 0)
  if (job.state !== 'running' || !isBegun)
    return job.itemsProcessed === null
      ? null
      : { items_processed: job.itemsProcessed, items_total: job.itemsTotal }
  return {
    items_processed: Math.max(job.itemsProcessed ?? 0, live?.rows ?? 0),
    items_total: job.itemsTotal,
  }
}
