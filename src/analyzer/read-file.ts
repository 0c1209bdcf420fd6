import { statSync } from 'node:fs'
import type { FileDecision, ImportOptions, RowCounts } from '../imports/model.ts'
import { checkRowCounts, noRows } from '../imports/model.ts'
import { InvalidError } from '../lib/errors.ts'
import { decideAnew, decideTables } from './decide-tables.ts'
import type { KnownRows } from './fingerprint.ts'
import type { OpenedFile, ReadLimits } from './formats/format.ts'
import { openFile } from './formats/index.ts'
import { comparedRowsMax, guessColumns, layoutChanges, type PreviousList } from './layout-changes.ts'
import { type Reading, readTables } from './read-tables.ts'
import type { Origins } from './rejects/corrected-file.ts'
import type { CorrectedImport } from './rejects/corrected-tables.ts'
import { readCorrections } from './rejects/read-corrections.ts'
import type { TableCounts } from './row-sink.ts'
import type { ReadFingerprints } from './row-taker.ts'
import type { Staging } from './staging/staging.ts'
import { isInRows, rowWithin } from './table/areas/area.ts'
import { UnknownColumnError } from './table/columns/overrides.ts'
import type { TableDecision } from './table/decision.ts'
import { correctedTable, hasOtherProof } from './table/money/proved-decimals.ts'
import type { Row } from './table/rows/row.ts'
import { filledCount } from './table/text.ts'
import { isRead } from './table/verdict/verdict.ts'

export interface ReadRequest {
  path: string
  /** By name, where the caller knows it; otherwise the content decides. */
  format?: string | null
  options: Pick<ImportOptions, 'table' | 'format' | 'encoding' | 'delimiter' | 'sheets' | 'settings'>
  limits: ReadLimits
  /** Where a packed file may be unpacked to: a path of its own. Null: among the system's temporary files. */
  unpackFolder: string | null
  /** What an earlier reading of the same bytes decided; it is followed to the letter. */
  decision: FileDecision | null
  /** The rows that the last list had, if they were read with just these decisions; null: read every row. */
  knownRows: ((tablesKey: string) => KnownRows | null) | null
  /** Makes a staging area; a second one is asked for when the file must be read once more. */
  openStaging: () => Promise<Staging>
  onProgress: (progress: ReadProgress) => void
  onPhase?: (phase: ReadPhase) => void
  /**
   * Finds the import whose rejected rows a file brings back, and may refuse it; left out: no file can be such a one.
   * @throws AppError when there is none, or the file may not correct it
   */
  correctedImport?: (importId: string) => Promise<CorrectedImport>
  /** The source's last list, to notice what its columns are called now; null or left out: there is none. */
  previous?: PreviousList | null
  signal: AbortSignal
}

/** What is at work: the reader, or SQL, of which one statement may keep the process for minutes. */
export type ReadPhase = 'reading' | 'writing'

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
  /** Sheets that were not taken for lists, this time at least. */
  sheetsLeftAside: string[]
  /** What was recognised, and what the next reading may recognise; null: this file has no such rows. */
  fingerprints: ReadFingerprints | null
  /** Which rows of another import the file corrects; null: it is a list of its own. */
  origins: Origins | null
}

/**
 * Reads a file into staging: format → sheets → header and columns → rows. When the column of prices proves a decimal
 * style other than the sample did, the file is read once more with what is now known.
 * @throws InvalidError when the file cannot be read, or is no price list
 */
