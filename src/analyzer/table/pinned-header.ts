import { type Header, joinedTexts } from './header.ts'
import type { Row } from './row.ts'
import { filledCount } from './text.ts'

/**
 * The header in the rows that a person named.
 * @param pinned 0-based indexes, ascending, without gaps; not empty
 * @returns null: one of the rows is blank, or not among those that were looked at
 */
export function headerInRows(rows: readonly Row[], pinned: readonly number[]): Header | null {
  const found = pinned.map((index) => rows.find((row) => row.index === index))
  // Every row was named, so none may be missing.
  const named = found.filter((row) => row !== undefined && filledCount(row.cells) > 0) as Row[]
  if (named.length < pinned.length) return null
  const [first, ...lower] = named.map(({ cells }) => cells)
  return {
    rows: [...pinned],
    firstDataRow: pinned.at(-1)! + 1,
    texts: lower.reduce<string[]>((texts, cells) => joinedTexts(texts, cells), joinedTexts(first!, [])),
    confidence: 1,
    runnerUp: null,
  }
}
