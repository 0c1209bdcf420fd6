import type { FileDecision, ImportOptions } from '../../imports/model.ts'
import { InvalidError } from '../../lib/errors.ts'
import type { OpenedFile, Sheet } from '../formats/format.ts'
import { hasWholeRows } from '../table/areas/area.ts'
import type { TableDecision } from '../table/decision.ts'
import { columnLetter } from '../table/letters.ts'
import type { Cell } from '../table/rows/row.ts'
import { cellText, normalize } from '../table/text.ts'
import { type Mark, markIn, sectionHeader } from './mark.ts'
import { headRowOf, rowsAbove } from './table-head.ts'

/** The import whose rejected rows come back, as it read its file. */
export interface CorrectedImport {
  id: string
  decision: FileDecision
  options: ImportOptions
}

/** A mark and the row in which it stands: the last one above the rows. */
export interface FoundMark extends Mark {
  sheet: Sheet
  row: number
  column: number
  cells: Cell[]
  isAlone: boolean
}

/** Formats in which nobody keeps corrected rows; looking into them would cost time. */
const otherFormats: ReadonlySet<string> = new Set(['pdf', 'json', 'xml', 'xml-catalog'])
/** The mark stands beside a header, and that is looked for in as many rows. */
const headRowsMax = 250

/** The first mark of a file, if it is one of corrected rows. Cheap: it reads the first rows of each sheet. */
export async function firstMark(file: OpenedFile): Promise<FoundMark | null> {
  if (otherFormats.has(file.format)) return null
  for (const sheet of file.sheets) for await (const mark of marksOf(file, sheet, headRowsMax)) return mark
  return null
}

/** Every mark of a file, top to bottom. */
export async function allMarks(file: OpenedFile): Promise<FoundMark[]> {
  const marks: FoundMark[] = []
  for (const sheet of file.sheets)
    for await (const mark of marksOf(file, sheet, Number.POSITIVE_INFINITY)) marks.push(mark)
  return marks
}

async function* marksOf(file: OpenedFile, sheet: Sheet, rowsMax: number): AsyncGenerator<FoundMark> {
  let rows = 0
  for await (const batch of file.rows(sheet.index))
    for (const { index, cells } of batch) {
      if (rows++ >= rowsMax) return
      for (let column = cells.length - 1; column >= 0; column--) {
        const mark = markIn(cells[column]!)
        if (mark !== null) yield { ...mark, sheet, row: index, column, cells }
      }
    }
}

/**
 * What the tables of a file of corrected rows mean: just what the tables of the import that is corrected meant, in
 * the places where they stand now.
 * @throws InvalidError `several_imports`, `unknown_table`, `changed_columns`
 */
export function correctedTables(
  marks: readonly FoundMark[],
  { id, decision, options }: CorrectedImport,
): TableDecision[] {
  const other = marks.find(({ importId }) => importId !== marks[0]!.importId)
  if (other !== undefined)
    throw new InvalidError(
      'several_imports',
      `The file holds rejected rows of two imports, ${marks[0]!.importId} and ${other.importId}; hand each in by itself.`,
    )
  return marks.map((mark, index) => {
    const table = decision.tables[mark.table]
    if (table === undefined)
      throw new InvalidError(
        'unknown_table',
        `The file says that it holds rows of table ${mark.table + 1}, but import ${id} has ${decision.tables.length}; fetch the rejected rows again.`,
      )
    checkColumns(mark, table)
    const isFirst = marks[index - 1]?.sheet.index !== mark.sheet.index
    const next = marks[index + 1]
    const end = next?.sheet.index === mark.sheet.index ? blockStart(next, decision.tables) - 1 : null
    return placed(mark, table, {
      firstRow: isFirst ? 0 : blockStart(mark, decision.tables),
      lastRow: end,
      scope: options.settings.scope === 'sheet' ? (table.sheetName ?? '') : '',
    })
  })
}

