import type { Change } from '../audit/model.ts'
import type { Database, Engine } from '../db/database.ts'
import { noPrecondition, type Precondition } from '../http/etag.ts'
import { ConflictError } from '../lib/errors.ts'
import { type Item, isDeletedSql } from './model.ts'
import { itemStore } from './store.ts'
import { writeItem } from './write-item.ts'

/**
 * Takes an item out of the catalog as people see it: see `isDeletedSql`. Once more changes nothing.
 * @throws NotFoundError `unknown_item`; ConflictError `precondition_failed`
 */
export async function deleteItem(
  db: Database,
  id: string,
  change: Change,
  precondition: Precondition = noPrecondition,
): Promise<void> {
  await writeItem(db, id, { ...change, action: 'item.delete' }, async (tx) => {
    const items = itemStore({ ...db, all: tx.all })
    await precondition.hold(() => items.get(id))
    const before = times(await items.get(id))
    const changed = await tx.run(
      `update supplier_items set gone_at = $2, deleted_at = $2
       where id = $1 and ${isDeletedSql('supplier_items')} is not true`,
      [Number(id), change.at],
    )
    return changed > 0 ? { before, after: times(await items.get(id)) } : null
  })
}

/**
 * Brings an item back that a person deleted: listed, or gone if it was that before, or a full list has come without it
 * since.
 * @throws NotFoundError `unknown_item`
 * @throws ConflictError `not_deleted`
 */
export async function restoreItem(db: Database, id: string, change: Change): Promise<void> {
  await writeItem(db, id, { ...change, action: 'item.restore' }, async (tx) => {
    const items = itemStore({ ...db, all: tx.all })
    const before = times(await items.get(id))
    const changed = await tx.run(
      `update supplier_items set gone_at = coalesce(${goneBeforeSql}, ${leftOutSql(db.engine)}), deleted_at = null
       where id = $1 and ${isDeletedSql('supplier_items')}`,
      [Number(id)],
    )
    if (changed === 0)
      throw new ConflictError(
        'not_deleted',
        `Nobody has deleted item ${id}, or a list has brought it back; there is nothing to restore.`,
      )
    return { before, after: times(await items.get(id)) }
  })
}

/** What a deletion changes of an item, and what restoring it does: both, also where one of them stays. */
const times = ({ gone_at, deleted_at }: Item) => ({ gone_at, deleted_at })

/** When the last list that said so dropped the item; null: the last that said anything had it again. */
const goneBeforeSql = `(
  select case when c.kind = 'gone' then m.published_at end
  from item_changes as c join imports as m on m.no = c.import_no
  where c.item_id = supplier_items.id and c.kind in ('gone', 'returned')
  order by m.published_at desc, m.no desc limit 1)`

/**
 * When the first full list came that speaks for the item and does not have it; null: none has. A list that had it would
 * have brought it back.
 */
function leftOutSql(engine: Engine): string {
  const speaks =
    engine === 'sqlite'
      ? 'supplier_items.scope in (select value from json_each(m.scopes))'
      : 'm.scopes @> to_jsonb(supplier_items.scope)'
  return `(
    select min(m.published_at) from imports as m join sources as s on s.id = m.source_id
    where s.no = supplier_items.source_no and m.published_at >= supplier_items.deleted_at
      and m.options ->> 'listMode' = 'full' and ${speaks})`
}
