import * as XLSX from '@e965/xlsx'
import ExcelJS from 'exceljs'
import type { Draft, DraftCell, StyledCell } from './draft.ts'
import { type Encoding, encode } from './encode.ts'

export interface CsvStyle {
  readonly delimiter: ',' | ';' | '\t'
  readonly encoding: Encoding
  readonly lineEnd?: '\n' | '\r\n'
  readonly byteOrderMark?: boolean
  /** Width that every line is filled up to, as spreadsheet programs do; absent: lines are ragged. */
  readonly width?: number
}

/** The bytes of a CSV file. */
export function csvBytes(sheet: Draft, style: CsvStyle): Uint8Array {
  const lineEnd = style.lineEnd ?? '\r\n'
  const lines = sheet.rows.map((cells) => {
    const padded = [...cells, ...Array<null>(Math.max(0, (style.width ?? 0) - cells.length)).fill(null)]
    return padded.map((cell) => quoted(textOf(cell), style.delimiter)).join(style.delimiter)
  })
  const text = `${lines.join(lineEnd)}${lineEnd}`
  return encode(style.byteOrderMark ? `\ufeff${text}` : text, style.encoding)
}

export interface WorkbookStyle {
  readonly rightToLeft?: boolean
  readonly widths?: readonly number[]
}

/** The bytes of an XLSX workbook, one sheet a draft. */
export async function workbookBytes(
  sheets: readonly Draft[],
  style: WorkbookStyle = {},
): Promise<Uint8Array> {
  const workbook = new ExcelJS.Workbook()
  workbook.created = new Date(Date.UTC(2026, 0, 15))
  workbook.modified = workbook.created
  for (const each of sheets) {
    const sheet = workbook.addWorksheet(each.name ?? 'Sheet1', {
      views: [{ rightToLeft: style.rightToLeft ?? false }],
    })
    each.rows.forEach((cells, row) => {
      cells.forEach((cell, column) => {
        if (cell !== null) fill(sheet.getCell(row + 1, column + 1), cell)
      })
    })
    for (const range of each.merges) sheet.mergeCells(range)
    style.widths?.forEach((width, column) => {
      sheet.getColumn(column + 1).width = width
    })
  }
  return new Uint8Array(await workbook.xlsx.writeBuffer())
}

/** The bytes of a workbook in another format: BIFF8 (XLS), XLSB or ODS. Merged cells and number formats are kept. */
export function otherWorkbookBytes(sheets: readonly Draft[], bookType: 'biff8' | 'xlsb' | 'ods'): Uint8Array {
  const workbook = XLSX.utils.book_new()
  for (const each of sheets) {
    const rows = each.rows.map((cells) =>
      cells.map((cell) => (cell !== null && typeof cell === 'object' ? { ...sheetCell(cell) } : cell)),
    )
    const sheet = XLSX.utils.aoa_to_sheet(rows)
    sheet['!merges'] = each.merges.map((range) => XLSX.utils.decode_range(range))
    XLSX.utils.book_append_sheet(workbook, sheet, each.name ?? 'Sheet1')
  }
  return new Uint8Array(XLSX.write(workbook, { type: 'buffer', bookType }))
}

function sheetCell({ value, format }: StyledCell): XLSX.CellObject {
  const shape = format === undefined ? {} : { z: format }
  return typeof value === 'number' ? { t: 'n', v: value, ...shape } : { t: 's', v: value }
}

function fill(target: ExcelJS.Cell, cell: DraftCell): void {
  if (cell === null || typeof cell !== 'object') {
    target.value = cell
    return
  }
  target.value = cell.formula === undefined ? cell.value : { formula: cell.formula, result: cell.value }
  if (cell.format !== undefined) target.numFmt = cell.format
  if (cell.bold || cell.strike) target.font = { bold: cell.bold ?? false, strike: cell.strike ?? false }
}

function textOf(cell: DraftCell): string {
  return cell === null ? '' : String(typeof cell === 'object' ? cell.value : cell)
}

function quoted(text: string, delimiter: string): string {
  return text.includes(delimiter) || /["\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
