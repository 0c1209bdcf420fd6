import type { Sql } from '../db/database.ts'
import { instant } from '../db/dialect.ts'
import { taxSql } from './price-taxes.ts'
import { outcomes, type Staging, termColumns } from './staging/staging.ts'
import { isEqualTier, isSameTier, tierIndex, tierMember, tierTable } from './staging/tiers.ts'
import type { TableDecision } from './table/decision.ts'

interface Written {
  importNo: number
  now: Date
  /** What new items' ids are counted from: see publish.ts. */
  idsFrom: number
  /** It is the supplier's first list: every accepted row is a new item. */
  isFirst: boolean
  /** How the list was understood. */
  tables: readonly TableDecision[]
}

/**
 * Writes the history of the items' further prices: an entry for each that is new, has changed, or holds for something
 * else or another time, and one without a price for each that is no longer there. An item's own price is number 0 among
 * an import's entries; these are numbered from 1 on, as the row has them.
 */
export async function recordTiers(sql: Sql, staging: Staging, written: Written): Promise<void> {
  const { rows, diff } = staging.names
  if (written.isFirst) {
    await recordListed(sql, staging, written, {
      itemId: '$1 + s.n',
      from: `${rows} as s`,
      where: `s.outcome = ${outcomes.accepted}`,
    })
    return
  }
  const before = tierTable(staging.engine, 'd.old_tiers', 'o')
  await recordListed(sql, staging, written, {
    itemId: 'coalesce(d.item_id, $1 + d.d)',
    // SQLite takes the tables of a cross join in the order they are written: the few first.
    from: `${diff} as d cross join ${rows} as s`,
    where: `s.n = d.n and (d.terms_changed
      or not exists (select 1 from ${before} where ${isEqualTier('o', 't')}))`,
  })
  await recordLeftOut(sql, staging, written)
}

const insert = `insert into price_history (item_id, import_no, n, tier, min_quantity_e4, price_e4, currency,
  ${termColumns.join(', ')}, tax, recorded_at, sheet, "row", "column", raw)`
const terms = termColumns.map((column) => `s.${column}`).join(', ')

/** @param from tables with the staged rows as `s`; `where` sees their tiers as `t` */
async function recordListed(
  sql: Sql,
  { engine }: Staging,
  { idsFrom, importNo, now, tables }: Written,
  { itemId, from, where }: { itemId: string; from: string; where: string },
): Promise<void> {
  const index = tierIndex(engine, 't')
  const column = `cast(s.tier_cells -> ${index} ->> 0 as bigint)`
  const tax = taxSql(tables, column, 4)
  await sql.run(
    `${insert}
     select ${itemId}, $2, 1 + ${index}, ${tierMember('t', 'name')}, ${tierMember('t', 'min_quantity_e4')},
            ${tierMember('t', 'price_e4')}, ${tierMember('t', 'currency')}, ${terms}, ${tax.sql}, ${instant(engine, '$3')},
            s.sheet, s."row", ${column}, s.tier_cells -> ${index} ->> 1
     from ${from} cross join ${tierTable(engine, 's.tiers', 't')} where ${where}`,
    [idsFrom, importNo, now, ...tax.parameters],
  )
}

async function recordLeftOut(
  sql: Sql,
  { engine, names }: Staging,
  { importNo, now }: Written,
): Promise<void> {
  const listed = engine === 'sqlite' ? 'json_array_length(s.tiers)' : 'jsonb_array_length(s.tiers)'
  await sql.run(
    `${insert}
     select d.item_id, $1, coalesce(${listed}, 0) + 1 + ${tierIndex(engine, 'o')}, ${tierMember('o', 'name')},
            ${tierMember('o', 'min_quantity_e4')}, null, null, ${terms}, null, ${instant(engine, '$2')},
            s.sheet, s."row", null, null
     from ${names.diff} as d cross join ${names.rows} as s cross join ${tierTable(engine, 'd.old_tiers', 'o')}
     where s.n = d.n
       and not exists (select 1 from ${tierTable(engine, 's.tiers', 't')} where ${isSameTier('o', 't')})`,
    [importNo, now],
  )
}
