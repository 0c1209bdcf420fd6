import { statSync } from 'node:fs'
import type { FileDecision } from '../imports/model.ts'
import { FingerprintEntries } from './fingerprint.ts'
import type { OpenedFile, RecordTaker } from './formats/format.ts'
import type { ReadRequest, ReadResult } from './read-file.ts'
import { RowSink, type TableCounts } from './row-sink.ts'
import { type ReadFingerprints, rowTaker } from './row-taker.ts'
import { sheetTaker } from './sheet-taker.ts'
import type { Place, Staging } from './staging/staging.ts'
import { tableName } from './table/areas/table-name.ts'
import { sureChoice } from './table/card/choice.ts'
import type { TableDecision } from './table/decision.ts'
import type { HeadingWatch } from './table/header/heading-watch.ts'
import type { Issue } from './table/rows/issue.ts'
import { type ProvedDecimals, tableReader } from './table/rows/reader.ts'
import type { Row } from './table/rows/row.ts'
import { decideFile, isRead, whyLeftAside } from './table/verdict/verdict.ts'

/** A batch is some 100 KiB of the file; one collection in 25 of them cost a quarter of the time. */
const batchesPerCollection = 200

/** What reading the tables of a file once gave. */
export interface Reading {
  result: ReadResult
  /** By table; null: it was left aside. */
  proved: (ProvedDecimals | null)[]
}

/**
 * Reads every sheet into a new staging area.
 * @param prints what to recognise and to remember rows by; null: neither
 * @returns null when the list has a known row twice: it must be read without what is known
 */
export async function readTables(
  file: OpenedFile,
  decided: TableDecision[],
  request: ReadRequest,
  prints: Pick<ReadFingerprints, 'known' | 'tablesKey'> | null,
  watches: ReadonlyMap<number, HeadingWatch> = new Map(),
): Promise<Reading | null> {
  const fingerprints = prints === null ? null : { ...prints, fresh: new FingerprintEntries() }
  const verdict = decideFile(decided)
  const staging = await request.openStaging()
  request.onPhase?.('reading')
  try {
    const tables: TableCounts[] = []
    const proved: Reading['proved'] = []
    const scopes = new Set(decided.flatMap((table) => placeOf(table, decided, request)?.scope ?? []))
    for (const ofSheet of bySheet(decided)) {
      const read = await readSheet({
        file,
        tables: ofSheet.map((table) => ({ table, place: placeOf(table, decided, request) })),
        watch: watches.get(ofSheet[0]!.sheet) ?? null,
        staging,
        request,
        fingerprints,
        rowsBefore: tables.reduce((sum, { counts }) => sum + counts.read, 0),
      })
      if (read === null) {
        await staging.discard()
        return null
      }
      tables.push(...read.map(({ counts }) => counts))
      proved.push(...read.map((one) => one.proved))
    }
    request.onPhase?.('writing')
    await staging.seal()
    const decision: FileDecision = {
      format: file.format,
      wrapping: file.wrapping ?? null,
      encoding: file.encoding,
      delimiter: file.delimiter,
      choices: {
        format: sureChoice(file.format, null),
        encoding: file.choices?.encoding ?? null,
        delimiter: file.choices?.delimiter ?? null,
      },
      layoutChanges: [],
      ...verdict,
      tables: decided.map((table, index) => ({ ...table, ...tables[index]! })),
    }
    const sheetsLeftAside = bySheet(decided)
      .filter((ofSheet) => !ofSheet.some((table) => isRead(table, decided)))
      .flatMap(([table]) => table!.sheetName ?? [])
    const result = {
      staging,
      decision,
      tables,
      scopes: [...scopes],
      sheetsLeftAside,
      fingerprints,
      origins: null,
    }
    return { result, proved }
  } catch (error) {
    await staging.discard()
    throw error
  }
}

/** The tables of each sheet, in the order of the sheets. */
function bySheet(decided: readonly TableDecision[]): TableDecision[][] {
  return [...Map.groupBy(decided, ({ sheet }) => sheet).values()]
}

/** Where a table's rows belong; null: it is left aside. */
function placeOf(
  table: TableDecision,
  decided: readonly TableDecision[],
  request: ReadRequest,
): Place | null {
  if (!isRead(table, decided)) return null
  const own = request.options.settings.scope === 'sheet' ? (table.sheetName ?? '') : ''
  const scope = table.corrects?.scope ?? own
  return { sheet: table.sheetName, scope }
}

interface SheetReading {
  file: OpenedFile
  /** All of one sheet, in the order of `findAreas`. A table without a place is counted and left. */
  tables: { table: TableDecision; place: Place | null }[]
  watch: HeadingWatch | null
  staging: Staging
  request: ReadRequest
  fingerprints: ReadFingerprints | null
  rowsBefore: number
}

/** Streams one sheet. @returns what became of each table; null when the sheet has a known row twice */
async function readSheet(
  reading: SheetReading,
): Promise<{ counts: TableCounts; proved: ProvedDecimals | null }[] | null> {
  const { file, watch, staging, request, fingerprints, rowsBefore } = reading
  const onStray = watch === null ? null : (row: Row) => watch.see(row)
  const tables = reading.tables.map(({ table, place }, ordinal) => {
    const sink = new RowSink(staging, place)
    const reader = place === null ? null : tableReader(table, request.options.table)
    const taker = rowTaker({ table, place, reader, sink, fingerprints, ordinal, onStray })
    return { area: table.area, table, sink, reader, taker }
  })
  const taker = sheetTaker(tables)
  const rowsRead = () => tables.reduce((sum, { sink }) => sum + sink.read, 0)
  const bytesTotal = statSync(request.path).size
  let batches = 0
  const { sheet } = tables[0]!.table
  const steps = file.records === null ? takeBatches(file.rows(sheet), taker) : file.records(sheet, taker)
  for await (const _ of steps) {
    request.signal.throwIfAborted()
    if (taker.hasRepeated()) return null
    await staging.flush()
    // Left to itself the runtime lets the garbage of a long list pile up to some 50 MB.
    if (++batches % batchesPerCollection === 0) Bun.gc(true)
    // Lets signals, heartbeats and other connections have their turn.
    await new Promise((resolve) => setImmediate(resolve))
    request.onProgress({ rows: rowsBefore + rowsRead(), bytesRead: file.bytesRead(), bytesTotal })
  }
  return tables.map(({ table, sink, reader }) => {
    if (reader === null && sink.read > 0)
      staging.addIssue(leftAside(table, sink.read), { sheet: table.sheetName, scope: '' }, null)
    return { counts: sink.counts(), proved: reader?.decimalDecisions() ?? null }
  })
}

function leftAside(table: TableDecision, rows: number): Issue {
  const why = whyLeftAside(table)
  const what = tableName(table)
  return {
    severity: 'ignored',
    errorType: 'ValidationError',
    code: 'not_a_list',
    message: `${what} (${rows} rows) was left aside. ${why}`.trim(),
    row: null,
    column: null,
    raw: null,
  }
}

async function* takeBatches(batches: AsyncIterable<Row[]>, taker: RecordTaker): AsyncGenerator<void> {
  for await (const batch of batches) {
    for (const row of batch) taker.take(row, false)
    yield
  }
}
