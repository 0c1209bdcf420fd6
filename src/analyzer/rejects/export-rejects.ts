import type { Database } from '../../db/database.ts'
import type { Archive } from '../../files/archive.ts'
import type { FileDecision } from '../../imports/model.ts'
import { type Import, importStore } from '../../imports/store.ts'
import { NotFoundError } from '../../lib/errors.ts'
import type { ReadLimits } from '../formats/format.ts'
import { canEncode } from '../formats/text/text-encoder.ts'
import { textOf } from '../formats/text/text-file.ts'
import type { TableDecision } from '../table/decision.ts'
import { cellText } from '../table/text.ts'
import { isRead } from '../table/verdict/verdict.ts'
import { notUnderstood } from './corrected-import.ts'
import { markText } from './mark.ts'
import { type KeptFile, openKept } from './open-kept.ts'
import { loggedRows, type RejectedSheet, rejectedSheets, settledKey, settledRows } from './rejected-log.ts'
import { loggedTable, type ReturnedRow, rejectedRows } from './rejected-rows.ts'
import type { ByteSink, RejectsWriter, ReturnedTable } from './rejects-writer.ts'
import { headRowOf, topRowOf } from './table-head.ts'
import { type CsvForm, csvWriter } from './write-csv.ts'
import { workbookWriter } from './write-workbook.ts'

export const rejectsFormats = ['csv', 'xlsx'] as const
export type RejectsFormat = (typeof rejectsFormats)[number]

export interface RejectsParts {
  db: Pick<Database, 'all' | 'query' | 'tables'>
  archive: Archive
  limits: ReadLimits
}

/** The format in which rejected rows go back unless somebody says otherwise: a list's own, or a workbook. */
export function ownFormat({ decision }: Pick<Import, 'decision'>): RejectsFormat {
  return decision?.format === 'csv' ? 'csv' : 'xlsx'
}

/** `prices.xls` → `prices.rejected.xlsx` */
export function rejectsFileName({ fileName }: Pick<Import, 'fileName'>, format: RejectsFormat): string {
  const base = fileName.replace(/(?:\.rejected)?\.[a-z0-9]{1,5}$/i, '')
  return `${base === '' ? 'list' : base}.rejected.${format}`
}

/**
 * Whether an import has rejected rows that are still not in the catalog.
 * @throws NotFoundError `unknown_import`, `no_rejects`
 * @throws InvalidError `not_understood`
 */
export async function importWithRejects(db: RejectsParts['db'], importId: string) {
  const found = await importStore(db).get(importId)
  const { decision } = found
  if (decision === null) throw notUnderstood(found)
  const sheets = await rejectedSheets(db, importId)
  if (sheets.length === 0) {
    const why = found.correctedBy.length === 0 ? '' : '; what was rejected is corrected'
    throw new NotFoundError('no_rejects', `Import ${importId} has no rejected rows${why}.`)
  }
  return { made: { ...found, decision }, sheets }
}

/**
 * Writes the rows of an import that were rejected, in the layout of the supplier's own file, with the reason of each in
 * a column behind the last one. Handed in again it corrects just these rows: see mark.ts.
 * @param options.format null: the list's own, where that is CSV, else a workbook
 * @param options.onFileGone told when the raw file is no longer kept: the rows come from the parse log then, which holds
 * no more of them than their own cells
 * @returns how many rows were written
 * @throws NotFoundError, InvalidError as `importWithRejects`
 */
export async function exportRejects(
  parts: RejectsParts,
  importId: string,
  options: {
    format: RejectsFormat | null
    sink: ByteSink
    signal: AbortSignal
    onFileGone?: () => void
  },
): Promise<number> {
  const { db } = parts
  const { made, sheets } = await importWithRejects(db, importId)
  const kept = await openKept(parts, made, options.signal).catch((error) => {
    // The log still tells what was rejected.
    if (!(error instanceof NotFoundError)) throw error
    options.onFileGone?.()
    return null
  })
  try {
    const format = options.format ?? ownFormat(made)
    const writer =
      format === 'xlsx'
        ? await workbookWriter(options.sink)
        : csvWriter(options.sink, await csvForm(made, kept))
    return await writeTables(parts, { made, sheets, kept, writer, signal: options.signal })
  } finally {
    await kept?.close()
  }
}

interface Export {
  made: Import & { decision: FileDecision }
  sheets: RejectedSheet[]
  kept: KeptFile | null
  writer: RejectsWriter
  signal: AbortSignal
}

