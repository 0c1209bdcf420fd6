import { columnLetter } from './letters.ts'
import type { Cell } from './row.ts'
import { plainNumber, trimmed } from './text.ts'

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
 */
export function characteristicsWriter(columns: readonly KeyedColumn[]): (cells: readonly Cell[]) => string {
  const starts = columns
    .toSorted((one, other) => (one.key < other.key ? -1 : 1))
    .map(({ column, key }) => ({ column, start: `${JSON.stringify(key)}:` }))
  return (cells) => {
    let json = ''
    for (const { column, start } of starts) {
      const cell = cells[column]
      if (cell === undefined || cell === '') continue
      if (typeof cell === 'number') {
        if (!Number.isFinite(cell)) continue
        json += `${json === '' ? '' : ','}${start}"${plainNumber(cell)}"`
        continue
      }
      const text = trimmed(cell)
      if (text === '') continue
      const value = needsEscape(text) ? JSON.stringify(text) : `"${text}"`
      json += json === '' ? start + value : `,${start}${value}`
    }
    return `{${json}}`
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
