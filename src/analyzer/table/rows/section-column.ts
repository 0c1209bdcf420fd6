import type { HeaderNames } from '../header/header-names.ts'
import type { Header } from '../header/header-rows.ts'
import { cellText, normalize } from '../text.ts'
import type { Row } from './row.ts'

/**
 * The column in which the header names a section, because every section has a header of its own: "Cables | Unit |
 * Price", and further down "Switches | Unit | Price". Null: none does.
 */
export function findSectionColumn(header: Header, body: readonly Row[], names: HeaderNames): number | null {
  const words = header.texts.map((text) => normalize(text))
  let found: number | null = null
  for (const row of body) {
    const column = otherwiseSame(row, words)
    if (column === null) continue
    if (found !== null && found !== column) return null
    found = column
  }
  if (found === null) return null
  const isNamed = Object.values(names.quick(header.texts[found]!)).some((score) => score >= namedMin)
  return isNamed ? null : found
}

const namedMin = 0.68

/**
 * The only column in which a row says something else than the header; null where there is none or several.
 * @param words normalised texts of the header
 */
export function otherwiseSame({ cells }: Row, words: readonly string[]): number | null {
  let other: number | null = null
  let same = 0
  for (let column = 0; column < Math.max(words.length, cells.length); column++) {
    const text = cellText(cells[column])
    const word = words[column] ?? ''
    if (text === '' && word === '') continue
    if (normalize(text) === word) same++
    else if (other !== null || word === '' || !/\p{L}/u.test(text)) return null
    else other = column
  }
  return same >= 2 ? other : null
}
