import type { OpenedFile } from '../formats/format.ts'
import { hasWholeRows } from '../table/areas/area.ts'
import type { TableDecision, TableOptions } from '../table/decision.ts'
import type { RowOutcome } from '../table/rows/item.ts'
import type { Cell } from '../table/rows/row.ts'
import { letterHeads } from './corrected-tables.ts'
import type { LoggedFault, LoggedRow } from './rejected-log.ts'
import { rereadTable } from './reread-table.ts'
import { hasHead, headRowOf } from './table-head.ts'

/**
 * A row of a table as it goes back to whoever sent the list: `above` (a title), `head` (the last row of the header,
 * beside which the mark goes) or a rejected `row`.
 */
export interface ReturnedRow {
  kind: 'above' | 'head' | 'row'
  /** 0-based, in the supplier's file. */
  index: number
  cells: Cell[]
  /** Why it was rejected; '' for all but a rejected row. */
  reason: string
  /** The headings above it, joined; '' without any. */
  section: string
}

/**
 * The rejected rows of a table with everything that stands above them. What they are comes from the file that was
 * kept: the parse log cuts long cells, and has numbers as texts. Which they are, and why, comes from the log.
 *
 * A row must mean the same without those above it: its section is said beside it, and blank cells that meant what an
 * article above says are filled in.
 * @param logged the rows of the table's sheet, top to bottom
 */
export async function* rejectedRows(
  file: OpenedFile,
  table: TableDecision,
  options: TableOptions,
  logged: AsyncIterator<LoggedRow>,
): AsyncGenerator<ReturnedRow[]> {
  const headRow = headRowOf(table)
  const isHeaded = hasHead(table)
  let hasHeadCome = false
  let next = await logged.next()
  for await (const batch of rereadTable(file, table, options)) {
    const returned: ReturnedRow[] = []
    for (const { row, outcome, section, inherited } of batch) {
      const { index, cells } = row
      if (isHeaded ? index <= headRow : index < headRow) {
        hasHeadCome ||= index === headRow
        returned.push({ kind: index === headRow ? 'head' : 'above', index, cells, reason: '', section: '' })
        continue
      }
      if (!hasHeadCome) {
        hasHeadCome = true
        returned.push(headOf(table))
      }
      while (next.done !== true && next.value.row < index) next = await logged.next()
      if (next.done === true) break
      if (next.value.row !== index) continue
      const faults = faultsOf(next.value.entries, { table, outcome })
      if (faults.length === 0) continue
      returned.push({
        kind: 'row',
        index,
        cells: filledIn(cells, inherited),
        reason: reasonOf(faults),
        section,
      })
    }
    yield returned
    if (next.done === true) return
  }
}

/** The same from the parse log alone, where the file is no longer kept: cut cells, texts for numbers, no titles. */
export async function* loggedTable(
  table: TableDecision,
  logged: AsyncIterator<LoggedRow>,
): AsyncGenerator<ReturnedRow[]> {
  yield [headOf(table)]
  for (let next = await logged.next(); next.done !== true; next = await logged.next()) {
    const { row: index, entries } = next.value
    const faults = faultsOf(entries, { table, outcome: null })
    if (faults.length === 0) continue
    yield [
      { kind: 'row', index, cells: loggedCells(faults[0]!, table), reason: reasonOf(faults), section: '' },
    ]
  }
}

function headOf(table: TableDecision): ReturnedRow {
  const cells = hasHead(table) ? table.headers.slice() : letterHeads(table)
  return { kind: 'head', index: headRowOf(table), cells, reason: '', section: '' }
}

/** Of tables side by side each has its own faults. What concerns a whole row is told by what the row is in each. */
function faultsOf(
  entries: LoggedFault[],
  { table, outcome }: { table: TableDecision; outcome: RowOutcome | null },
): LoggedFault[] {
  const { area } = table
  if (table.corrects !== undefined || hasWholeRows(area)) return entries
  return entries.filter(({ column, rowData }) => {
    if (column !== null)
      return column >= area.firstColumn && (area.lastColumn === null || column <= area.lastColumn)
    if (outcome === null || outcome.kind === 'rejected') return true
    if (outcome.kind !== 'item' || typeof rowData !== 'object' || rowData === null) return false
    const { sku, name } = outcome.item
    return 'sku' in rowData && rowData.sku === sku && 'name' in rowData && rowData.name === name
  })
}

const reasonOf = (faults: readonly LoggedFault[]) =>
  [...new Set(faults.map(({ message }) => message.replace(/\.$/, '')))].join('; ')

function filledIn(cells: Cell[], inherited: ReadonlyMap<number, string>): Cell[] {
  if (inherited.size === 0) return cells
  const filled = cells.slice()
  for (const [column, text] of inherited) {
    while (filled.length <= column) filled.push('')
    filled[column] = text
  }
  return filled
}

function loggedCells({ rowData }: LoggedFault, { mapping }: TableDecision): Cell[] {
  if (Array.isArray(rowData)) return rowData.map((cell) => String(cell))
  const cells: Cell[] = []
  if (typeof rowData !== 'object' || rowData === null) return cells
  for (const [field, text] of Object.entries(rowData)) {
    // Objects are made of fields by duplicates.ts.
    const column = mapping[field as keyof typeof mapping]?.column
    if (column === undefined || text === null) continue
    while (cells.length <= column) cells.push('')
    cells[column] = String(text)
  }
  return cells
}
