import { serviceActor } from '../auth/model.ts'
import { itemsAsListed, writePinnedSql } from '../catalog/pinned.ts'
import { withoutItemIndexes } from '../db/characteristics.ts'
import type { Database, Sql, Tx } from '../db/database.ts'
import { instant, jsonObject } from '../db/dialect.ts'
import { minuteText, newerList } from '../imports/newer-list.ts'
import { type ImportChange, importStore } from '../imports/store.ts'
import type { Clock } from '../lib/clock.ts'
import { ConflictError } from '../lib/errors.ts'
import { jobStore, type Lease } from '../queue/store.ts'
import { noteChanges, noteItems } from '../search/store.ts'
import { auditSource } from '../sources/audit-source.ts'
import type { Pins } from '../sources/model.ts'
import { pinnedSettings } from '../sources/pins.ts'
import { sourceStore } from '../sources/store.ts'
import type { Diff } from './diff.ts'
import { endUnitPins } from './end-unit-pins.ts'
import { taxSql } from './price-taxes.ts'
import { recordBrands, recordCategories } from './record-names.ts'
import { recordTiers } from './record-tiers.ts'
import type { Origins } from './rejects/corrected-file.ts'
import { markCorrected } from './rejects/mark-corrected.ts'
import { indexRows } from './staging/index-rows.ts'
import {
  itemValueColumns,
  outcomes,
  priceColumns,
  type Staging,
  type StagingNames,
} from './staging/staging.ts'
import type { TableDecision } from './table/decision.ts'

export interface PublishContext {
  importId: string
  supplierId: string
  sourceId: string
  /** What a person said about this import, for the source to remember. */
  said: Pins
  /** The import whose rows it corrects, and which; null: it is a list of its own. */
  corrects: { importId: string; origins: Origins } | null
  /** Scopes that the file speaks for. */
  scopes: string[]
  fetchedAt: Date
  /** It reads an archived file once more. */
  isReplay: boolean
  lease: Lease
  now: Date
  /** Says when it has ended, which for a long list is a while later; left out: now. */
  clock?: Clock
}

/** What rows of every item refer to: see db/schema.ts. */
interface Numbers {
  supplierNo: number
  sourceNo: number
  importNo: number
}

export interface Published {
  /** The supplier's revision from now on. */
  revision: number
  /** A new item's id is this plus its number in the diff; for a supplier's first list, its row's number. */
  idsFrom: number
}

/**
 * Writes what the diff found into the catalog, with its history, its before-images and the parse log, and ends the
 * import and its job: all in one transaction, so that a crash leaves the catalog as before or as after.
 * @returns null when the supplier's items have changed since the diff was made: compare again
 * @throws ConflictError `lease_lost`, or `stale_data` when newer data is published already: see `newerList`
 */
export async function publish(
  db: Database,
  tx: Database['tx'],
  options: { staging: Staging; diff: Diff; context: PublishContext; change: ImportChange },
): Promise<Published | null> {
  const { staging, diff, context, change } = options
  const { supplierId, now } = context
  const idsFrom = await reserveIds(tx, staging, diff)
  return tx(async (sql) => {
    const { revision, ...numbers } = await lockSupplier(db, sql, context)
    if (revision !== diff.revision) return null
    await refuseStale(sql, context)
    const { changes } = diff
    const tables = change.decision?.tables ?? []
    const written = { ...numbers, now, idsFrom, isFirst: diff.isFirst, tables }
    if (changes.changed + changes.gone + changes.returned > 0)
      await keepBefore(sql, staging, numbers, diff.hasPins)
    if (changes.new > 0) await insertNew(sql, staging, written, changes.new)
    if (changes.changed + changes.returned > 0) {
      if (diff.hasPins) await endUnitPins(sql, staging, { supplierId, now })
      await updateChanged(sql, staging, numbers, diff.hasPins)
    }
    if (diff.relisted > 0) await updateRelisted(sql, staging, numbers)
    if (changes.gone > 0) await markGone(sql, staging, now)
    if (changes.new + changes.changed + changes.returned > 0) {
      await recordPrices(sql, staging, written)
      if (diff.hasTiers) await recordTiers(sql, staging, written)
    }
    await noteWork(sql, staging, written, diff)
    await recordCategories(sql, staging, supplierId)
    await recordBrands(sql, staging)
    await writeLog(sql, staging, context)
    if (context.corrects !== null)
      await markCorrected(sql, staging, {
        importId: context.importId,
        corrects: context.corrects.importId,
        origins: context.corrects.origins,
      })
    // A lineage that moves counts too: it decides what other lists of this supplier may mark gone.
    const hasChanged = changes.new + changes.changed + changes.gone + changes.returned + diff.relisted > 0
    const newRevision = revision + (hasChanged ? 1 : 0)
    await sql.run('update suppliers set revision = $2 where id = $1', [supplierId, newRevision])
    const stores = { query: sql.query, tables: db.tables }
    const endedAt = context.clock?.now() ?? now
    await importStore(stores).change(context.importId, {
      ...change,
      changes,
      supplierRevision: newRevision,
      publishedAt: now,
      finishedAt: endedAt,
    })
    await rememberSaid(stores, context)
    await jobStore(stores).end(context.lease, { state: 'succeeded', phase: 'complete', now: endedAt })
    return { revision: newRevision, idsFrom }
  })
}

