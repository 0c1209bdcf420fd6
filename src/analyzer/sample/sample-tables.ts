import type { FileDecision, ImportOptions } from '../../imports/model.ts'
import { formatPrice } from '../../lib/money.ts'
import type { OpenedFile, ReadLimits } from '../formats/format.ts'
import { openFile } from '../formats/index.ts'
import { isInRows, rowWithin } from '../table/areas/area.ts'
import type { TableDecision, TableOptions } from '../table/decision.ts'
import type { RowOutcome } from '../table/rows/item.ts'
import { tableReader } from '../table/rows/reader.ts'
import type { Row } from '../table/rows/row.ts'
import { cellText } from '../table/text.ts'
import { isRead } from '../table/verdict/verdict.ts'

/** What a row is: above the header, the header, one of three outcomes, or of a table that is left aside. */
export const sampleRowKinds = ['above', 'header', 'item', 'rejected', 'ignored', 'left_aside'] as const
export type SampleRowKind = (typeof sampleRowKinds)[number]

/** A row as it stands in the file, and what is made of it. */
export interface SampleRow {
  /** 0-based. */
  row: number
  kind: SampleRowKind
  /** Texts by column, cut to a sensible length. */
  cells: string[]
  /** Field → what was read, of an item; a field that it has nothing of is left out. */
  read: Record<string, string>
  /** Why it is no item; null: it is one, or nothing is wrong. */
  reason: string | null
}

/** The beginning of a table, in the order of the decision's tables. */
export interface SampleTable {
  sheet: string | null
  is_read: boolean
  rows: SampleRow[]
}

interface Asked {
  decision: FileDecision
  options: Pick<ImportOptions, 'table' | 'format' | 'encoding' | 'delimiter'>
  limits: ReadLimits
  /** Of each table. */
  tableRows: number
  signal: AbortSignal
}

/** A file with more tables is a collection of forms, and nobody looks at all of them. */
const tablesMax = 20
const columnsMax = 100
const charactersMax = 120

/** Shows the first rows of each table as they stand in the file, beside what was read from them. */
export async function sampleTables(path: string, asked: Asked): Promise<SampleTable[]> {
  const { decision, options, limits, tableRows, signal } = asked
  const { format, encoding, delimiter } = options
  const file = await openFile(path, { limits, expectedFormat: format, encoding, delimiter, signal })
  try {
    const shown: SampleTable[] = []
    for (const table of decision.tables.slice(0, tablesMax)) {
      const isTaken = isRead(table, decision.tables)
      const rows = await firstRows(file, { table, isTaken, options: options.table, tableRows })
      shown.push({ sheet: table.sheetName, is_read: isTaken, rows })
    }
    return shown
  } finally {
    file.close()
  }
}

async function firstRows(
  file: OpenedFile,
  asked: { table: TableDecision; isTaken: boolean; options: TableOptions; tableRows: number },
): Promise<SampleRow[]> {
  const { table, isTaken, options, tableRows } = asked
  const reader = isTaken ? tableReader(table, options) : null
  const rows: SampleRow[] = []
  for await (const batch of file.rows(table.sheet)) {
    for (const whole of batch) {
      if (!isInRows(table.area, whole.index)) continue
      const row = rowWithin(whole, table.area)
      const outcome = row.fault === undefined ? (reader?.read(row) ?? null) : null
      const cells = row.cells.slice(0, columnsMax).map((cell) => cellText(cell).slice(0, charactersMax))
      if (cells.every((text) => text === '')) continue
      rows.push({ row: row.index, cells, ...toldOf(row, outcome, table) })
      if (rows.length >= tableRows) return rows
    }
  }
  return rows
}

function toldOf(
  { index, fault }: Row,
  outcome: RowOutcome | null,
  { headerRows, firstDataRow }: TableDecision,
): Pick<SampleRow, 'kind' | 'read' | 'reason'> {
  if (fault !== undefined) return { kind: 'rejected', read: {}, reason: fault.message }
  if (headerRows.includes(index)) return { kind: 'header', read: {}, reason: null }
  if (index < firstDataRow) return { kind: 'above', read: {}, reason: null }
  if (outcome === null) return { kind: 'left_aside', read: {}, reason: null }
  if (outcome.kind === 'item') return { kind: 'item', read: readOf(outcome.item), reason: null }
  if (outcome.kind === 'ignored') return { kind: 'ignored', read: {}, reason: outcome.reason }
  return { kind: 'rejected', read: {}, reason: outcome.issues.map(({ message }) => message).join(' · ') }
}

function readOf(item: Extract<RowOutcome, { kind: 'item' }>['item']): Record<string, string> {
  const { sku, name, priceE4, currency, unit, category, brand } = item
  const price = priceE4 === null ? null : formatPrice(priceE4)
  const texts = Object.entries({ sku, name, price, currency, unit, category, brand })
  return Object.fromEntries(texts.flatMap(([field, text]) => (text === null ? [] : [[field, text]])))
}
