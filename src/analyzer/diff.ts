import { itemsAsListed, mayHavePinsSql } from '../catalog/pinned.ts'
import type { Engine, Sql } from '../db/database.ts'
import { jsonElements } from '../db/dialect.ts'
import { type ChangeCounts, noChanges, type RowCounts } from '../imports/model.ts'
import type { KnownRows } from './fingerprint.ts'
import { indexRows } from './staging/index-rows.ts'
import {
  fieldColumns,
  itemValueColumns,
  outcomes,
  priceColumns,
  type Staging,
  termColumns,
} from './staging/staging.ts'
import { anyTierLacksCurrency, hasPrice, markMovedTiers, tiersDiffer } from './staging/tiers.ts'

/** What the staged rows mean for the catalog, as far as the guard and the change report want to know. */
export interface Diff {
  /** The supplier's revision that the rows were compared with. */
  revision: number
  /** The supplier had no items: every accepted row is a new one, and none is noted one by one. */
  isFirst: boolean
  /** Whether a person may have set fields of the supplier's items: see catalog/pinned.ts. */
  hasPins: boolean
  changes: ChangeCounts
  /** Items on the list that the catalog has just so. */
  unchanged: number
  /** Of the unchanged, those that another source or scope listed last: their lineage moves. */
  relisted: number
  /** Of the new, changed and returned items, those with a price of their own. */
  changedPriced: number
  /** Items of this source and these scopes that were listed before; 0 for a partial list. */
  itemsBefore: number
  /**
   * Items that had a price before and have one now, their own or a further one, and those of which one moved too far or
   * into another currency or quantity.
   */
  pricesCompared: number
  pricesMoved: number
  /** Of those, items whose own price is in another currency now, or for another quantity. */
  pricesOfOtherKind: number
  /** Whether a staged item has further prices, or one that changes had some. */
  hasTiers: boolean
  /** Items with a price without a currency. */
  pricesWithoutCurrency: number
}

export interface DiffContext {
  supplierId: string
  sourceId: string
  /** Full: items that are missing from these scopes are gone. */
  isFull: boolean
  /** Scopes that were read whole. A scope that failed is not among them, and nothing of it goes. */
  scopes: string[]
  /** Sheets of the same scope that were not read as lists: items whose prices came from there cannot go. */
  sheetsLeftAside: string[]
  /** A price that moved by more than this, relative to the old one, has moved too far. */
  moveMax: number
  /** Rows that were recognised instead of staged; null: every row was read. */
  known: KnownRows | null
  /** Corrected rows, of which some may be left aside: which rows count is asked for, and not what was noticed. */
  isCorrection: boolean
}

/**
 * Compares the staged rows with the supplier's items, set-wise, and notes what differs in `diff`. Reads the catalog
 * only. What is there from an earlier comparison is replaced.
 * @returns null when the recognised rows cannot be relied on after all: every row must be read
 */
export async function diffStaged(sql: Sql, staging: Staging, context: DiffContext): Promise<Diff | null> {
  const { rows, diff } = staging.names
  const { known } = context
  const [found] = await sql.all<{
    revision: number
    supplierNo: number
    sourceNo: number | null
    pins: number
  }>(
    `select p.revision, p.no as "supplierNo", s.no as "sourceNo", case when ${mayHavePinsSql('p.no')} then 1 else 0 end as pins
     from suppliers as p left join sources as s on s.supplier_id = p.id and s.id = $2 where p.id = $1`,
    [context.supplierId, context.sourceId],
  )
  // Nothing is numbered 0: a supplier or source that is not there yet has no items.
  const { revision, supplierNo } = found ?? { revision: 0, supplierNo: 0 }
  const sourceNo = found?.sourceNo ?? 0
  const hasPins = found?.pins === 1
  if (known !== null && (known.revision !== revision || (await namesTwice(sql, staging, supplierNo, known))))
    return null
  await sql.run(`delete from ${diff}`)
  const items = await sql.all('select 1 from supplier_items where supplier_no = $1 limit 1', [supplierNo])
  if (items.length === 0)
    return {
      revision,
      isFirst: true,
      hasPins,
      itemsBefore: 0,
      ...(await firstSummary(sql, staging, context)),
    }
  await indexRows(sql, staging)
  const hasChanged = `(${differs(plainColumns)} or ${tiersDiffer(staging.engine)})`
  await sql.run(
    `insert into ${diff} (n, item_id, kind, price_changed, old_price_e4, new_price_e4, is_comparable, was_priced,
                          is_priced, terms_changed, old_tiers, tiers_moved, fields_changed)
     select s.n, i.id,
            case when i.id is null then 'new' when i.gone_at is not null then 'returned'
                 when ${hasChanged} then 'changed' else 'relisted' end,
            i.id is null or ${differs(priceColumns)},
            i.price_e4, s.price_e4,
            i.price_e4 is not null and s.price_e4 is not null and i.currency is not distinct from s.currency
              and i.price_quantity_e4 is not distinct from s.price_quantity_e4,
            ${hasPrice('i')}, ${hasPrice('s')}, i.id is not null and ${differs(termColumns)}, i.tiers, 1 = 0,
            ${fieldsChanged(staging.engine)}
     from ${rows} as s
     left join ${itemsAsListed(staging.engine, hasPins, comparedColumns)} as i
       on i.supplier_no = $1 and i.item_key = s.item_key
     where s.outcome = ${outcomes.accepted}
       and (i.id is null or i.gone_at is not null or ${hasChanged}
            or i.source_no is distinct from $2 or i.scope <> s.scope)
     order by s.item_key`,
    [supplierNo, sourceNo],
  )
  if (staging.noticed().hasTiers) await markMovedTiers(sql, staging, context.moveMax)
  const itemsBefore = context.isFull ? await diffGone(sql, staging, { ...context, supplierNo, sourceNo }) : 0
  if (staging.engine === 'postgres') await sql.run(`analyze ${diff}`)
  return { revision, isFirst: false, hasPins, itemsBefore, ...(await summary(sql, staging, context)) }
}

