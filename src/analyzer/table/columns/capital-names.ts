import type { Row } from '../rows/row.ts'
import { cellText } from '../text.ts'
import type { Mapping } from './mapping.ts'

/** Whether names stand behind a column of SKUs and hardly any of them begins with a small letter. */
export function hasCapitalNames({ sku, name }: Mapping, body: readonly Row[]): boolean {
  if (sku === undefined || name === undefined || sku.column > name.column) return false
  let capital = 0
  let small = 0
  for (const { cells } of body) {
    // A row without SKU may be such a text.
    if (cellText(cells[sku.column]) === '') continue
    const text = cellText(cells[name.column])
    if (/^\p{Lu}/u.test(text)) capital++
    else if (/^\p{Ll}/u.test(text)) small++
  }
  return capital > 0 && small <= capital * smallShareMax
}

const smallShareMax = 0.05