/** On top of what the source has by now: another list of it may have been corrected while this one waited. */
async function rememberSaid(
  stores: Parameters<typeof sourceStore>[0],
  { sourceId, said, now, importId }: PublishContext,
): Promise<void> {
  const sources = sourceStore(stores)
  const source = await sources.get(sourceId)
  // `lockSupplier` has seen to it that the source is there and stays.
  if (source === null) throw new Error(`Source ${sourceId} vanished while its list was published.`)
  await sources.change(sourceId, pinnedSettings(source, said))
  const change = { actor: serviceActor, at: now }
  const after = await sources.get(sourceId)
  await auditSource(stores, change, {
    action: 'source.learn',
    before: source,
    after,
    more: { import: importId },
  })
}

/**
 * Writes the parse log of an import that is not published (held or failed), replacing what an earlier attempt wrote.
 */
export async function writeLog(sql: Tx, staging: Staging, context: PublishContext): Promise<void> {
  await sql.run('delete from parsing_logs where import_id = $1', [context.importId])
  await sql.run(
    `insert into parsing_logs (import_id, job_id, supplier_id, severity, error_type, code, message, sheet, "row",
                               "column", raw, row_data, created_at)
     select $1, $2, $3, severity, error_type, code, message, sheet, "row", col, raw, row_data, ${instant(staging.engine, '$4')}
     from ${staging.names.issues}
     order by sheet nulls first, "row" nulls first, col nulls first, code`,
    [context.importId, context.lease.jobId, context.supplierId, context.now],
  )
}

/** As many item ids as there may be new items; ids that are not used are not used again. */
async function reserveIds(tx: Database['tx'], staging: Staging, { isFirst }: Diff): Promise<number> {
  return tx(async (sql) => {
    const count = isFirst ? staging.noticed().rows : await lastEntry(sql, staging)
    if (count === 0) return 0
    const [counter] = await sql.all<{ value: number }>(
      `insert into counters (name, value) values ('supplier_items', $1)
       on conflict (name) do update set value = counters.value + excluded.value returning value`,
      [count],
    )
    if (counter === undefined) throw new Error('The counter gave no value.')
    return counter.value - count
  })
}

async function lastEntry(sql: Sql, { names }: Staging): Promise<number> {
  const [last] = await sql.all<{ d: number | null }>(`select max(d) as d from ${names.diff}`)
  return last?.d ?? 0
}

/**
 * One publish per supplier at a time; on SQLite the write lock sees to that. It also makes sure that supplier and
 * source are still there and stay, because no foreign key looks at every item here.
 */
async function lockSupplier(
  db: Database,
  sql: Sql,
  context: PublishContext,
): Promise<Numbers & { revision: number }> {
  const [supplier] = await sql.all<Numbers & { revision: number }>(
    `select p.revision, p.no as "supplierNo", s.no as "sourceNo", m.no as "importNo"
     from suppliers as p join sources as s on s.supplier_id = p.id join imports as m on m.source_id = s.id
     where p.id = $1 and s.id = $2 and m.id = $3 and p.deleting_at is null ${db.engine === 'postgres' ? 'for no key update of p for key share of s, m' : ''}`,
    [context.supplierId, context.sourceId, context.importId],
  )
  if (supplier === undefined)
    throw new ConflictError(
      'supplier_deleted',
      'The supplier or the source was deleted while its list was being read.',
    )
  return supplier
}

async function refuseStale(sql: Sql, context: PublishContext): Promise<void> {
  const newer = await newerList(sql, context)
  if (newer !== null)
    throw new ConflictError(
      'stale_data',
      `Import ${newer.importId} has brought a newer list of the same source, published on ${minuteText(newer.publishedAt)}; this one would take prices back.`,
    )
}

/** Every column that an import may write, with the lineage, as its lists have it, so that an undo can put it back. */
const beforeColumns = [...itemValueColumns, 'source_no', 'scope', 'gone_at'] as const
const jsonColumns = ['characteristics', 'tiers']

async function keepBefore(
  sql: Sql,
  { engine, names }: Staging,
  { importNo }: Numbers,
  hasPins: boolean,
): Promise<void> {
  const before = Object.fromEntries(
    beforeColumns.map((column) => [
      column,
      // SQLite would put JSON text into the object as text.
      engine === 'sqlite' && jsonColumns.includes(column) ? `json(i.${column})` : `i.${column}`,
    ]),
  )
  await sql.run(
    `insert into item_changes (import_no, item_id, kind, before)
     select $1, i.id, d.kind, ${jsonObject(engine, before)}
     from ${names.diff} as d join ${itemsAsListed(engine, hasPins, ['id', ...beforeColumns])} as i on i.id = d.item_id
     where d.kind in ('changed', 'gone', 'returned')`,
    [importNo],
  )
}