/** Whether an item stands in a recognised row and in another one: then which of them counts is to be settled. */
async function namesTwice(
  sql: Sql,
  staging: Staging,
  supplierNo: number,
  known: KnownRows,
): Promise<boolean> {
  if (known.seenCount === 0) return false
  const staged = new Set<number>()
  for (let after = 0; ; ) {
    const page = await sql.all<{ n: number; id: number | null }>(
      `select s.n, i.id from ${staging.names.rows} as s
       left join supplier_items as i on i.supplier_no = $1 and i.item_key = s.item_key
       where s.n > $2 order by s.n limit 10000`,
      [supplierNo, after],
    )
    for (const { id } of page) if (id !== null) staged.add(id)
    const last = page.at(-1)
    if (last === undefined) return known.overlaps(staged)
    after = last.n
  }
}

/** What an item is compared by, and told apart. */
const comparedColumns = [
  'id',
  'supplier_no',
  'item_key',
  ...itemValueColumns,
  'source_no',
  'scope',
  'gone_at',
]

const plainColumns = itemValueColumns.filter((column) => column !== 'tiers')

const differs = (columns: readonly string[]) =>
  `(${columns.map((column) => `i.${column} is distinct from s.${column}`).join(' or ')})`

/** Which columns of a listed item differ, the price aside, as bits: see `fieldColumns`. New items differ in none. */
function fieldsChanged(engine: Engine): string {
  const bit = (column: string, index: number) => {
    const isOther = column === 'tiers' ? tiersDiffer(engine) : `i.${column} is distinct from s.${column}`
    return engine === 'sqlite'
      ? `(${isOther}) * ${2 ** index}`
      : `(case when ${isOther} then ${2 ** index} else 0 end)`
  }
  return `case when i.id is null then 0 else ${fieldColumns.map(bit).join(' + ')} end`
}

/** Items that this source and these scopes listed last and that the file does not name at all, not even wrongly. */
async function diffGone(
  sql: Sql,
  staging: Staging,
  context: DiffContext & { supplierNo: number; sourceNo: number },
): Promise<number> {
  const { rows, issues, diff, missing } = staging.names
  const { supplierNo, sourceNo, scopes, sheetsLeftAside, known } = context
  if (scopes.length === 0) return 0
  const listedBefore = `i.supplier_no = $1 and i.source_no = $2 and i.gone_at is null
    and i.scope in (${jsonElements(staging.engine, '$3')})`
  const parameters = [supplierNo, sourceNo, JSON.stringify(scopes)]
  const fromLeftAside = `and not exists (select 1 from price_history as h where h.item_id = i.id
    and h.sheet in (${jsonElements(staging.engine, '$4')}))`
  const isAside = sheetsLeftAside.length > 0
  if (known !== null && (await stageMissing(sql, staging, known)) === 0)
    return known.count + known.others.length
  // SQLite takes the tables of a cross join in the order they are written: the few first.
  await sql.run(
    `insert into ${diff} (n, item_id, kind, price_changed, old_price_e4, new_price_e4, is_comparable, was_priced,
                          is_priced, terms_changed, old_tiers, tiers_moved, fields_changed)
     select null, i.id, 'gone', 1 = 0, i.price_e4, null, 1 = 0, ${hasPrice('i')}, 1 = 0, 1 = 0, null, 1 = 0, 0
     from ${known === null ? 'supplier_items as i' : `${missing} as m cross join supplier_items as i`}
     where ${known === null ? '' : 'i.id = m.item_id and'} ${listedBefore}
       and not exists (select 1 from ${rows} as s where s.item_key = i.item_key)
       and not exists (select 1 from ${issues} as x where x.item_key = i.item_key)
       ${isAside ? fromLeftAside : ''}`,
    isAside ? [...parameters, JSON.stringify(sheetsLeftAside)] : parameters,
  )
  if (known !== null) return known.count + known.others.length
  const [before] = await sql.all<{ count: number }>(
    `select count(*) as count from supplier_items as i where ${listedBefore}`,
    parameters,
  )
  return before?.count ?? 0
}

/** How many ids one statement takes. */
const idsPerStatement = 10_000

