import type { Rule } from './paths.ts'

/** A table that is drawn with lines: cells between rules, some of them merged. */
export interface Grid {
  /** Edges of columns, ascending: one more than there are columns. */
  xs: number[]
  /** Edges of rows, ascending. */
  ys: number[]
  /**
   * The cell that each field belongs to, as the number of its first field (row × columns + column): fields without
   * a rule between them are one cell.
   */
  cells: Int32Array
}

/** Rules that are nearer than this, in points, are one; it is also how far they may miss each other. */
const tolerance = 2.5
/** Most rules of one direction: more are a drawing, and comparing all with all would take long. */
const mergedRulesMax = 1500
const fieldsMax = 100_000
/** Shortest rule, in points, once its pieces are joined. */
const lengthMin = 6

/** Finds the tables that are drawn with both horizontal and vertical rules. */
export function findGrids(rules: readonly Rule[]): Grid[] {
  const horizontal = mergeRules(rules.filter(({ direction }) => direction === 'horizontal'))
  const vertical = mergeRules(rules.filter(({ direction }) => direction === 'vertical'))
  if (horizontal.length > mergedRulesMax || vertical.length > mergedRulesMax) return []
  return components(horizontal, vertical).flatMap((component) => gridOf(component) ?? [])
}

/** Joins pieces of one line and lines that lie beside each other (double rules). @returns sorted by place */
export function mergeRules(rules: readonly Rule[]): Rule[] {
  const merged: Rule[] = []
  for (const lane of lanes(rules)) {
    let last: Rule | null = null
    for (const rule of lane.sort((a, b) => a.from - b.from)) {
      if (last !== null && rule.from <= last.to + tolerance) {
        last.to = Math.max(last.to, rule.to)
      } else {
        last = { ...rule }
        merged.push(last)
      }
    }
  }
  return merged.filter(({ from, to }) => to - from >= lengthMin)
}

function lanes(rules: readonly Rule[]): Rule[][] {
  const result: Rule[][] = []
  let start = Number.NEGATIVE_INFINITY
  for (const rule of [...rules].sort((a, b) => a.at - b.at)) {
    // Measured from the lane's first rule, so that a fine hatching does not become one rule.
    if (rule.at - start > tolerance) {
      result.push([])
      start = rule.at
    }
    result.at(-1)!.push(rule)
  }
  return result
}

interface Component {
  horizontal: Rule[]
  vertical: Rule[]
}

/** Groups rules that meet, directly or by others. */
function components(horizontal: Rule[], vertical: Rule[]): Component[] {
  const parents = Int32Array.from({ length: horizontal.length + vertical.length }, (_, at) => at)
  for (let h = 0; h < horizontal.length; h++) {
    for (let v = 0; v < vertical.length; v++) {
      if (meet(horizontal[h]!, vertical[v]!)) unite(parents, h, horizontal.length + v)
    }
  }
  const byRoot = new Map<number, Component>()
  const groupOf = (at: number) => {
    const root = rootOf(parents, at)
    const group = byRoot.get(root) ?? { horizontal: [], vertical: [] }
    byRoot.set(root, group)
    return group
  }
  horizontal.forEach((rule, at) => {
    groupOf(at).horizontal.push(rule)
  })
  vertical.forEach((rule, at) => {
    groupOf(horizontal.length + at).vertical.push(rule)
  })
  return [...byRoot.values()]
}

function meet(horizontal: Rule, vertical: Rule): boolean {
  return (
    vertical.at >= horizontal.from - tolerance &&
    vertical.at <= horizontal.to + tolerance &&
    horizontal.at >= vertical.from - tolerance &&
    horizontal.at <= vertical.to + tolerance
  )
}

function rootOf(parents: Int32Array, at: number): number {
  let root = at
  while (parents[root] !== root) root = parents[root]!
  while (parents[at] !== root) {
    const next = parents[at]!
    parents[at] = root
    at = next
  }
  return root
}

function unite(parents: Int32Array, a: number, b: number): void {
  const [first, second] = [rootOf(parents, a), rootOf(parents, b)]
  // The lower number leads, so that a cell is named by its first field.
  parents[Math.max(first, second)] = Math.min(first, second)
}

function gridOf({ horizontal, vertical }: Component): Grid | null {
  if (horizontal.length === 0 || vertical.length === 0) return null
  // A table may be open at its sides: its horizontal rules then say how wide it is, and the other way round.
  const xs = edges(
    vertical.map(({ at }) => at),
    horizontal.flatMap(({ from, to }) => [from, to]),
  )
  const ys = edges(
    horizontal.map(({ at }) => at),
    vertical.flatMap(({ from, to }) => [from, to]),
  )
  const columns = xs.length - 1
  const rows = ys.length - 1
  if (columns < 1 || rows < 1 || columns * rows < 2 || columns * rows > fieldsMax) return null
  const cells = Int32Array.from({ length: columns * rows }, (_, at) => at)
  const walls = wallsOf(vertical, xs, ys)
  const floors = wallsOf(horizontal, ys, xs)
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const at = row * columns + column
      if (column + 1 < columns && walls[(column + 1) * rows + row] === 0) unite(cells, at, at + 1)
      if (row + 1 < rows && floors[(row + 1) * columns + column] === 0) unite(cells, at, at + columns)
    }
  }
  for (let at = 0; at < cells.length; at++) cells[at] = rootOf(cells, at)
  return { xs, ys, cells }
}

/** Places of rules, and the ends of the rules across where they reach clearly further. */
function edges(places: number[], ends: number[]): number[] {
  const sorted = clustered(places)
  const first = ends.reduce((least, end) => Math.min(least, end), Infinity)
  const last = ends.reduce((most, end) => Math.max(most, end), -Infinity)
  if (first < sorted[0]! - reachMin) sorted.unshift(first)
  if (last > sorted.at(-1)! + reachMin) sorted.push(last)
  return sorted
}

const reachMin = 8

function clustered(values: number[]): number[] {
  const result: number[] = []
  for (const value of values.sort((a, b) => a - b)) {
    if (result.length === 0 || value - result.at(-1)! > tolerance) result.push(value)
  }
  return result
}

/**
 * Which stretches of each edge carry a rule, as 0 and 1, by edge × stretches + stretch.
 * @param along the edges that the rules lie on
 * @param across the edges between which a stretch lies
 */
function wallsOf(rules: readonly Rule[], along: number[], across: number[]): Uint8Array {
  const stretches = across.length - 1
  const covered = new Float64Array(along.length * stretches)
  for (const rule of rules) {
    const edge = along.findIndex((place) => Math.abs(place - rule.at) <= tolerance)
    if (edge < 0) continue
    for (let stretch = 0; stretch < stretches; stretch++) {
      const length = Math.min(rule.to, across[stretch + 1]!) - Math.max(rule.from, across[stretch]!)
      if (length > 0) covered[edge * stretches + stretch]! += length
    }
  }
  return Uint8Array.from(covered, (length, at) => {
    const stretch = at % stretches
    return length > 0.6 * (across[stretch + 1]! - across[stretch]!) ? 1 : 0
  })
}
