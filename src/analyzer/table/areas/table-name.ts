import type { TableDecision } from '../decision.ts'
import { columnLetter } from '../letters.ts'
import { hasWholeRows, isWholeSheet } from './area.ts'

/** How people are told of a table: 'The table', 'Sheet "Tools"', 'Sheet "Tools", rows 12 to 40, columns A to D'. */
export function tableName({
  sheetName,
  area,
  headers,
}: Pick<TableDecision, 'sheetName' | 'area' | 'headers'>): string {
  const sheet = sheetName === null ? 'The table' : `Sheet "${sheetName}"`
  if (isWholeSheet(area)) return sheet
  const parts = [sheetName === null ? 'The table in' : `${sheet},`]
  const from = area.firstRow + 1
  const hasAllRows = area.firstRow === 0 && area.lastRow === null
  if (!hasAllRows)
    parts.push(area.lastRow === null ? `rows from ${from} on` : `rows ${from} to ${area.lastRow + 1}`)
  if (!hasWholeRows(area)) {
    const last = area.lastColumn ?? Math.max(area.firstColumn, headers.length - 1)
    parts.push(`columns ${columnLetter(area.firstColumn)} to ${columnLetter(last)}`)
  }
  return `${parts[0]} ${parts.slice(1).join(', ')}`
}
