import type { FileDecision, IgnoredCounts, ImportOptions, RowCounts } from '../../imports/model.ts'
import { AppError } from '../../lib/errors.ts'
import { type Static, t } from '../../lib/schema.ts'
import type { ReadLimits } from '../formats/format.ts'
import { type PreviewIssue, type PreviewItem, tryFile } from '../preview.ts'
import type { IssueCount } from '../table/rows/issue.ts'
import { type SampleTable, sampleTables } from './sample-tables.ts'

/** What is asked of a process that reads the beginning of a list. */
export interface SampleQuestion {
  /** Absolute; it is called as people know the list. Its folder is taken for what is unpacked. */
  path: string
  options: ImportOptions
  limits: Omit<ReadLimits, 'apart'>
  /** How many rows of each table are shown as they stand in the file; 0: its tables are not. */
  tableRows: number
}

/** A list, or its beginning, as an import would read it; plain JSON. */
export interface Sample {
  decision: FileDecision
  counts: RowCounts
  ignored: IgnoredCounts
  /** The first ones. */
  items: PreviewItem[]
  issues: PreviewIssue[]
  /** Of all of them. */
  issueCounts: IssueCount[]
  /** As the file has them; empty where nobody asked. */
  tables: SampleTable[]
}

/** What comes back: a sample, or why there is none. What it is made of is not checked: it is this program that made it. */
export const SampleAnswer = t.Union([
  t.Object({ sample: t.Unknown() }),
  t.Object({
    failed: t.Object({
      /** Null: a bug. */
      code: t.Union([t.String(), t.Null()]),
      message: t.String(),
    }),
  }),
])
export type SampleAnswer = Static<typeof SampleAnswer>

/** How many items and issues are shown. */
export const sampleRows = 20

/** Reads a list and writes nothing. It never throws. */
export async function readSample(
  { path, options, limits, tableRows }: SampleQuestion,
  signal: AbortSignal,
): Promise<SampleAnswer> {
  try {
    const request = { path, options, limits, signal, onProgress: () => {} }
    const sample = await tryFile(request, async (preview): Promise<Sample> => {
      const { decision, counts, ignored } = preview
      const [items, issues] = [
        await first(preview.items(sampleRows)),
        await first(preview.issues(sampleRows)),
      ]
      const tables =
        tableRows === 0 ? [] : await sampleTables(path, { decision, options, limits, tableRows, signal })
      return { decision, counts, ignored, items, issues, issueCounts: await preview.issueCounts(), tables }
    })
    return { sample }
  } catch (error) {
    const code = error instanceof AppError ? error.code : null
    return { failed: { code, message: error instanceof Error ? error.message : String(error) } }
  }
}

async function first<Element>(elements: AsyncIterable<Element>): Promise<Element[]> {
  const found: Element[] = []
  for await (const element of elements) found.push(element)
  return found
}
