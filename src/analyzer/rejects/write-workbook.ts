import type ExcelJS from 'exceljs'
import { sinkStream } from '../../lib/sink-stream.ts'
import { workbookText } from '../../lib/workbook-text.ts'
import { loadWorkbookWriter } from '../../lib/workbook-writer.ts'
import type { Cell } from '../table/rows/row.ts'
import { guardedText } from './formula-guard.ts'
import { rowHeader, sectionHeader } from './mark.ts'
import type { ByteSink, RejectsWriter, ReturnedTable } from './rejects-writer.ts'

/** Excel's own limits. */
const cellCharactersMax = 32_767
const sheetNameMax = 31
const [columnWidthMin, columnWidthMax, reasonWidth, sectionWidth] = [8, 60, 70, 30]
/** So many rows are written before whoever takes the bytes, and everybody else, has a turn. */
const rowsPerTurn = 200

const reasonFill = { type: 'pattern', pattern: 'solid', fgColor: { argb: 'FFFFF3D6' } } as const
const rowsOnly = { ySplit: 1 }

/** Rejected rows as a workbook; tables of one sheet follow each other on one sheet. */
export async function workbookWriter(sink: ByteSink): Promise<RejectsWriter> {
  // Not before it is needed: every process that reads a file would pay for it.
  const WorkbookWriter = await loadWorkbookWriter()
  const stream = sinkStream(sink)
  const workbook = new WorkbookWriter({
    stream,
    useStyles: true,
    useSharedStrings: false,
  })
  const names = new SheetNames()
  let sheet: { of: string | null; worksheet: ExcelJS.Worksheet } | null = null
  let current: ReturnedTable | null = null
  /** The 1-based row in which row 0 of the supplier's file would stand, while the titles are written. */
  let offset = 0
  let lastRow = 0
  let rows = 0

  function begin(table: ReturnedTable): ExcelJS.Worksheet {
    const worksheet = workbook.addWorksheet(names.next(table.sheetName), {
      views: [{ state: 'frozen', ...rowsOnly, ySplit: table.headRow - table.topRow + 1 }],
    })
    worksheet.columns = [
      ...Array.from({ length: table.reasonColumn }, (_, column) => ({
        width: Math.min(columnWidthMax, Math.max(columnWidthMin, (table.widths[column] ?? 0) + 2)),
      })),
      { width: reasonWidth },
      { width: rowHeader.length + 2 },
      ...(table.hasSections ? [{ width: sectionWidth }] : []),
    ]
    lastRow = 0
    return worksheet
  }

  return {
    async table(table) {
      if (sheet === null || sheet.of !== table.sheetName) {
        sheet?.worksheet.commit()
        sheet = { of: table.sheetName, worksheet: begin(table) }
        offset = 1 - table.topRow
      } else offset = lastRow + 2 - table.topRow
      current = table
    },
    async row({ kind, index, cells, reason, section }, number) {
      if (current === null || sheet === null) throw new Error('A row came before its table.')
      const { reasonColumn, mark, hasSections } = current
      lastRow = kind === 'row' ? lastRow + 1 : offset + index
      const row = sheet.worksheet.getRow(lastRow)
      for (const [column, cell] of cells.slice(0, reasonColumn).entries())
        if (cell !== '') put(row.getCell(column + 1), cell, kind === 'head')
      if (kind === 'head') {
        put(row.getCell(reasonColumn + 1), mark, true)
        put(row.getCell(reasonColumn + 2), rowHeader, true)
        if (hasSections) put(row.getCell(reasonColumn + 3), sectionHeader, true)
        row.getCell(reasonColumn + 1).fill = reasonFill
      }
      if (kind === 'row') {
        const cell = row.getCell(reasonColumn + 1)
        put(cell, reason, false)
        cell.fill = reasonFill
        cell.alignment = { wrapText: true, vertical: 'top' }
        if (number !== null) put(row.getCell(reasonColumn + 2), number, false)
        if (section !== '') put(row.getCell(reasonColumn + 3), section, false)
      }
      row.commit()
      if (++rows % rowsPerTurn === 0) await stream.turn()
    },
    async end() {
      sheet?.worksheet.commit()
      await workbook.commit()
    },
  }
}

/** Texts stay texts, also when somebody edits the cell: codes keep their zeros, and nothing becomes a formula. */
function put(cell: ExcelJS.Cell, value: Cell, isBold: boolean): void {
  const shown =
    typeof value === 'number' ? value : workbookText(guardedText(value).slice(0, cellCharactersMax))
  cell.value = shown
  if (typeof shown === 'string' && /^[\s\d=+\-@.,'＝＋－＠]/.test(shown)) cell.numFmt = '@'
  if (isBold) cell.font = { bold: true }
}

/** Sheet names as Excel allows them, each once. */
class SheetNames {
  readonly #taken = new Set<string>()

  next(wanted: string | null): string {
    const plain = (wanted ?? '').replace(/[\\/?*[\]:]|^'|'$/g, ' ').trim()
    const base = plain === '' ? 'Rejected rows' : plain
    for (let count = 1; ; count++) {
      const suffix = count === 1 ? '' : ` (${count})`
      const name = base.slice(0, sheetNameMax - suffix.length) + suffix
      // Excel compares them without case.
      if (this.#taken.has(name.toLowerCase())) continue
      this.#taken.add(name.toLowerCase())
      return name
    }
  }
}
