import { hasWholeRows, type TableArea } from '../areas/area.ts'
import type { Header } from '../header/header-rows.ts'
import { cellText, filledCount, normalize } from '../text.ts'
import type { Cell, Row } from './row.ts'
import { isNoteText, isTotalText } from './row-words.ts'

/**
 * The rows above a header that name the first section rather than the list: what stands right above the header of a
 * later table of the sheet, right above each of several tables side by side, and above the first header where every repeated one has its section above it too.
 */
export function findSectionRows(rows: readonly Row[], header: Header, area: TableArea): number[] {
  const first = header.rows[0]
  const at = rows.findIndex(({ index }) => index === first)
  if (at < 1) return []
  if (area.firstRow === 0 && hasWholeRows(area) && !repeatsBelowHeadings(rows, at)) return []
  const above: number[] = []
  for (let place = at - 1; place >= 0 && above.length < levelsMax; place--) {
    const row = rows[place]!
    if (filledCount(row.cells) === 0 && above.length === 0) continue
    if (!isHeading(row)) break
    above.unshift(row.index)
    // The title of the whole list is above the first section's.
    if (area.firstRow === 0) break
  }
  return above
}

/** Without a header: the heading right above the first article, where other headings follow in its column. */
export function findFirstSection(rows: readonly Row[], firstDataRow: number): number[] {
  const at = rows.findIndex(({ index }) => index === firstDataRow)
  const above = rows[at - 1]
  if (above === undefined || !isHeading(above)) return []
  const column = above.cells.findIndex((cell) => cellText(cell) !== '')
  const isOneOfMany = rows.slice(at).some((row) => isHeading(row) && cellText(row.cells[column]) !== '')
  return isOneOfMany ? [above.index] : []
}

const levelsMax = 2

/** Whether the header comes again, and right below a heading each time. */
function repeatsBelowHeadings(rows: readonly Row[], at: number): boolean {
  const header = wordsOf(rows[at]!.cells)
  const places = rows.flatMap((row, place) =>
    place > at && filledCount(row.cells) >= 2 && wordsOf(row.cells) === header ? [place] : [],
  )
  return places.length > 0 && places.every((place) => isHeading(rows[place - 1]!))
}

function wordsOf(cells: readonly Cell[]): string {
  return cells
    .map((cell) => normalize(cellText(cell)))
    .join('|')
    .replace(/\|+$/, '')
}

function isHeading({ cells }: Row): boolean {
  if (filledCount(cells) !== 1) return false
  const text = cells.map((cell) => cellText(cell)).find((one) => one !== '')!
  return /\p{L}/u.test(text) && !isNoteText(text) && !isTotalText(text)
}
