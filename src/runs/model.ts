import type { ImportStatus } from '../imports/model.ts'

/**
 * How a run stands, by its imports. It is nowhere written: one trigger's imports go their own ways, and an approval or
 * a retry changes how the run ended.
 *
 *   running → held (an import waits for approval) | completed | partial_success | failed | expired | cancelled
 */
export const runStatuses = [
  'running',
  'held',
  'completed',
  'partial_success',
  'failed',
  'expired',
  'cancelled',
] as const
export type RunStatus = (typeof runStatuses)[number]

/** How many imports of a run have each status; one that none has may be missing. */
export type ImportTally = Partial<Record<ImportStatus, number>>

/** What an import may be in for its run to be complete. */
export const goodStatuses = ['completed', 'unchanged', 'undone'] as const satisfies ImportStatus[]

/** `statusSql` in runs/find.ts says the same for the database. A run of which nothing is left was cancelled. */
export function runStatus(tally: ImportTally): RunStatus {
  const of = (...statuses: ImportStatus[]) => statuses.reduce((sum, status) => sum + (tally[status] ?? 0), 0)
  const all = Object.values(tally).reduce((sum, count) => sum + count, 0)
  const good = of(...goodStatuses)
  if (of('pending', 'running') > 0) return 'running'
  if (of('held') > 0) return 'held'
  if (good > 0 && good === all) return 'completed'
  if (good > 0 || of('partial_success') > 0) return 'partial_success'
  if (of('failed') > 0) return 'failed'
  return of('expired') > 0 ? 'expired' : 'cancelled'
}
