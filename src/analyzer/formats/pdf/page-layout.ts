import type { HeaderNames } from '../../table/header/header-names.ts'
import { joinLines, joinWords } from './cell-text.ts'
import { assignColumns, type Column, findColumns } from './columns.ts'
import type { DocumentPage } from './document.ts'
import { findGrids, type Grid, mergeRules } from './grid.ts'
import type { PageContent } from './page-content.ts'
import { findParallel } from './parallel.ts'
import type { Rule } from './paths.ts'
import { type PieceLine, pieceLines, pieceOf } from './pieces.ts'
import { isNumeric, type TableRow, tableRows } from './table-rows.ts'
import { type TextLine, textLines, type Word } from './text-lines.ts'
import { findZones } from './zones.ts'

/** A part of a page, in the order in which it is read. */
export type Block =
  | { kind: 'text'; y: number; text: string }
  | { kind: 'table'; y: number; columns: Column[]; rows: TableRow[] }

/** A page in lines. */
export interface Page {
  /** Top to bottom. */
  lines: TextLine[]
  rules: Rule[]
  height: number
  hasPicture: boolean
}

export function readPage(content: DocumentPage): Page {
  const { rules, height, hasPicture } = content
  return { lines: withSideways(textLines(content.glyphs), content), rules, height, hasPicture }
}

/**
 * Finds tables and text on a page. Tables that are drawn with rules in both directions follow their rules; where
 * those leave out some columns, and everywhere else, columns are found by where texts stand.
 * @param without lines that are no content
 * @param names what columns are called; it tells lists that are printed beside each other
 */
export function layoutPage(page: Page, without: ReadonlySet<TextLine>, names: HeaderNames): Block[] {
  const lines = page.lines.filter((line) => !without.has(line))
  const parallel = findParallel(pieceLines(lines), names)
  if (parallel === null) return layoutPart(lines, page.rules)
  const { from, to, edges } = parallel
  const lists = [-Infinity, ...edges].flatMap((start, at) => {
    const part = { x0: start, x1: edges[at] ?? Infinity }
    return layoutPart(linesWithin(lines.slice(from, to), part), rulesWithin(page.rules, part))
  })
  return [...layoutPart(lines.slice(0, from), []), ...lists, ...layoutPart(lines.slice(to), [])]
}

function linesWithin(lines: readonly TextLine[], column: Column): TextLine[] {
  return lines
    .map((line) => ({ ...line, words: line.words.filter((word) => isIn(word, column)) }))
    .filter(({ words }) => words.length > 0)
}

function rulesWithin(rules: readonly Rule[], { x0, x1 }: Column): Rule[] {
  return rules.flatMap((rule) => {
    if (rule.direction === 'vertical') return rule.at > x0 && rule.at < x1 ? [rule] : []
    const from = Math.max(rule.from, x0)
    const to = Math.min(rule.to, x1)
    return to > from ? [{ ...rule, from, to }] : []
  })
}

function layoutPart(lines: readonly TextLine[], rules: readonly Rule[]): Block[] {
  const grids = findGrids(rules).map((grid) => ({ grid, box: boxOf(grid) }))
  const horizontal = mergeRules(rules.filter(({ direction }) => direction === 'horizontal'))
  const blocks: Block[] = []
  const taken = new Set<Word>()
  for (const { grid, box } of grids) {
    const inside = linesInside(lines, box, taken)
    const table = gridTable(grid, inside)
    if (table === null) continue
    for (const { words } of inside) for (const word of words) taken.add(word)
    blocks.push(table)
  }
  const rest = lines
    .map((line) => ({ ...line, words: line.words.filter((word) => !taken.has(word)) }))
    .filter(({ words }) => words.length > 0)
  for (const part of betweenTables(pieceLines(rest), blocks)) {
    for (const { lines: zone, columns } of findZones(part)) {
      if (columns === null) blocks.push(...zone.map(textBlock))
      else blocks.push(openTable(zone, columns, horizontal))
    }
  }
  return blocks.sort((a, b) => a.y - b.y)
}

