import type { OpenedFile } from '../formats/format.ts'
import { isInRows } from '../table/areas/area.ts'
import type { CorrectedTable, TableDecision } from '../table/decision.ts'
import type { Cell, Row } from '../table/rows/row.ts'
import { cellText } from '../table/text.ts'
import { unguarded } from './formula-guard.ts'

/** Rows of corrected tables by the rows that they correct; 0-based. */
export class Origins {
  readonly #ofSheets = new Map<string | null, Map<number, Origin>>()

  add(sheet: string | null, row: number, origin: Origin): void {
    const ofSheet = this.#ofSheets.get(sheet) ?? new Map<number, Origin>()
    this.#ofSheets.set(sheet, ofSheet.set(row, origin))
  }

  /** Null: the file does not say which row it was. */
  of(sheet: string | null, row: number): Origin | null {
    return this.#ofSheets.get(sheet)?.get(row) ?? null
  }
}

/** The row of the supplier's own file. */
export interface Origin {
  table: CorrectedTable
  row: number
}

/**
 * A file of corrected rows as its tables see it: cells as the supplier wrote them, without what keeps spreadsheets
 * from running them, and without the columns of ours.
 * @param tables as `correctedTables` gives them
 */
export function correctedFile(
  file: OpenedFile,
  tables: readonly TableDecision[],
): { file: OpenedFile; origins: Origins } {
  const origins = new Origins()
  async function* rows(sheet: number): AsyncGenerator<Row[]> {
    const ofSheet = tables.filter((table) => table.sheet === sheet)
    for await (const batch of file.rows(sheet))
      yield batch.map((row) => {
        const table = ofSheet.find(({ area }) => isInRows(area, row.index))
        if (table?.corrects === undefined || row.index < table.firstDataRow) return row
        const { number, ...rest } = own(row, table.corrects)
        if (number !== null)
          origins.add(table.sheetName, row.index, { table: table.corrects, row: number - 1 })
        return { index: row.index, ...rest }
      })
  }
  const { columnFormats: _, ...rest } = file
  return { file: { ...rest, rows, records: null }, origins }
}

/** A row without our columns. */
interface OwnPart extends Omit<Row, 'index' | 'tidy'> {
  /** Of the supplier's row, from 1 on; null: it does not say. */
  number: number | null
}

/**
 * Whoever joins two cells that a delimiter had split moves everything behind them one to the left, our columns
 * included; whoever splits one moves them to the right, and then what belongs where cannot be told.
 */
function own(row: Row, { reasonColumn, rowColumn, sectionColumn }: CorrectedTable): OwnPart {
  const { cells } = row
  const ours = sectionColumn === null ? 2 : 3
  const moved = reasonColumn + ours - cells.length
  const isMovedLeft =
    moved > 0 &&
    cells.length >= ours &&
    numberIn(cells[rowColumn - moved]) !== null &&
    looksLikeReason(cells[reasonColumn - moved]!)
  const by = isMovedLeft ? moved : 0
  const stated = cellText(cells[rowColumn - by])
  const number = numberIn(cells[rowColumn - by])
  const section = sectionColumn === null ? '' : cellText(cells[sectionColumn - by])
  const fault = row.fault ?? (stated !== '' && number === null ? tooManyCells(row, stated) : null)
  return {
    cells: cells
      .slice(0, reasonColumn - by)
      .map((cell) => (typeof cell === 'string' ? unguarded(cell) : cell)),
    number,
    ...(section !== '' && { section: unguarded(section) }),
    ...(fault !== null && { fault }),
  }
}

const tooManyCells = ({ index }: Row, raw: string) => ({
  code: 'too_many_cells',
  message: `Row ${index + 1} has more cells than there are columns, so its own cannot be told from the reason; was a delimiter meant as text? Quote it`,
  raw,
})

function numberIn(cell: Cell | undefined): number | null {
  const text = cellText(cell)
  return /^[1-9]\d{0,8}$/.test(text) ? Number(text) : null
}

const looksLikeReason = (cell: Cell) => /\brow \d/i.test(cellText(cell))
