import type { OpenedFile } from '../../src/analyzer/formats/format.ts'
import type { Cell, Row } from '../../src/analyzer/table/rows/row.ts'

/** How far the cells of a sheet are what a text file shows of them. Rows and columns are those of the text file, 0-based. */
export interface CellComparison {
  /** How many were compared: those of the text file, and what the sheet has besides them. */
  cells: number
  same: number
  differing: { row: number; column: number; read: Cell; shown: string }[]
}

/**
 * Compares a sheet with a CSV (or tab-separated .txt, .tsv) file that the same workbook was saved as. Such a file
 * shows numbers as they are formatted, so a number is the same when it is what is shown, as far as that is shown; of
 * a date, the day and the month must be shown. Blank rows are left out on both sides.
 */
export async function compareWithCsv(
  file: OpenedFile,
  sheetIndex: number,
  csvPath: string,
): Promise<CellComparison> {
  const shown = (await linesOf(csvPath)).filter((line) => line.join('').trim() !== '')
  const read: Row[] = (await Array.fromAsync(file.rows(sheetIndex))).flat()
  const rows = read.map(({ cells }) => cells).filter((cells) => cells.join('').trim() !== '')
  const comparison: CellComparison = { cells: 0, same: 0, differing: [] }
  for (let row = 0; row < Math.max(shown.length, rows.length); row++) {
    const texts = shown[row] ?? []
    const cells = rows[row] ?? []
    for (let column = 0; column < Math.max(texts.length, cells.length); column++) {
      const cell = cells[column] ?? ''
      const text = texts[column] ?? ''
      comparison.cells++
      if (isShownAs(cell, text)) comparison.same++
      else comparison.differing.push({ row, column, read: cell, shown: text })
    }
  }
  return comparison
}

async function linesOf(path: string): Promise<string[][]> {
  const bytes = await Bun.file(path).bytes()
  const isUtf16 = bytes[0] === 0xff && bytes[1] === 0xfe
  const text = new TextDecoder(isUtf16 ? 'utf-16le' : 'utf-8').decode(bytes)
  return parse(text, path.endsWith('.csv') ? ',' : '\t')
}

function parse(text: string, delimiter: string): string[][] {
  const lines: string[][] = [[]]
  const field = new RegExp(
    `(?:"((?:[^"]|"")*)"|([^${delimiter}\\r\\n]*))(${delimiter}|\\r\\n|\\n|\\r|$)`,
    'y',
  )
  while (field.lastIndex < text.length) {
    const [, quoted, plain, end] = field.exec(text)!
    lines.at(-1)!.push(quoted?.replaceAll('""', '"') ?? plain!)
    if (end !== delimiter) lines.push([])
  }
  return lines
}

function isShownAs(cell: Cell, shown: string): boolean {
  if (typeof cell === 'number') return isNumberShownAs(cell, shown)
  const date = /^\d{4}-(\d{2})-(\d{2})/.exec(cell)
  if (date === null) return cell.trim() === shown.trim() || /^\d\d:\d\d/.test(cell)
  const parts = shown.split(/\D+/).map(Number)
  return parts.includes(Number(date[1])) && parts.includes(Number(date[2]))
}

function isNumberShownAs(cell: number, shown: string): boolean {
  const factor = shown.includes('%') ? 100 : 1
  const digits = shown.replace(/[,%$ ]/g, '')
  if (digits === '') return false
  const decimals = /\.(\d+)/.exec(digits)?.[1]?.length ?? 0
  const exponent = Number(/E([+-]\d+)$/i.exec(digits)?.[1] ?? 0)
  return Math.abs(cell * factor - Number(digits)) <= 0.51 * 10 ** (exponent - decimals)
}
