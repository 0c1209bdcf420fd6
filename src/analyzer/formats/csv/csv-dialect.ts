import { type Choice, pinnedChoice, sureChoice } from '../../table/card/choice.ts'
import type { Cell, Row } from '../../table/rows/row.ts'
import type { ReadLimits } from '../format.ts'
import { csvScanner } from './csv-scanner.ts'

export interface CsvDialect {
  /** Null: the file has one column. */
  delimiter: string | null
  /** The number of columns that most rows of the head have; null when they do not agree. */
  columnsTypical: number | null
  /** Null: the file has one column. */
  choice: Choice | null
  /** Length of the line `sep=;` with its line end, which is no row; 0 where there is none. In characters. */
  declarationLength: number
}

export interface CsvDialectOptions {
  /** Wins over everything that the text says. */
  delimiterPinned: string | null
  limits: ReadLimits
  /** The head is the whole text, so its last line is complete. */
  isWhole: boolean
}

/**
 * Finds the delimiter by reading the head with each candidate, quotes and all, and judging the rows that come out:
 * how many agree on a number of columns, and how many cells look as though they should have been split further.
 * Decimal commas (`1;Sykkel;3500,00`) give rows of equal length too, but leave cells with a semicolon inside.
 *
 * @param head decoded text from the start of the file, without byte order mark
 */
export function csvDialect(head: string, options: CsvDialectOptions): CsvDialect {
  const declaration = /^"?sep=([^\r\n"])"?[\t;,|]*(?:\r\n|\n|\r|$)/i.exec(head)
  const declarationLength = declaration?.[0].length ?? 0
  const text = head.slice(declarationLength)
  const stated = options.delimiterPinned ?? declaration?.[1] ?? null
  if (stated !== null) {
    const rows = rowsOfHead(text, stated, options)
    const choice =
      options.delimiterPinned === null
        ? sureChoice(stated, 'the first line of the file says so')
        : pinnedChoice(stated)
    const columnsTypical = columnsTypicalOf(rows)?.columns ?? null
    return { delimiter: stated, columnsTypical, choice, declarationLength }
  }
  const judgements: Judgement[] = []
  let best: Judgement | null = null
  for (const delimiter of candidates) {
    if (!text.includes(delimiter)) continue
    const judgement = judge(text, delimiter, options)
    judgements.push(judgement)
    if (judgement.score > (best?.score ?? (rareCandidates.includes(delimiter) ? 0.9 : 0.35))) best = judgement
  }
  return best === null
    ? { delimiter: null, columnsTypical: 1, choice: null, declarationLength }
    : {
        delimiter: best.delimiter,
        columnsTypical: best.columns,
        choice: choiceOf(best, judgements),
        declarationLength,
      }
}

function choiceOf(best: Judgement, judgements: Judgement[]): Choice {
  const others = judgements.filter((other) => other !== best && other.splitCount > 0)
  const next = others.sort((a, b) => b.score - a.score || b.splitCount - a.splitCount)[0]
  const isClose = next !== undefined && next.score > best.score / 2
  // Titles and headings are not split by any delimiter.
  const confidence = isClose ? best.score / (best.score + next.score) : best.alikeCount / best.splitCount
  return {
    value: best.delimiter,
    confidence: round(confidence),
    why: alikeText(best),
    runnerUp: next === undefined ? null : runnerUpOf(next, best),
  }
}

function alikeText({ alikeCount, rowCount, columns }: Judgement): string {
  return alikeCount === rowCount
    ? `all of ${rowCount} rows have ${columns} columns`
    : `${alikeCount} of ${rowCount} rows have ${columns} columns`
}

function runnerUpOf(next: Judgement, best: Judgement): Choice['runnerUp'] {
  const why = next.isDecimal
    ? 'it is the decimal sign of the numbers'
    : next.splitCount < next.rowCount
      ? `it splits only ${next.splitCount} of ${next.rowCount} rows`
      : next.alikeCount < next.rowCount
        ? `only ${next.alikeCount} of ${next.rowCount} rows have as many columns as each other`
        : 'what it leaves together looks as though it should be apart'
  return { value: next.delimiter, confidence: round(next.score / (best.score + next.score)), why }
}

const round = (share: number) => Math.round(share * 100) / 100

const rareCandidates = ['^', '~']
const candidates = [';', '\t', ',', '|', ...rareCandidates]

// As many rows as are judged; more say nothing new.
const rowsJudgedMax = 500

