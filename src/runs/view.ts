import { importStatuses, jobPhases, runTriggers } from '../imports/model.ts'
import { oneOf, type Static, t, textOrNull } from '../lib/schema.ts'
import { runStatuses } from './model.ts'
import type { Run, RunSource } from './store.ts'

const Count = t.Integer({ minimum: 0 })
const instant = (description: string) => t.String({ format: 'date-time', description })
const instantOrNull = (description: string) => textOrNull(description, { format: 'date-time' })
const countOrNull = (description: string) => t.Union([t.Integer({ minimum: 0 }), t.Null()], { description })

const runFields = {
  id: t.String({ examples: ['019e0c1a-7d7e-7a51-9a57-0b6fd0f0a3c1'] }),
  trigger: oneOf(runTriggers, { description: 'schedule: it was due; api and cli: somebody asked for it.' }),
  schedule: textOrNull('The name of the schedule that started it.', { examples: ['daily'] }),
  status: oneOf(runStatuses, {
    description:
      'running: an import has not ended; held: one waits for approval; completed: all are in the catalog or ' +
      'unchanged; partial_success: some are, or without some of their rows; failed, expired, cancelled: none is.',
  }),
  source_count: t.Integer({ minimum: 0, description: 'For how many sources it was.', examples: [12] }),
  imports: t.Record(t.String(), Count, {
    description: 'How many of its imports are in each status.',
    examples: [{ completed: 10, unchanged: 1, failed: 1 }],
  }),
  created_at: instant('When it was triggered.'),
  finished_at: instantOrNull('When the last of its imports ended; null: one has not.'),
  links: t.Object({ self: t.String() }),
}

/** A run over HTTP. */
export const RunView = t.Object(runFields, { title: 'Run' })
export type RunView = Static<typeof RunView>

/** What became of one source in a run, over HTTP. */
export const RunSourceView = t.Object(
  {
    source_id: t.String(),
    source: t.String({ examples: ['weekly list'] }),
    supplier_id: t.String(),
    supplier: t.String({ examples: ['Acme Ltd'] }),
    import_id: t.String(),
    status: oneOf(importStatuses, { description: "The import's." }),
    file_name: t.String({ description: 'Before it was fetched: what the source goes by.' }),
    counts: t.Object(
      { read: Count, accepted: Count, priced: Count, unchanged: Count, rejected: Count, ignored: Count },
      { description: 'Rows: read = accepted + unchanged + rejected + ignored.' },
    ),
    changes: t.Object(
      { new: Count, changed: Count, price_up: Count, price_down: Count, gone: Count, returned: Count },
      { description: 'What it changes in the catalog, in items.' },
    ),
    error: t.Union([t.Object({ code: t.String(), message: t.String() }), t.Null()], {
      description: 'Why it failed, or why its last attempt did.',
    }),
    job_id: textOrNull('Null: its job is no longer kept.'),
    phase: t.Union([oneOf(jobPhases), t.Null()], {
      description: 'Where its attempt is, or how it ended; null: it waits.',
    }),
    retry_count: countOrNull('How often it was tried again by itself; null: its job is no longer kept.'),
    manual_retry_count: countOrNull(
      'How often a person had it tried again; null: its job is no longer kept.',
    ),
    retry_at: instantOrNull('When it is tried again, after an attempt that failed.'),
    created_at: instant('When it was triggered.'),
    started_at: instantOrNull('When somebody first took it; null: nobody has, or its job is no longer kept.'),
    finished_at: instantOrNull('When there was nothing left to do.'),
    links: t.Object({ source: t.String(), import: t.String(), job: textOrNull('') }),
  },
  { title: 'RunSource' },
)
export type RunSourceView = Static<typeof RunSourceView>

/** A run with what became of its sources, over HTTP. */
export const RunDetailView = t.Object(
  {
    ...runFields,
    sources: t.Array(RunSourceView),
    next_cursor: textOrNull('Hand it in as `cursor` for further sources; null: these were the last.'),
  },
  { title: 'RunDetail' },
)

export function runView(run: Run): RunView {
  return {
    id: run.id,
    trigger: run.trigger,
    schedule: run.schedule,
    status: run.status,
    source_count: Object.values(run.imports).reduce((sum, count) => sum + count, 0),
    imports: run.imports,
    created_at: run.createdAt.toISOString(),
    finished_at: run.finishedAt?.toISOString() ?? null,
    links: { self: `/api/v1/ingestion/runs/${run.id}` },
  }
}

export function runSourceView(found: RunSource): RunSourceView {
  const { job, changes, error } = found
  const isPutOff = job?.state === 'queued' && error !== null
  return {
    source_id: found.sourceId,
    source: found.source,
    supplier_id: found.supplierId,
    supplier: found.supplier,
    import_id: found.importId,
    status: found.status,
    file_name: found.fileName,
    counts: found.counts,
    changes: {
      new: changes.new,
      changed: changes.changed,
      price_up: changes.priceUp,
      price_down: changes.priceDown,
      gone: changes.gone,
      returned: changes.returned,
    },
    error,
    job_id: job?.id ?? null,
    phase: job?.phase ?? null,
    retry_count: job?.retryCount ?? null,
    manual_retry_count: job?.manualRetryCount ?? null,
    retry_at: isPutOff ? job.runAt.toISOString() : null,
    created_at: found.createdAt.toISOString(),
    started_at: found.startedAt?.toISOString() ?? null,
    finished_at: found.finishedAt?.toISOString() ?? null,
    links: {
      source: `/api/v1/sources/${found.sourceId}`,
      import: `/api/v1/imports/${found.importId}`,
      job: job === null ? null : `/api/v1/jobs/${job.id}`,
    },
  }
}
