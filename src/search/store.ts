import type { Database, Engine, Sql, Tx } from '../db/database.ts'
import { jsonElements } from '../db/dialect.ts'

/**
 * The index of items by words. It is brought up to date after a publish, since writing it takes longer than the publish
 * itself: whoever writes items notes in the same transaction what the index does not have yet (`item_index_work`), and
 * index-items.ts works that off. Until then readers look at those items themselves: see find-items.ts.
 *
 *   item written → noted as work → indexed, a chunk of ids at a time, each in one transaction with its note
 *   item deleted → its words go with it, by a trigger
 *
 * SQLite has the words in FTS5 (rows by item id, so that a page of a common word is at its beginning), PostgreSQL in a
 * tsvector with a GIN index. GIN gives its hits in no order, and all of them; so each word begins with the block of
 * ids that its item lies in, and blocks are looked at one after the other.
 */

/** What the index does not have yet. */
export interface IndexWork {
  no: number
  /** Only items that this import has changed; null: all of them. */
  importNo: number | null
  /** Ids, both included. */
  fromId: number
  toId: number
}

/** An item as the index takes it. */
export interface ItemWords {
  id: number
  words: readonly string[]
}

/** Items of one block lie together in PostgreSQL's index. A page of a word that all of them have reads one block. */
export const blockSize = 16_384
/** The block of an id, as words begin with it on PostgreSQL. */
const blockOf = (id: number) => `${Math.floor(id / blockSize).toString(16)}.`

/** Notes that these items are new or were changed by a person: ids, both included. */
export async function noteItems(tx: Pick<Tx, 'run'>, fromId: number, toId: number): Promise<void> {
  await tx.run('insert into item_index_work (from_id, to_id) values ($1, $2)', [fromId, toId])
}

/** Notes that an import has changed items: `item_changes` says which. */
export async function noteChanges(tx: Pick<Tx, 'run'>, importNo: number): Promise<void> {
  await tx.run(
    `insert into item_index_work (import_no, from_id, to_id)
     select $1, min(item_id), max(item_id) from item_changes where import_no = $1 having min(item_id) is not null`,
    [importNo],
  )
}

/**
 * Whether the index of words leaves what is deleted from it where it is. Before and after very many deletions: SQLite
 * else merges the index again and again in between, 300,000 items took 22 s instead of 5, and single transactions 2 s.
 * What is left behind goes as the index is written further. PostgreSQL does so by itself.
 */
export async function deferMerges(
  { engine, tx }: { engine: Engine; tx: Pick<Tx, 'run'> },
  isDeferred: boolean,
): Promise<void> {
  if (engine === 'sqlite')
    await tx.run(`insert into item_words (item_words, rank) values ('deletemerge', $1)`, [
      isDeferred ? 0 : deleteMergeUsual,
    ])
}

/** Per cent of a part of the index that are deleted before it is merged, as SQLite has it unless told. */
const deleteMergeUsual = 10

/** What is to be done, oldest first. */
export async function pendingWork(sql: Pick<Sql, 'all'>, limit: number): Promise<IndexWork[]> {
  return sql.all<IndexWork>(
    `select no, import_no as "importNo", from_id as "fromId", to_id as "toId"
     from item_index_work order by no limit $1`,
    [limit],
  )
}

/** Goes up with every chunk that anybody indexes: who has read items under another number reads them again. */
export async function indexVersion(sql: Pick<Sql, 'all'>): Promise<number> {
  const [row] = await sql.all<{ value: number }>(`select value from counters where name = 'item_index'`)
  return row?.value ?? 0
}

/** What a chunk of work writes. */
export interface IndexChunk {
  version: number
  work: IndexWork
  items: readonly ItemWords[]
  /** The last id that was looked at; null: nothing of the work is left. */
  doneTo: number | null
}

/** @returns whether it was written; not, if somebody else has indexed since the version, or the work is another one */
export async function writeChunk(db: Database, chunk: IndexChunk): Promise<boolean> {
  const { version, work, items, doneTo } = chunk
  return db.tx(async (tx) => {
    await tx.run(`insert into counters (name, value) values ('item_index', 0) on conflict (name) do nothing`)
    const raised = await tx.run(
      `update counters set value = value + 1 where name = 'item_index' and value = $1`,
      [version],
    )
    if (raised === 0) return false
    const [now] = await tx.all<IndexWork>(
      'select import_no as "importNo", from_id as "fromId", to_id as "toId" from item_index_work where no = $1',
      [work.no],
    )
    if (now?.importNo !== work.importNo || now.fromId !== work.fromId || now.toId !== work.toId) return false
    await writeWords(db.engine, tx, items)
    if (doneTo === null) await tx.run('delete from item_index_work where no = $1', [work.no])
    else await tx.run('update item_index_work set from_id = $2 where no = $1', [work.no, doneTo + 1])
    return true
  })
}

/** Items that were deleted meanwhile are left out. */
async function writeWords(engine: Engine, tx: Tx, items: readonly ItemWords[]): Promise<void> {
  if (items.length === 0) return
  if (engine === 'sqlite') {
    const there = await tx.all<{ id: number }>(
      `select id from supplier_items where id in (${idList(engine, '$1')})`,
      [JSON.stringify(items.map(({ id }) => id))],
    )
    const ids = new Set(there.map(({ id }) => id))
    // Looking for the item in the same statement makes it four times as slow.
    for (const { id, words } of items)
      if (ids.has(id))
        await tx.query.kept.run('insert or replace into item_words (rowid, words) values ($1, $2)', [
          id,
          words.join(' '),
        ])
    return
  }
  await tx.run(
    `insert into item_words (item_id, words)
     select i.id, array_to_tsvector(string_to_array(e ->> 1, ' '))
     from jsonb_array_elements($1::text::jsonb) as e
     join supplier_items as i on i.id = (e ->> 0)::bigint
     for key share of i
     on conflict (item_id) do update set words = excluded.words`,
    [JSON.stringify(items.map(({ id, words }) => [id, words.map((word) => blockOf(id) + word).join(' ')]))],
  )
}

/** Ids as rows of one column, for `in`. */
export const idList = (engine: Engine, parameter: string) => jsonElements(engine, parameter, 'bigint')
