import { isOnRequest } from '../../table/money/on-request.ts'
import { joinLines, joinWords } from './cell-text.ts'
import type { Column, ColumnPieces } from './columns.ts'

/** A line of a table, its texts by column. */
export interface TableLine {
  /** Baseline. */
  y: number
  size: number
  cells: ColumnPieces
}

/** A row of a table as people see it. */
export interface TableRow {
  /** By column; '' where it is blank. Lines of one cell are parted by "\n". */
  cells: string[]
  /** Baseline of its first line. */
  y: number
}

/**
 * Joins the lines of a table to rows: a cell may go on in the next line. What tells is, in this order, a rule
 * between the lines, numbers in both (then they are two rows), rows that stand further apart than lines, and texts
 * that were too long for their column.
 * @param ruleYs where rules cross the table
 */
export function tableRows(
  lines: readonly TableLine[],
  columns: readonly Column[],
  ruleYs: readonly number[],
): TableRow[] {
  const bands = bandsOf(lines, ruleYs)
  const units = unitsOf(lines, bands)
  const context = contextOf(units, columns)
  const groups: TableLine[][] = []
  units.forEach((unit, at) => {
    const group = groups.at(-1)
    if (group !== undefined && belongs(group, unit, at, context)) group.push(...unit.lines)
    else groups.push([...unit.lines])
  })
  return groups.map((group) => ({ y: group[0]!.y, cells: cellsOf(group, columns.length) }))
}

/** Whether a text is a number with whatever belongs to numbers: "1 234,50 €", "12 %", "(78)", "ab 9,90". */
export function isNumeric(text: string): boolean {
  if (text.length > numericLengthMax || !/\d/.test(text) || /\p{L}{4}/u.test(text)) return false
  // "(Ecu 000)" and "(000)" say in a header what the numbers below count.
  if (/^\((?:.*\p{L}.*|0+)\)$/u.test(text)) return false
  return numeric.test(text)
}

