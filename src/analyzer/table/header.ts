import type { HeaderNames } from './header-names.ts'
import { type NumberTest, numberTest } from './number-cell.ts'
import type { Cell, Row } from './row.ts'
import { cellText, filledCount, normalize } from './text.ts'

/** Where a table's header is and what it says. */
export interface Header {
  /** 0-based row indexes, one or two. */
  rows: number[]
  firstDataRow: number
  /** By column; '' where the header is blank. Two-row headers are joined by a space. */
  texts: string[]
  /** 0 to 1: how sure it is that this is the header. */
  confidence: number
  /** The row that would have been the header otherwise; rows that say the same again do not count. */
  runnerUp: { row: number; text: string; confidence: number } | null
}

/**
 * Finds the header in the first 200 rows: the row whose cells are called what columns are called, or failing that
 * a row of texts above rows with numbers. Null: the table has none.
 * @param hints.pinned normalised header texts that a person named; the row that has them is the header
 * @param hints.last index of the last row that may be it, unless a person named it: below, a header is a repeated one
 */
export function findHeader(
  rows: readonly Row[],
  names: HeaderNames,
  { pinned, last }: { pinned: readonly string[]; last: number | null },
): Header | null {
  const looked = rows.slice(0, searchedRowsMax)
  const isNumber = numberTest()
  let best: Candidate | null = null
  const candidates: Candidate[] = []
  for (let at = 0; at < looked.length; at++) {
    const candidate = judge(rows, at, names, pinned, isNumber)
    if (last !== null && rows[at]!.index > last && (candidate?.score ?? 0) < pinnedBonus) continue
    if (candidate !== null) candidates.push(candidate)
    if (candidate !== null && (best === null || candidate.score > best.score + 0.01)) best = candidate
  }
  best ??= findByStructure(rows, looked.length, isNumber)
  if (best === null) return null
  const header = withSecondRow(rows, best, names, isNumber)
  return { ...header, runnerUp: runnerUpOf(rows, header, { best, candidates }) }
}

function runnerUpOf(
  rows: readonly Row[],
  header: Omit<Header, 'runnerUp'>,
  { best, candidates }: { best: Candidate; candidates: Candidate[] },
): Header['runnerUp'] {
  const text = (at: number) => rows[at]!.cells.map(headerText).filter(Boolean).join(' | ')
  const said = text(best.at)
  let next: Candidate | null = null
  for (const candidate of candidates) {
    if (header.rows.includes(rows[candidate.at]!.index) || candidate.score <= (next?.score ?? 0)) continue
    if (text(candidate.at) !== said) next = candidate
  }
  if (next === null) return null
  const confidence = next.confidence * Math.min(1, next.score / best.score)
  return {
    row: rows[next.at]!.index,
    text: text(next.at).slice(0, runnerUpTextMax),
    confidence: Math.round(confidence * 100) / 100,
  }
}

const runnerUpTextMax = 200

interface Candidate {
  at: number
  score: number
  confidence: number
}

const searchedRowsMax = 200
const headerCellMax = 60
/** A header shows in its first columns; judging thousands in 200 rows would cost seconds. */
const judgedColumnsMax = 256
const pinnedBonus = 10

function judge(
  rows: readonly Row[],
  at: number,
  names: HeaderNames,
  pinned: readonly string[],
  isNumber: NumberTest,
): Candidate | null {
  const { cells } = rows[at]!
  const best = new Map<string, number>()
  let filled = 0
  let numbers = 0
  let long = 0
  let pinnedFound = 0
  for (const cell of cells.length > judgedColumnsMax ? cells.slice(0, judgedColumnsMax) : cells) {
    const text = cellText(cell)
    if (text === '') continue
    filled++
    if (isNumber(cell)) {
      numbers++
      continue
    }
    if (text.length > headerCellMax) long++
    if (pinned.length > 0 && pinned.includes(normalize(text))) pinnedFound++
    if (text.length > headerCellMax * 2) continue
    for (const [field, score] of Object.entries(names.quick(text))) {
      if (score >= nameScoreMin) best.set(field, Math.max(score, best.get(field) ?? 0))
    }
  }
  if (filled === 0 || (filled === 1 && pinnedFound === 0 && widthBelow(rows, at) > 1)) return null
  let hits = 0
  for (const score of best.values()) hits += score
  const hasPrice = best.has('price')
  const penalty = (numbers / filled) * 2 + (long / filled) * 1.5
  const score = hits + (hasPrice ? 0.5 : 0) - penalty + pinnedFound * pinnedBonus
  if (pinnedFound > 0) return { at, score, confidence: 1 }
  if (best.size >= 2 && score >= 1.3) {
    return { at, score, confidence: hasNumbersBelow(rows, at, isNumber) ? 1 : 0.7 }
  }
  if (best.size === 1 && score >= 0.6 && numbers === 0 && hasNumbersBelow(rows, at, isNumber)) {
    return { at, score, confidence: 0.6 }
  }
  return null
}

const nameScoreMin = 0.68

/** Most cells filled in the rows right below. */
function widthBelow(rows: readonly Row[], at: number): number {
  let width = 0
  for (const row of rows.slice(at + 1, at + 11)) width = Math.max(width, filledCount(row.cells))
  return width
}

