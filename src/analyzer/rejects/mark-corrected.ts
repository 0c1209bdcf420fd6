import type { Sql } from '../../db/database.ts'
import { jsonElements } from '../../db/dialect.ts'
import { outcomes, type Staging } from '../staging/staging.ts'
import type { CorrectedTable } from '../table/decision.ts'
import type { Origins } from './corrected-file.ts'

const rowsPerStatement = 10_000

/**
 * Notes in the parse log of the import that is corrected which of its rows are settled now: what is in the catalog, and
 * what a newer list has. Within the transaction that publishes the corrections.
 */
export async function markCorrected(
  sql: Sql,
  staging: Staging,
  { importId, corrects, origins }: { importId: string; corrects: string; origins: Origins },
): Promise<void> {
  const waiting = new Map<CorrectedTable, number[]>()
  const write = async (table: CorrectedTable, rows: number[]) => {
    const { firstColumn, lastColumn } = table
    const parameters = [importId, corrects, table.sheetName, JSON.stringify(rows)]
    const isWithin =
      firstColumn === null
        ? ''
        : `and ("column" is null or "column" between ${firstColumn} and ${lastColumn ?? Number.MAX_SAFE_INTEGER})`
    await sql.run(
      `update parsing_logs set corrected_by = $1
       where import_id = $2 and severity = 'error' and corrected_by is null
         and sheet is not distinct from cast($3 as text)
         and "row" in (${jsonElements(staging.engine, '$4', 'bigint')}) ${isWithin}`,
      parameters,
    )
  }
  for (let after = 0; ; ) {
    const page = await sql.all<{ n: number; sheet: string | null; row: number }>(
      `select n, sheet, "row" from ${staging.names.rows}
       where outcome <> ${outcomes.rejected} and n > $1 order by n limit ${rowsPerStatement}`,
      [after],
    )
    for (const { sheet, row } of page) {
      const origin = origins.of(sheet, Number(row))
      if (origin === null) continue
      const rows = waiting.get(origin.table) ?? []
      rows.push(origin.row)
      waiting.set(origin.table, rows)
    }
    for (const [table, rows] of waiting) await write(table, rows)
    waiting.clear()
    const last = page.at(-1)
    if (last === undefined) return
    after = last.n
  }
}
