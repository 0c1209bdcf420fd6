import { type Piece, type PieceLine, pieceOf } from './pieces.ts'
import type { Word } from './text-lines.ts'

/** Where the texts of a column stand. */
export interface Column {
  x0: number
  x1: number
}

/** Most columns that a table without rules may have. */
const columnsMax = 64

/**
 * Finds the columns of lines whose texts stand below each other. Narrow texts come first, so that the numbers of a
 * table say where its columns are, and what spans several of them (a heading, a long name) can be told.
 * @returns from left to right; null: more than a table has
 */
export function findColumns(lines: readonly PieceLine[]): Column[] | null {
  const entries = lines.flatMap((line, at) => line.pieces.map((piece) => ({ piece, line: at })))
  entries.sort((a, b) => a.piece.x1 - a.piece.x0 - (b.piece.x1 - b.piece.x0))
  let clusters: Cluster[] = []
  const spanning: Piece[] = []
  for (const { piece, line } of entries) {
    const met = clusters.filter((cluster) => overlap(cluster, piece) > touch)
    if (met.length > 1) {
      spanning.push(piece)
    } else if (met.length === 1) {
      const cluster = met[0]!
      cluster.x0 = Math.min(cluster.x0, piece.x0)
      cluster.x1 = Math.max(cluster.x1, piece.x1)
      cluster.lines.add(line)
    } else {
      if (clusters.length >= columnsMax) return null
      clusters.push({ x0: piece.x0, x1: piece.x1, lines: new Set([line]) })
    }
  }
  clusters.sort((a, b) => a.x0 - b.x0)
  clusters = mergeUnproven(clusters, spanning)
  return clusters.map(({ x0, x1 }) => ({ x0, x1 }))
}

/** Overlaps up to this many points are chance. */
const touch = 0.5

interface Cluster extends Column {
  lines: Set<number>
}

function overlap(a: Column, b: Column): number {
  return Math.min(a.x1, b.x1) - Math.max(a.x0, b.x0)
}

/** Joins neighbours that more texts reach across than lines keep apart. */
function mergeUnproven(clusters: Cluster[], spanning: readonly Piece[]): Cluster[] {
  let result = clusters
  for (let round = 0; round < columnsMax; round++) {
    let worst = -1
    let worstBy = 0
    for (let at = 0; at + 1 < result.length; at++) {
      const [left, right] = [result[at]!, result[at + 1]!]
      const across = spanning.filter(
        (piece) => overlap(left, piece) > touch && overlap(right, piece) > touch,
      ).length
      let apart = 0
      for (const line of right.lines) if (left.lines.has(line)) apart++
      if (across - apart > worstBy) {
        worstBy = across - apart
        worst = at
      }
    }
    if (worst < 0) return result
    const [left, right] = [result[worst]!, result[worst + 1]!]
    const joined: Cluster = {
      x0: Math.min(left.x0, right.x0),
      x1: Math.max(left.x1, right.x1),
      lines: new Set([...left.lines, ...right.lines]),
    }
    result = [...result.slice(0, worst), joined, ...result.slice(worst + 2)]
  }
  return result
}

/** Pieces of a line by column. */
export type ColumnPieces = Piece[][]

/** Gives every piece of the lines its column; a piece over several is split where a column's edge says so. */
export function assignColumns(lines: readonly PieceLine[], columns: readonly Column[]): ColumnPieces[] {
  const edges = columns.map((column) => edgesOf(column, lines))
  return lines.map((line) => {
    const row: ColumnPieces = columns.map(() => [])
    for (const piece of line.pieces) {
      for (const part of splitAtEdges(piece, columns, edges)) row[columnOf(part, columns)]!.push(part)
    }
    return row
  })
}

interface Edges {
  /** Where most texts of the column begin; null: they do not begin at one place. */
  left: number | null
  right: number | null
}

function edgesOf(column: Column, lines: readonly PieceLine[]): Edges {
  const inside = lines.flatMap(({ pieces }) =>
    pieces.filter((piece) => piece.x0 >= column.x0 - 1 && piece.x1 <= column.x1 + 1),
  )
  return {
    left: commonPlace(inside.map(({ x0 }) => x0)),
    right: commonPlace(inside.map(({ x1 }) => x1)),
  }
}

/** The place that at least 60 % of the values share within a point and a half. */
function commonPlace(values: number[]): number | null {
  if (values.length < 3) return null
  values.sort((a, b) => a - b)
  let best = 0
  let place = 0
  let from = 0
  for (let to = 0; to < values.length; to++) {
    while (values[to]! - values[from]! > 1.5) from++
    if (to - from + 1 > best) {
      best = to - from + 1
      place = values[(from + to) >> 1]!
    }
  }
  return best >= values.length * 0.6 ? place : null
}

