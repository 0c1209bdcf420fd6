import type { FileDecision, HoldReason, RowCounts } from '../imports/model.ts'
import type { Limits } from '../sources/model.ts'
import type { Diff } from './diff.ts'
import { columnLetter } from './table/letters.ts'
import { notSureText } from './table/verdict/verdict.ts'

const percent = (share: number) => `${Math.round(share * 1000) / 10} %`

/**
 * Why an import should be looked at by a person before it is published; empty: nothing speaks against it. Pure.
 * @param counts as read, before the comparison with the catalog
 */
export function holdReasons(options: {
  counts: RowCounts
  decision: FileDecision
  diff: Diff
  limits: Limits
}): HoldReason[] {
  const { counts, decision, diff, limits } = options
  const reasons: HoldReason[] = []
  const hold = (code: HoldReason['code'], message: string) => reasons.push({ code, message })

  const kept = diff.itemsBefore - diff.changes.gone
  if (limits.itemsKeptMin !== null && kept < diff.itemsBefore * limits.itemsKeptMin)
    hold(
      'items_missing',
      `Only ${kept} of the ${diff.itemsBefore} items that this list had before are still on it; ` +
        `below ${percent(limits.itemsKeptMin)} it is held.`,
    )

  const { pricesMoved, pricesCompared, pricesOfOtherKind } = diff
  if (limits.movedShareMax !== null && pricesMoved > pricesCompared * limits.movedShareMax)
    hold(
      'prices_moved',
      `${pricesMoved} of ${pricesCompared} known prices moved by more than ${percent(limits.moveMax)}` +
        `${pricesOfOtherKind === 0 ? '' : ` (${pricesOfOtherKind} of them into another currency, or to another quantity)`}; ` +
        `above ${percent(limits.movedShareMax)} of the prices it is held.`,
    )

  // A person has looked at corrected rows already, and what is still wrong in them stays out.
  const isCorrection = decision.corrects !== undefined
  const rows = counts.accepted + counts.rejected
  if (!isCorrection && limits.rejectedShareMax !== null && counts.rejected > rows * limits.rejectedShareMax)
    hold(
      'rows_rejected',
      `${counts.rejected} of ${rows} rows were rejected; above ${percent(limits.rejectedShareMax)} it is held.`,
    )

  for (const { doubt } of decision.layoutChanges) if (doubt !== null) hold('layout_changed', doubt)

  const doubted: string[] = []
  const lists = decision.tables.filter((table) => table.counts.accepted + table.counts.rejected > 0)
  for (const table of limits.confidenceMin === null || isCorrection ? [] : lists) {
    for (const field of ['sku', 'name', 'price'] as const) {
      const column = table.mapping[field]
      if (column === undefined || column.confidence >= (limits.confidenceMin ?? 0)) continue
      doubted.push(notSureText(field === 'sku' ? 'SKU' : field, column))
      hold(
        'low_confidence',
        `Column ${column.header === null ? columnLetter(column.column) : `"${column.header}"`} was taken for the ${field}, ` +
          `but only with ${percent(column.confidence)} confidence; say which column it is (--map ${field}=COLUMN).`,
      )
    }
  }
  if (diff.pricesWithoutCurrency > 0)
    hold(
      'currency_unknown',
      `The list does not say in which currency ${diff.pricesWithoutCurrency} of its prices are; say which it is (--currency CODE).`,
    )
  if (decision.verdict === 'review') {
    // What is said above, with what to type, is not said again.
    const others = decision.reasons.filter((reason) => !doubted.some((doubt) => reason.endsWith(doubt)))
    hold(
      'needs_review',
      others.join(' ') ||
        (doubted.length > 0
          ? 'Until that is said, a person has to look at it.'
          : 'It is not sure that this is a price list.'),
    )
  }
  return reasons
}
