import type { IssueCount } from '../analyzer/table/rows/issue.ts'
import { columnLetter } from './card.ts'
import { printLine, printProse, printTable } from './output.ts'
import type { Writer } from './writer.ts'

interface Issues {
  /** The first of them. */
  shown: { row: number | null; column: number | null; code: string; message: string }[]
  /** Of them all. */
  counts: IssueCount[]
  /** "--limit N shows them" */
  howToSeeMore: string
}

/** Rows that were not taken, and notes on those that were; of many the first, and how often there is what. */
export function printIssues(writer: Writer, { shown, counts, howToSeeMore }: Issues): void {
  if (shown.length === 0) return
  printLine(writer, '')
  printTable(writer, {
    columns: [{ header: 'ROW', align: 'right' }, { header: 'COLUMN' }, { header: 'CODE' }, { header: 'WHY' }],
    rows: shown.map(({ row, column, code, message }) => [
      row === null ? null : row + 1,
      column === null ? null : columnLetter(column),
      code,
      message,
    ]),
  })
  const more = counts.reduce((sum, { count }) => sum + count, 0) - shown.length
  if (more <= 0) return
  const all = counts.map(({ code, count }) => `${count} ${code}`).join(', ')
  printProse(writer, `… and ${more} more, in all ${all}; ${howToSeeMore}.`)
}