const numericLengthMax = 24
const numeric =
  /^[^\p{L}\d]{0,6}(?:\p{L}{1,3}[.\s]?)?[^\p{L}\d(]{0,4}\d[\d\s.,'’:/%-]*[^\p{L}\d]{0,4}\p{L}{0,3}[^\p{L}\d]{0,4}$/u

/** Lines that overlap: numbers centred beside a name of two lines stand between the baselines of both. */
interface Unit {
  lines: TableLine[]
  /** Number of the band between rules that they lie in. */
  band: number
}

/** Baselines nearer than this, in heights of the font, cannot be rows of their own. */
const overlapMax = 0.75

function unitsOf(lines: readonly TableLine[], bands: readonly number[]): Unit[] {
  const units: Unit[] = []
  lines.forEach((line, at) => {
    const unit = units.at(-1)
    const last = unit?.lines.at(-1)
    const overlaps =
      unit !== undefined &&
      last !== undefined &&
      unit.band === bands[at] &&
      line.y - last.y < overlapMax * Math.max(line.size, last.size) &&
      sharedColumns(last, line) === 0
    if (overlaps) unit.lines.push(line)
    else units.push({ lines: [line], band: bands[at]! })
  })
  return units
}

interface Context {
  columns: readonly Column[]
  units: readonly Unit[]
  /** Whether every row has rules of its own. */
  isRuled: boolean
  /** Lines at most this far apart are one row; 0: distance does not tell. */
  tightMax: number
  /** The first unit with a number that is no year: what is above is the header. */
  bodyFrom: number
}

function contextOf(units: readonly Unit[], columns: readonly Column[]): Context {
  const bandCount = new Set(units.map(({ band }) => band)).size
  const bodyFrom = units.findIndex(({ lines }) =>
    lines.flatMap(texts).some((text) => isNumeric(text) && !isYear(text)),
  )
  return {
    columns,
    units,
    isRuled: bandCount >= 3 && bandCount >= units.length / 4,
    tightMax: tightDistance(units),
    bodyFrom: bodyFrom < 0 ? units.length : bodyFrom,
  }
}

function bandsOf(lines: readonly TableLine[], ruleYs: readonly number[]): number[] {
  const sorted = [...ruleYs].sort((a, b) => a - b)
  let band = 0
  // A rule through the lower third of a line underlines it; the middle of the letters decides.
  return lines.map(({ y, size }) => {
    while (band < sorted.length && sorted[band]! < y - size * 0.35) band++
    return band
  })
}

/** The distance of lines within rows, where rows clearly stand further apart; 0: it does not tell. */
function tightDistance(units: readonly Unit[]): number {
  const own: number[] = []
  const free: number[] = []
  for (let at = 1; at < units.length; at++) {
    const [upper, lower] = [units[at - 1]!, units[at]!]
    if (upper.band !== lower.band) continue
    const distance = distanceOf(upper.lines, lower)
    const isOwn = conflicts(upper.lines, lower) || sharedColumns(upper.lines.at(-1)!, lower.lines[0]!) >= 3
    if (isOwn) own.push(distance)
    else free.push(distance)
  }
  if (free.length === 0) return 0
  // How near lines stand that are certainly rows of their own.
  if (own.length >= 2) {
    const limit = own.reduce((least, distance) => Math.min(least, distance), Infinity) * 0.9
    return free.some((distance) => distance < limit) ? limit : 0
  }
  return firstStep(free)
}

/** Where sorted distances first part in two groups; 0: they do not. */
function firstStep(distances: number[]): number {
  distances.sort((a, b) => a - b)
  for (let at = 2; at + 1 < distances.length; at++) {
    const [below, above] = [distances[at - 1]!, distances[at]!]
    if (above > below * stepMin) return (below + above) / 2
  }
  return 0
}

/** Rows stand apart by at least a fifth more than lines. */
const stepMin = 1.18

function distanceOf(group: readonly TableLine[], { lines }: Unit): number {
  return lines[0]!.y - group.at(-1)!.y
}

function sharedColumns(a: TableLine, b: TableLine): number {
  let shared = 0
  for (let at = 0; at < a.cells.length; at++) if (a.cells[at]!.length > 0 && b.cells[at]!.length > 0) shared++
  return shared
}

function belongs(group: readonly TableLine[], unit: Unit, at: number, context: Context): boolean {
  if (context.units[at - 1]!.band !== unit.band || conflicts(group, unit)) return false
  if (context.isRuled) return !isHeadingBelowHeader(group, unit, at, context)
  const distance = distanceOf(group, unit)
  if (distance <= context.tightMax) return true
  if (context.tightMax > 0) return false
  const [line] = unit.lines
  // Overlapping lines are a row with all that belongs to it.
  if (line === undefined || unit.lines.length > 1) return false
  if (distance > pitchMax * Math.max(line.size, group.at(-1)!.size)) return false
  const filled = filledColumns(line)
  if (at < context.bodyFrom && isHeaderPart(group, line, context)) return true
  const above = new Set(group.flatMap(filledColumns))
  // A heading begins in the first column; what stands only in others goes on with the cells above.
  if (filled[0] !== 0 && filled.every((column) => isBelow(group, line, column)))
    return above.has(0) && filled.length < above.size
  return (
    filled.length < Math.max(2, above.size) &&
    filled.every((column) => isWrapped(group, line, column, context))
  )
}

/** A header and the first heading below it often share the space above the first rule. */
function isHeadingBelowHeader(
  group: readonly TableLine[],
  { lines }: Unit,
  at: number,
  context: Context,
): boolean {
  const [line] = lines
  if (line === undefined || lines.length > 1 || at >= context.bodyFrom) return false
  const filled = filledColumns(line)
  return filled.length === 1 && filled[0] === 0 && !isWrapped(group, line, 0, context)
}

/** Lines further apart, in heights of the font, are not joined on the evidence of their texts. */
const pitchMax = 1.7

/** Whether some column has a number, or the words for a price on request, in the row and in what follows. */
function conflicts(group: readonly TableLine[], { lines }: Unit): boolean {
  return lines.some(({ cells }) =>
    cells.some((pieces, column) => {
      if (pieces.length === 0 || !isValue(textOf(pieces))) return false
      return group.some((above) => above.cells[column]!.length > 0 && isValue(textOf(above.cells[column]!)))
    }),
  )
}

/** "11,00 €" above "a consultar" are two rows' prices. */
function isValue(text: string): boolean {
  return isNumeric(text) || (/\p{L}/u.test(text) && isOnRequest(text))
}

function isHeaderPart(group: readonly TableLine[], line: TableLine, context: Context): boolean {
  const filled = filledColumns(line)
  // One heading over several columns that have names of their own: two rows.
  const isSpanned = group.some(({ cells }) =>
    cells.some((pieces) =>
      pieces.some(
        (piece) => spannedColumns(piece, context.columns).filter((at) => filled.includes(at)).length > 1,
      ),
    ),
  )
  if (isSpanned) return false
  if (line.cells.some((pieces) => pieces.some((piece) => spannedColumns(piece, context.columns).length > 1)))
    return false
  const above = new Set(group.flatMap(filledColumns))
  if (filled.length === 1 && filled[0] === 0) return isWrapped(group, line, 0, context)
  return filled.some((column) => above.has(column))
}

function spannedColumns(piece: { x0: number; x1: number }, columns: readonly Column[]): number[] {
  return columns.flatMap(({ x0, x1 }, at) => {
    const shared = Math.min(x1, piece.x1) - Math.max(x0, piece.x0)
    return shared > 0.4 * (x1 - x0) ? [at] : []
  })
}

function isBelow(group: readonly TableLine[], line: TableLine, column: number): boolean {
  const piece = line.cells[column]![0]!
  return group.some(({ cells }) => {
    const above = cells[column]![0]
    return above !== undefined && Math.abs(above.x0 - piece.x0) <= 0.6 * piece.size
  })
}

/** Whether the cell goes on: its text begins like the rest of one, or its first word did not fit above. */
function isWrapped(
  group: readonly TableLine[],
  line: TableLine,
  column: number,
  { columns }: Context,
): boolean {
  const pieces = line.cells[column]!
  const above = group.findLast(({ cells }) => cells[column]!.length > 0)?.cells[column]
  if (above === undefined || pieces.length === 0) return false
  const first = pieces[0]!.words[0]!
  const end = above.at(-1)!
  const upper = textOf(above)
  const text = textOf(pieces)
  if (/[,;&(/+–-]$/u.test(upper)) return true
  if (first.font !== end.words.at(-1)!.font) return false
  if (/^[\p{Ll}(]/u.test(text)) return true
  // A code or a single word was not broken: what stands below it is a heading.
  if (!upper.includes(' ')) return false
  const limit = Math.max(
    columns[column]!.x1,
    ...group.flatMap(({ cells }) => cells[column]!.map(({ x1 }) => x1)),
  )
  const isAligned = Math.abs(pieces[0]!.x0 - above[0]!.x0) <= 0.6 * first.size
  return isAligned && end.x1 + 0.25 * first.size + (first.x1 - first.x0) > limit
}

function filledColumns(line: TableLine): number[] {
  return line.cells.flatMap((pieces, at) => (pieces.length > 0 ? [at] : []))
}

function texts(line: TableLine): string[] {
  return line.cells.filter((pieces) => pieces.length > 0).map(textOf)
}

function isYear(text: string): boolean {
  return /^\W*(?:19|20)\d\d\W*$/.test(text)
}

function textOf(pieces: ColumnPieces[number]): string {
  return joinWords(pieces.flatMap(({ words }) => words))
}

function cellsOf(group: readonly TableLine[], columnCount: number): string[] {
  return Array.from({ length: columnCount }, (_, column) =>
    joinLines(group.map(({ cells }) => (cells[column]!.length === 0 ? '' : textOf(cells[column]!)))),
  )
}
