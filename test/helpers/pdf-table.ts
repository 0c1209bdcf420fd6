import type { PdfMark, PdfPage } from './pdf.ts'
import { textWidth } from './pdf.ts'

export interface PdfColumn {
  x: number
  /** Default: left. */
  align?: 'left' | 'right' | 'center'
}

export interface PdfTableOptions {
  columns: PdfColumn[]
  /** Rows of cells; a cell of several lines has "\n" in it, '' is blank. */
  rows: string[][]
  /** Baseline of the first line. */
  top: number
  /** From line to line, and from the last line of a row to the next row. Default: 12 and 18. */
  linePitch?: number
  rowPitch?: number
  /** Draws rules around every cell; where columns end is then the next column's x, less 5. */
  isRuled?: boolean
  /** Rules below rows only. */
  hasRowRules?: boolean
  /** The right edge of the last column. */
  right?: number
}

/** A table as marks on a page. Cells begin at the top of their row. */
export function pdfTable(options: PdfTableOptions): PdfMark[] {
  const { columns, rows, top, linePitch = 12, rowPitch = 18, right = 545 } = options
  const marks: PdfMark[] = []
  const edges = [...columns.map(({ x, align }) => (align === 'right' ? x - 70 : x) - 5), right]
  let y = top
  const ys = [top - 13]
  for (const row of rows) {
    let height = 1
    row.forEach((cell, at) => {
      const { x, align = 'left' } = columns[at]!
      const lines = cell === '' ? [] : cell.split('\n')
      height = Math.max(height, lines.length)
      lines.forEach((text, line) => {
        marks.push({ text, x, y: y + line * linePitch, align })
      })
    })
    y += (height - 1) * linePitch + rowPitch
    ys.push(y - 13)
  }
  if (options.isRuled || options.hasRowRules)
    for (const at of ys) marks.push({ line: [edges[0]!, at, right, at] })
  if (options.isRuled) for (const x of edges) marks.push({ line: [x, ys[0]!, x, ys.at(-1)!] })
  return marks
}

/** A page of lines that fill its width. */
export function pdfProse(lineCount: number, top = 60): PdfPage {
  const words = 'prices goods terms supply shall within days order buyer seller agreed payment'.split(' ')
  const marks: PdfMark[] = []
  for (let line = 0; line < lineCount; line++) {
    let x = 50
    for (let at = 0; x < 480; at++) {
      const text = words[(line * 5 + at * 3) % words.length]!
      marks.push({ text, x, y: top + line * 13 })
      // Justified: spaces of a width of their own on every line.
      x += textWidth(text) + 3 + (line % 4)
    }
  }
  return { marks }
}
