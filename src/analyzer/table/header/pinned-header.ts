import type { Row } from '../rows/row.ts'
import { filledCount } from '../text.ts'
import type { FoundHeader } from './header.ts'
import type { HeaderNames } from './header-names.ts'
import { headerOfRows } from './header-rows.ts'

/**
 * The header in the rows that a person named.
 * @param pinned 0-based indexes, ascending, without gaps; not empty
 * @returns null: one of the rows is blank, or not among those that were looked at
 */
export function headerInRows(
  rows: readonly Row[],
  pinned: readonly number[],
  names: HeaderNames,
): FoundHeader | null {
  const named = rows.filter(({ index, cells }) => pinned.includes(index) && filledCount(cells) > 0)
  return named.length < pinned.length ? null : { ...headerOfRows(named, names), runnerUp: null }
}