/** Only items whose rows were not recognised can have gone. @returns how many there are */
async function stageMissing(sql: Sql, staging: Staging, known: KnownRows): Promise<number> {
  await sql.run(`delete from ${staging.names.missing}`)
  let count = 0
  let ids: number[] = []
  const write = async () => {
    if (ids.length === 0) return
    const values = jsonElements(staging.engine, '$1', 'bigint')
    await sql.run(`insert into ${staging.names.missing} (item_id) ${values}`, [JSON.stringify(ids)])
    count += ids.length
    ids = []
  }
  for (const id of known.missingItems()) {
    ids.push(id)
    if (ids.length === idsPerStatement) await write()
  }
  await write()
  if (staging.engine === 'postgres') await sql.run(`analyze ${staging.names.missing}`)
  return count
}

type Summary = Omit<Diff, 'revision' | 'isFirst' | 'hasPins' | 'itemsBefore'>

async function summary(sql: Sql, staging: Staging, context: DiffContext): Promise<Summary> {
  const { diff } = staging.names
  const { known } = context
  const count = (condition: string) => `count(case when ${condition} then 1 end)`
  // Another currency, or a price for another quantity, is a move that no share can tell.
  const moved = `tiers_moved or price_changed and old_price_e4 is not null and new_price_e4 is not null and
    (not is_comparable or abs(new_price_e4 - old_price_e4) > old_price_e4 * cast($1 as double precision))`
  const ofOtherKind = `price_changed and old_price_e4 is not null and new_price_e4 is not null and not is_comparable`
  const listed = `kind in ('new', 'changed', 'returned')`
  const [d] = await sql.all<
    ChangeCounts & {
      relisted: number
      priced: number
      moved: number
      ofOtherKind: number
      incomparable: number
      tiered: number
    }
  >(
    `select ${count(`kind = 'new'`)} as "new", ${count(`kind = 'changed'`)} as "changed",
            ${count(`kind = 'gone'`)} as "gone", ${count(`kind = 'returned'`)} as "returned",
            ${count(`kind = 'relisted'`)} as "relisted",
            ${count('is_comparable and new_price_e4 > old_price_e4')} as "priceUp",
            ${count('is_comparable and new_price_e4 < old_price_e4')} as "priceDown",
            ${count(moved)} as "moved", ${count(ofOtherKind)} as "ofOtherKind",
            ${count(`${listed} and new_price_e4 is not null`)} as "priced",
            ${count(`${listed} and is_priced and not was_priced`)} as "incomparable",
            count(old_tiers) as "tiered"
     from ${diff}`,
    [context.moveMax],
  )
  const s = await acceptedRows(sql, staging, context)
  if (d === undefined) throw new Error('An aggregate gave no row.')
  const {
    relisted,
    priced,
    moved: pricesMoved,
    ofOtherKind: pricesOfOtherKind,
    incomparable,
    tiered,
    ...changes
  } = d
  return {
    changes,
    unchanged: (known?.seenCount ?? 0) + s.items - changes.new - changes.changed - changes.returned,
    relisted,
    changedPriced: priced,
    pricesCompared: (known?.seenPriced ?? 0) + s.priced - incomparable,
    pricesMoved,
    pricesOfOtherKind,
    pricesWithoutCurrency: (known?.seenWithoutCurrency ?? 0) + s.bare,
    hasTiers: tiered > 0 || staging.noticed().hasTiers,
  }
}

async function firstSummary(sql: Sql, staging: Staging, context: DiffContext): Promise<Summary> {
  const { items, ownPriced, bare } = await acceptedRows(sql, staging, context)
  return {
    changes: { ...noChanges, new: items },
    unchanged: 0,
    relisted: 0,
    changedPriced: ownPriced,
    pricesCompared: 0,
    pricesMoved: 0,
    pricesOfOtherKind: 0,
    pricesWithoutCurrency: bare,
    hasTiers: staging.noticed().hasTiers,
  }
}

async function acceptedRows(
  sql: Sql,
  { engine, names, noticed }: Staging,
  { isCorrection }: DiffContext,
): Promise<{ items: number; priced: number; ownPriced: number; bare: number }> {
  const { mayRepeat, rows, priced, ownPriced, withoutCurrency } = noticed()
  if (!mayRepeat && !isCorrection) return { items: rows, priced, ownPriced, bare: withoutCurrency }
  const [accepted] = await sql.all<{ items: number; priced: number; ownPriced: number; bare: number }>(
    `select count(*) as items, count(case when ${hasPrice()} then 1 end) as priced, count(price_e4) as "ownPriced",
            count(case when price_e4 is not null and currency is null or ${anyTierLacksCurrency(engine)} then 1 end)
              as bare
     from ${names.rows} where outcome = ${outcomes.accepted}`,
  )
  if (accepted === undefined) throw new Error('An aggregate gave no row.')
  return accepted
}

/** The row counts of an import whose accepted rows have been compared with the catalog. */
export function comparedCounts(counts: RowCounts, diff: Diff): RowCounts {
  return {
    ...counts,
    accepted: counts.accepted - diff.unchanged,
    priced: diff.changedPriced,
    unchanged: diff.unchanged,
  }
}
