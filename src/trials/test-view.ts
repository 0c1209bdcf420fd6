import { sampleRows } from '../analyzer/sample/read-sample.ts'
import { DecisionView, decisionView } from '../imports/decision-view.ts'
import { ImportView } from '../imports/view.ts'
import { oneOf, type Static, t, textOrNull } from '../lib/schema.ts'
import { type ListMode, listModes } from '../sources/model.ts'
import type { TestedSource } from './test-source.ts'

const Position = t.Union([t.Integer(), t.Null()], { description: '0-based.' })

export const SampleItem = t.Object(
  {
    row: t.Integer({ description: '0-based.' }),
    sku: textOrNull(''),
    name: t.String(),
    price: textOrNull('Null: on request.'),
    currency: textOrNull(''),
    unit: textOrNull(''),
    price_quantity: textOrNull('The price is for this many units; null: one.'),
    tiers: t.Array(t.Record(t.String(), t.Unknown()), { description: 'Further prices.' }),
    category: textOrNull(''),
    brand: textOrNull(''),
    sheet: textOrNull(''),
  },
  { title: 'SampleItem' },
)

export const SampleIssue = t.Object(
  {
    row: Position,
    column: Position,
    code: t.String(),
    message: t.String(),
    raw: textOrNull('What the cell holds.'),
    severity: t.String({ description: 'error: the row would be rejected.' }),
    sheet: textOrNull(''),
  },
  { title: 'SampleIssue' },
)

/** What a test of a source has found, over HTTP. */
export const SourceTestView = t.Object(
  {
    file: t.Object({
      name: t.String({ description: 'As people know the list.' }),
      address: textOrNull('Where it came from, without secrets; null: it has no address.'),
      bytes: t.Union([t.Integer(), t.Null()], { description: 'How large it is; null: nobody said.' }),
      bytes_read: t.Integer({ description: 'Of these all that follows was read.' }),
      is_part: t.Boolean({ description: 'There is more of it: the counts are those of its beginning.' }),
      media_type: textOrNull('As the other side says.'),
      etag: textOrNull(''),
      last_modified: textOrNull('As the other side says.'),
      fetched_at: t.String({ format: 'date-time' }),
    }),
    learned: t.Unknown({
      description:
        'What a fetch would keep of where the list comes from, such as a host key; null: nothing. A test does not.',
    }),
    list_mode: oneOf(listModes, {
      description: 'full: items that its lists no longer name would be marked as gone.',
    }),
    problem: t.Union([t.Object({ code: t.String(), message: t.String() }), t.Null()], {
      description: 'Why it cannot be read; null: it can.',
    }),
    decision: t.Union([DecisionView, t.Null()]),
    counts: t.Union([ImportView.properties.counts, t.Null()]),
    items: t.Array(SampleItem, {
      maxItems: sampleRows,
      description: 'The first ones, as an import would read them.',
    }),
    issues: t.Array(SampleIssue, {
      maxItems: sampleRows,
      description: 'Rows that would be rejected, and notes.',
    }),
  },
  { title: 'SourceTest' },
)
export type SourceTestView = Static<typeof SourceTestView>

export function sourceTestView(tested: TestedSource, listMode: ListMode): SourceTestView {
  const { fileName, fetchedAt, origin, readBytes, isPart, learned, sample, problem } = tested
  return {
    file: {
      name: fileName,
      address: origin.url,
      bytes: isPart ? origin.sizeBytes : readBytes,
      bytes_read: readBytes,
      is_part: isPart,
      media_type: origin.contentType,
      etag: origin.etag,
      last_modified: origin.lastModified,
      fetched_at: fetchedAt.toISOString(),
    },
    learned,
    list_mode: listMode,
    problem,
    decision: sample && decisionView(sample.decision),
    counts: sample?.counts ?? null,
    // The response's schema is checked against it.
    items: (sample?.items ?? []) as SourceTestView['items'],
    issues: sample?.issues ?? [],
  }
}
