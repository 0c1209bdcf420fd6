import type { Actor } from '../auth/model.ts'
import type { Database, Sql, Tx } from '../db/database.ts'
import { noPrecondition, type Precondition } from '../http/etag.ts'
import type { Clock } from '../lib/clock.ts'
import { auditSource } from './audit-source.ts'
import { sourceStore } from './store.ts'
import { sourceState } from './view.ts'

/** What goes with a source, and what stays without it. */
export interface SourceHistory {
  imports: number
  /** Of those, the ones that wait, run or are held. */
  open: number
  /** Items that it listed last: they stay, with their prices. */
  items: number
}

/** What a person is told before they say that it is right. */
export function historyText({ imports, open, items }: SourceHistory): string {
  const underWay = open === 0 ? '' : `, ${open} of them not yet ended`
  return (
    `${imports} ${imports === 1 ? 'import' : 'imports'}${underWay}, with their change reports and parse logs, would be deleted` +
    `; ${items} ${items === 1 ? 'item stays' : 'items stay'}, with ${items === 1 ? 'its' : 'their'} prices, but without a source.`
  )
}

/** Rows that one transaction writes at most: others wait for it. */
const batchRows = 5000

/** @param scans see db/scanner.ts: a supplier may have very many items */
export async function sourceHistory(scans: Pick<Sql, 'all'>, id: string): Promise<SourceHistory> {
  const [row] = await scans.all<Record<keyof SourceHistory, number>>(
    `select (select count(*) from imports as m where m.source_id = s.id) as imports,
            (select count(*) from imports as m
             where m.source_id = s.id and m.status in ('pending', 'running', 'held')) as open,
            (select count(*) from supplier_items as i
             where i.supplier_no = p.no and i.source_no = s.no) as items
     from sources as s join suppliers as p on p.id = s.supplier_id where s.id = $1`,
    [id],
  )
  const { imports = 0, open = 0, items = 0 } = row ?? {}
  return { imports: Number(imports), open: Number(open), items: Number(items) }
}

/**
 * Deletes a source with its imports, their change reports, parse logs and jobs. Its items stay, with their prices,
 * and no list marks them as gone until another source has listed them. Raw files are left to the clean-ups.
 *
 * Work on it ends first: without its job nobody can publish any more, and nothing new is begun. The rest goes in
 * short transactions, since a long history may be millions of rows. Where that is cut off, the source is paused and
 * has part of its history, and deleting it once more goes on. Wake the queue afterwards.
 * @returns its jobs that had not ended: tell the queue that they have changed
 * @throws NotFoundError `unknown_source`; ConflictError `precondition_failed`
 */
export async function deleteSource(
  { db, actor, clock }: { db: Database; actor: Actor; clock: Clock },
  id: string,
  precondition: Precondition = noPrecondition,
): Promise<string[]> {
  const jobIds = await db.tx(async (tx) => {
    const stores = { query: tx.query, tables: db.tables }
    const source = await sourceStore(stores).lock(id)
    await precondition.hold(() => sourceState(source))
    await sourceStore(stores).setPaused(id, clock.now())
    // Where it is cut off further on, it is said all the same: nothing of the source goes on from here.
    const [history] = await tx.all<{ count: number }>(
      'select count(*) as count from imports where source_id = $1',
      [id],
    )
    await auditSource(
      stores,
      { actor, at: clock.now() },
      {
        action: 'source.delete',
        before: source,
        after: null,
        more: { imports: Number(history?.count ?? 0) },
      },
    )
    const open = await tx.all<{ id: string }>(
      `select j.id from jobs as j join imports as i on i.id = j.import_id
       where i.source_id = $1 and j.state in ('queued', 'running', 'held')`,
      [id],
    )
    await tx.run(`delete from jobs where import_id in (select id from imports where source_id = $1)`, [id])
    await tx.run(
      `update imports set status = 'cancelled', finished_at = $2
       where source_id = $1 and status in ('pending', 'running', 'held')`,
      [id, clock.now()],
    )
    return open.map((job) => job.id)
  })
  const [numbers] = await db.all<{ no: number; supplierNo: number }>(
    `select s.no, p.no as "supplierNo" from sources as s join suppliers as p on p.id = s.supplier_id where s.id = $1`,
    [id],
  )
  if (numbers === undefined) return jobIds
  for (let next = await nextImport(db, id); next !== null; next = await nextImport(db, id))
    await deleteImport(db, next)
  await letItemsGo(db, numbers)
  await db.tx(async (tx) => {
    // What was compared with the catalog as it was is compared again.
    await tx.run('update suppliers set revision = revision + 1 where no = $1', [numbers.supplierNo])
    await sourceStore({ query: tx.query, tables: db.tables }).remove(id)
  })
  return jobIds
}

interface ImportKey {
  id: string
  no: number
  runId: string
}

async function nextImport(db: Database, sourceId: string): Promise<ImportKey | null> {
  const [next] = await db.all<ImportKey>(
    `select id, no, run_id as "runId" from imports where source_id = $1 order by created_at limit 1`,
    [sourceId],
  )
  return next ?? null
}

async function deleteImport(db: Database, { id, no, runId }: ImportKey): Promise<void> {
  await inBatches(db, (tx) =>
    tx.run(
      `delete from parsing_logs where id in (
         select id from parsing_logs where import_id = $1 order by id limit ${batchRows})`,
      [id],
    ),
  )
  await inBatches(db, (tx) =>
    tx.run(
      `delete from item_changes where import_no = $1 and item_id in (
         select item_id from item_changes where import_no = $1 order by item_id limit ${batchRows})`,
      [no],
    ),
  )
  await db.tx(async (tx) => {
    await tx.run('delete from imports where id = $1', [id])
    await tx.run(
      `delete from ingestion_runs where id = $1 and not exists (select 1 from imports where run_id = $1)`,
      [runId],
    )
  })
}

async function inBatches(db: Database, remove: (tx: Tx) => Promise<number>): Promise<void> {
  while ((await db.tx(remove)) === batchRows) await othersTurn()
}

/** In the order of the index, so that no row is looked at twice. */
async function letItemsGo(db: Database, { no, supplierNo }: { no: number; supplierNo: number }) {
  for (let from = ''; ; ) {
    const [last] = await db.all<{ to: string | null }>(
      `select max(item_key) as "to" from (
         select item_key from supplier_items where supplier_no = $1 and item_key > $2
         order by item_key limit ${batchRows}) as page`,
      [supplierNo, from],
    )
    const to = last?.to ?? null
    if (to === null) return
    await db.tx((tx) =>
      tx.run(
        `update supplier_items set source_no = null
         where supplier_no = $1 and source_no = $2 and item_key > $3 and item_key <= $4`,
        [supplierNo, no, from, to],
      ),
    )
    from = to
    await othersTurn()
  }
}

/** SQLite answers at once, and nothing has been waited for: everybody else waits as long as we go on. */
export const othersTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))
