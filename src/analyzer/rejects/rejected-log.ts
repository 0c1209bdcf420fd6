import type { Sql } from '../../db/database.ts'
import { publishedStatuses } from '../../imports/store.ts'

/** The rejected rows of one sheet in the parse log, which are still not in the catalog. */
export interface RejectedSheet {
  importId: string
  sheet: string | null
  /** The first and last entry. */
  firstId: number
  lastId: number
  firstRow: number
  lastRow: number
}

/** A rejected row and what was wrong with it. */
export interface LoggedRow {
  /** 0-based. */
  row: number
  entries: LoggedFault[]
}

export interface LoggedFault {
  /** 0-based; null: the whole row. */
  column: number | null
  message: string
  /** The cells, cut; of a repetition only what was read of it. */
  rowData: unknown
}

const published = publishedStatuses.map((status) => `'${status}'`).join(', ')
const isOpen = `l.severity = 'error' and l."row" is not null and not exists
  (select 1 from imports as m where m.id = l.corrected_by and m.status in (${published}))`

/** Sheets with rows that were rejected, in no order. */
export async function rejectedSheets(sql: Pick<Sql, 'all'>, importId: string): Promise<RejectedSheet[]> {
  const rows = await sql.all<Omit<RejectedSheet, 'importId'>>(
    `select l.sheet, min(l.id) as "firstId", max(l.id) as "lastId", min(l."row") as "firstRow", max(l."row") as "lastRow"
     from parsing_logs as l where l.import_id = $1 and ${isOpen} group by l.sheet`,
    [importId],
  )
  return rows.map((row) => ({ importId, ...row }))
}

const entriesPerPage = 2000

/** The rows of a sheet, top to bottom: entries are written in that order. */
export async function* loggedRows(
  sql: Pick<Sql, 'all'>,
  { importId, sheet, firstId, lastId }: RejectedSheet,
): AsyncGenerator<LoggedRow> {
  let last: LoggedRow | null = null
  for (let after = firstId - 1; after < lastId; ) {
    const page = await sql.all<{
      id: number
      row: number
      column: number | null
      message: string
      row_data: unknown
    }>(
      `select l.id, l."row", l."column", l.message, l.row_data from parsing_logs as l
       where l.import_id = $1 and l.id > $2 and l.id <= $3 and l.sheet is not distinct from cast($4 as text) and ${isOpen}
       order by l.id limit ${entriesPerPage}`,
      [importId, after, lastId, sheet],
    )
    for (const { row, column, message, row_data } of page) {
      const rowData = typeof row_data === 'string' ? JSON.parse(row_data) : row_data
      const entry = { column, message, rowData }
      if (last !== null && last.row === row) last.entries.push(entry)
      else {
        if (last !== null) yield last
        last = { row, entries: [entry] }
      }
    }
    const end = page.at(-1)
    if (end === undefined) break
    after = end.id
  }
  if (last !== null) yield last
}

/** Rows of an import that were rejected and are settled since, as `settledKey` names them. */
export function settledRows(sql: Pick<Sql, 'all'>, importId: string): Promise<ReadonlySet<string>> {
  return keysOf(sql, importId, `and not (${isOpen})`)
}

/** Rows of an import that were rejected, settled or not. */
export function rejectedKeys(sql: Pick<Sql, 'all'>, importId: string): Promise<ReadonlySet<string>> {
  return keysOf(sql, importId, '')
}

async function keysOf(
  sql: Pick<Sql, 'all'>,
  importId: string,
  condition: string,
): Promise<ReadonlySet<string>> {
  const rows = await sql.all<{ sheet: string | null; row: number }>(
    `select distinct l.sheet, l."row" from parsing_logs as l
     where l.import_id = $1 and l.severity = 'error' and l."row" is not null ${condition}`,
    [importId],
  )
  return new Set(rows.map(({ sheet, row }) => settledKey(sheet, Number(row))))
}

export const settledKey = (sheet: string | null, row: number) => JSON.stringify([sheet, row])
