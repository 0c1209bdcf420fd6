import type ExcelJS from 'exceljs'
import { sinkStream } from '../../lib/sink-stream.ts'
import { workbookText } from '../../lib/workbook-text.ts'
import { loadWorkbookWriter } from '../../lib/workbook-writer.ts'
import { type Column, cellOf } from './columns.ts'

/** Excel's own limits. */
const sheetRowsMax = 1_048_576
const cellCharactersMax = 32_767
/** Digits that a number of a workbook keeps. */
const exactDigits = 15
/** So many rows are written before whoever takes the bytes, and everybody else, has a turn. */
const rowsPerTurn = 100

/**
 * Writes rows as a workbook, page by page, in the memory of a few pages. When a sheet is full the next one begins,
 * with the header again. Texts are texts, whatever they look like; decimals are numbers where a workbook's numbers
 * are exact, and texts beyond that.
 * @param sink gets the bytes; the next page waits for it
 */
export async function writeWorkbook(
  columns: readonly Column[],
  pages: AsyncIterable<readonly Record<string, unknown>[]>,
  { sheetName, sink, rowsMax = sheetRowsMax }: WorkbookOptions,
): Promise<void> {
  const WorkbookWriter = await loadWorkbookWriter()
  const stream = sinkStream(sink)
  const workbook = new WorkbookWriter({
    stream,
    useStyles: true,
    useSharedStrings: false,
  })
  let sheet: ExcelJS.Worksheet | null = null
  let sheets = 0
  let rowsOfSheet = 0

  function begin(): ExcelJS.Worksheet {
    sheets++
    const suffix = sheets === 1 ? '' : ` (${sheets})`
    const added = workbook.addWorksheet(sheetName.slice(0, 31 - suffix.length) + suffix, {
      views: [{ state: 'frozen', ySplit: 1 }],
    })
    added.columns = columns.map(({ name }) => ({ width: Math.min(40, Math.max(10, name.length + 2)) }))
    const header = added.addRow(columns.map(({ name }) => name))
    header.font = { bold: true }
    header.commit()
    rowsOfSheet = 1
    return added
  }

  sheet = begin()
  let rows = 0
  for await (const page of pages)
    for (const row of page) {
      if (rowsOfSheet === rowsMax) {
        sheet.commit()
        sheet = begin()
      }
      rowsOfSheet++
      const written = sheet.getRow(rowsOfSheet)
      for (const [index, column] of columns.entries()) put(written, index, cellOf(row, column), column.kind)
      written.commit()
      if (++rows % rowsPerTurn === 0) await stream.turn()
    }
  sheet.commit()
  await workbook.commit()
}

interface WorkbookOptions {
  sheetName: string
  sink(bytes: Uint8Array): Promise<void>
  /** Rows of a sheet, with its header; left out: as many as Excel takes. */
  rowsMax?: number
}

function put(row: ExcelJS.Row, index: number, value: ReturnType<typeof cellOf>, kind: Column['kind']): void {
  if (value === null) return
  const cell = row.getCell(index + 1)
  if (kind === 'decimal' && typeof value === 'string' && isExact(value)) {
    cell.value = Number(value)
    cell.numFmt = '0.00##'
    return
  }
  cell.value = typeof value === 'string' ? workbookText(value.slice(0, cellCharactersMax)) : value
  // Codes stay as they are when somebody edits the cell.
  if (typeof value === 'string' && /^[\s\d=+\-@.,'＝＋－＠]/.test(value)) cell.numFmt = '@'
}

const isExact = (decimal: string) => decimal.replace(/^-?0*|\./g, '').length <= exactDigits
