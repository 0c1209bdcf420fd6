import type { Sql } from '../db/database.ts'
import { type ChangeReport, noReport, type ReportedItem, type ReportedRejection } from '../imports/model.ts'
import type { Diff } from './diff.ts'
import { priceMoves } from './price-moves.ts'
import { fieldColumns, outcomes, type Staging } from './staging/staging.ts'

/** How many new items, gone items and codes a report names. */
const namedMax = 10

const noMoves = { ...noReport.prices, rises: noReport.rises, falls: noReport.falls }

/**
 * What staged rows change in the catalog, for people; to be asked between `diffStaged` and publishing, since it tells
 * what gone items were called. Set-wise, and of what differs alone: a report of a list that changes little costs little.
 * @param isFull whether what the list does not name is gone
 * @param rejectedRows once repeated rows are settled
 */
export async function changeReport(
  sql: Sql,
  staging: Staging,
  { diff, rejectedRows, isFull }: { diff: Diff; rejectedRows: number; isFull: boolean },
): Promise<ChangeReport> {
  const { changes, unchanged } = diff
  const { medianBp, steps, rises, falls } =
    changes.priceUp + changes.priceDown === 0 ? noMoves : await priceMoves(sql, staging)
  return {
    itemsBefore: isFull ? diff.itemsBefore : unchanged + changes.changed,
    changes,
    unchanged,
    rejectedRows,
    prices: { medianBp, steps, ofOtherKind: diff.pricesOfOtherKind },
    rises,
    falls,
    newItems: changes.new === 0 ? [] : await newItems(sql, staging, diff.isFirst),
    goneItems: changes.gone === 0 ? [] : await goneItems(sql, staging),
    fields: changes.changed + changes.returned === 0 ? {} : await changedFields(sql, staging),
    rejected: rejectedRows === 0 ? [] : await rejections(sql, staging),
  }
}

async function newItems(sql: Sql, { names }: Staging, isFirst: boolean): Promise<ReportedItem[]> {
  const { rows, diff } = names
  const columns = 'sku, name, price_e4 as "priceE4", currency'
  return sql.all<ReportedItem>(
    isFirst
      ? `select ${columns} from ${rows} where outcome = ${outcomes.accepted} order by n limit ${namedMax}`
      : `select ${columns} from ${rows}
         where n in (select n from ${diff} where kind = 'new' order by n limit ${namedMax}) order by n`,
  )
}

async function goneItems(sql: Sql, { names }: Staging): Promise<ReportedItem[]> {
  return sql.all<ReportedItem>(
    `select i.sku, i.name, i.price_e4 as "priceE4", i.currency
     from (select item_id from ${names.diff} where kind = 'gone' order by item_id limit ${namedMax}) as d
     join supplier_items as i on i.id = d.item_id order by i.id`,
  )
}

async function changedFields(sql: Sql, { names }: Staging): Promise<ChangeReport['fields']> {
  const groups = await sql.all<{ bits: number; count: number }>(
    `select fields_changed as bits, count(*) as count from ${names.diff} where fields_changed <> 0 group by 1`,
  )
  const counts = fieldColumns.map((column, index) => ({
    column: column.replace(/_e4$/, ''),
    count: groups.reduce((sum, { bits, count }) => (bits & (1 << index) ? sum + count : sum), 0),
  }))
  return Object.fromEntries(
    counts.filter(({ count }) => count > 0).map(({ column, count }) => [column, count]),
  )
}

async function rejections(sql: Sql, { names }: Staging): Promise<ReportedRejection[]> {
  const codes = await sql.all<{ code: string; count: number }>(
    `select code, count(*) as count from ${names.issues} where severity = 'error'
     group by code order by 2 desc, code limit ${namedMax}`,
  )
  const rejected: ReportedRejection[] = []
  for (const { code, count } of codes) {
    const [example] = await sql.all<ReportedRejection['example']>(
      `select message, sheet, "row", col as "column", raw from ${names.issues}
       where severity = 'error' and code = $1
       order by sheet nulls first, "row" nulls first, col nulls first limit 1`,
      [code],
    )
    rejected.push({ code, count, example: example! })
  }
  return rejected
}
