import type { FileChoices } from '../analyzer/table/card/choice.ts'
import type { LayoutChange } from '../analyzer/table/card/layout.ts'
import type { TableDecision, TableOptions, Verdict } from '../analyzer/table/decision.ts'
import type { IgnoredReason } from '../analyzer/table/rows/issue.ts'
import type { FormatName, ListMode, Pins, SourceSettings } from '../sources/model.ts'

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
  'drained',
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

/** Where a file came from, and what was said of it there. Texts as they were sent, without secrets. */
export interface Origin {
  /** Without user, password and secret parameters; null: it has no address. */
  url: string | null
  /** As the server said, with its parameters; null: it said none. */
  contentType: string | null
  etag: string | null
  /** An HTTP date, or RFC 3339 text where the protocol gives an instant. */
  lastModified: string | null
  /** What the other side said that it holds; null: it said nothing. */
  sizeBytes: number | null
}

/** Of a file of which nothing is known but its bytes. */
export const noOrigin: Origin = {
  url: null,
  contentType: null,
  etag: null,
  lastModified: null,
  sizeBytes: null,
}

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

/**
 * Steps of a price's move, relative to the old price, from the largest fall to the largest rise. A step begins with its
 * lower bound, away from zero: a rise of 5 % is `up5`.
 */
export const moveSteps = ['down50', 'down20', 'down5', 'down0', 'up0', 'up5', 'up20', 'up50'] as const
export type MoveStep = (typeof moveSteps)[number]

/** What may change of an item besides its price: columns of the catalog. */
export const changeFields = [
  'sku',
  'name',
  'currency',
  'price_quantity',
  'unit',
  'category',
  'brand',
  'valid_from',
  'valid_to',
  'characteristics',
  'tiers',
] as const
export type ChangeField = (typeof changeFields)[number]

/** An item of a change report. Prices are ten-thousandths. */
export interface ReportedItem {
  /** Null: the list has no SKUs. */
  sku: string | null
  name: string
  /** Null: on request. */
  priceE4: number | null
  currency: string | null
}

/** A price that moved, in the same currency and for the same quantity. */
export interface ReportedMove {
  sku: string | null
  name: string
  oldE4: number
  newE4: number
  currency: string | null
}

/** Rejected rows of one code; a row may be rejected for several reasons. */
export interface ReportedRejection {
  code: string
  count: number
  /** The first of them. Rows and columns are 0-based. */
  example: {
    message: string
    sheet: string | null
    row: number | null
    column: number | null
    raw: string | null
  }
}

/**
 * What an import changed, or would change, against the catalog as it was when they were compared (R3.4). Stored with
 * the import.
 */
export interface ChangeReport {
  /** What the counts are shares of: a full list's items before; of a partial list, those it names that were listed. */
  itemsBefore: number
  changes: ChangeCounts
  /** Items that the catalog has just so. */
  unchanged: number
  rejectedRows: number
  prices: {
    /** Of the moves, in hundredths of a percent, towards zero, at most `medianMaxBp`; null: no price moved. */
    medianBp: number | null
    /** How many prices moved so far; of items that cost something before, and of others as `up50`. */
    steps: Record<MoveStep, number>
    /** Prices that are in another currency now, or for another quantity: no share can tell how far they moved. */
    ofOtherKind: number
  }
  /** The largest, relative to the old price, first. */
  rises: ReportedMove[]
  falls: ReportedMove[]
  /** The first on the list. */
  newItems: ReportedItem[]
  /** With their last prices. */
  goneItems: ReportedItem[]
  /** Items that differ in a field, price aside; fields without any are left out. */
  fields: Partial<Record<ChangeField, number>>
  /** The most first. */
  rejected: ReportedRejection[]
}

/** Larger medians are not told apart: + 1,000 %. */
export const medianMaxBp = 100_000

/** Of an import that changes nothing. */
export const noReport: ChangeReport = {
  itemsBefore: 0,
  changes: noChanges,
  unchanged: 0,
  rejectedRows: 0,
  prices: {
    medianBp: null,
    steps: { down50: 0, down20: 0, down5: 0, down0: 0, up0: 0, up5: 0, up20: 0, up50: 0 },
    ofOtherKind: 0,
  },
  rises: [],
  falls: [],
  newItems: [],
  goneItems: [],
  fields: {},
  rejected: [],
}

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
  /** A file of another format is refused. */
  format: FormatName | null
  encoding: string | null
  delimiter: string | null
  /** Names or numbers of the sheets that are taken; null: those that are price lists. */
  sheets: string[] | null
  /** False: publish whatever the guard says. */
  mayHold: boolean
  /** True: read every row, also those that the last list had just so. */
  isForced: boolean
  /** Said of this file: whether the analyzer reads it; left out: as its source and its supplier say. */
  usesAnalyzer?: boolean
  /** It reads an archived file once more; left out: it does not. */
  replay?: {
    /** The import that has read the file in the same source; null: none has. */
    importId: string | null
    /** It waits for a person before it is published. */
    isHeld: boolean
  }
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
    | 'replayed'
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
