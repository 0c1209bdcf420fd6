import type { TSchema } from '@sinclair/typebox'
import { importStatuses } from '../imports/model.ts'
import { AppError } from '../lib/errors.ts'
import { oneOf, type Static, t, textOrNull } from '../lib/schema.ts'
import { nextRuns, parseCron } from '../schedules/cron.ts'
import type { SourceContext } from './find.ts'
import { type Limits, listModes, retryDelaySecondsMax, retryDelaysMax, sourceKinds } from './model.ts'
import type { Source } from './store.ts'

const instantOrNull = (description: string) => textOrNull(description, { format: 'date-time' })
const orNull = <Schema extends TSchema>(schema: Schema, description: string) =>
  t.Union([schema, t.Null()], { description })
const shareOrNull = t.Union([t.Number(), t.Null()])

/** How many of a schedule's next times are shown. */
const nextRunsShown = 5

/** How a source's lists are read, as it learned from what people said about them. */
const RememberedView = t.Object(
  {
    map: t.Record(t.String(), textOrNull('Null: the lists have no such column.'), {
      description: 'Field → header or column letter.',
      examples: [{ sku: 'A', price: 'Net price', brand: null }],
    }),
    identity: t.Array(t.String(), {
      description: 'Fields that identify an item where a list has no SKUs.',
      examples: [['name', 'unit']],
    }),
    decimal: textOrNull('Decimal sign of the prices: dot or comma.'),
    decimals: t.String({ description: "Most decimals of a price: 4, or the currency's own." }),
    format: textOrNull('What its lists are, unpacked; a file of another format is refused.'),
    encoding: textOrNull(''),
    delimiter: textOrNull(''),
    sheets: orNull(t.Array(t.String()), 'Names or numbers; null: those that are price lists.'),
    header_row: textOrNull('From 1 on: 7, or 7-8; none: the lists have no header.'),
    scope: t.String({ description: 'What a full list speaks for.' }),
    duplicates: t.String(),
    limits: t.Record(t.String(), shareOrNull, {
      description: 'When a list is held, as shares from 0 to 1; null: never for that.',
    }),
  },
  {
    description: 'Null or empty: the file decides. What was said about a list is kept once it is published.',
  },
)

/** A source over HTTP. */
export const SourceView = t.Object(
  {
    id: t.String(),
    supplier_id: t.String(),
    supplier: t.String({ description: "The supplier's name.", examples: ['Acme Ltd'] }),
    name: t.String({ examples: ['weekly list'] }),
    kind: oneOf(sourceKinds, { description: 'Where its lists come from; upload: people hand them in.' }),
    config: t.Record(t.String(), t.Unknown(), {
      description: 'What its kind needs: see /api/v1/source-kinds. "***" stands for a secret.',
      examples: [{ path: '/srv/prices/acme', files: '*.csv' }],
    }),
    host_key: textOrNull(
      'Of an SFTP server: the key that it showed first, which it has to show from then on.',
      {
        examples: ['SHA256:uNiVztksCsDhcc0u9e8BrlXFqYtjjLGmzkkYdyvL0ZA'],
      },
    ),
    schedule: textOrNull('When it is fetched, as five cron fields; null: only when somebody asks.', {
      examples: ['0 6 * * 1'],
    }),
    time_zone: textOrNull("IANA; null: its supplier's, or what the configuration says.", {
      examples: ['Europe/Berlin'],
    }),
    list_mode: oneOf(listModes, { description: 'full: what its lists do not name is gone.' }),
    currency: textOrNull('ISO 4217, where its lists do not say.'),
    retry_delays: orNull(
      t.Array(t.Number({ minimum: 0, maximum: retryDelaySecondsMax }), { maxItems: retryDelaysMax }),
      'Seconds before each further try of a job that failed; null: the usual ones.',
    ),
    uses_analyzer: orNull(
      t.Boolean(),
      "Whether its files go to the analyzer over HTTP; null: as its supplier's do.",
    ),
    is_watched: t.Boolean({
      description: 'Whether it is looked at for updates between the times of its schedule.',
    }),
    country: textOrNull('Whose prices they are: ISO 3166-1.', { examples: ['DE'] }),
    priority: t.Integer({
      description: 'Of sources that are fetched together, those with a lower number come first.',
    }),
    declared_in: textOrNull(
      'The file that declares it: what is said there counts; null: people say it here.',
    ),
    paused_at: instantOrNull('Since when nothing of it is begun; null: it is not paused.'),
    next_runs: t.Array(t.String({ format: 'date-time' }), {
      description: `The next ${nextRunsShown} times that its schedule is due, in UTC; while it is paused they are skipped.`,
    }),
    last_import: t.Union(
      [
        t.Object({
          id: t.String(),
          run_id: t.String(),
          status: oneOf(importStatuses),
          file_name: t.String(),
          error: textOrNull('Why it failed.'),
          created_at: t.String({ format: 'date-time' }),
          finished_at: instantOrNull(''),
        }),
        t.Null(),
      ],
      { description: 'Null: it has none yet.' },
    ),
    remembered: RememberedView,
    created_at: t.String({ format: 'date-time' }),
    links: t.Object({ self: t.String(), supplier: t.String(), runs: t.String() }),
  },
  { title: 'Source' },
)
export type SourceView = Static<typeof SourceView>

