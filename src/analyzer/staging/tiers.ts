import type { Engine, Sql } from '../../db/database.ts'
import type { Staging } from './staging.ts'

/** The tiers in a JSON column as a table to join with, in their order; none where the column is null. */
export const tierTable = (engine: Engine, column: string, alias: string) =>
  engine === 'sqlite'
    ? `json_each(${column}) as ${alias}`
    : `jsonb_array_elements(${column}) with ordinality as ${alias} (value, key)`

/** A tier's place among the item's, from 0 on, as SQL. */
export const tierIndex = (engine: Engine, alias: string) =>
  engine === 'sqlite' ? `${alias}.key` : `(${alias}.key - 1)::int`

/** One member of a tier of `tierTable`, as SQL. */
export function tierMember(
  alias: string,
  member: 'name' | 'min_quantity_e4' | 'price_e4' | 'currency',
): string {
  const text = `${alias}.value ->> '${member}'`
  return member.endsWith('_e4') ? `cast(${text} as bigint)` : `(${text})`
}

/** Whether two tiers of `tierTable` are the same one of the item's prices, whatever it is. */
export const isSameTier = (a: string, b: string) =>
  `${same(a, b, 'name')} and ${same(a, b, 'min_quantity_e4')}`

/** Whether they say the same, price and all. */
export const isEqualTier = (a: string, b: string) =>
  `${isSameTier(a, b)} and ${same(a, b, 'price_e4')} and ${same(a, b, 'currency')}`

/** Whether an item (`i`) has other further prices than its staged row (`s`). In another order they are the same. */
export function tiersDiffer(engine: Engine): string {
  if (engine === 'postgres') {
    // Arrays contain each other in any order. Subqueries, as below, would make PostgreSQL expect so much work that it
    // compiles the whole comparison first, although no list without further prices ever gets to them.
    return `(i.tiers is distinct from s.tiers
      and not coalesce(i.tiers @> s.tiers and s.tiers @> i.tiers, false))`
  }
  const [before, now] = [tierTable(engine, 'i.tiers', 'o'), tierTable(engine, 's.tiers', 't')]
  const isEqual = isEqualTier('o', 't')
  return `(i.tiers is distinct from s.tiers and (
    exists (select 1 from ${now} where not exists (select 1 from ${before} where ${isEqual}))
    or exists (select 1 from ${before} where not exists (select 1 from ${now} where ${isEqual}))))`
}

/**
 * Marks the items in the diff of which a further price moved by more than a share of it, or into another currency or
 * quantity.
 * @param moveMax the share
 */
export async function markMovedTiers(sql: Sql, { engine, names }: Staging, moveMax: number): Promise<void> {
  const [before, now] = [tierMember('o', 'price_e4'), tierMember('t', 'price_e4')]
  await sql.run(
    `update ${names.diff} as d set tiers_moved = 1 = 1
     from ${names.rows} as s cross join supplier_items as i
     where s.n = d.n and i.id = d.item_id and d.old_tiers is not null and s.tiers is not null
       and exists (select 1 from ${tierTable(engine, 'i.tiers', 'o')} cross join ${tierTable(engine, 's.tiers', 't')}
                   where ${isSameTier('o', 't')}
                     and (not (${same('o', 't', 'currency')})
                          or i.price_quantity_e4 is distinct from s.price_quantity_e4
                          or abs(${now} - ${before}) > ${before} * cast($1 as double precision)))`,
    [moveMax],
  )
}

/** Whether an item or a staged row has a price, its own or a further one. */
export function hasPrice(table?: 'i' | 's'): string {
  const prefix = table === undefined ? '' : `${table}.`
  return `(${prefix}price_e4 is not null or ${prefix}tiers is not null)`
}

/** Whether one of a staged row's further prices does not say in which currency it is. */
export const anyTierLacksCurrency = (engine: Engine) =>
  engine === 'sqlite'
    ? `coalesce(instr(tiers, '"currency":null'), 0) > 0`
    : `coalesce(tiers @> '[{"currency": null}]', false)`

function same(a: string, b: string, member: Parameters<typeof tierMember>[1]): string {
  return `${tierMember(a, member)} is not distinct from ${tierMember(b, member)}`
}