const columnList = (columns: readonly string[], prefix = '') =>
  columns.map((column) => `${prefix}${column}`).join(', ')

/** What new items and their prices are written with. */
interface Written extends Numbers {
  now: Date
  idsFrom: number
  isFirst: boolean
  /** How the list was understood. */
  tables: readonly TableDecision[]
}

/** The staged rows of new items, and the number that each one's id is counted by. */
const newRows = ({ rows, diff }: StagingNames, isFirst: boolean) =>
  isFirst
    ? { number: 's.n', from: `from ${rows} as s where s.outcome = ${outcomes.accepted}` }
    : { number: 'd.d', from: `from ${diff} as d join ${rows} as s on s.n = d.n where d.kind = 'new'` }

async function insertNew(sql: Sql, staging: Staging, written: Written, count: number): Promise<void> {
  const { idsFrom, isFirst } = written
  const { number, from } = newRows(staging.names, isFirst)
  const insert = async (order: string | null) => {
    await sql.run(
      `insert into supplier_items (id, supplier_no, item_key, ${columnList(itemValueColumns)}, source_no, scope,
                                   first_import_no)
       select $1 + ${number}, $2, s.item_key, ${columnList(itemValueColumns, 's.')}, $3, s.scope, $4
       ${from} ${order === null ? '' : `order by ${order}`}`,
      [idsFrom, written.supplierNo, written.sourceNo, written.importNo],
    )
  }
  // The ids given out so far are at least as many as the items there are.
  const isBulk = staging.engine === 'sqlite' && count > 20_000 && count > idsFrom / 4
  if (isBulk) await withoutItemIndexes(sql, () => insert(number))
  else if (staging.engine === 'postgres') {
    // Its rows are of any order anyway, and sorting them all costs as much as writing them.
    await insert(null)
  } else if (!isFirst) await insert(number)
  else {
    // In the order of the keys their index grows at one place, and not all over.
    await indexRows(sql, staging)
    await insert('s.item_key')
  }
}

async function updateChanged(
  sql: Sql,
  staging: Staging,
  { sourceNo }: Numbers,
  hasPins: boolean,
): Promise<void> {
  const { rows, diff } = staging.names
  await sql.run(
    `update supplier_items
     set ${hasPins ? writePinnedSql(staging.engine, itemValueColumns) : itemValueColumns.map((column) => `${column} = s.${column}`).join(', ')},
         source_no = $1, scope = s.scope, gone_at = null
     from ${diff} as d join ${rows} as s on s.n = d.n
     where supplier_items.id = d.item_id and d.kind in ('changed', 'returned')`,
    [sourceNo],
  )
}

/** Another source or scope lists the same: only the lineage moves, and no before-image is kept. */
async function updateRelisted(sql: Sql, staging: Staging, { sourceNo }: Numbers): Promise<void> {
  const { rows, diff } = staging.names
  await sql.run(
    `update supplier_items set source_no = $1, scope = s.scope
     from ${diff} as d join ${rows} as s on s.n = d.n
     where supplier_items.id = d.item_id and d.kind = 'relisted'`,
    [sourceNo],
  )
}

async function markGone(sql: Sql, staging: Staging, now: Date): Promise<void> {
  await sql.run(
    `update supplier_items set gone_at = ${instant(staging.engine, '$1')}
     where id in (select item_id from ${staging.names.diff} where kind = 'gone')`,
    [now],
  )
}

/** What the index of words does not have now: one line for all new items, and one for all that changed. */
async function noteWork(
  sql: Sql,
  staging: Staging,
  written: Written,
  { changes, isFirst }: Diff,
): Promise<void> {
  const { idsFrom, importNo } = written
  if (changes.new > 0)
    await noteItems(
      sql,
      idsFrom + 1,
      idsFrom + (isFirst ? staging.noticed().rows : await lastEntry(sql, staging)),
    )
  if (changes.changed + changes.returned > 0) await noteChanges(sql, importNo)
}

/** The first and every changed price, traced to the cell it came from. */
async function recordPrices(sql: Sql, staging: Staging, written: Written): Promise<void> {
  const { rows, diff } = staging.names
  const { idsFrom, now, importNo, isFirst, tables } = written
  const tax = taxSql(tables, 's.price_column', 4)
  const { id, from } = isFirst
    ? { id: '$1 + s.n', from: newRows(staging.names, isFirst).from }
    : {
        id: 'coalesce(d.item_id, $1 + d.d)',
        from: `from ${diff} as d join ${rows} as s on s.n = d.n where d.price_changed`,
      }
  await sql.run(
    `insert into price_history (item_id, import_no, n, ${columnList(priceColumns)}, tax, recorded_at, sheet,
                                "row", "column", raw)
     select ${id}, $3, 0, ${columnList(priceColumns, 's.')}, ${tax.sql}, ${instant(staging.engine, '$2')}, s.sheet,
            s."row", s.price_column, s.price_raw
     ${from} ${staging.engine === 'sqlite' ? `order by ${isFirst ? 's.n' : 'd.d'}` : ''}`,
    [idsFrom, now, importNo, ...tax.parameters],
  )
}
