import { InvalidError } from '../lib/errors.ts'
import type { Database, Sql } from './database.ts'

const prefix = 'supplier_items_characteristic_'

/**
 * Makes sure that filtering by these characteristics uses an index. On PostgreSQL one GIN index serves every key;
 * on SQLite each key has a partial index of its own, and those that are no longer wanted are dropped.
 * @param keys as the characteristics name them, such as `ean` or `Farbe`
 */
export async function indexCharacteristics(db: Database, keys: string[]): Promise<void> {
  if (db.engine === 'postgres') return
  const wanted = new Map(keys.map((key) => [indexName(key), key]))
  const present = await db.all<{ name: string }>(
    `select name from sqlite_schema where type = 'index' and substr(name, 1, ${prefix.length}) = $1`,
    [prefix],
  )
  const stale = present.filter(({ name }) => !wanted.has(name))
  const missing = [...wanted].filter(([name]) => !present.some((index) => index.name === name))
  if (stale.length === 0 && missing.length === 0) return
  await db.tx(async (tx) => {
    for (const { name } of stale) await tx.run(`drop index if exists "${name}"`)
    for (const [name, key] of missing) {
      const value = characteristicSql(key)
      await tx.run(
        `create index if not exists "${name}" on supplier_items (${value}) where ${value} is not null`,
      )
    }
  })
}

/**
 * The value of one characteristic as SQLite's SQL text, written exactly as its index has it.
 * @throws InvalidError for a key that cannot be written in SQL text
 */
export function characteristicSql(key: string): string {
  if (key === '' || key.length > 500 || key.includes('\0'))
    throw new InvalidError('invalid_characteristic', 'A characteristic is named by 1 to 500 characters.')
  // In a path SQLite takes a key as JSON writes it, escapes and all.
  return `json_extract(characteristics, '$.${JSON.stringify(key).replaceAll("'", "''")}')`
}

/**
 * Runs work that adds very many items without the items' indexes, and makes them again afterwards, sorted instead of
 * entry by entry: for 1M new items 0.6 s an index instead of 2.3 s. For SQLite, inside the work's transaction.
 */
export async function withoutItemIndexes(sql: Sql, work: () => Promise<void>): Promise<void> {
  const indexes = await sql.all<{ name: string; sql: string }>(
    `select name, sql from sqlite_schema where type = 'index' and tbl_name = 'supplier_items' and sql is not null`,
  )
  for (const { name } of indexes) await sql.run(`drop index "${name}"`)
  await work()
  const [cache] = await sql.all<{ cache_size: number }>('pragma cache_size')
  // SQLite sorts as much at once as the cache may hold; what fits the processor's own cache takes two thirds of the
  // time that 16 MB take.
  await sql.run('pragma cache_size = -1024')
  for (const index of indexes) await sql.run(index.sql)
  await sql.run(`pragma cache_size = ${cache!.cache_size}`)
}

/**
 * Lets a publish append to the pending list of the characteristics' index and never sort it in itself, which for 1M
 * items took 17 s of the server's time. Searches look through the list, too, until an automatic vacuum or analyze,
 * which follows upon a tenth of the rows changing, has sorted it in. For PostgreSQL, inside the work's transaction.
 */
export async function deferItemIndex(sql: Sql): Promise<void> {
  await sql.all(`select set_config('gin_pending_list_limit', '1GB', true)`)
}

/** SQLite limits neither length nor characters of a name, but a hash keeps it harmless. */
function indexName(key: string): string {
  return prefix + Bun.hash.xxHash64(key).toString(36)
}
