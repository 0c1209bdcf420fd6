import type { HeaderNames } from '../header/header-names.ts'
import { currencyIn } from '../money/currency.ts'
import type { NumberTest } from '../money/number-cell.ts'
import type { Cell, Row } from '../rows/row.ts'
import { cellText } from '../text.ts'

/**
 * Whether a row right below a header says from which quantity on the prices of its columns hold: "1 | 10 | 100 | 1000"
 * under one cell "Unit price", which stands over all of them. Its cells are whole numbers that rise, side by side, and
 * nothing else; below them are numbers.
 */
export function isQuantityRow(
  row: Row,
  header: readonly Cell[],
  below: readonly Row[],
  names: HeaderNames,
  isNumber: NumberTest,
): boolean {
  const columns = row.cells.flatMap((cell, column) => (cellText(cell) === '' ? [] : [column]))
  const [first = -1] = columns
  if (columns.length < 2 || columns.at(-1)! - first !== columns.length - 1) return false
  const group = cellText(header[first])
  const isPriceGroup = (names.quick(group).price ?? 0) >= namedMin || currencyIn(group) !== null
  if (!isPriceGroup) return false
  let last = 0
  for (const column of columns) {
    const over = cellText(header[column])
    if (over !== '' && over !== group) return false
    const text = cellText(row.cells[column])
    if (!wholeNumber.test(text)) return false
    const quantity = Number(text.replace(/\D/g, ''))
    if (quantity <= last) return false
    last = quantity
  }
  const priced = below.filter(({ cells }) => columns.some((column) => isNumber(cells[column])))
  return below.length > 0 && priced.length >= below.length / 2
}

const namedMin = 0.6
/** "1000", "1 000", "1,000", "1000+" */
const wholeNumber = /^\d{1,3}(?:(?:[ .,'’\u00a0\u202f]\d{3})+|\d{0,4})\s?\+?$/u
