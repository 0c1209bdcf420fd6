import { choiceField, flagField, requiredText, textField, textOrNullField } from '../http/fields.ts'
import { oneOf, type Static, t } from '../lib/schema.ts'
import { connectors } from './kinds/index.ts'
import type { SourceDraft } from './make-source.ts'
import { listModes, priorityDefault, priorityMax, retryDelaySecondsMax, retryDelaysMax } from './model.ts'
import type { SourceEdit, UsualOrigin } from './store.ts'

const kinds = connectors.map(({ name }) => name)
const kindOptions = {
  description: 'Where its lists come from; upload: people hand them in.',
  error: `kind must be one of ${kinds.join(', ')}`,
  examples: ['local'],
}

/** What each kind can be told, for people: "path, files, …". */
const configHelp = connectors
  .map(({ name, config }) => `${name}: ${Object.keys(config.properties).join(', ') || 'nothing'}`)
  .join('; ')

/** Its kind looks into it: see sources/check.ts. */
const Config = t.Record(t.String(), t.Unknown(), {
  description: `What its kind needs (${configHelp}); /api/v1/source-kinds has their schemas. What they mark as writeOnly is secret: it is sealed, shown as "***", and stays as it is where "***" is given again.`,
  error: 'config must be an object',
  examples: [{ path: '/srv/prices/acme', files: '*.csv' }],
})

/** What may be said about a source, whether it is new or not. */
const commonFields = {
  schedule: textOrNullField('schedule', {
    max: 200,
    description: 'Minute, hour, day, month and weekday in its time zone; null: only when somebody asks.',
    examples: ['0 6 * * 1'],
  }),
  time_zone: textOrNullField('time_zone', {
    max: 100,
    description: "IANA; null: its supplier's, or what the configuration says.",
    examples: ['Europe/Berlin'],
  }),
  list_mode: choiceField(
    'list_mode',
    listModes,
    'full: what its lists do not name is gone. A new source is partial unless said.',
  ),
  currency: textOrNullField('currency', {
    max: 3,
    description: 'ISO 4217, where its lists do not say.',
    examples: ['EUR'],
  }),
  uses_analyzer: t.Optional(
    t.Union([t.Boolean(), t.Null()], {
      description: "Whether its files go to the analyzer over HTTP; null: as its supplier's do.",
      error: 'uses_analyzer must be true, false or null',
    }),
  ),
  is_watched: flagField(
    'is_watched',
    'Whether it is looked at for updates between the times of its schedule. A new source is not unless said.',
  ),
  country: textOrNullField('country', {
    max: 2,
    description: 'Whose prices they are: ISO 3166-1, two letters.',
    examples: ['DE'],
  }),
  priority: t.Optional(
    t.Integer({
      minimum: 1,
      maximum: priorityMax,
      description: `Of sources that are fetched together, those with a lower number come first; a new source has ${priorityDefault} unless said.`,
      error: `priority must be a whole number from 1 to ${priorityMax}`,
    }),
  ),
  retry_delays: t.Optional(
    t.Union(
      [
        t.Array(t.Number({ minimum: 0, maximum: retryDelaySecondsMax }), { maxItems: retryDelaysMax }),
        t.Null(),
      ],
      {
        description: 'Seconds before each further try of a job that failed; null: the usual ones.',
        error: `retry_delays must be a list of up to ${retryDelaysMax} pauses of 0 to ${retryDelaySecondsMax} seconds, or null`,
        examples: [[1, 5, 25]],
      },
    ),
  ),
}

/** A source as it is made over HTTP. */
export const NewSourceBody = t.Object(
  {
    supplier: requiredText('supplier', {
      max: 200,
      description: 'Whose lists they are; a new name makes a new supplier.',
      examples: ['Acme Ltd'],
    }),
    name: requiredText('name', {
      max: 200,
      isPrintable: true,
      description: "Which of the supplier's lists it is.",
      examples: ['weekly list'],
    }),
    kind: oneOf(kinds, kindOptions),
    config: t.Optional(Config),
    ...commonFields,
  },
  { additionalProperties: false, title: 'NewSource' },
)
export type NewSourceBody = Static<typeof NewSourceBody>

/** A change of a source over HTTP; its supplier stays. */
export const SourceChangeBody = t.Object(
  {
    name: textField('name', {
      max: 200,
      isPrintable: true,
      description: "Which of the supplier's lists it is.",
    }),
    kind: t.Optional(oneOf(kinds, kindOptions)),
    config: t.Optional({ ...Config, description: `Replaces the one before. ${Config.description}` }),
    ...commonFields,
  },
  { additionalProperties: false, minProperties: 1 },
)
export type SourceChangeBody = Static<typeof SourceChangeBody>

export function draftOf(body: NewSourceBody): SourceDraft {
  return {
    supplier: body.supplier,
    name: body.name,
    kind: body.kind,
    config: body.config ?? {},
    schedule: body.schedule ?? null,
    timeZone: body.time_zone ?? null,
    listMode: body.list_mode ?? 'partial',
    currency: body.currency ?? null,
    retryDelaysMs: milliseconds(body.retry_delays ?? null),
    ...usualOf(body),
  }
}

export function editOf(body: SourceChangeBody): SourceEdit {
  return {
    ...(body.name !== undefined && { name: body.name }),
    ...(body.kind !== undefined && { kind: body.kind }),
    ...(body.config !== undefined && { config: body.config }),
    ...(body.schedule !== undefined && { schedule: body.schedule }),
    ...(body.time_zone !== undefined && { timeZone: body.time_zone }),
    ...(body.list_mode !== undefined && { listMode: body.list_mode }),
    ...(body.currency !== undefined && { currency: body.currency }),
    ...(body.retry_delays !== undefined && { retryDelaysMs: milliseconds(body.retry_delays) }),
    ...usualOf(body),
  }
}

function usualOf({ uses_analyzer, is_watched, country, priority }: SourceChangeBody): Partial<UsualOrigin> {
  return {
    ...(uses_analyzer !== undefined && { usesAnalyzer: uses_analyzer }),
    ...(is_watched !== undefined && { isWatched: is_watched }),
    ...(country !== undefined && { country: country?.toUpperCase() ?? null }),
    ...(priority !== undefined && { priority }),
  }
}

function milliseconds(seconds: number[] | null): number[] | null {
  return seconds?.map((each) => Math.round(each * 1000)) ?? null
}
