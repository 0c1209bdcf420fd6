import { type Column, findColumns } from './columns.ts'
import type { PieceLine } from './pieces.ts'

/** Lines of a page that belong together: a table with its columns, or running text. */
export type Zone = { lines: PieceLine[]; columns: Column[] | null }

/**
 * Finds what looks like tables: lines of several texts, together with the single texts between them, as long as
 * their columns go together.
 * @param lines top to bottom, without those in tables drawn with rules
 */
export function findZones(lines: readonly PieceLine[]): Zone[] {
  const spans = tableSpans(lines)
  const zones: Zone[] = []
  let next = 0
  for (const { from, to, columns } of spans) {
    if (from > next) zones.push({ lines: lines.slice(next, from), columns: null })
    zones.push({ lines: lines.slice(from, to), columns })
    next = to
  }
  if (next < lines.length) zones.push({ lines: lines.slice(next), columns: null })
  return zones
}

interface Span {
  from: number
  /** Exclusive. */
  to: number
  columns: Column[]
}

/** Most single texts between two rows of a table. */
const singlesMax = 4
/** Widest blank space, in heights of the font, within a table. */
const blankMax = 4

function tableSpans(lines: readonly PieceLine[]): Span[] {
  const spans: Span[] = []
  for (const { from, to } of severalTexts(lines)) {
    const columns = findColumns(lines.slice(from, to))
    if (columns === null || columns.length < 2) continue
    const last = spans.at(-1)
    const joined = last === undefined ? null : joinedColumns(lines, last, { from, to, columns })
    if (last !== undefined && joined !== null) {
      last.to = to
      last.columns = joined
    } else {
      spans.push({ from, to, columns })
    }
  }
  for (const [at, span] of spans.entries()) {
    growUp(lines, span, spans[at - 1]?.to ?? 0)
    growDown(lines, span, spans[at + 1]?.from ?? lines.length)
  }
  return spans.filter(({ from, to, columns }) => isTable(lines.slice(from, to), columns))
}

/** Runs of lines with several texts each. */
function severalTexts(lines: readonly PieceLine[]): { from: number; to: number }[] {
  const runs: { from: number; to: number }[] = []
  lines.forEach((line, at) => {
    if (line.pieces.length < 2) return
    const run = runs.at(-1)
    const above = lines[at - 1]
    const isNear = above !== undefined && line.y - above.y < blankMax * Math.max(line.size, above.size)
    if (run !== undefined && run.to === at && isNear) run.to = at + 1
    else runs.push({ from: at, to: at + 1 })
  })
  return runs
}

/** The columns of both parts together; null: they are two tables. */
function joinedColumns(lines: readonly PieceLine[], upper: Span, lower: Span): Column[] | null {
  let singles = 0
  for (let at = upper.to; at <= lower.from; at++) {
    const [above, line] = [lines[at - 1]!, lines[at]!]
    if (line.y - above.y > blankMax * Math.max(line.size, above.size)) return null
    if (at < lower.from && !isWithinColumn(line, upper.columns) && ++singles > singlesMax) return null
  }
  if (isOneToOne(lower.columns, upper.columns)) {
    if (!isOneToOne(upper.columns, lower.columns) && !isHeading(lines, upper)) return null
  } else {
    return null
  }
  const columns = findColumns(lines.slice(upper.from, lower.to).filter(({ pieces }) => pieces.length > 1))
  if (columns === null) return null
  return columns.length >= Math.max(upper.columns.length, lower.columns.length) ? columns : null
}

const headingLinesMax = 8

/** Lines without numbers, whose texts may each stand above several columns. */
function isHeading(lines: readonly PieceLine[], { from, to }: Span): boolean {
  if (to - from > headingLinesMax) return false
  return lines
    .slice(from, to)
    .every(({ pieces }) => pieces.every(({ words }) => words.every(({ text }) => !/\d[.,]\d/.test(text))))
}

/** Whether no column of `a` lies below two of `b`. */
function isOneToOne(a: readonly Column[], b: readonly Column[]): boolean {
  return a.every(
    (column) =>
      b.filter((other) => {
        const shared = Math.min(column.x1, other.x1) - Math.max(column.x0, other.x0)
        return shared > 0.25 * Math.min(column.x1 - column.x0, other.x1 - other.x0)
      }).length <= 1,
  )
}

const growMax = 5

/** Takes in single texts right above that stand within one column: the first lines of tall header cells. */
function growUp(lines: readonly PieceLine[], span: Span, limit: number): void {
  for (let count = 0; count < growMax && span.from > limit; count++) {
    const line = lines[span.from - 1]!
    if (!isNearby(line, lines[span.from]!) || !isWithinColumn(line, span.columns)) return
    span.from--
  }
}

function growDown(lines: readonly PieceLine[], span: Span, limit: number): void {
  for (let count = 0; count < growMax && span.to < limit; count++) {
    const line = lines[span.to]!
    if (!isNearby(lines[span.to - 1]!, line) || !isWithinColumn(line, span.columns)) return
    span.to++
  }
}

function isNearby(upper: PieceLine, lower: PieceLine): boolean {
  return lower.y - upper.y <= 1.5 * Math.max(upper.size, lower.size)
}

function isWithinColumn({ pieces }: PieceLine, columns: readonly Column[]): boolean {
  const width = columns.at(-1)!.x1 - columns[0]!.x0
  return pieces.every((piece) => {
    const met = columns.filter(({ x0, x1 }) => Math.min(x1, piece.x1) - Math.max(x0, piece.x0) > 1)
    const [column] = met
    if (column === undefined || met.length > 1) return false
    return piece.x1 - piece.x0 <= Math.max(1.1 * (column.x1 - column.x0), 0.5 * width)
  })
}

function isTable(lines: readonly PieceLine[], columns: readonly Column[]): boolean {
  return columns.length >= 2 && lines.filter(({ pieces }) => pieces.length >= 2).length >= 2
}