interface Box {
  x0: number
  x1: number
  y0: number
  y1: number
}

function boxOf({ xs, ys }: Grid): Box {
  return { x0: xs[0]!, x1: xs.at(-1)!, y0: ys[0]!, y1: ys.at(-1)! }
}

/** Text beside the others' direction, as words of the line where its box ends. */
function withSideways(lines: TextLine[], { sideways }: PageContent): TextLine[] {
  if (sideways.length === 0) return lines
  const more = sideways.map(({ text, x0, x1, y1, size }) => ({
    y: y1,
    size,
    words: [{ text, x0, x1, size, font: 'sideways' }],
  }))
  return [...lines, ...more].sort((a, b) => a.y - b.y)
}

function linesInside(lines: readonly TextLine[], box: Box, taken: ReadonlySet<Word>): TextLine[] {
  const result: TextLine[] = []
  for (const line of lines) {
    const middle = line.y - line.size * 0.35
    if (middle < box.y0 || middle > box.y1) continue
    const words = line.words.filter((word) => {
      const x = (word.x0 + word.x1) / 2
      return x >= box.x0 && x <= box.x1 && !taken.has(word)
    })
    if (words.length > 0) result.push({ ...line, words })
  }
  return result
}

/** A table as its rules have it; null where they do not make one, or leave out columns. */
function gridTable(grid: Grid, lines: readonly TextLine[]): Block | null {
  const { xs, ys } = grid
  const columns = xs.slice(1).map((x1, at) => ({ x0: xs[at]!, x1 }))
  if (columns.length < 2 || lines.length < 2) return null
  const rowOf = (line: TextLine) => lastBelow(ys, line.y - line.size * 0.35)
  const columnOf = (word: Word) => lastBelow(xs, (word.x0 + word.x1) / 2)
  const byRow = ys.slice(1).map((): TextLine[] => [])
  for (const line of lines) byRow[rowOf(line)]?.push(line)
  if (hasOpenColumns(lines, columns)) return null
  const rows: TableRow[] = []
  for (let row = 0; row < byRow.length; row++) {
    const cells = grid.cells.subarray(row * columns.length, (row + 1) * columns.length)
    const open = openRows(grid, byRow, row)
    if (open === null) {
      rows.push(...(stackedRows(byRow[row]!, cells, columns) ?? [mergedRow(grid, byRow, row, columnOf)]))
    } else {
      rows.push(...rowsInColumns(open.lines, columns))
      row = open.until - 1
    }
  }
  const filled = rows.filter(({ cells }) => cells.some((text) => text !== ''))
  // One framed row is the header of what stands below it without rules.
  if (filled.length < 2) return null
  return { kind: 'table', y: ys[0]!, columns, rows: filled }
}

/**
 * Rows of the grid that no vertical rule parts although their texts stand in columns: those of the header, whose
 * rules end with it. Null: the row is no such one.
 */
function openRows(
  { cells, xs, ys }: Grid,
  byRow: readonly TextLine[][],
  row: number,
): { lines: PieceLine[]; until: number } | null {
  const width = xs.length - 1
  const field = row * width
  const isOneCell = (at: number) =>
    at < ys.length - 1 && cells.subarray(at * width, (at + 1) * width).every((cell) => cell === field)
  let until = row
  while (isOneCell(until)) until++
  if (until === row) return null
  const lines = pieceLines(byRow.slice(row, until).flat())
  const several = lines.filter(({ pieces }) => pieces.length > 1).length
  return several > 0 && several >= lines.length / 2 ? { lines, until } : null
}

function rowsInColumns(lines: PieceLine[], columns: Column[]): TableRow[] {
  const cells = assignColumns(lines, columns)
  return tableRows(
    lines.map(({ y, size }, at) => ({ y, size, cells: cells[at]! })),
    columns,
    [],
  )
}

