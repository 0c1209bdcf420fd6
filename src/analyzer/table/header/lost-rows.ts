import type { Mapping } from '../columns/mapping.ts'
import { numberTest } from '../money/number-cell.ts'
import type { Row } from '../rows/row.ts'
import { cellText, filledCount } from '../text.ts'

/**
 * How many rows above the header read like articles: a name and a price where the columns have theirs. Titles hardly
 * ever do; several such rows are a list whose own header was not recognised, and would be lost.
 */
export function countLostRows(titles: readonly Row[], mapping: Mapping): number {
  const price = mapping.price?.column
  const name = (mapping.name ?? mapping.sku)?.column
  if (price === undefined || name === undefined) return 0
  const isNumber = numberTest()
  return titles.filter(
    ({ cells }) =>
      filledCount(cells) >= 2 &&
      isNumber(cells[price]) &&
      /\p{L}/u.test(cellText(cells[name])) &&
      !isNumber(cells[name]),
  ).length
}

/** Fewer may be a date or a rate of exchange beside its name. */
export const lostRowsMin = 4