/** Parts a text over several columns where words meet their edges, or each column's middle. */
function splitAtEdges(piece: Piece, columns: readonly Column[], edges: readonly Edges[]): Piece[] {
  const met = columns.flatMap((column, at) => (overlap(column, piece) > touch ? [at] : []))
  if (met.length < 2 || piece.words.length < 2) return [piece]
  return splitAtMiddles(piece, met, columns) ?? cutAtEdges(piece, met, columns, edges)
}

/** Header texts that nearly touch, each centred above its column. */
function splitAtMiddles(piece: Piece, met: readonly number[], columns: readonly Column[]): Piece[] | null {
  const middles = met.map((at) => (columns[at]!.x0 + columns[at]!.x1) / 2)
  const groups: Word[][] = met.map(() => [])
  for (const word of piece.words) {
    const middle = (word.x0 + word.x1) / 2
    let best = 0
    middles.forEach((place, at) => {
      if (Math.abs(place - middle) < Math.abs(middles[best]! - middle)) best = at
    })
    groups[best]!.push(word)
  }
  const near = (met.length > 2 ? 0.6 : 0.35) * piece.size
  const parts: Piece[] = []
  for (const [at, words] of groups.entries()) {
    if (words.length === 0) return null
    const part = pieceOf(words)
    if (Math.abs((part.x0 + part.x1) / 2 - middles[at]!) > near) return null
    parts.push(part)
  }
  const between = Math.min(...parts.slice(1).map((part, at) => part.x0 - parts[at]!.x1))
  const within = Math.max(0, ...parts.flatMap(({ words }) => gapsOf(words)))
  const isApart = within > 0 ? between > within * 1.2 : met.length > 2 || between > 0.4 * piece.size
  return isApart ? parts : null
}

function gapsOf(words: readonly Word[]): number[] {
  return words.slice(1).map((word, at) => word.x0 - words[at]!.x1)
}

function cutAtEdges(
  piece: Piece,
  met: readonly number[],
  columns: readonly Column[],
  edges: readonly Edges[],
): Piece[] {
  // Edges that are shared are shared exactly; words of running text meet them only by chance.
  const near = 0.15 * piece.size
  const space = medianOf(gapsOf(piece.words))
  const parts: Piece[] = []
  let rest = piece.words
  // From the right: what ends or begins at the edge of the rightmost column is cut off, and so on.
  for (const at of met.slice(1).reverse()) {
    const { left, right } = edges[at]!
    const column = columns[at]!
    const last = rest.at(-1)!
    const cut = rest.findIndex((word, index) => {
      if (index === 0) return false
      const gap = word.x0 - rest[index - 1]!.x1
      if (piece.words.length > 2 && Math.abs(gap - space) < 0.06 * piece.size) return false
      if (left !== null && Math.abs(word.x0 - left) <= near) return true
      return right !== null && Math.abs(last.x1 - right) <= near && word.x0 >= column.x0 - piece.size
    })
    if (cut < 1) continue
    parts.unshift(pieceOf(rest.slice(cut)))
    rest = rest.slice(0, cut)
  }
  parts.unshift(pieceOf(rest))
  return parts
}

function medianOf(values: number[]): number {
  return values.sort((a, b) => a - b)[values.length >> 1] ?? 0
}

/** The column that a text belongs to: by an edge it shares, by its middle, else by most overlap. */
function columnOf(piece: Piece, columns: readonly Column[]): number {
  const met = columns.flatMap((column, at) => (overlap(column, piece) > touch ? [at] : []))
  if (met.length === 1) return met[0]!
  if (met.length === 0) return nearest(piece, columns)
  const near = 0.5 * piece.size
  const byLeft = met.find((at) => Math.abs(columns[at]!.x0 - piece.x0) <= near)
  if (byLeft !== undefined) return byLeft
  const byRight = met.find((at) => Math.abs(columns[at]!.x1 - piece.x1) <= near)
  if (byRight !== undefined) return byRight
  const middle = (piece.x0 + piece.x1) / 2
  const byMiddle = met.find(
    (at) => Math.abs((columns[at]!.x0 + columns[at]!.x1) / 2 - middle) <= 0.15 * (piece.x1 - piece.x0),
  )
  if (byMiddle !== undefined && met.length === 2) return byMiddle
  if (met.length > 2) return met[0]!
  return met.reduce((best, at) => (overlap(columns[at]!, piece) > overlap(columns[best]!, piece) ? at : best))
}

function nearest(piece: Piece, columns: readonly Column[]): number {
  const middle = (piece.x0 + piece.x1) / 2
  let best = 0
  let distance = Infinity
  columns.forEach(({ x0, x1 }, at) => {
    const away = Math.max(x0 - middle, middle - x1, 0)
    if (away < distance) {
      distance = away
      best = at
    }
  })
  return best
}
