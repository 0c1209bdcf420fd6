import { sampleRows } from '../analyzer/sample/read-sample.ts'
import { sampleRowKinds } from '../analyzer/sample/sample-tables.ts'
import { DecisionView, decisionView } from '../imports/decision-view.ts'
import { ImportView } from '../imports/view.ts'
import { oneOf, type Static, t, textOrNull } from '../lib/schema.ts'
import type { PreviewedFile } from './preview-file.ts'
import { SampleIssue } from './test-view.ts'

/** How many rows of each table are shown. */
export const previewRows = 100

const Row = t.Object(
  {
    row: t.Integer({ description: '0-based.' }),
    kind: oneOf(sampleRowKinds, {
      description:
        'above the header, the header, an item, rejected, ignored, or left_aside with the whole of its table.',
    }),
    cells: t.Array(t.String(), { description: 'Texts by column, cut to 120 characters.' }),
    read: t.Record(t.String(), t.String(), { description: 'Field → what was read from an item.' }),
    reason: textOrNull('Why it is rejected or ignored.'),
  },
  { title: 'PreviewRow' },
)

/** How a list would be read, over HTTP. */
export const PreviewView = t.Object(
  {
    file: t.Object({
      name: t.String({ description: 'As people know the list.' }),
      bytes_read: t.Integer({ description: 'Of these all that follows was read.' }),
      is_part: t.Boolean({ description: 'There is more of it: the counts are those of its beginning.' }),
    }),
    problem: t.Union([t.Object({ code: t.String(), message: t.String() }), t.Null()], {
      description: 'Why it cannot be read; null: it can.',
    }),
    decision: t.Union([DecisionView, t.Null()]),
    counts: t.Union([ImportView.properties.counts, t.Null()]),
    tables: t.Array(
      t.Object({
        sheet: textOrNull('The name of the sheet.'),
        is_read: t.Boolean({ description: 'Whether its rows would be taken.' }),
        rows: t.Array(Row, { maxItems: previewRows }),
      }),
      { description: "The first rows of the decision's tables, in their order, as the file has them." },
    ),
    issues: t.Array(SampleIssue, {
      maxItems: sampleRows,
      description: 'Rows that would be rejected, and notes.',
    }),
  },
  { title: 'ListPreview' },
)
export type PreviewView = Static<typeof PreviewView>

export function previewView({ fileName, readBytes, isPart, sample, problem }: PreviewedFile): PreviewView {
  return {
    file: { name: fileName, bytes_read: readBytes, is_part: isPart },
    problem,
    decision: sample && decisionView(sample.decision),
    counts: sample?.counts ?? null,
    tables: sample?.tables ?? [],
    issues: sample?.issues ?? [],
  }
}
