import type { FileChoices } from '../analyzer/table/card/choice.ts'
import type { LayoutChange } from '../analyzer/table/card/layout.ts'
import type { TableDecision, TableOptions, Verdict } from '../analyzer/table/decision.ts'
import type { IgnoredReason } from '../analyzer/table/rows/issue.ts'
import type { ListMode, Pins, SourceSettings } from '../sources/model.ts'

/**
 * The states of an import:
 *
 *   pending → running → completed | partial_success | unchanged
 *                     → held → running (approved, corrected) | cancelled (discarded)
 *                     → failed → running (corrected)
 *                     → cancelled | expired
 *   completed | partial_success → undone
 */
export const importStatuses = [
  'pending',
  'running',
  'held',
  'completed',
  'partial_success',
  'unchanged',
  'failed',
  'cancelled',
  'expired',
  'undone',
] as const
export type ImportStatus = (typeof importStatuses)[number]

export const runTriggers = ['cli', 'api', 'schedule'] as const
export type RunTrigger = (typeof runTriggers)[number]

/**
 * Who reads a file: the `command` itself (`ingest`), our `analyzer` over HTTP, a `child` process without HTTP, or a
 * `remote` analyzer.
 */
export const analyzerKinds = ['command', 'analyzer', 'child', 'remote'] as const
export type AnalyzerKind = (typeof analyzerKinds)[number]

export const jobStates = [
  'queued',
  'running',
  'held',
  'succeeded',
  'failed',
  'dead',
  'cancelled',
  'expired',
] as const
export type JobState = (typeof jobStates)[number]

export const jobPhases = ['downloading', 'analyzing', 'matching', 'complete', 'failed'] as const
export type JobPhase = (typeof jobPhases)[number]

/**
 * Row accounting (R2.8): `read = accepted + unchanged + rejected + ignored`, and `priced` of the accepted have a price of
 * their own: an article that is on request, with a dealer's price beside it, has none.
 */
export interface RowCounts {
  read: number
  accepted: number
  priced: number
  unchanged: number
  rejected: number
  ignored: number
}

export const noRows: RowCounts = { read: 0, accepted: 0, priced: 0, unchanged: 0, rejected: 0, ignored: 0 }

export type IgnoredCounts = Partial<Record<IgnoredReason, number>>

/** What an import changes in the catalog, in items. */
export interface ChangeCounts {
  new: number
  /** Any field differs, price and further prices included. */
  changed: number
  /** The item's own price is higher than before; a further price that moved makes the item only a changed one. */
  priceUp: number
  priceDown: number
  gone: number
  /** Was gone and is listed again. */
  returned: number
}

export const noChanges: ChangeCounts = { new: 0, changed: 0, priceUp: 0, priceDown: 0, gone: 0, returned: 0 }

/** Everything that decides how an import reads its file and what it may do; stored with the import. */
export interface ImportOptions {
  /** The source's settings, as they were when the list came, with what is said about this import. */
  settings: SourceSettings
  /** What a person said about this import; it becomes the source's own when the import is published. */
  said: Pins
  /** How tables are read: the settings with the currency that is to be assumed. */
  table: TableOptions
  /** Whether this file is the whole list. */
  listMode: ListMode
  encoding: string | null
  delimiter: string | null
  /** Names or numbers of the sheets that are taken; null: those that are price lists. */
  sheets: string[] | null
  /** False: publish whatever the guard says. */
  mayHold: boolean
  /** True: read every row, also those that the last list had just so. */
  isForced: boolean
}

export const wrapperKinds = ['zip', 'gzip'] as const
/** What a list may be packed in. */
export type WrapperKind = (typeof wrapperKinds)[number]

/** What a list was packed in. */
export interface Wrapping {
  kind: WrapperKind
  /** Files beside the list that are not read, and why, as in "is a PNG image". */
  leftAside: { name: string; reason: string }[]
}

/** What was found out about a file (R2.9). Plain JSON, stored with the import. */
export interface FileDecision {
  format: string
  /** Null: it was not packed. */
  wrapping: Wrapping | null
  encoding: string | null
  delimiter: string | null
  /** The three above, with what proves them. */
  choices: FileChoices
  /** The import whose rejected rows the file holds, corrected. */
  corrects?: string
  /** What differs from the source's last list. */
  layoutChanges: LayoutChange[]
  verdict: Verdict
  reasons: string[]
  tables: (TableDecision & { counts: RowCounts; ignored: IgnoredCounts })[]
}

/** One reason why an import is held. The code is stable and for machines. */
export interface HoldReason {
  code:
    | 'items_missing'
    | 'prices_moved'
    | 'rows_rejected'
    | 'low_confidence'
    | 'currency_unknown'
    | 'needs_review'
    | 'layout_changed'
  message: string
}

/**
 * Whether every row is accounted for.
 * @throws Error (a bug, never bad input) when it is not
 */
export function checkRowCounts(counts: RowCounts): void {
  const { read, accepted, priced, unchanged, rejected, ignored } = counts
  if (read === accepted + unchanged + rejected + ignored && priced <= accepted) return
  throw new Error(`Rows do not add up: ${JSON.stringify(counts)}`)
}
