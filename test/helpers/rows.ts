import { decideTable } from '../../src/analyzer/table/decide.ts'
import {
  defaultTableOptions,
  type TableDecision,
  type TableOptions,
} from '../../src/analyzer/table/decision.ts'
import type { RowOutcome } from '../../src/analyzer/table/rows/item.ts'
import { tableReader } from '../../src/analyzer/table/rows/reader.ts'
import type { Cell, Row } from '../../src/analyzer/table/rows/row.ts'

/** Rows from text: one line a row, cells between bars, outer blanks trimmed by nobody but the reader. */
export function rowsOf(text: string): Row[] {
  return text
    .replace(/^\n|\n[ ]*$/g, '')
    .split('\n')
    .map((line, index) => ({ index, cells: line.trim() === '' ? [] : line.trimStart().split('|') }))
}

/** Rows from cells, so that numbers stay numbers. */
export function rowsFrom(lines: Cell[][]): Row[] {
  return lines.map((cells, index) => ({ index, cells }))
}

export interface ReadTable {
  decision: TableDecision
  outcomes: RowOutcome[]
  /** What became of each row in a word: "item", "title", or the codes of its faults. */
  kinds: string[]
  items: Extract<RowOutcome, { kind: 'item' }>['item'][]
}

/** Decides and reads a whole table the way an import does. */
export function readTable(rows: Row[], options: Partial<TableOptions> = {}): ReadTable {
  const all = { ...defaultTableOptions, ...options }
  const decision = decideTable(rows.slice(0, 1000), { index: 0, name: null }, all)
  const reader = tableReader(decision, all)
  const outcomes = rows.map((row) => reader.read(row))
  return {
    decision,
    outcomes,
    kinds: outcomes.map((outcome) =>
      outcome.kind === 'item'
        ? 'item'
        : outcome.kind === 'ignored'
          ? outcome.reason
          : outcome.issues.map(({ code }) => code).join(' '),
    ),
    items: outcomes.flatMap((outcome) => (outcome.kind === 'item' ? [outcome.item] : [])),
  }
}

/** The mapping as field → column. */
export function columnsIn({ decision }: ReadTable): Record<string, number> {
  return Object.fromEntries(Object.entries(decision.mapping).map(([field, { column }]) => [field, column]))
}
