import { type ItemRow, itemSelect, toItem } from '../catalog/item-row.ts'
import { type ItemFilter, type ItemPage, itemConditions, itemStore, pageSizeMax } from '../catalog/store.ts'
import type { Database, Sql, SqlValue } from '../db/database.ts'
import { queryTimeout } from '../db/scan-lane.ts'
import { decodeCursor, encodeCursor } from '../lib/cursor.ts'
import { facts } from './facts.ts'
import { blockSize, type IndexWork, idList, pendingWork } from './store.ts'
import { factQuery, isFoundIn, queryText, type WordQuery, wordQuery } from './word-query.ts'
import { wordsOf } from './words.ts'

export interface SearchFilter extends ItemFilter {
  /** Words of name and SKU, in any order; the last may be unfinished. */
  search?: string
}

/** How pages are read: quick ones, and those that may have to walk. */
export interface ItemLanes {
  pages: Pick<Sql, 'all'>
  scans: Pick<Sql, 'all'>
}

/** Items that the index does not have yet are looked at in steps of so many. */
const walkSize = 2000
/** With more pieces of work than that everything is looked at. */
const worksMax = 50
/** What nobody waits for any longer. */
const timeoutMs = 10_000

/**
 * Lists items by every filter there is. What is asked by words, category, brand or characteristics comes from the index
 * of words, in the order of the ids, which is that in which items came into the catalog: so a page is as quick for
 * what nearly every item has as for what one has. All else comes in the order of supplier and key.
 */
export function itemFinder(db: Database, lanes: ItemLanes) {
  const on = (lane: Pick<Sql, 'all'>) => itemStore({ ...db, all: lane.all.bind(lane) })
  const plain = on(lanes.pages)
  const walking = on(lanes.scans)

  return {
    /**
     * @throws InvalidError `invalid_cursor`, also for a cursor of the other order
     * @throws UnavailableError `query_timeout`
     */
    async list(filter: SearchFilter, page: { limit: number; cursor: string | null }): Promise<ItemPage> {
      const words = filter.search === undefined ? [] : wordQuery(filter.search)
      const factsAsked = factsOf(filter)
      if (words !== null && words.length === 0 && factsAsked.length === 0)
        return (filter.contains === undefined && !asksPrice(filter) ? plain : walking).list(filter, page)
      const limit = Math.min(page.limit, pageSizeMax)
      const after = page.cursor === null ? 0 : decodeCursor(page.cursor, ['integer'])[0]
      if (words === null) return { items: [], nextCursor: null }
      const ids = await firstIds(
        // No index knows of prices: few may be meant of many that have the words.
        await streams(
          { db, lanes: asksPrice(filter) ? { pages: lanes.scans, scans: lanes.scans } : lanes },
          filter,
          { words, facts: factsAsked, after, limit },
        ),
        limit + 1,
      )
      const shown = ids.slice(0, limit)
      const rows = await lanes.pages.all<ItemRow>(
        `${itemSelect} where i.id in (${idList(db.engine, '$1')}) order by i.id`,
        [JSON.stringify(shown)],
      )
      const last = shown.at(-1)
      return {
        items: rows.map(toItem),
        nextCursor: ids.length > limit && last !== undefined ? encodeCursor([last]) : null,
      }
    },
  }
}

const asksPrice = ({ priceFromE4, priceToE4 }: SearchFilter) =>
  priceFromE4 !== undefined || priceToE4 !== undefined

/** What the filter asks of the index besides words of texts; a supplier or a SKU alone is found without it. */
function factsOf(filter: SearchFilter): string[] {
  const asked = Object.entries(filter.characteristics ?? {}).map(([key, value]) =>
    facts.characteristic(key, value),
  )
  if (filter.brand !== undefined) asked.push(facts.brand(filter.brand))
  if (filter.category !== undefined) asked.push(facts.category(filter.category))
  return asked
}

/** An item that may be meant. */
interface Hit {
  id: number
  name: string
  sku: string | null
}

interface Asked {
  words: WordQuery
  facts: string[]
  after: number
  limit: number
}

/**
 * The index, and everything that it does not have yet, each in the order of the ids. What is to be indexed is read
 * first: what is indexed in between is then found twice rather than never.
 */
async function streams(
  { db, lanes }: { db: Database; lanes: ItemLanes },
  filter: SearchFilter,
  asked: Asked,
): Promise<AsyncGenerator<number>[]> {
  const works = await pendingWork(lanes.pages, worksMax + 1)
  const supplierNo = filter.supplierId === undefined ? null : await supplierNoOf(lanes, filter.supplierId)
  const query = [
    ...asked.words,
    ...factQuery([
      ...asked.facts,
      ...(filter.supplierId === undefined ? [] : [facts.supplier(supplierNo ?? 0)]),
      ...(filter.sku === undefined ? [] : wordsOf(filter.sku)),
    ]),
  ]
  const parts: Reading = {
    db,
    filter,
    words: asked.words,
    after: asked.after,
    deadline: performance.now() + timeoutMs,
  }
  const all: IndexWork = { no: 0, importNo: null, fromId: 0, toId: Number.MAX_SAFE_INTEGER }
  return [
    await indexed(parts, lanes, query, asked.limit + 1),
    ...(works.length > worksMax ? [all] : works).map((work) => unindexed(parts, lanes, work)),
  ]
}