interface Judgement {
  delimiter: string
  columns: number | null
  /** 0 to about 1.2. */
  score: number
  /** Rows that are not blank, those that are split at all, and those that have the typical number of columns. */
  rowCount: number
  splitCount: number
  alikeCount: number
  isDecimal: boolean
}

function judge(text: string, delimiter: string, options: CsvDialectOptions): Judgement {
  const rows = rowsOfHead(text, delimiter, options)
  const typical = columnsTypicalOf(rows)
  const isDecimal = looksDecimal(rows, delimiter)
  const split = rows.filter((row) => row.cells.length > 1).length
  const filled = rows.filter((row) => row.cells.length > 0).length
  const counts = { rowCount: filled, splitCount: split, alikeCount: typical?.rowCount ?? 0, isDecimal }
  if (typical === null || isDecimal) return { delimiter, columns: null, score: 0, ...counts }
  // Rows that are split, if not alike, count for a little: lists leave cells out at the end of a row.
  const agreement = (typical.rowCount + (split - typical.rowCount) * 0.3) / filled
  let cellCount = 0
  let unsplitCount = 0
  for (const row of rows) {
    if (row.cells.length < 2) continue
    for (const cell of row.cells) {
      if (cell === '') continue
      cellCount++
      if (looksUnsplit(cell, delimiter)) unsplitCount++
    }
  }
  const clean = cellCount === 0 ? 1 : 1 - (unsplitCount / cellCount) * 0.7
  // Of two that agree as well, the one that finds more columns.
  return {
    delimiter,
    columns: typical.columns,
    score: agreement * clean + Math.min(typical.columns, 20) * 0.01,
    ...counts,
  }
}

function rowsOfHead(text: string, delimiter: string, { limits, isWhole }: CsvDialectOptions): Row[] {
  // A head of 64 KiB cannot reach the limit on cells. Columns are not limited here: the wrong candidate may find
  // any number, and for the right one the real reading says which row breaks the limit.
  const scanner = csvScanner({
    delimiter,
    columnsTypical: null,
    limits: { ...limits, columnsMax: text.length + 1 },
  })
  const rows: Row[] = []
  // In pieces, so that one candidate costs no more than the rows judged.
  for (let at = 0; at < text.length && rows.length < rowsJudgedMax; at += 8192) {
    rows.push(...scanner.push(text.slice(at, at + 8192)))
  }
  // The end of a cut head may lie inside a row or a quoted cell; it counts only where there is nothing else.
  if (rows.length < rowsJudgedMax && (isWhole || rows.length < 2)) rows.push(...scanner.end())
  return rows
}

/** The number of columns, at least 2, that most rows have. */
function columnsTypicalOf(rows: Row[]): { columns: number; rowCount: number } | null {
  const counts = new Map<number, number>()
  for (const { cells } of rows) counts.set(cells.length, (counts.get(cells.length) ?? 0) + 1)
  let best: { columns: number; rowCount: number } | null = null
  for (const [columns, rowCount] of counts) {
    if (columns >= 2 && rowCount > (best?.rowCount ?? 0)) best = { columns, rowCount }
  }
  return best
}

/** A single column of prices under a header: "Price", "12,50", "13,20". */
function looksDecimal(rows: Row[], delimiter: string): boolean {
  if (delimiter !== ',') return false
  const filled = rows.filter((row) => row.cells.length > 0)
  if ((filled[0]?.cells.length ?? 0) > 1) return false
  return filled.every(
    ({ cells }) =>
      cells.length < 2 ||
      (cells.length === 2 && /\d$/.test(String(cells[0])) && /^\d\d?(?!\d)/.test(String(cells[1]))),
  )
}

/**
 * Whether a cell still holds what looks like another delimiter, and not like prose, a decimal or an entity; or
 * whether it is itself the rest of a sentence that a comma has cut.
 */
function looksUnsplit(cell: Cell, delimiter: string): boolean {
  const text = String(cell)
  if (delimiter === ',' && /^\s+\S/.test(text)) return true
  return unsplitSigns.some(
    ({ sign, pattern }) => sign !== delimiter && text.includes(sign) && pattern.test(text),
  )
}

const unsplitSigns = [
  { sign: '\t', pattern: /\t/ },
  { sign: ';', pattern: /(?<!&[a-z]{2,8}|&#\w{2,6});(?!\s)/i },
  { sign: ',', pattern: /(?<!\d),(?!\s|$)|(?<=\d),(?![\d\s]|$)/ },
  { sign: '|', pattern: /(?<!\s)\|(?!\s)/ },
]
