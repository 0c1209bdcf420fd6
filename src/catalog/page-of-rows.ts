import type { KeptSql, SqlValue } from '../db/database.ts'
import { encodeCursor } from '../lib/cursor.ts'
import { afterKeySql } from './after-key.ts'
import { type ItemRow, itemSelect, toItem } from './item-row.ts'
import { type Key, type QuickFilter, readsMax } from './quick-filter.ts'

/**
 * Pages of rows of the database, whose text is made here: on PostgreSQL.
 *
 * @returns reads a page behind a key; null: as `quickPages` says
 */
export function pageOfRows(kept: KeptSql) {
  async function read(filter: QuickFilter, after: Key | null, count: number): Promise<ItemRow[]> {
    const parameters: SqlValue[] = [count]
    const parameter = (value: SqlValue) => `$${parameters.push(value)}`
    const conditions: string[] = []
    if (after !== null) conditions.push(afterKeySql(after, filter.supplierId, parameter))
    if (filter.supplierId !== undefined)
      conditions.push(`i.supplier_no = (select no from suppliers where id = ${parameter(filter.supplierId)})`)
    const where = conditions.length === 0 ? '' : `where ${conditions.join(' and ')}`
    return kept.all<ItemRow>(`${itemSelect} ${where} order by i.supplier_no, i.item_key limit $1`, parameters)
  }

  return async (filter: QuickFilter, limit: number, from: Key | null): Promise<string | null> => {
    let after = from
    const shown: ItemRow[] = []
    for (let reads = 0; reads < readsMax; reads++) {
      const rows = await read(filter, after, limit + 1)
      for (const row of rows) if (filter.withGone || row.gone_at === null) shown.push(row)
      const isEnd = rows.length <= limit
      if (!isEnd && shown.length <= limit) {
        after = keyOf(rows.at(-1)!)
        continue
      }
      const page = shown.slice(0, limit)
      const next = shown.length > limit ? encodeCursor(keyOf(page.at(-1)!)) : null
      return JSON.stringify({ items: page.map(toItem), next_cursor: next })
    }
    return null
  }
}

const keyOf = ({ supplier_no, item_key }: ItemRow): Key => [supplier_no, item_key]