interface Reading {
  db: Database
  filter: SearchFilter
  words: WordQuery
  after: number
  deadline: number
}

async function supplierNoOf({ pages }: ItemLanes, id: string): Promise<number | null> {
  const [supplier] = await pages.all<{ no: number }>('select no from suppliers where id = $1', [id])
  return supplier?.no ?? null
}

async function indexed(
  reading: Reading,
  { pages }: ItemLanes,
  query: WordQuery,
  size: number,
): Promise<AsyncGenerator<number>> {
  const { db, filter } = reading
  if (db.engine === 'sqlite') {
    const text = queryText(query, { and: ' AND ', or: ' OR ', quote: '"', prefix: '*', before: '' })
    return passing(reading, size, (after) => {
      const { conditions, parameters } = conditionsOf(db, filter, [text, after])
      return pages.all<Hit>(
        `select i.id, i.name, i.sku from item_words cross join supplier_items as i on i.id = item_words.rowid
         where item_words match $1 and item_words.rowid > $2 ${conditions}
         order by item_words.rowid limit ${size}`,
        parameters,
      )
    })
  }
  const [last] = await pages.all<{ id: number | null }>('select max(item_id) as id from item_words')
  const lastBlock = Math.floor(Number(last?.id ?? 0) / blockSize)
  const text = queryText(query, { and: ' & ', or: ' | ', quote: "'", prefix: ':*', before: '~.' })
  return passing(reading, size, (after) => {
    const { conditions, parameters } = conditionsOf(db, filter, [
      text,
      after,
      Math.floor((after + 1) / blockSize),
      lastBlock,
    ])
    // Block after block, each in the order of its ids, until there are enough. The sum keeps PostgreSQL from walking
    // the ids of the whole catalog for each block.
    return pages.all<Hit>(
      `select i.id, i.name, i.sku from generate_series($3::bigint, $4::bigint) as block
       cross join lateral (select item_id from item_words
         where words @@ replace($1, '~', to_hex(block))::tsquery and item_id + 0 > $2
         order by item_id + 0) as w
       cross join lateral (select i.id, i.name, i.sku from supplier_items as i
         where i.id = w.item_id ${conditions} limit 1) as i
       limit ${size}`,
      parameters,
    )
  })
}

function unindexed(reading: Reading, { scans }: ItemLanes, work: IndexWork): AsyncGenerator<number> {
  const { db, filter } = reading
  return passing(reading, walkSize, (after) => {
    const from = Math.max(after, work.fromId - 1)
    if (work.importNo === null) {
      const { conditions, parameters } = conditionsOf(db, filter, [from, work.toId])
      return scans.all<Hit>(
        `select i.id, i.name, i.sku from supplier_items as i where i.id > $1 and i.id <= $2 ${conditions}
         order by i.id limit ${walkSize}`,
        parameters,
      )
    }
    const { conditions, parameters } = conditionsOf(db, filter, [from, work.toId, work.importNo])
    return scans.all<Hit>(
      `select i.id, i.name, i.sku from item_changes as c join supplier_items as i on i.id = c.item_id
       where c.import_no = $3 and c.item_id > $1 and c.item_id <= $2 ${conditions}
       order by c.item_id limit ${walkSize}`,
      parameters,
    )
  })
}

/** @param first parameters that the statement has already */
function conditionsOf(
  db: Database,
  filter: SearchFilter,
  first: SqlValue[],
): { conditions: string; parameters: SqlValue[] } {
  const parameters = [...first]
  const conditions = itemConditions(db, filter, (value) => `$${parameters.push(value)}`, { isDriven: true })
  return { conditions: conditions.map((condition) => `and ${condition}`).join(' '), parameters }
}

/** Ids of the hits that say what is looked for now, whatever the index has of them. */
async function* passing(
  { words, after: start, deadline }: Reading,
  size: number,
  read: (after: number) => Promise<Hit[]>,
): AsyncGenerator<number> {
  for (let after = start; ; ) {
    const hits = await read(after)
    for (const { id, name, sku } of hits) if (isFoundIn(words, [name, sku])) yield Number(id)
    if (hits.length < size) return
    after = Number(hits.at(-1)!.id)
    if (performance.now() > deadline) throw queryTimeout(timeoutMs)
  }
}

/** The first of all, each once. */
async function firstIds(from: AsyncGenerator<number>[], count: number): Promise<number[]> {
  const ids: number[] = []
  const heads = await Promise.all(from.map(async (stream) => ({ stream, head: await stream.next() })))
  while (ids.length < count) {
    const open = heads.filter(({ head }) => head.done !== true)
    if (open.length === 0) break
    const least = Math.min(...open.map(({ head }) => head.value))
    ids.push(least)
    for (const each of open) if (each.head.value === least) each.head = await each.stream.next()
  }
  return ids
}
