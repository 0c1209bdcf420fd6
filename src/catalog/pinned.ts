import type { Engine, Sql, Tx } from '../db/database.ts'
import { type PinnableField, pinnableFields } from './model.ts'

/*
 * What a person has set of an item stands in its column, and no list writes it. What the list says of it stands in
 * `pinned`, and imports compare with that and write it there: to an import the catalog looks as if nobody had ever
 * touched it. Before-images are of the item as its lists have it, so that whatever puts one back does it as an import
 * would, and leaves alone what a person has set, before or since.
 */

/** Says of a supplier that some of its items may have pins; it is never taken back. */
const mark = (supplierNo: string) => `'pinned/' || ${supplierNo}`

/**
 * SQL that is true for a supplier that may have pins. There is no index that would tell, because it would be written
 * with every item; and without asking every comparison would look for pins that nearly no supplier has.
 * @param supplierNo SQL for its number
 */
export const mayHavePinsSql = (supplierNo: string) =>
  `exists (select 1 from counters as k where k.name = ${mark(supplierNo)})`

/** Inside the transaction that pins the first field of an item. */
export async function notePins(tx: Tx, supplierNo: number): Promise<void> {
  await tx.run(
    `insert into counters (name, value) values (${mark('cast($1 as text)')}, 1) on conflict (name) do nothing`,
    [String(supplierNo)],
  )
}

/** Whether a supplier may have pins. */
export async function mayHavePins(sql: Pick<Sql, 'all'>, supplierId: string): Promise<boolean> {
  const found = await sql.all(`select 1 from suppliers as p where p.id = $1 and ${mayHavePinsSql('p.no')}`, [
    supplierId,
  ])
  return found.length > 0
}

/**
 * The items as their lists have them, in place of the table's name.
 * @param columns what is asked of them; unless the supplier has pins, the table has more
 */
export function itemsAsListed(engine: Engine, hasPins: boolean, columns: readonly string[]): string {
  if (!hasPins) return 'supplier_items'
  const listed = columns.map((column) =>
    isPinnable(column)
      ? `case when ${isPinned(engine, 'o', column)} then o.pinned ->> '${column}' else o.${column} end as ${column}`
      : `o.${column}`,
  )
  return `(select ${listed.join(', ')} from supplier_items as o)`
}

/**
 * What an import writes into an item that may have pins: assignments of an `update supplier_items … from … as s`, where
 * `s` has what the list says.
 *
 * The unit is what the price is for. A person who corrects it says what the list's own word means, as that "KRT" are
 * boxes; once the list says another word that is no longer what they spoke of, and a price per kilogram would be shown
 * as one per box. So their word for the unit holds for as long as the list's stays the same.
 */
export function writePinnedSql(engine: Engine, columns: readonly string[]): string {
  const item = 'supplier_items'
  const keeps = (column: PinnableField) =>
    column === 'unit'
      ? `${isPinned(engine, item, column)} and not (${unitEnds(engine, item)})`
      : isPinned(engine, item, column)
  const values = columns.map((column) =>
    isPinnable(column)
      ? `${column} = case when ${keeps(column)} then ${item}.${column} else s.${column} end`
      : `${column} = s.${column}`,
  )
  return [...values, `pinned = ${relistedPins(engine, item)}`].join(', ')
}

/** Whether a pin of the unit ends with what the staged row `s` says. */
export const unitEnds = (engine: Engine, item: string) =>
  `${isPinned(engine, item, 'unit')} and ${item}.pinned ->> 'unit' is distinct from s.unit`

/** Whether a person has set a field of an item. */
export const isPinned = (engine: Engine, item: string, column: PinnableField) =>
  engine === 'sqlite'
    ? `coalesce(json_type(${item}.pinned, '$.${column}'), '') <> ''`
    : `coalesce(jsonb_exists(${item}.pinned, '${column}'), false)`

/** The same fields with what the list says of them now. */
function relistedPins(engine: Engine, item: string): string {
  const ends = unitEnds(engine, item)
  if (engine === 'postgres') {
    const words = pinnableFields.map((field) => `when '${field}' then s.${field}`).join(' ')
    return `(select jsonb_object_agg(p.field, case p.field ${words} end)
      from jsonb_object_keys(${item}.pinned) as p(field) where not (p.field = 'unit' and ${ends}))`
  }
  const words = pinnableFields.map((field) => `'$.${field}', s.${field}`).join(', ')
  const replaced = `json_replace(${item}.pinned, ${words})`
  return `nullif(case when ${ends} then json_remove(${replaced}, '$.unit') else ${replaced} end, '{}')`
}

function isPinnable(column: string): column is PinnableField {
  return pinnableFields.some((field) => field === column)
}