/** Whether texts within one column stand in columns of their own that no rule parts. */
function hasOpenColumns(lines: readonly TextLine[], columns: readonly Column[]): boolean {
  return columns.some((column) => {
    const inside = pieceLines(
      lines.map((line) => ({ ...line, words: line.words.filter((word) => isIn(word, column)) })),
    ).filter(({ pieces }) => pieces.length > 0)
    const several = inside.filter(({ pieces }) => pieces.length > 1)
    if (lines.length <= 4 && several.some(({ pieces }) => pieces.length > 2)) return true
    if (several.length < 3 || several.length < inside.length * 0.5) return false
    return (findColumns(inside)?.length ?? 1) > 1
  })
}

function isIn({ x0, x1 }: Word, column: Column): boolean {
  const middle = (x0 + x1) / 2
  return middle >= column.x0 && middle < column.x1
}

/** Rows that no rule parts, within one field of the grid each: numbers below numbers. Null: it is one row. */
function stackedRows(
  lines: readonly TextLine[],
  cells: Int32Array,
  columns: readonly Column[],
): TableRow[] | null {
  if (lines.length < 2 || new Set(cells).size < columns.length) return null
  const inColumns = lines.map(({ y, size, words }) => ({
    y,
    size,
    cells: columns.map((column) => {
      const inside = words.filter((word) => isIn(word, column))
      return inside.length === 0 ? [] : [pieceOf(inside)]
    }),
  }))
  const isStacked = columns.some(
    (_, at) =>
      inColumns.filter(
        ({ cells }) =>
          cells[at]!.length > 0 &&
          cells.filter((pieces) => pieces.length > 0).length > 1 &&
          isNumeric(joinWords(cells[at]![0]!.words)),
      ).length > 1,
  )
  return isStacked ? tableRows(inColumns, columns, []) : null
}

/** One row of the grid; a cell over several rows or columns stands in the first of them. */
function mergedRow(
  { cells, ys }: Grid,
  byRow: readonly TextLine[][],
  row: number,
  columnOf: (word: Word) => number,
): TableRow {
  const width = cells.length / (ys.length - 1)
  const result: string[] = []
  for (let column = 0; column < width; column++) {
    const field = row * width + column
    if (cells[field] !== field) {
      result.push('')
      continue
    }
    const texts: string[] = []
    for (let at = row; at < byRow.length; at++) {
      for (const { words } of byRow[at]!) {
        const inside = words.filter((word) => cells[at * width + columnOf(word)] === field)
        if (inside.length > 0) texts.push(joinWords(inside))
      }
      if (at + 1 < byRow.length && !cells.subarray((at + 1) * width, (at + 2) * width).includes(field)) break
    }
    result.push(joinLines(texts))
  }
  return { cells: result, y: ys[row]! }
}

/** Index of the last edge at or above the place. */
function lastBelow(edges: readonly number[], place: number): number {
  let at = 0
  while (at + 2 < edges.length && edges[at + 1]! <= place) at++
  return at
}

/** What stands above, between and below the tables that rules draw. */
function betweenTables(lines: PieceLine[], tables: readonly Block[]): PieceLine[][] {
  const parts: PieceLine[][] = []
  let passed = -1
  for (const line of lines) {
    const above = tables.filter(({ y }) => y < line.y).length
    if (above !== passed) parts.push([])
    passed = above
    parts.at(-1)!.push(line)
  }
  return parts
}

function openTable(lines: PieceLine[], columns: Column[], rules: readonly Rule[]): Block {
  const cells = assignColumns(lines, columns)
  const from = columns[0]!.x0
  const width = columns.at(-1)!.x1 - from
  const ruleYs = rules
    .filter((rule) => Math.min(rule.to, from + width) - Math.max(rule.from, from) > width * 0.6)
    .map(({ at }) => at)
  const tableLines = lines.map(({ y, size }, at) => ({ y, size, cells: cells[at]! }))
  return { kind: 'table', y: lines[0]!.y, columns, rows: tableRows(tableLines, columns, ruleYs) }
}

function textBlock({ y, pieces }: PieceLine): Block {
  return { kind: 'text', y, text: joinWords(pieces.flatMap(({ words }) => words)) }
}