export async function readFile(request: ReadRequest): Promise<ReadResult> {
  const before = statSync(request.path, { bigint: true })
  // A pipe would be waited for, and cannot be read twice.
  if (!before.isFile()) throw new InvalidError('not_a_file', 'This is no regular file; name one list.')
  // What was decided about corrected rows says how they are written; their source is pinned to something else.
  const how = request.decision?.corrects === undefined ? request.options : request.decision
  const file = await openFile(request.path, {
    limits: request.limits,
    format: request.format ?? null,
    unpackFolder: request.unpackFolder,
    // Corrected rows may come in another format than their list.
    expectedFormat: request.decision?.corrects === undefined ? request.options.format : null,
    encoding: how.encoding,
    delimiter: how.delimiter,
    signal: request.signal,
  })
  try {
    const result =
      (await readCorrections(file, request, readAll)) ??
      (await withLayoutChanges(file, request, () => readOpened(file, request)))
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

/** Notes how the list's layout differs from the last one's; a list whose stored decision is followed has it noted. */
async function withLayoutChanges(
  file: OpenedFile,
  { decision: stored, previous = null, options }: ReadRequest,
  read: () => Promise<ReadResult>,
): Promise<ReadResult> {
  const rowsOf = (table: TableDecision) => firstRows(file, table)
  let result: ReadResult
  try {
    result = await read()
  } catch (error) {
    if (previous === null || !(error instanceof UnknownColumnError)) throw error
    throw new UnknownColumnError(error.tables, await guessColumns(error.tables[0]!, previous, rowsOf))
  }
  try {
    const changes =
      stored?.layoutChanges ??
      (previous === null
        ? []
        : await layoutChanges(result.decision.tables, { previous, map: options.table.map }, rowsOf))
    return { ...result, decision: { ...result.decision, layoutChanges: changes } }
  } catch (error) {
    await result.staging.discard()
    throw error
  }
}

/** The first rows of a table below its header, as it sees them. */
async function firstRows(file: OpenedFile, { sheet, area, firstDataRow }: TableDecision): Promise<Row[]> {
  const rows: Row[] = []
  for await (const batch of file.rows(sheet)) {
    for (const row of batch) {
      if (row.index < firstDataRow || !isInRows(area, row.index)) continue
      const own = rowWithin(row, area)
      if (filledCount(own.cells) >= 2) rows.push(own)
      if (rows.length >= comparedRowsMax) return rows
    }
  }
  return rows
}

async function readOpened(file: OpenedFile, request: ReadRequest): Promise<ReadResult> {
  if (request.decision !== null) {
    const reading = await readTables(file, request.decision.tables, request, null)
    return reading!.result
  }
  const sheets = await decideTables(file, request.options)
  const decided = sheets.flatMap(({ tables }) => tables)
  const watches = new Map(sheets.map(({ sheet, watch }) => [sheet.index, watch]))
  const tablesKey = fingerprintKey(decided, file)
  const known = tablesKey === null ? null : (request.knownRows?.(tablesKey) ?? null)
  if (known !== null) {
    const quick = await readTables(file, decided, request, { known, tablesKey: tablesKey! }, watches)
    const hasMoreTables = sheets.some(({ watch }) => watch.found.length > 0)
    if (quick !== null && !hasMoreTables && !hasOtherProofs(decided, quick)) return quick.result
    await quick?.result.staging.discard()
  }
  const prints = tablesKey === null ? null : { known: null, tablesKey }
  const first = (await readTables(file, decided, request, prints, watches))!
  const anew = await decideAnew(file, sheets, request.options.table)
  return readCorrected(file, { decided, reading: first, anew }, request)
}

/** Reads the file once more where it turned out to hold more tables, and where a column proved another decimal style. */
async function readCorrected(
  file: OpenedFile,
  { decided, reading, anew }: { decided: TableDecision[]; reading: Reading; anew: TableDecision[] | null },
  request: ReadRequest,
): Promise<ReadResult> {
  const corrected = anew ?? correctedDecisions(decided, reading)
  if (corrected === null) return reading.result
  await reading.result.staging.discard()
  const next = (await readTables(file, corrected, request, null))!
  if (anew === null) return next.result
  return readCorrected(file, { decided: anew, reading: next, anew: null }, request)
}

/**
 * Names everything that was decided about the tables and that a row's outcome hangs on; null when rows of a group
 * inherit from each other, because then a row alone does not tell its outcome.
 */
function fingerprintKey(decided: TableDecision[], { encoding, delimiter }: OpenedFile): string | null {
  const lists = decided.filter((table) => isRead(table, decided))
  if (lists.some(({ mapping, carried }) => mapping.group !== undefined || carried.length > 0)) return null
  const explanations = new Set(['confidence', 'runnerUp', 'evidence', 'ambiguousCount', 'reasons', 'cells'])
  const parts = [encoding, delimiter, decided]
  const text = JSON.stringify(parts, (key, value) => (explanations.has(key) ? undefined : value))
  return Bun.hash.xxHash64(text).toString(16)
}

/** Reads every row of every table, whatever is known of them. */
async function readAll(file: OpenedFile, tables: TableDecision[], request: ReadRequest): Promise<Reading> {
  return (await readTables(file, tables, request, null))!
}

function hasOtherProofs(decided: TableDecision[], { proved }: Reading): boolean {
  return decided.some((table, index) => hasOtherProof(table, proved[index] ?? null))
}

/** The decisions with what the whole columns proved, or null when nothing speaks against the ones that were used. */
function correctedDecisions(decided: TableDecision[], reading: Reading): TableDecision[] | null {
  const corrected = decided.map((table, index) => correctedTable(table, reading.proved[index] ?? null))
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

/** What to say of a file whose verdict is `not-a-price-list`. */
export function notAListText({ reasons, layoutChanges: changes }: FileDecision): string {
  const advice = 'If it is one, say which column is which (--map name=A,price=C).'
  const doubts = changes.flatMap(({ doubt }) => doubt ?? [])
  return `This is not a price list. ${[...reasons, ...(doubts.length > 0 ? doubts : [advice])].join(' ')}`
}
