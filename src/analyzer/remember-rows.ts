import type { Sql } from '../db/database.ts'
import { type FingerprintKey, saveFingerprints } from './fingerprint-file.ts'
import type { ReadFingerprints } from './row-taker.ts'
import { outcomes, type Staging } from './staging/staging.ts'

/** A list that was just published. */
export interface PublishedList {
  staging: Staging
  fingerprints: ReadFingerprints
  supplierId: string
  sourceId: string
  /** What the new items' ids were counted from: see publish.ts. */
  idsFrom: number
  /** It was the supplier's first: see diff.ts. */
  isFirst: boolean
  key: FingerprintKey
}

/** How many rows one statement reads. */
const pageSize = 5000
/** Ids are kept in 32 bits; a catalog that has given out more of them reads every row. */
const idMax = 2 ** 32 - 1

/**
 * Keeps the fingerprints of a published list for the source's next one. A list that names an item twice is not
 * remembered: which of its rows counts is settled anew each time. Uses `list.fingerprints.fresh` up.
 * @returns how many rows will be recognised; null: the list is not remembered
 */
export async function rememberRows(sql: Sql, path: string, list: PublishedList): Promise<number | null> {
  const { staging, fingerprints } = list
  const { known, fresh } = fingerprints
  const [repeated] = await sql.all(`select 1 from ${staging.names.repeated} limit 1`)
  if (repeated !== undefined) return null
  const itemIds = await stagedItemIds(sql, list)
  if (itemIds === null) return null
  // In place, since for a large list every copy counts.
  for (let entry = 0; entry < fresh.count; entry++) {
    const n = fresh.itemIds[entry]!
    fresh.itemIds[entry] = itemIds[n]!
    itemIds[n] = 0
  }
  known?.copySeen(fresh)
  // What is left was taken with a note, and is read every time.
  const others = new Set<number>()
  for (const id of itemIds) if (id !== 0) others.add(id)
  for (const id of await rejectedItems(sql, list)) others.add(id)
  // An item may stand in a rejected row and in one that was taken.
  for (let entry = 0; entry < fresh.count; entry++) others.delete(fresh.itemIds[entry]!)
  saveFingerprints(path, list.key, fresh, Uint32Array.from(others))
  return fresh.count
}

/** Staged row's number → item id (0: none). @returns null when an id is too large */
async function stagedItemIds(
  sql: Sql,
  { staging, supplierId, idsFrom, isFirst }: PublishedList,
): Promise<Uint32Array | null> {
  const { rows, diff } = staging.names
  const ids = new Uint32Array(staging.noticed().rows + 1)
  if (isFirst) {
    if (idsFrom + ids.length > idMax) return null
    // No key was repeated, so every row is an item.
    for (let n = 1; n < ids.length; n++) ids[n] = idsFrom + n
    return ids
  }
  const [last] = await sql.all<{ d: number | null; differing: number }>(
    `select max(d) as d, count(n) as differing from ${diff}`,
  )
  if (idsFrom + (last?.d ?? 0) > idMax) return null
  for (let after = 0; after < (last?.d ?? 0); after += pageSize) {
    const page = await sql.all<{ n: number; id: number }>(
      `select n, coalesce(item_id, $1 + d) as id from ${diff} where d > $2 and d <= $3 and n is not null`,
      [idsFrom, after, after + pageSize],
    )
    for (const { n, id } of page) ids[n] = id
  }
  // Rows without a difference were there before, and are found by their key.
  if (last?.differing === staging.noticed().rows) return ids
  for (let after = 0; after < ids.length; after += pageSize) {
    // SQLite takes the tables of a cross join in the order in which they stand. Left to itself it walks every item
    // of the supplier for each page, and the time grows with the square of the list.
    const page = await sql.all<{ n: number; id: number }>(
      `select s.n, i.id from ${rows} as s cross join supplier_items as i
       where i.supplier_no = (select no from suppliers where id = $1) and i.item_key = s.item_key
         and s.n > $2 and s.n <= $3 and s.outcome = ${outcomes.accepted}`,
      [supplierId, after, after + pageSize],
    )
    for (const { n, id } of page) ids[n] = id
  }
  return ids
}

/** Items that are still listed by this source only because rejected rows name them. */
async function rejectedItems(sql: Sql, { staging, supplierId, sourceId }: PublishedList): Promise<number[]> {
  const [rejected] = await sql.all(`select 1 from ${staging.names.issues} where item_key is not null limit 1`)
  if (rejected === undefined) return []
  const found = await sql.all<{ id: number }>(
    `select distinct i.id from ${staging.names.issues} as x
     join supplier_items as i on i.supplier_no = (select no from suppliers where id = $1) and i.item_key = x.item_key
     where x.item_key is not null and i.source_no = (select no from sources where id = $2) and i.gone_at is null`,
    [supplierId, sourceId],
  )
  return found.map(({ id }) => id)
}
