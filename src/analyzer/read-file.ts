import { statSync } from 'node:fs'
import type { FileDecision, ImportOptions, RowCounts } from '../imports/model.ts'
import { checkRowCounts, noRows } from '../imports/model.ts'
import { InvalidError } from '../lib/errors.ts'
import type { OpenedFile, ReadLimits, Sheet } from './formats/format.ts'
import { openFile } from './formats/index.ts'
import { RowSink, type TableCounts } from './row-sink.ts'
import type { Place, Staging } from './staging/staging.ts'
import { decideTable } from './table/decide.ts'
import type { TableDecision } from './table/decision.ts'
import { contradicts, tableReader } from './table/reader.ts'
import type { Row } from './table/row.ts'
import { decideFile } from './table/verdict.ts'

/** How many rows of a sheet are looked at before it is decided what they mean. */
const sampleRowsMax = 1000

export interface ReadRequest {
  path: string
  options: Pick<ImportOptions, 'table' | 'encoding' | 'delimiter' | 'settings'>
  limits: ReadLimits
  /** What an earlier reading of the same bytes decided; it is followed to the letter. */
  decision: FileDecision | null
  /** Makes a staging area; a second one is asked for when the file must be read once more. */
  openStaging: () => Promise<Staging>
  onProgress: (progress: ReadProgress) => void
  signal: AbortSignal
}

export interface ReadProgress {
  rows: number
  /** Bytes of the current sheet's part of the file. */
  bytesRead: number
  bytesTotal: number
}

export interface ReadResult {
  /** Sealed. */
  staging: Staging
  decision: FileDecision
  /** Before duplicates are settled and before the comparison with the catalog. */
  tables: TableCounts[]
  /** Scopes that were read whole. */
  scopes: string[]
}

/**
 * Reads a file into staging: format → sheets → header and columns → rows. When the column of prices proves a decimal
 * style other than the sample did, the file is read once more with what is now known.
 * @throws InvalidError when the file cannot be read, or is no price list
 */
export async function readFile(request: ReadRequest): Promise<ReadResult> {
  const file = await openFile(request.path, {
    limits: request.limits,
    encoding: request.options.encoding,
    delimiter: request.options.delimiter,
  })
  const before = statSync(request.path, { bigint: true })
  try {
    const result = await readOpened(file, request)
    const after = statSync(request.path, { bigint: true })
    if (after.mtimeNs === before.mtimeNs && after.size === before.size) return result
    await result.staging.discard()
    throw new InvalidError(
      'file_changed',
      'The file was being written while it was read; try again when it is complete.',
    )
  } finally {
    file.close()
  }
}

async function readOpened(file: OpenedFile, request: ReadRequest): Promise<ReadResult> {
  const decided = request.decision?.tables ?? (await decideTables(file, request))
  const first = await readTables(file, decided, request)
  const corrected = request.decision === null ? correctedDecisions(decided, first) : null
  if (corrected === null) return first.result
  await first.result.staging.discard()
  return (await readTables(file, corrected, request)).result
}

async function decideTables(file: OpenedFile, request: ReadRequest): Promise<TableDecision[]> {
  const decided: TableDecision[] = []
  for (const sheet of file.sheets)
    decided.push(decideTable(await sample(file, sheet), sheet, request.options.table))
  return decided
}

async function sample(file: OpenedFile, sheet: Sheet): Promise<Row[]> {
  const rows: Row[] = []
  for await (const batch of file.rows(sheet.index)) {
    for (const row of batch) {
      if (rows.length >= sampleRowsMax) return rows
      rows.push(row)
    }
  }
  return rows
}

interface Reading {
  result: ReadResult
  proved: (TableDecision['decimal'] | null)[]
}

async function readTables(
  file: OpenedFile,
  decided: TableDecision[],
  request: ReadRequest,
): Promise<Reading> {
  const verdict = decideFile(decided)
  const staging = await request.openStaging()
  try {
    const tables: TableCounts[] = []
    const proved: Reading['proved'] = []
    const scopes = new Set<string>()
    for (const table of decided) {
      const isList = isRead(table, decided)
      const place = { sheet: table.sheetName, scope: scopeOf(table, request) }
      const read = await readTable(file, table, isList ? place : null, staging, request, tables)
      tables.push(read.counts)
      proved.push(read.proved)
      if (isList) scopes.add(place.scope)
    }
    await staging.seal()
    const decision: FileDecision = {
      format: file.format,
      encoding: file.encoding,
      delimiter: file.delimiter,
      ...verdict,
      tables: decided.map((table, index) => ({ ...table, ...tables[index]! })),
    }
    return { result: { staging, decision, tables, scopes: [...scopes] }, proved }
  } catch (error) {
    await staging.discard()
    throw error
  }
}

/** Where a file has sheets that surely are price lists, the doubtful ones are left out, and the card says so. */
function isRead(table: TableDecision, decided: TableDecision[]): boolean {
  if (table.verdict === 'not-a-price-list') return false
  return table.verdict === 'price-list' || !decided.some((other) => other.verdict === 'price-list')
}

function scopeOf(table: TableDecision, request: ReadRequest): string {
  return request.options.settings.scope === 'sheet' ? (table.sheetName ?? '') : ''
}

/** Streams one sheet. @param place null: not a price list; its rows are counted and left */
async function readTable(
  file: OpenedFile,
  table: TableDecision,
  place: Place | null,
  staging: Staging,
  request: ReadRequest,
  before: TableCounts[],
): Promise<{ counts: TableCounts; proved: TableDecision['decimal'] | null }> {
  const sink = new RowSink(staging, place)
  const reader = place === null ? null : tableReader(table, request.options.table)
  const rowsBefore = before.reduce((sum, { counts }) => sum + counts.read, 0)
  const bytesTotal = statSync(request.path).size
  for await (const batch of file.rows(table.sheet)) {
    request.signal.throwIfAborted()
    if (reader === null) for (const row of batch) sink.take(row, { kind: 'ignored', reason: 'not_a_list' })
    else for (const row of batch) sink.take(row, reader.read(row))
    await staging.flush()
    // Lets signals, heartbeats and other connections have their turn.
    await new Promise((resolve) => setImmediate(resolve))
    request.onProgress({ rows: rowsBefore + sink.read, bytesRead: file.bytesRead(), bytesTotal })
  }
  return { counts: sink.counts(), proved: reader?.decimalDecision() ?? null }
}

/** The decisions with what the whole columns proved, or null when nothing speaks against the ones that were used. */
function correctedDecisions(decided: TableDecision[], reading: Reading): TableDecision[] | null {
  const corrected = decided.map((table, index) => {
    const proved = reading.proved[index] ?? null
    return proved !== null && contradicts(table.decimal, proved) ? { ...table, decimal: proved } : table
  })
  return corrected.some((table, index) => table !== decided[index]) ? corrected : null
}

/** All tables of a file together. */
export function totalCounts(tables: TableCounts[]): RowCounts {
  const total = { ...noRows }
  for (const { counts } of tables) {
    for (const key of Object.keys(total) as (keyof RowCounts)[]) total[key] += counts[key]
  }
  checkRowCounts(total)
  return total
}

/** @throws InvalidError `not_a_price_list` */
export function requireList(decision: FileDecision): void {
  if (decision.verdict !== 'not-a-price-list') return
  const why = decision.reasons.join(' ')
  throw new InvalidError(
    'not_a_price_list',
    `This is not a price list${why === '' ? '' : `: ${why}`} If it is one, name its columns with --map, such as --map name=A,price=C.`,
  )
}
