import type { Sql } from '../db/database.ts'
import type { FileDecision, IgnoredCounts, RowCounts } from '../imports/model.ts'
import type { DuplicateRule } from '../sources/model.ts'
import { type ReadResult, totalCounts } from './read-file.ts'
import type { TableCounts } from './row-sink.ts'
import { settleDuplicates } from './staging/duplicates.ts'
import { outcomes } from './staging/staging.ts'
import { hasWholeRows, isWholeSheet } from './table/areas/area.ts'

/** A file that was read and whose repetitions are settled: what `try`, dry run and import have in common. */
export interface Settled {
  decision: FileDecision
  /** Before the comparison with the catalog: nothing is `unchanged` yet. */
  counts: RowCounts
  ignored: IgnoredCounts
}

/**
 * Settles what the file lists more than once, and counts it.
 * @param leaveAside takes rows out that are not to be compared, and says how many: see `settleCorrections`
 */
export async function settle(
  sql: Sql,
  read: ReadResult,
  duplicates: DuplicateRule,
  leaveAside: () => Promise<number> = async () => 0,
): Promise<Settled> {
  const keys = (await settleDuplicates(sql, read.staging, duplicates)) + (await leaveAside())
  const repeated = keys === 0 ? [] : await countRepeated(sql, read)
  const tables: TableCounts[] = []
  for (const [index, table] of read.tables.entries()) {
    const decided = read.decision.tables[index]!
    const own =
      keys === 0 || isWholeSheet(decided.area)
        ? repeated.filter(({ sheet }) => sheet === decided.sheetName)
        : await countRepeatedIn(sql, read, decided)
    tables.push(own.reduce(moved, table))
  }
  return {
    decision: {
      ...read.decision,
      tables: read.decision.tables.map((table, i) => ({ ...table, ...tables[i]! })),
    },
    counts: totalCounts(tables),
    ignored: totalIgnored(tables),
  }
}

interface Repeated {
  sheet: string | null
  outcome: number
  count: number
  priced: number
}

async function countRepeated(sql: Sql, { staging }: ReadResult): Promise<Repeated[]> {
  return sql.all<Repeated>(
    `select sheet, outcome, count(*) as count, count(price_e4) as priced
     from ${staging.names.rows} where outcome <> ${outcomes.accepted} group by sheet, outcome`,
  )
}

/** The same of one of several tables of a sheet. Tables side by side have the same rows, but not the same prices. */
async function countRepeatedIn(
  sql: Sql,
  { staging }: ReadResult,
  { sheetName, area }: FileDecision['tables'][number],
): Promise<Repeated[]> {
  const { firstRow, lastRow, firstColumn, lastColumn } = area
  const columns = hasWholeRows(area) ? '' : 'and price_column between $4 and $5'
  const values = [sheetName, firstRow, lastRow ?? Number.MAX_SAFE_INTEGER]
  return sql.all<Repeated>(
    `select sheet, outcome, count(*) as count, count(price_e4) as priced
     from ${staging.names.rows}
     where outcome <> ${outcomes.accepted} and sheet is not distinct from cast($1 as text) and "row" between $2 and $3 ${columns}
     group by sheet, outcome`,
    hasWholeRows(area) ? values : [...values, firstColumn, lastColumn ?? Number.MAX_SAFE_INTEGER],
  )
}

/** Rows that had been accepted turn out to be repetitions. */
function moved({ counts, ignored }: TableCounts, { outcome, count, priced }: Repeated): TableCounts {
  const rest = { ...counts, accepted: counts.accepted - count, priced: counts.priced - priced }
  if (outcome === outcomes.rejected) return { counts: { ...rest, rejected: rest.rejected + count }, ignored }
  const reason = outcome === outcomes.superseded ? 'superseded' : 'duplicate'
  return {
    counts: { ...rest, ignored: rest.ignored + count },
    ignored: { ...ignored, [reason]: (ignored[reason] ?? 0) + count },
  }
}

function totalIgnored(tables: TableCounts[]): IgnoredCounts {
  const total = new Map<string, number>()
  for (const { ignored } of tables)
    for (const [reason, count] of Object.entries(ignored)) total.set(reason, (total.get(reason) ?? 0) + count)
  return Object.fromEntries(total)
}
