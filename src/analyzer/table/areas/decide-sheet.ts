import { decideTable, type TableKnowledge } from '../decide.ts'
import type { TableDecision, TableOptions } from '../decision.ts'
import { headerNames } from '../header/header-names.ts'
import { columnOfLetter } from '../letters.ts'
import type { Row } from '../rows/row.ts'
import { cellText, normalize } from '../text.ts'
import { isInRows, rowWithin, wholeSheet } from './area.ts'
import { type FoundArea, findAreas } from './areas.ts'

/**
 * Decides what the tables of a sheet mean: most sheets hold one, some several below or beside each other.
 * @param sample rows of the sheet, ascending by index: its first ones, and some from wherever a table seems to begin
 * @returns at least one decision, in the order of `findAreas`
 */
export function decideSheet(
  sample: Row[],
  sheet: { index: number; name: string | null; isHidden?: boolean; isChosen?: boolean | null },
  options: TableOptions,
  known: TableKnowledge,
): TableDecision[] {
  const names = headerNames()
  // Whoever says where the header is, or that there is none, speaks of the sheet as one table.
  if (options.headerRows !== null)
    return [decideTable(sample, sheet, options, { area: wholeSheet, headingRow: null }, known, names)]
  const found = findAreas(sample, names)
  if (found.length === 1 || namesLetters(options, headingWords(sample, found))) {
    const place = { area: wholeSheet, headingRow: found[0]!.headingRow }
    return [decideTable(sample, sheet, options, place, known, names)]
  }
  const tables = found.map((place) => {
    const rows = sample.filter(({ index }) => isInRows(place.area, index))
    const own = rows.map((row) => rowWithin(row, place.area))
    return decideTable(own, sheet, options, place, known, names)
  })
  return tables.map((table) => {
    const beside = tables.filter(({ area }) => area.firstRow === table.area.firstRow)
    // The title of the whole list stands over the first of several tables.
    const haveHeadings = beside.every(({ sectionRows }) => sectionRows.length > 0)
    return haveHeadings ? table : { ...table, sectionRows: [] }
  })
}

function headingWords(sample: readonly Row[], found: readonly FoundArea[]): ReadonlySet<string> {
  const rows = new Set(found.map(({ headingRow }) => headingRow))
  return new Set(
    sample.flatMap(({ index, cells }) =>
      rows.has(index) ? cells.map((cell) => normalize(cellText(cell))) : [],
    ),
  )
}

/** Whoever names columns by their letters, not by a header, speaks of the sheet as one table. */
function namesLetters({ map }: TableOptions, words: ReadonlySet<string>): boolean {
  return Object.values(map).some(
    (value) =>
      typeof value === 'string' && !words.has(normalize(value)) && columnOfLetter(value.trim()) !== null,
  )
}
