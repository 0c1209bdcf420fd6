import type { OpenedFile, Sheet } from './formats/format.ts'
import { chosenSheets } from './table/areas/chosen-sheets.ts'
import { decideSheet } from './table/areas/decide-sheet.ts'
import type { TableKnowledge } from './table/decide.ts'
import type { TableDecision, TableOptions } from './table/decision.ts'
import { type HeadingWatch, headingWatch } from './table/header/heading-watch.ts'
import { fileStyleOf } from './table/money/decimal-style.ts'
import type { Row } from './table/rows/row.ts'

/** What a sheet's first rows say about it. */
export interface SheetDecision {
  sheet: Sheet & { isChosen: boolean | null }
  tables: TableDecision[]
  known: TableKnowledge
  /** To be shown the rows that are no items, because more tables may follow beyond the sample. */
  watch: HeadingWatch
}

/** How many rows of a sheet are looked at before it is decided what they mean. */
const sampleRowsMax = 1000
/** A table that has fewer of them is worth some more. */
const tableRowsMin = 200
/** And so many of a table that begins further down. */
const laterRowsMax = 300

/**
 * Decides what the tables of a file mean, by the first rows of each sheet.
 * @throws InvalidError `unknown_sheet`
 */
export async function decideTables(
  file: OpenedFile,
  { table: options, sheets: named }: { table: TableOptions; sheets: string[] | null },
): Promise<SheetDecision[]> {
  const decided: SheetDecision[] = []
  const chosen = chosenSheets(file.sheets, named)
  for (const of of file.sheets) {
    const sheet = { ...of, isChosen: chosen === null ? null : chosen.has(of.index) }
    let rows = await sample(file, sheet, [{ from: 0, rowsMax: sampleRowsMax }])
    const known = { fileStyle: null, formats: (await file.columnFormats?.(sheet.index)) ?? [] }
    let tables = decideSheet(rows, sheet, options, known)
    const last = tables.at(-1)!
    if (rows.length >= sampleRowsMax && rows.at(-1)!.index < last.area.firstRow + tableRowsMin) {
      rows = await sample(file, sheet, [{ from: 0, rowsMax: sampleRowsMax * 2 }])
      tables = decideSheet(rows, sheet, options, known)
    }
    const header = new Set(tables.at(-1)!.headerRows)
    const heading = rows.filter(({ index }) => header.has(index))
    decided.push({ sheet, tables, known, watch: headingWatch(heading, rows.at(-1)?.index ?? 0) })
  }
  return withFileStyle(file, decided, options)
}

/** Where the prices of a table leave their decimal sign open, those of the other tables tell. */
async function withFileStyle(
  file: OpenedFile,
  decided: SheetDecision[],
  options: TableOptions,
): Promise<SheetDecision[]> {
  const all = decided.flatMap(({ tables }) => tables)
  const fileStyle = fileStyleOf(all.map(({ decimal }) => decimal))
  if (fileStyle === null) return decided
  const settled: SheetDecision[] = []
  for (const one of decided) {
    const isOpen = one.tables.some(({ decimal }) => decimal.from === 'usage')
    // The first rows tell enough; where more were looked at, one table could become two.
    const rows = isOpen ? await sample(file, one.sheet, [{ from: 0, rowsMax: sampleRowsMax }]) : []
    const tables = isOpen ? decideSheet(rows, one.sheet, options, { ...one.known, fileStyle }) : one.tables
    settled.push(tables.length === one.tables.length ? { ...one, tables } : one)
  }
  return settled
}

/**
 * Decides once more, with the rows around the headers that were come upon while the file was read.
 * @returns null when there were none, or they head no tables after all
 */
export async function decideAnew(
  file: OpenedFile,
  decided: readonly SheetDecision[],
  options: TableOptions,
): Promise<TableDecision[] | null> {
  const anew: TableDecision[] = []
  for (const { sheet, tables, known, watch } of decided) {
    if (watch.found.length === 0) {
      anew.push(...tables)
      continue
    }
    const later = watch.found.map((index) => ({
      from: Math.max(0, index - titleRowsMax),
      rowsMax: laterRowsMax,
    }))
    const rows = await sample(file, sheet, [{ from: 0, rowsMax: sampleRowsMax }, ...later])
    anew.push(...decideSheet(rows, sheet, options, known))
  }
  return anew.length > decided.flatMap(({ tables }) => tables).length ? anew : null
}

/** Titles stand above a header. */
const titleRowsMax = 12

interface Piece {
  /** Index of the first row. */
  from: number
  rowsMax: number
}

/** The rows of several places, each once. @param pieces ascending */
async function sample(file: OpenedFile, sheet: Sheet, pieces: readonly Piece[]): Promise<Row[]> {
  const rows: Row[] = []
  let at = 0
  let taken = 0
  for await (const batch of file.rows(sheet.index)) {
    for (const row of batch) {
      if (at + 1 < pieces.length && row.index >= pieces[at + 1]!.from) {
        at++
        taken = 0
      }
      if (at === 0 || row.index >= pieces[at]!.from) {
        if (taken++ < pieces[at]!.rowsMax) rows.push(row)
        else if (at === pieces.length - 1) return rows
      }
    }
  }
  return rows
}
