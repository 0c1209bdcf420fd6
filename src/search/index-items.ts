import type { Database } from '../db/database.ts'
import { facts, pathsAbove } from './facts.ts'
import { type IndexWork, type ItemWords, indexVersion, pendingWork, writeChunk } from './store.ts'
import { wordsOf } from './words.ts'

/** Items of a chunk: the write lock is held for some tens of milliseconds. */
const chunkSize = 1000

/** How far it came. */
export interface IndexProgress {
  /** Items looked at. */
  items: number
}

/**
 * Works off what the index does not have yet, until there is nothing left. Several may do so at once, and each may be
 * killed at any moment: what a chunk has indexed and that it is done are written in one transaction.
 * @param options.onProgress after each chunk
 */
export async function indexItems(
  db: Database,
  { signal, onProgress }: { signal: AbortSignal; onProgress?: (progress: IndexProgress) => void },
): Promise<IndexProgress> {
  const progress = { items: 0 }
  while (!signal.aborted) {
    // Read before the items: what is indexed after this makes it read them again.
    const version = await indexVersion(db)
    const [work] = await pendingWork(db, 1)
    if (work === undefined) break
    const rows = await readItems(db, work)
    const items = rows.filter((row) => !isSame(row)).map(itemWords)
    const doneTo = rows.length < chunkSize ? null : Number(rows.at(-1)!.id)
    if (!(await writeChunk(db, { version, work, items, doneTo }))) continue
    progress.items += rows.length
    onProgress?.({ ...progress })
  }
  return progress
}

/** What of an item is in the index. */
interface IndexedItem {
  supplier_no: number
  name: string
  sku: string | null
  brand: string | null
  category: string | null
  /** JSON text on SQLite, an object on PostgreSQL. */
  characteristics: string | Record<string, string>
}

interface Row extends IndexedItem {
  id: number
  /** As it was before the import that changed it; null: it is not known. */
  before: string | Partial<IndexedItem> | null
}

async function readItems(db: Database, { importNo, fromId, toId }: IndexWork): Promise<Row[]> {
  const columns = 'i.id, i.supplier_no, i.name, i.sku, i.brand, i.category, i.characteristics'
  if (importNo === null)
    return db.all<Row>(
      `select ${columns}, null as before from supplier_items as i
       where i.id between $1 and $2 order by i.id limit ${chunkSize}`,
      [fromId, toId],
    )
  return db.all<Row>(
    `select ${columns}, c.before from item_changes as c join supplier_items as i on i.id = c.item_id
     where c.import_no = $1 and c.item_id between $2 and $3 order by c.item_id limit ${chunkSize}`,
    [importNo, fromId, toId],
  )
}

/** Most changes are of prices. Work is done in the order of the imports, so the index has it as it was before. */
function isSame(row: Row): boolean {
  if (row.before === null) return false
  // Written by a publish: see analyzer/publish.ts.
  const before: Partial<IndexedItem> = typeof row.before === 'string' ? JSON.parse(row.before) : row.before
  return (
    before.name === row.name &&
    before.sku === row.sku &&
    before.brand === row.brand &&
    before.category === row.category &&
    Bun.deepEquals(valuesOf(before.characteristics), valuesOf(row.characteristics))
  )
}

const itemWords = (row: Row): ItemWords => ({ id: Number(row.id), words: [...indexedWords(row)] })

function indexedWords({
  name,
  sku,
  brand,
  category,
  characteristics,
  supplier_no,
}: IndexedItem): Set<string> {
  const words = wordsOf(name)
  if (sku !== null) for (const word of wordsOf(sku)) words.add(word)
  words.add(facts.supplier(supplier_no))
  if (brand !== null) words.add(facts.brand(brand))
  if (category !== null) for (const path of pathsAbove(category)) words.add(facts.category(path))
  for (const [key, value] of Object.entries(valuesOf(characteristics)))
    words.add(facts.characteristic(key, value))
  return words
}

const valuesOf = (characteristics: IndexedItem['characteristics'] | undefined): Record<string, string> =>
  typeof characteristics === 'string' ? JSON.parse(characteristics) : (characteristics ?? {})