/** What of a source people change: what If-Match is held against. */
export function sourceState(source: Source) {
  const { learned: _, ...state } = source
  return state
}

/** What was learned of the server that it is fetched from now: see kinds/sftp/host-key.ts. */
function pinnedKey({ learned, config }: Source): string | null {
  if (typeof learned !== 'object' || learned === null || !('host' in learned && 'host_key' in learned))
    return null
  return learned.host === config.host && typeof learned.host_key === 'string' ? learned.host_key : null
}

/** @param at.timeZone where neither the source nor its supplier names one */
export function sourceView(
  source: Source,
  context: SourceContext,
  at: { now: Date; timeZone: string },
): SourceView {
  const self = `/api/v1/sources/${source.id}`
  const { lastImport: last } = context
  return {
    id: source.id,
    supplier_id: source.supplierId,
    supplier: context.supplier,
    name: source.name,
    kind: source.kind,
    config: source.config,
    host_key: pinnedKey(source),
    schedule: source.schedule,
    time_zone: source.timeZone,
    list_mode: source.listMode,
    currency: source.currency,
    retry_delays: source.retryDelaysMs?.map((ms) => ms / 1000) ?? null,
    uses_analyzer: source.usesAnalyzer,
    is_watched: source.isWatched,
    country: source.country,
    priority: source.priority,
    declared_in: source.declaredIn,
    paused_at: source.pausedAt?.toISOString() ?? null,
    next_runs: nextTimes(source, context, at).map((time) => time.toISOString()),
    last_import: last && {
      id: last.id,
      run_id: last.runId,
      status: last.status,
      file_name: last.fileName,
      error: last.errorMessage,
      created_at: last.createdAt.toISOString(),
      finished_at: last.finishedAt?.toISOString() ?? null,
    },
    remembered: rememberedView(source),
    created_at: source.createdAt.toISOString(),
    links: {
      self,
      supplier: `/api/v1/suppliers/${source.supplierId}`,
      runs: `/api/v1/ingestion/runs?source_id=${encodeURIComponent(source.id)}`,
    },
  }
}

/** The zone that a source's schedule is in. */
function zoneOf(source: Pick<Source, 'timeZone'>, context: SourceContext, usual: string): string {
  return source.timeZone ?? context.supplierTimeZone ?? usual
}

function nextTimes(source: Source, context: SourceContext, at: { now: Date; timeZone: string }): Date[] {
  if (source.schedule === null) return []
  try {
    const cron = parseCron(source.schedule, zoneOf(source, context, at.timeZone))
    return nextRuns(cron, at.now, nextRunsShown)
  } catch (error) {
    // Another version of the program stored what this one cannot go by; /api/v1/schedules says so.
    if (error instanceof AppError) return []
    throw error
  }
}

function rememberedView(source: Source): SourceView['remembered'] {
  const { reading } = source
  return {
    map: source.map as Record<string, string | null>, // None of its fields is undefined.
    identity: source.identity,
    decimal: reading.decimal,
    decimals: String(source.decimalsMax),
    format: reading.format,
    encoding: reading.encoding,
    delimiter: reading.delimiter,
    sheets: reading.sheets,
    header_row: headerText(reading.headerRows),
    scope: source.scope,
    duplicates: source.duplicates,
    limits: limitsView(source.limits),
  }
}

/** 0-based rows as people write them. */
function headerText(rows: number[] | null): string | null {
  if (rows === null) return null
  const [first, last] = [rows[0], rows.at(-1)]
  if (first === undefined || last === undefined) return 'none'
  return first === last ? String(first + 1) : `${first + 1}-${last + 1}`
}

function limitsView(limits: Limits): Record<string, number | null> {
  return {
    items_kept: limits.itemsKeptMin,
    moved_share: limits.movedShareMax,
    move: limits.moveMax,
    rejected_share: limits.rejectedShareMax,
    confidence: limits.confidenceMin,
  }
}
