import type { KeptSql } from '../db/database.ts'
import { encodeCursor } from '../lib/cursor.ts'
import { itemJsonSql } from './item-json.ts'
import { type Key, type QuickFilter, readsMax } from './quick-filter.ts'

/**
 * Pages as one text of the database: where a page ends is found in the index alone, and rows of their own would take as
 * long again on their way out of SQLite as they take to read.
 *
 * @returns reads a page behind a key; null: as `quickPages` says
 */
export function pageInSqlite(kept: KeptSql) {
  /** Behind the first key, up to the second. */
  async function boundsOf({ supplierId }: QuickFilter, after: Key | null): Promise<[Key, Key] | null> {
    if (supplierId === undefined) return [after ?? beforeAll, behindAll]
    const [supplier] = await kept.all<{ no: number }>('select no from suppliers where id = $1', [supplierId])
    if (supplier === undefined) return null
    const { no } = supplier
    // A page of another supplier may have been handed in.
    return [after !== null && after[0] >= no ? after : [no, ''], [no + 1, '']]
  }

  return async (
    filter: QuickFilter,
    limit: number,
    after: Key | null,
  ): Promise<string | Uint8Array<ArrayBuffer> | null> => {
    const bounds = await boundsOf(filter, after)
    if (bounds === null) return nothing
    const [start, end] = bounds
    let from = start
    let missing = limit
    for (let reads = 0; reads < readsMax; reads++) {
      const [last, beyond] = await kept.all<Row>(rowsAt, [...from, ...end, missing - 1])
      const until = last === undefined ? end : keyOf(last)
      const isMore =
        beyond !== undefined && (filter.withGone || beyond.gone_at === null || (await isListed(until, end)))
      if (isMore === null) return null
      const next = isMore ? encodeCursor(until) : null
      const range = [...start, ...until, JSON.stringify(next), filter.withGone]
      const [read] = await kept.all<{ shown: number; page: Uint8Array<ArrayBuffer> }>(rangeText, range)
      const { shown, page } = read!
      if (!isMore || shown === limit) return page
      from = until
      missing = limit - shown
    }
    return null
  }

  /** Whether anything between two keys is still listed; null: that takes a longer look. */
  async function isListed(from: Key, end: Key): Promise<boolean | null> {
    const [look] = await kept.all<{ read: number; listed: number }>(listedWithin, [...from, ...end])
    const { read, listed } = look!
    return listed > 0 ? true : read < lookMax ? false : null
  }
}

interface Row {
  supplier_no: number
  item_key: string
  gone_at: number | null
}

const keyOf = ({ supplier_no, item_key }: Row): Key => [supplier_no, item_key]
/** Numbers of suppliers begin at 1, and no key is empty. */
const beforeAll: Key = [0, '']
const behindAll: Key = [Number.MAX_SAFE_INTEGER, '']
const nothing = JSON.stringify({ items: [], next_cursor: null })
/** How many items that are gone are looked past for one that is not. */
const lookMax = 1000

const within = 'where (i.supplier_no, i.item_key) > ($1, $2) and (i.supplier_no, i.item_key) <= ($3, $4)'
const inOrder = 'order by i.supplier_no, i.item_key'

/**
 * A row and the next. SQLite compiles a statement anew for each value that is bound to a limit or an offset, or compared
 * with a column of a partial index, unless the planner cannot see it: as long again as reading a page takes.
 */
const rowsAt = `select i.supplier_no, i.item_key, i.gone_at from supplier_items as i ${within} ${inOrder} limit 2 offset ($5 + 0)`

const listedWithin = `select count(*) as read, count(*) filter (where gone_at is null) as listed from (
    select i.gone_at from supplier_items as i ${within} ${inOrder} limit ${lookMax})`

/** Along this index, by the items first, rows come in its order; sorting them again takes a third as long as the rest. */
const rangeText = `select count(*) as shown,
    cast(concat('{"items":[', group_concat(${itemJsonSql}), '],"next_cursor":', $5, '}') as blob) as page
    from supplier_items as i indexed by supplier_items_key cross join suppliers as p on p.no = i.supplier_no
    ${within} and (i.gone_at is null or $6)`
