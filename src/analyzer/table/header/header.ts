import { type NumberTest, numberTest } from '../money/number-cell.ts'
import type { Row } from '../rows/row.ts'
import { cellText, filledCount, normalize } from '../text.ts'
import type { HeaderNames } from './header-names.ts'
import { type Header, hasNumbersBelow, headerCellMax, textsOf, wholeHeader } from './header-rows.ts'

/** A header that was chosen among the rows. */
export interface FoundHeader extends Header {
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
): FoundHeader | null {
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
  const header = wholeHeader(rows, best, names, isNumber)
  return { ...header, runnerUp: runnerUpOf(rows, header, { best, candidates }) }
}

function runnerUpOf(
  rows: readonly Row[],
  header: Header,
  { best, candidates }: { best: Candidate; candidates: Candidate[] },
): FoundHeader['runnerUp'] {
  const text = (at: number) => textsOf(rows[at]!.cells).filter(Boolean).join(' | ')
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

/** A header in words that we do not know: short texts, all different, as wide as the table, above numbers. */
function findByStructure(rows: readonly Row[], until: number, isNumber: NumberTest): Candidate | null {
  const width = usualWidth(rows)
  for (let at = 0; at < until; at++) {
    const texts = rows[at]!.cells.map((cell) => cellText(cell)).filter((text) => text !== '')
    // Contacts and dates above the list are narrower than it.
    if (texts.length < 2 || texts.length < width * 0.6) continue
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

/** How many cells a row of the list fills: as many as the wider quarter of the rows with several cells. */
function usualWidth(rows: readonly Row[]): number {
  const widths = rows.map(({ cells }) => filledCount(cells)).filter((width) => width >= 2)
  return widths.sort((a, b) => a - b)[Math.floor(widths.length * 0.75)] ?? 0
}
