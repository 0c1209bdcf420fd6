import { errorTypes, severities } from '../analyzer/table/rows/issue.ts'
import { oneOf, type Static, t, textOrNull } from '../lib/schema.ts'
import { listModes } from '../sources/model.ts'
import { analyzerKinds, importStatuses } from './model.ts'
import type { Import, LogEntry } from './store.ts'

/** Where an import that is being worked on stands. */
export interface ImportProgress {
  /** `downloading` the file, `reading` it, or `writing`: comparing with the catalog and publishing. */
  phase: 'waiting' | 'downloading' | 'reading' | 'writing'
  /** Rows read so far. */
  rows: number
  /** Of the file's bytes, 0 to 100; null: not known. */
  percent: number | null
}

const Count = t.Integer({ minimum: 0 })
const Instant = t.String({ format: 'date-time', examples: ['2026-11-22T08:30:00.000Z'] })
const instantOrNull = (description: string) => textOrNull(description, { format: 'date-time' })

/** An import over HTTP. */
export const ImportView = t.Object(
  {
    id: t.String(),
    run_id: t.String({ description: 'The trigger that it belongs to.' }),
    supplier_id: t.String(),
    supplier: t.String({ description: "The supplier's name." }),
    source_id: t.String(),
    source: t.String({ description: "Which of the supplier's lists it is." }),
    status: oneOf(importStatuses, {
      description:
        'pending → running → completed, partial_success (some rows rejected), unchanged, held (waits for approval), failed or cancelled.',
    }),
    progress: t.Union(
      [
        t.Object({
          phase: oneOf(['waiting', 'downloading', 'reading', 'writing'], {
            description: 'writing: comparing with the catalog and publishing.',
          }),
          percentage: t.Union([t.Number({ minimum: 0, maximum: 100 }), t.Null()], {
            description: "Of the file's bytes; null: not known.",
          }),
          rows: t.Integer({ minimum: 0, description: 'Rows read so far.' }),
        }),
        t.Null(),
      ],
      { description: 'While this service works on it; null otherwise.' },
    ),
    file_name: t.String({ description: 'As people know it; never a path.' }),
    sha256: t.Union([t.String(), t.Null()], {
      description: 'Of the raw file, lower-case hex; null: it is yet to be fetched.',
    }),
    list_mode: oneOf(listModes, { description: 'full: what the list does not name is gone.' }),
    analyzed_by: t.Union([oneOf(analyzerKinds), t.Null()], {
      description: 'Who read the file; null: nobody yet.',
    }),
    fallback_reason: textOrNull(
      'Why the file was read without the analyzer over HTTP although it should have been.',
    ),
    counts: t.Object(
      { read: Count, accepted: Count, priced: Count, unchanged: Count, rejected: Count, ignored: Count },
      { description: 'Rows: read = accepted + unchanged + rejected + ignored.' },
    ),
    ignored: t.Record(t.String(), Count, { description: 'Ignored rows by reason.' }),
    changes: t.Object(
      { new: Count, changed: Count, price_up: Count, price_down: Count, gone: Count, returned: Count },
      { description: 'What it changes in the catalog, in items.' },
    ),
    hold_reasons: t.Array(t.Object({ code: t.String(), message: t.String() }), {
      description: 'Why it is or was held.',
    }),
    error: t.Union([t.Object({ code: t.String(), message: t.String() }), t.Null()]),
    same_as_import_id: textOrNull('For an unchanged file: the import that read it.'),
    is_replay: t.Boolean({ description: 'It reads an archived list once more.' }),
    corrects: textOrNull('It brings corrected rows of this import, and nothing else.'),
    corrected_by: t.Array(t.String(), {
      description: 'The imports that brought rows of this one into the catalog after all, oldest first.',
    }),
    fetched_at: Instant,
    created_at: Instant,
    published_at: instantOrNull('When its rows came into the catalog.'),
    finished_at: instantOrNull('When there was nothing left to do.'),
    links: t.Object({
      self: t.String(),
      decision: t.String(),
      changes: t.String(),
      log: t.String(),
      rejects: t.String(),
    }),
  },
  { title: 'Import' },
)
export type ImportView = Static<typeof ImportView>

/** @param running null: nobody here works on it; whoever does may still clear up after the import has ended */
export function importView(found: Import, running: ImportProgress | null): ImportView {
  const progress = found.status === 'pending' || found.status === 'running' ? running : null
  const self = `/api/v1/imports/${found.id}`
  return {
    id: found.id,
    run_id: found.runId,
    supplier_id: found.supplierId,
    supplier: found.supplier,
    source_id: found.sourceId,
    source: found.source,
    status: found.status,
    progress: progress && { phase: progress.phase, percentage: progress.percent, rows: progress.rows },
    file_name: found.fileName,
    sha256: found.sha256,
    list_mode: found.options.listMode,
    analyzed_by: found.analyzedBy,
    fallback_reason: found.fallbackReason,
    counts: found.counts,
    ignored: found.ignored,
    changes: {
      new: found.changes.new,
      changed: found.changes.changed,
      price_up: found.changes.priceUp,
      price_down: found.changes.priceDown,
      gone: found.changes.gone,
      returned: found.changes.returned,
    },
    hold_reasons: found.holdReasons,
    error: found.error,
    same_as_import_id: found.sameAsImportId,
    is_replay: found.options.replay !== undefined,
    corrects: found.correctsImportId,
    corrected_by: found.correctedBy,
    fetched_at: found.fetchedAt.toISOString(),
    created_at: found.createdAt.toISOString(),
    published_at: found.publishedAt?.toISOString() ?? null,
    finished_at: found.finishedAt?.toISOString() ?? null,
    links: {
      self,
      decision: `${self}/decision`,
      changes: `${self}/changes`,
      log: `${self}/log`,
      rejects: `${self}/rejects`,
    },
  }
}

/** One entry of a parse log over HTTP. Rows and columns are 0-based. */
export const LogEntryView = t.Object(
  {
    severity: oneOf(severities, {
      description: 'error: rejected; note: taken, and this was done to it; ignored: no item.',
    }),
    error_type: oneOf(errorTypes),
    code: t.String({ description: 'Stable and for machines.' }),
    message: t.String(),
    sheet: textOrNull(''),
    row: t.Union([t.Integer(), t.Null()], { description: '0-based; null: the whole sheet.' }),
    column: t.Union([t.Integer(), t.Null()], { description: '0-based; null: the whole row.' }),
    raw: textOrNull('The text of the cell.'),
    corrected_by: textOrNull('The import that brought the rejected row into the catalog after all.'),
    row_data: t.Union([t.Array(t.Unknown()), t.Record(t.String(), t.Unknown()), t.Null()], {
      description: "The row's cells, cut to a sensible size.",
    }),
  },
  { title: 'LogEntry' },
)

export function logEntryView(entry: LogEntry): Static<typeof LogEntryView> {
  // Columns that only this program writes, from the same lists of words; the response's schema is checked as well.
  return {
    severity: entry.severity,
    error_type: entry.errorType,
    code: entry.code,
    message: entry.message,
    sheet: entry.sheet,
    row: entry.row,
    column: entry.column,
    raw: entry.raw,
    corrected_by: entry.correctedBy,
    row_data: entry.rowData ?? null,
  } as Static<typeof LogEntryView>
}
