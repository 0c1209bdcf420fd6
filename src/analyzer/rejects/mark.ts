import type { Cell } from '../table/rows/row.ts'

/**
 * What the header of the reason column says: whose rejected rows the file holds. It is what makes a file a corrected
 * one when it is handed in again, whatever a spreadsheet has made of it in between.
 */
export interface Mark {
  importId: string
  /** Which of the import's tables the rows are of; 0-based. */
  table: number
}

/** @param isOnly the import has one table, so its number need not be said */
export function markText({ importId, table }: Mark, isOnly: boolean): string {
  return `Tallyman: reason (import ${importId}${isOnly ? '' : `, table ${table + 1}`})`
}

/** Above the numbers of the rows in the supplier's own file, by which a corrected row is known. */
export const rowHeader = 'Tallyman: row'

/** Above the headings under which the rows stood, where the list has such. */
export const sectionHeader = 'Tallyman: section'

/** The mark in a cell; `isAlone`: it is all that the cell holds. Null: there is none. */
export function markIn(cell: Cell): (Mark & { isAlone: boolean }) | null {
  // Nearly every cell is none, and is not looked through.
  if (typeof cell !== 'string' || !cell.includes('Tallyman: reason')) return null
  const found = markPattern.exec(cell)
  if (found === null) return null
  return {
    importId: found[1]!,
    table: found[2] === undefined ? 0 : Number(found[2]) - 1,
    isAlone: found[0].length === cell.trim().length,
  }
}

const markPattern = /Tallyman: reason \(import ([0-9a-f-]{36})(?:, table (\d{1,5}))?\)/
