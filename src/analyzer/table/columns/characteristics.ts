import { columnLetter } from '../letters.ts'
import { isTidyAt, type Row } from '../rows/row.ts'
import { plainNumber, trimmed } from '../text.ts'

/** A column that becomes a characteristic. */
export interface KeyedColumn {
  column: number
  key: string
}

/**
 * Keys for columns: the given name, or the column's letter where it has none; a name seen before gets " (2)".
 * Columns must be asked in their order.
 */
export function keyNamer(): (name: string, column: number) => string {
  const used = new Set<string>()
  return (name, column) => {
    const base = (name === '' ? columnLetter(column) : name).slice(0, keyLengthMax).toWellFormed()
    let key = base
    for (let copy = 2; used.has(key); copy++) key = `${base} (${copy})`
    used.add(key)
    return key
  }
}

/**
 * Writes a row's characteristics as JSON text: an object of strings, so that the same value from a workbook and from
 * a CSV file is the same. Keys are in order of their characters: a list that moves its columns has not changed. No
 * object is built: that is faster, and makes "__proto__" an ordinary key.
 * @param usualWidth how many columns most rows have at most
 */
export function characteristicsWriter(
  columns: readonly KeyedColumn[],
  usualWidth: number,
): (row: Row) => string {
  const starts = columns
    .toSorted((one, other) => (one.key < other.key ? -1 : 1))
    .map(({ column, key }) => ({
      column,
      first: `{${JSON.stringify(key)}:"`,
      next: `",${JSON.stringify(key)}:"`,
    }))
  // Columns beyond the header are looked through only for the rare row that has them.
  const usual = starts.filter(({ column }) => column < usualWidth)
  return (row) => {
    const { cells } = row
    const width = cells.length
    let json = ''
    for (const { column, first, next } of width <= usualWidth ? usual : starts) {
      if (column >= width) continue
      const cell = cells[column]!
      let text: string
      if (typeof cell === 'number') {
        if (!Number.isFinite(cell)) continue
        text = plainNumber(cell)
      } else if (isTidyAt(row, column)) {
        // Joined unseen, and by its length: a cell becomes a string of its own only when somebody looks into it.
        if (cell.length === 0) continue
        text = cell
      } else {
        text = trimmed(cell)
        if (text === '') continue
        if (needsEscape(text)) text = JSON.stringify(text).slice(1, -1)
      }
      json = json.length === 0 ? first + text : `${json}${next}${text}`
    }
    return json.length === 0 ? '{}' : `${json}"}`
  }
}

const keyLengthMax = 255
/** Control characters, quotes, backslashes, and surrogates (JSON.stringify escapes lone ones). */
function needsEscape(text: string): boolean {
  // A loop costs two thirds of a regex on texts this short.
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (code < 32 || code === 34 || code === 92 || (code >= 0xd800 && code < 0xe000)) return true
  }
  return false
}