/** Whether the columns still stand where they stood, as far as the header tells. */
export function hasOwnColumns(mark: FoundMark, { decision }: CorrectedImport): boolean {
  const table = decision.tables[mark.table]
  return table === undefined || changedColumn(mark, table) === null
}

/** Everything that is said by its row goes along with the header. */
function placed(
  mark: FoundMark,
  table: TableDecision,
  { firstRow, lastRow, scope }: { firstRow: number; lastRow: number | null; scope: string },
): TableDecision {
  const { sheet, row, column } = mark
  const shift = row - headRowOf(table)
  const shifted = (rows: number[]) => rows.map((at) => at + shift).filter((at) => at >= firstRow)
  const { area } = table
  return {
    ...table,
    sheet: sheet.index,
    sheetName: sheet.name,
    isHidden: false,
    isChosen: null,
    verdict: 'price-list',
    reasons: [],
    unknownColumns: [],
    area: { firstRow, lastRow, firstColumn: area.firstColumn, lastColumn: column - 1 },
    headerRows: shifted(table.headerRows),
    sectionRows: shifted(table.sectionRows),
    firstDataRow: row + 1,
    cells: {},
    corrects: {
      table: mark.table,
      sheetName: table.sheetName,
      scope,
      reasonColumn: column,
      rowColumn: column + 1,
      sectionColumn: cellText(mark.cells[column + 2]) === sectionHeader ? column + 2 : null,
      firstColumn: hasWholeRows(area) ? null : area.firstColumn,
      lastColumn: hasWholeRows(area) ? null : area.lastColumn,
    },
  }
}

/** The first row of the titles above a mark. */
function blockStart({ table, row }: FoundMark, tables: readonly TableDecision[]): number {
  const decided = tables[table]
  return decided === undefined ? row : Math.max(0, row - rowsAbove(decided))
}

function checkColumns(mark: FoundMark, table: TableDecision): void {
  const changed = changedColumn(mark, table)
  if (changed === null) return
  const is = cellText(mark.cells[changed.column]).slice(0, shownMax)
  throw new InvalidError(
    'changed_columns',
    `Column ${columnLetter(changed.column)} was "${changed.was.slice(0, shownMax)}" when the rows were rejected and is ${is === '' ? 'blank' : `"${is}"`} now; ` +
      `put the columns back as they were, or fetch the rows again: tallyman rejects ${mark.importId}`,
  )
}

const shownMax = 60

/** The first column whose header is not what it was. A spreadsheet may have made a number or a date of a header. */
function changedColumn(
  { cells, column: reasonColumn }: FoundMark,
  table: TableDecision,
): { column: number; was: string } | null {
  const was = headTexts(table)
  for (let column = 0; column < Math.max(was.length, reasonColumn); column++) {
    const before = normalize(was[column] ?? '')
    const now = column < reasonColumn ? cellText(cells[column]) : ''
    const words = normalize(now)
    if (before === words || (/\d/.test(before) && /^[\d.,:/\s-]*T?[\d:]*$/.test(now))) continue
    // Very long headers are kept cut.
    if (Math.min(before.length, words.length) >= shownMax && sameStart(before, words)) continue
    if (before === '' && column >= was.length) continue
    return { column, was: was[column] ?? '' }
  }
  return null
}

const sameStart = (a: string, b: string) => a.startsWith(b) || b.startsWith(a)

/** What the row of the mark says in each column. */
function headTexts(table: TableDecision): string[] {
  return table.headerLines.at(-1) ?? (table.headers.length > 0 ? table.headers : letterHeads(table))
}

/** The header that a table without one gets, so that its columns can be recognised. */
export function letterHeads({ mapping, characteristics, tiers }: TableDecision): string[] {
  const columns = [...Object.values(mapping), ...characteristics, ...tiers].map(({ column }) => column)
  return Array.from({ length: Math.max(-1, ...columns) + 1 }, (_, column) => `Column ${columnLetter(column)}`)
}
