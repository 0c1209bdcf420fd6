import type { TSchema } from '@sinclair/typebox'
import { fields } from '../../analyzer/table/decision.ts'
import { oneOf, t } from '../../lib/schema.ts'
import { connectors } from '../kinds/index.ts'
import {
  duplicateRules,
  formatNames,
  listModes,
  priorityDefault,
  priorityMax,
  retryDelaySecondsMax,
  retryDelaysMax,
  scopeRules,
} from '../model.ts'

const text = (description: string, example: string) =>
  t.String({ description, examples: [example], maxLength: 5000 })
const textOrNone = (description: string, example: string) =>
  t.Union([t.String({ maxLength: 5000 }), t.Null()], { description, examples: [example] })

/** What may be said about any source in a file, besides what its kind needs. */
export const sourceKeys = {
  supplier: text(
    'Whose lists they are; a new name makes a new supplier. Left out: as the source is called.',
    'Acme Ltd',
  ),
  name: text("Which of the supplier's lists it is.", 'weekly list'),
  kind: oneOf(
    connectors.map(({ name }) => name),
    { description: 'Where its lists come from; upload: people hand them in.', examples: ['local'] },
  ),
  config: t.Record(t.String(), t.Unknown(), {
    description: 'What its kind needs. The same keys may stand beside "kind" instead.',
  }),
  active: t.Boolean({
    description:
      'off: it is paused. Left out: it is active when the file brings it in, and a pause that people make later stays.',
  }),
  schedule: textOrNone(
    'When it is fetched: minute, hour, day, month and weekday in its time zone. Left out: when somebody asks, and with the daily run.',
    '0 6 * * 1',
  ),
  time_zone: textOrNone("IANA. Left out: its supplier's, or what the configuration says.", 'Europe/Berlin'),
  list_mode: oneOf(listModes, {
    description: 'full: what its lists do not name is gone. Left out: partial.',
  }),
  analyzer: t.Boolean({
    description:
      'Whether its files go to the analyzer over HTTP. Left out: as its supplier, or TALLYMAN_USE_ANALYZER, says.',
  }),
  watch: t.Boolean({ description: 'Whether it is looked at for updates between its times. Left out: no.' }),
  retry_delays: t.Union(
    [
      t.Array(t.Number({ minimum: 0, maximum: retryDelaySecondsMax }), { maxItems: retryDelaysMax }),
      t.Null(),
    ],
    {
      description: 'Seconds before each further try of a job that failed. Left out: the usual ones.',
      examples: [[1, 5, 25]],
    },
  ),
  country: text('Whose prices they are (ISO 3166-1).', 'DE'),
  priority: t.Integer({
    minimum: 1,
    maximum: priorityMax,
    description: `Of sources that are fetched together, those with a lower number come first. Left out: ${priorityDefault}.`,
  }),
  mapping: t.Record(t.String(), t.Union([t.String({ maxLength: 1000 }), t.Null()]), {
    description: `Field to header or column letter; none: the lists have no such column. Fields: ${fields.join(', ')}. Left out, as with all that follows: as people said of its lists, or each list decides.`,
    examples: [{ sku: 'A', price: 'Net price', brand: null }],
  }),
  currency: text('Currency (ISO 4217) where its lists do not say.', 'EUR'),
  sheets: t.Array(t.String({ minLength: 1, maxLength: 200 }), {
    description: 'Names or numbers of the sheets to take.',
    examples: [['Prices']],
    minItems: 1,
    maxItems: 100,
  }),
  header_row: text(
    'Row of the header: 7, or 7-8 where it has two rows; none: the lists have no header.',
    '7',
  ),
  format: oneOf(formatNames, {
    description: 'What its lists are, unpacked; a file of another format is refused.',
  }),
  encoding: text('Encoding of a text file, where it is guessed wrongly.', 'windows-1252'),
  delimiter: text('Delimiter of a text file, or the word tab.', ';'),
  decimal: oneOf(['dot', 'comma'], { description: 'Decimal sign of the prices.' }),
  decimals: t.Union([t.Literal('4'), t.Literal('currency')], {
    description: "Most decimals of a price: 4, or the currency's own.",
  }),
  identity: t.Array(t.String(), {
    description: 'Fields that identify an item where a list has no SKUs.',
    examples: [['name', 'unit']],
    minItems: 1,
  }),
  duplicates: oneOf(duplicateRules, {
    description: 'The same SKU twice with different contents: reject the later rows, or let the last win.',
  }),
  scope: oneOf(scopeRules, { description: 'What a full list speaks for.' }),
  limits: t.Record(t.String(), t.Union([t.String(), t.Null()]), {
    description:
      'When a list is held: items_kept, moved_share, move, rejected_share, confidence, each a share such as 20% or 0.2, or off.',
    examples: [{ items_kept: '80%', rejected_share: 'off' }],
  }),
} as const satisfies Record<string, TSchema>
export type SourceKey = keyof typeof sourceKeys

/** Other words for keys, as other programs and people have them. */
export const otherKeys: Readonly<Record<string, SourceKey>> = {
  source_type: 'kind',
  type: 'kind',
  timezone: 'time_zone',
  map: 'mapping',
  column_mapping: 'mapping',
  sheet: 'sheets',
}

/** Other words for kinds. */
export const otherKinds: Readonly<Record<string, string>> = { remote: 'http', file: 'local' }

/** Under which of these words the sources stand. */
export const topKeys = ['sources', 'ingestion'] as const

/** Words for the one place that a source of a kind fetches from: each stands for the kind's own key. */
export const placeWords = ['location', 'url', 'path', 'feed_path'] as const
/** Words for a place where a kind has keys for the parts of its address. */
export const addressWords: readonly string[] = ['location', 'url', 'feed_path']

/** Keys that no kind here has, and what becomes of them: for what is said where one stands. */
export const keysToCome: Readonly<Record<string, string>> = {
  registry:
    'it names the list of brands of a source of kind cmp-feed, which this version cannot fetch from yet; the feed itself goes under "feed_path"',
}
const placeKeys = ['url', 'path', 'spreadsheet', 'spreadsheet_id']

/** The key of a kind that says where its lists are, if there is one that says all of it; else null. */
export function placeKeyOf(
  properties: Readonly<Record<string, unknown>>,
  required: readonly string[],
): string | null {
  const places = placeKeys.filter((key) => key in properties)
  const [place] = places
  return places.length === 1 && place !== undefined && required.every((key) => key === place) ? place : null
}
