import { InvalidError } from '../lib/errors.ts'
import type { Sql } from './database.ts'

/**
 * The value of one characteristic as SQLite's SQL text.
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
