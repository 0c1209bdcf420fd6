import type { HeaderNames } from '../../table/header/header-names.ts'
import type { PieceLine } from './pieces.ts'

/** Lists that are printed beside each other to save paper. */
export interface Parallel {
  /** The lines that they fill. */
  from: number
  /** Exclusive. */
  to: number
  /** Where one ends and the next begins. */
  edges: number[]
}

const listsMax = 4
const columnsMin = 2
/** As for headers of other formats; see analyzer/table/header/header.ts. */
const nameScoreMin = 0.68
/** How many lines show what stands below a header. */
const looked = 200
/** How far, in points, a word may reach across an edge. */
const crossMax = 2

/**
 * Finds lists beside each other by their header, which says the same twice or more, a price each time: "2025 2026
 * 2025 2026" are columns of one table. Null: there are none.
 */
export function findParallel(lines: readonly PieceLine[], names: HeaderNames): Parallel | null {
  for (const [from, { pieces }] of lines.entries()) {
    const texts = pieces.map(({ words }) => words.map(({ text }) => text).join(' '))
    const count = repeated(texts)
    if (count === null || !texts.some((text) => (names.quick(text).price ?? 0) >= nameScoreMin)) continue
    const below = lines.slice(from + 1, from + 1 + looked)
    if (below.some((line) => line.pieces[0]!.x1 < pieces[0]!.x0)) continue
    const width = texts.length / count
    const edges: number[] = []
    for (let at = width; at < texts.length; at += width)
      edges.push(edgeBetween(lines.slice(from), pieces[at - 1]!.x1, pieces[at]!.x0))
    const crossed = lines.findIndex((line, at) => at > from && edges.some((edge) => crosses(line, edge)))
    const to = crossed < 0 ? lines.length : crossed
    if (to - from > 2) return { from, to, edges }
  }
  return null
}

/** How often the same texts follow each other; null: they do not. */
function repeated(texts: readonly string[]): number | null {
  for (let count = listsMax; count > 1; count--) {
    const width = texts.length / count
    if (!Number.isInteger(width) || width < columnsMin) continue
    const isSame = texts.every((text, at) => text === texts[at % width])
    if (isSame && new Set(texts.slice(0, width)).size === width && texts.every((text) => /\p{L}/u.test(text)))
      return count
  }
  return null
}

/** The middle of the blank strip between two lists, which may be to the left of the second header's text. */
function edgeBetween(lines: readonly PieceLine[], left: number, right: number): number {
  let end = left
  let start = right
  const middle = (left + right) / 2
  for (const { pieces } of lines.slice(0, looked)) {
    for (const { x0, x1 } of pieces) {
      if ((x0 + x1) / 2 < middle && x1 < right) end = Math.max(end, x1)
      if ((x0 + x1) / 2 > middle && x0 > left) start = Math.min(start, x0)
    }
  }
  return end <= start ? (end + start) / 2 : middle
}

function crosses({ pieces }: PieceLine, edge: number): boolean {
  return pieces.some(({ words }) => words.some(({ x0, x1 }) => x0 < edge - crossMax && x1 > edge + crossMax))
}
