import { type ColumnProfile, share } from '../columns/columns.ts'

/**
 * Headers by the columns that they speak of: one over a blank column, or over one that holds nothing but the signs of
 * currencies, stands over merged cells, and means the unnamed column beside it ("Price" over "$" and "12.50").
 */
export function headersByContent(texts: readonly string[], profiles: readonly ColumnProfile[]): string[] {
  const moved = texts.slice()
  for (const profile of profiles) {
    const { column } = profile
    const next = profiles[column + 1]
    if ((moved[column] ?? '') === '' || next === undefined || (moved[column + 1] ?? '') !== '') continue
    const holdsSigns = share(profile.currencyCodes, profile) > 0.9 && share(next.priced, next) > 0.9
    if (next.filled === 0 || (profile.filled > 0 && !holdsSigns)) continue
    moved[column + 1] = moved[column]!
    moved[column] = ''
  }
  return moved
}