/** Whether some column has text here and numbers in most rows below: the mark of a header in any language. */
function hasNumbersBelow(rows: readonly Row[], at: number, isNumber: NumberTest): boolean {
  const { cells } = rows[at]!
  const below = rows.slice(at + 1, at + 21).filter((row) => filledCount(row.cells) >= 2)
  if (below.length === 0) return false
  for (let column = 0; column < cells.length; column++) {
    if (cellText(cells[column]) === '' || isNumber(cells[column])) continue
    let numbers = 0
    for (const row of below) if (isNumber(row.cells[column])) numbers++
    if (numbers / below.length >= 0.5) return true
  }
  return false
}

/** A header in words that we do not know: short texts, all different, as wide as the table, above numbers. */
function findByStructure(rows: readonly Row[], until: number, isNumber: NumberTest): Candidate | null {
  for (let at = 0; at < until; at++) {
    const texts = rows[at]!.cells.map((cell) => cellText(cell)).filter((text) => text !== '')
    if (texts.length < 2) continue
    const isHeading =
      texts.every((text) => text.length <= headerCellMax) &&
      !rows[at]!.cells.some((cell) => isNumber(cell)) &&
      new Set(texts).size === texts.length &&
      texts.length >= widthBelow(rows, at) * 0.6
    // The first wide row decides: below a data row there is no header any more.
    if (!isHeading) {
      if (rows[at]!.cells.some((cell) => isNumber(cell))) return null
      continue
    }
    if (hasNumbersBelow(rows, at, isNumber)) return { at, score: 0, confidence: 0.5 }
  }
  return null
}

/** Joins a second header row, above or below, where the two complete each other. */
function withSecondRow(
  rows: readonly Row[],
  best: Candidate,
  names: HeaderNames,
  isNumber: NumberTest,
): Omit<Header, 'runnerUp'> {
  const row = rows[best.at]!
  const below = rows[best.at + 1]
  const above = rows[best.at - 1]
  if (below !== undefined && isSecondRow(rows, best.at, names, isNumber)) {
    return {
      rows: [row.index, below.index],
      firstDataRow: below.index + 1,
      texts: joinedTexts(row.cells, below.cells),
      confidence: best.confidence * 0.9,
    }
  }
  if (above !== undefined && above.index === row.index - 1 && isUpperRow(above.cells, row.cells, isNumber)) {
    return {
      rows: [above.index, row.index],
      firstDataRow: row.index + 1,
      texts: joinedTexts(above.cells, row.cells),
      confidence: best.confidence * 0.9,
    }
  }
  return {
    rows: [row.index],
    firstDataRow: row.index + 1,
    texts: row.cells.map((cell) => headerText(cell)),
    confidence: best.confidence,
  }
}

/**
 * The row below the header belongs to it when it names something under a blank (merged) header cell, holds no
 * number, and stands above numbers.
 */
function isSecondRow(rows: readonly Row[], at: number, names: HeaderNames, isNumber: NumberTest): boolean {
  const upper = rows[at]!.cells
  const lower = rows[at + 1]!.cells
  if (rows[at + 1]!.index !== rows[at]!.index + 1) return false
  let filled = 0
  let underBlank = 0
  let named = 0
  const width = Math.max(upper.length, lower.length)
  for (let column = 0; column < width; column++) {
    const text = cellText(lower[column])
    if (text === '') continue
    filled++
    if (text.length > headerCellMax || isNumber(lower[column])) return false
    if (cellText(upper[column]) === '') underBlank++
    if (Object.values(names.quick(text)).some((score) => score >= 0.9)) named++
  }
  if (filled < 2 || underBlank === 0) return false
  return (named > 0 || filled < filledCount(upper)) && hasNumbersBelow(rows, at + 1, isNumber)
}

/** The row above the header belongs to it when it is text and fills the header's blanks. */
function isUpperRow(upper: readonly Cell[], lower: readonly Cell[], isNumber: NumberTest): boolean {
  let filled = 0
  let overBlank = 0
  for (let column = 0; column < upper.length; column++) {
    const text = cellText(upper[column])
    if (text === '') continue
    filled++
    if (text.length > headerCellMax || isNumber(upper[column])) return false
    if (cellText(lower[column]) === '') overBlank++
  }
  return filled >= 2 && overBlank > 0 && filledCount(lower) >= 2
}

/** "Price | (merged)" over "retail | wholesale" → "Price retail", "Price wholesale". */
export function joinedTexts(upper: readonly Cell[], lower: readonly Cell[]): string[] {
  const texts: string[] = []
  let carried = ''
  for (let column = 0; column < Math.max(upper.length, lower.length); column++) {
    const top = headerText(upper[column])
    const bottom = headerText(lower[column])
    if (top !== '') carried = top
    // A blank above a filled cell is the rest of a merged cell; a blank above a blank ends it.
    else if (bottom === '') carried = ''
    const over = top !== '' ? top : carried
    texts.push(over === '' || bottom === '' ? top || bottom : `${over} ${bottom}`)
  }
  return texts
}

function headerText(cell: Cell | undefined): string {
  return cellText(cell).replace(/\s+/g, ' ')
}