async function writeTables(parts: RejectsParts, task: Export): Promise<number> {
  const { made, sheets, writer } = task
  const { tables, corrects } = made.decision
  // What a correction could not settle is still a row of the list that it corrects.
  const markedId = corrects ?? made.id
  const original = corrects === undefined ? made : await importStore(parts.db).get(corrects)
  const settled = corrects === undefined ? null : await settledRows(parts.db, corrects)
  const isOnly = original.decision?.tables.length === 1
  let count = 0
  for (const [index, table] of tables.entries()) {
    const sheet = sheets.find((each) => each.sheet === table.sheetName)
    if (sheet === undefined || !isRead(table, tables) || !mayHold(table, sheet)) continue
    const rows = () => returnedRows(parts, task, { table, sheet, settled })
    const shape = await shapeOf(rows)
    if (shape === null) continue
    const returned: ReturnedTable = {
      sheetName: table.sheetName,
      mark: markText({ importId: markedId, table: table.corrects?.table ?? index }, isOnly),
      reasonColumn: shape.widths.length,
      hasSections: shape.hasSections,
      topRow: topRowOf(table),
      headRow: headRowOf(table),
      widths: shape.widths,
      decimalStyle: table.decimal.style,
    }
    await writer.table(returned)
    for await (const { row, number } of rows()) {
      if (row.kind === 'row') count++
      await writer.row(row, number)
    }
  }
  await writer.end()
  return count
}

/** Whether a table stands where a sheet has rejected rows. */
function mayHold({ area }: TableDecision, { firstRow, lastRow }: RejectedSheet): boolean {
  return lastRow >= area.firstRow && (area.lastRow === null || firstRow <= area.lastRow)
}

interface Numbered {
  row: ReturnedRow
  number: number | null
}

async function* returnedRows(
  { db }: RejectsParts,
  { made, kept, signal }: Export,
  {
    table,
    sheet,
    settled,
  }: { table: TableDecision; sheet: RejectedSheet; settled: ReadonlySet<string> | null },
): AsyncGenerator<Numbered> {
  const logged = loggedRows(db, sheet)
  const { area, corrects } = table
  const batches =
    kept === null ? loggedTable(table, logged) : rejectedRows(kept.file, table, made.options.table, logged)
  for await (const batch of batches) {
    signal.throwIfAborted()
    for (const row of batch) {
      if (row.kind !== 'row') {
        yield { row, number: null }
        continue
      }
      if (row.index < area.firstRow || (area.lastRow !== null && row.index > area.lastRow)) continue
      const origin = kept?.origins?.of(table.sheetName, row.index) ?? null
      if (origin !== null && settled?.has(settledKey(corrects?.sheetName ?? null, origin.row)) === true)
        continue
      const number = corrects === undefined ? row.index : (origin?.row ?? null)
      yield { row, number: number === null ? null : number + 1 }
    }
    await new Promise((resolve) => setImmediate(resolve))
  }
}

/** So many rows say how wide columns are; how many columns there are, all of them. */
const measuredRows = 1000

/** Longest text by column, of titles that stand in several columns as well. @returns null: no row is to go back */
async function shapeOf(
  rows: () => AsyncGenerator<Numbered>,
): Promise<{ widths: number[]; hasSections: boolean } | null> {
  const widths: number[] = []
  let count = 0
  let hasSections = false
  for await (const { row } of rows()) {
    if (row.kind === 'row') count++
    hasSections ||= row.section !== ''
    const isMeasured = row.kind !== 'above' && count <= measuredRows
    for (let column = lastFilled(row); column >= 0; column--) {
      while (widths.length <= column) widths.push(0)
      if (isMeasured) widths[column] = Math.max(widths[column]!, cellText(row.cells[column]).length)
    }
  }
  return count === 0 ? null : { widths, hasSections }
}

function lastFilled({ cells }: ReturnedRow): number {
  let column = cells.length - 1
  while (column >= 0 && cells[column] === '') column--
  return column
}

/** As the supplier writes, where that is CSV. Spreadsheets recognise UTF-8 by its mark, so it is written in any case. */
async function csvForm({ decision }: Export['made'], kept: KeptFile | null): Promise<CsvForm> {
  const own = decision.format === 'csv'
  const encoding =
    own && decision.encoding !== null && canEncode(decision.encoding) ? decision.encoding : 'utf-8'
  const commas = decision.tables.some(({ decimal }) => decimal.style === 'comma')
  return {
    encoding,
    delimiter: (own ? decision.delimiter : null) ?? (commas || own ? ';' : ','),
    lineEnd: own && kept !== null ? await lineEndOf(kept.path, decision.encoding ?? 'utf-8') : '\r\n',
  }
}

async function lineEndOf(path: string, encoding: string): Promise<string> {
  for await (const { text } of textOf(path, encoding, 64 * 1024)) {
    // What is packed does not show its lines.
    if (text.startsWith('PK\x03') || text.startsWith('\x1f')) break
    const found = /\r\n|\n|\r/.exec(text)
    if (found !== null) return found[0]
  }
  return '\r\n'
}
