import type { Sql } from '../../db/database.ts'
import { jsonObject } from '../../db/dialect.ts'
import type { DuplicateRule } from '../../sources/model.ts'
import { indexRows } from './index-rows.ts'
import { issueColumns, itemValueColumns, outcomes, type Staging } from './staging.ts'

/**
 * Settles items that a file lists more than once: repetitions that say the same are ignored, others rejected (or,
 * where the last one wins, those before it ignored). Works on sealed staging, set-wise.
 * @returns how many keys there are more than once
 */
export async function settleDuplicates(sql: Sql, staging: Staging, rule: DuplicateRule): Promise<number> {
  if (!staging.noticed().mayRepeat) return 0
  await indexRows(sql, staging)
  const { names, engine } = staging
  // The cells themselves are gone by now; what was read of them goes into the log.
  const rowData = jsonObject(engine, { sku: 'r.sku', name: 'r.name', price: 'r.price_raw', unit: 'r.unit' })
  const lastWins = rule === 'last-wins'
  const repeated = await sql.run(
    `insert into ${names.repeated} (item_key, kept)
     select item_key, ${lastWins ? 'max' : 'min'}(n) from ${names.rows} group by item_key having count(*) > 1`,
  )
  if (repeated === 0) return 0
  const isSame = itemValueColumns
    .map((column) => `r.${column} is not distinct from k.${column}`)
    .join(' and ')
  // The kept row is found by its number; its key is compared again so that both engines go through the index.
  await sql.run(
    `update ${names.rows} as r
     set outcome = case when ${isSame} then ${outcomes.duplicate}
                        else ${lastWins ? outcomes.superseded : outcomes.rejected} end
     from ${names.repeated} as d join ${names.rows} as k on k.n = d.kept
     where r.item_key = d.item_key and r.n <> d.kept`,
  )
  await sql.run(
    `insert into ${names.issues} ("${Object.keys(issueColumns).join('", "')}")
     select r.sheet, r.scope, r."row", null,
            case when r.outcome = ${outcomes.rejected} then 'error' else 'ignored' end,
            'ValidationError',
            case r.outcome when ${outcomes.rejected} then 'duplicate_sku'
                           when ${outcomes.superseded} then 'superseded' else 'duplicate' end,
            'Row ' || (r."row" + 1) || ' has the same ' ||
              case when r.sku is null then 'identity' else 'SKU "' || r.sku || '"' end ||
              ' as row ' || (k."row" + 1) ||
              case when k.sheet is not distinct from r.sheet then '' else ' of sheet "' || k.sheet || '"' end ||
              case r.outcome
                when ${outcomes.rejected} then ' and says something else; keep one of them'
                when ${outcomes.superseded} then ', which comes later and wins'
                else ' and says the same' end || '.',
            r.price_raw, null,
            case when r.outcome = ${outcomes.rejected} then ${rowData} end
     from ${names.repeated} as d join ${names.rows} as k on k.n = d.kept
     join ${names.rows} as r on r.item_key = d.item_key and r.n <> d.kept`,
  )
  return repeated
}
