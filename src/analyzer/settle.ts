import type { Sql } from '../db/database.ts'
import type { FileDecision, IgnoredCounts, RowCounts } from '../imports/model.ts'
import type { DuplicateRule } from '../sources/model.ts'
import { type ReadResult, totalCounts } from './read-file.ts'
import type { TableCounts } from './row-sink.ts'
import { settleDuplicates } from './staging/duplicates.ts'
import { outcomes } from './staging/staging.ts'

/** A file that was read and whose repetitions are settled: what `try`, dry run and import have in common. */
export interface Settled {
  decision: FileDecision
  /** Before the comparison with the catalog: nothing is `unchanged` yet. */
  counts: RowCounts
  ignored: IgnoredCounts
}

/** Settles what the file lists more than once, and counts it. */
export async function settle(sql: Sql, read: ReadResult, duplicates: DuplicateRule): Promise<Settled> {
  const keys = await settleDuplicates(sql, read.staging, duplicates)
  const repeated = keys === 0 ? [] : await countRepeated(sql, read)
  const tables = read.tables.map((table, index) => {
    const { sheetName } = read.decision.tables[index]!
    return repeated.filter(({ sheet }) => sheet === sheetName).reduce(moved, table)
  })
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
