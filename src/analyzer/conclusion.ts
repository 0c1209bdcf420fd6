import {
  checkRowCounts,
  type HoldReason,
  type ImportOptions,
  type ImportStatus,
  type RowCounts,
} from '../imports/model.ts'
import type { ImportChange } from '../imports/store.ts'
import { InvalidError } from '../lib/errors.ts'
import { comparedCounts, type Diff, type DiffContext } from './diff.ts'
import { holdReasons } from './guard.ts'
import { notAListText } from './read-file.ts'
import type { Settled } from './settle.ts'

/** What to compare with, and how far a price may move. */
export function diffContext(
  options: ImportOptions,
  of: Pick<DiffContext, 'supplierId' | 'sourceId' | 'scopes' | 'sheetsLeftAside' | 'known' | 'isCorrection'>,
): DiffContext {
  return {
    supplierId: of.supplierId,
    sourceId: of.sourceId,
    scopes: of.scopes,
    sheetsLeftAside: of.sheetsLeftAside,
    known: of.known,
    isCorrection: of.isCorrection,
    isFull: options.listMode === 'full' && !of.isCorrection,
    moveMax: options.settings.limits.moveMax,
  }
}

/** Why a file cannot be taken at all, or null. */
export function refusal({ decision, counts, ignored }: Settled, fileName: string): InvalidError | null {
  const refuse = (code: string, message: string) => new InvalidError(code, `${fileName}: ${message}`)
  if (decision.verdict === 'not-a-price-list') return refuse('not_a_price_list', notAListText(decision))
  if (counts.accepted > 0) return null
  // All that was corrected is known better by now.
  if (decision.corrects !== undefined && (ignored.superseded ?? 0) > 0) return null
  if (counts.rejected === 0) return refuse('no_rows', 'There are no rows below the header.')
  return refuse(
    'no_valid_rows',
    `None of the ${counts.rejected} rows could be taken; the parse log says why, row by row.`,
  )
}

/** Why an import has to wait for a person; empty: it need not. */
export function guard(settled: Settled, diff: Diff, options: ImportOptions): HoldReason[] {
  if (!options.mayHold) return []
  return holdReasons({ ...settled, diff, limits: options.settings.limits })
}

/** What is recorded of an import whose rows were compared. */
export function changeOf(
  settled: Settled,
  diff: Diff,
  scopes: string[],
): ImportChange & { status: ImportStatus; counts: RowCounts } {
  const counts = comparedCounts(settled.counts, diff)
  checkRowCounts(counts)
  return {
    status: counts.rejected > 0 ? 'partial_success' : 'completed',
    decision: settled.decision,
    scopes,
    counts,
    ignored: settled.ignored,
    changes: diff.changes,
    holdReasons: [],
  }
}
