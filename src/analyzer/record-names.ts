import { addBrands, addCategory } from '../catalog/names.ts'
import type { Sql } from '../db/database.ts'
import { jsonElements } from '../db/dialect.ts'
import { outcomes, type Staging } from './staging/staging.ts'

/** How many names one statement gives; every further batch looks at all rows again. */
const batchSize = 20_000

/** Adds the categories that staged items name, with the levels above them, to the supplier's tree. */
export async function recordCategories(sql: Sql, staging: Staging, supplierId: string): Promise<void> {
  const known = { table: 'categories', condition: 'k.supplier_id = $2 and k.path', parameters: [supplierId] }
  for await (const paths of newNames(sql, staging, 'category', known))
    for (const path of paths) await addCategory(sql, supplierId, path)
}

/** Adds the brands that staged items name. */
export async function recordBrands(sql: Sql, staging: Staging): Promise<void> {
  const known = { table: 'brands', condition: 'k.name', parameters: [] }
  for await (const names of newNames(sql, staging, 'brand', known))
    await addBrands(sql, staging.engine, names)
}

/**
 * Distinct names that are not known yet, in order, a batch at a time. They were noticed while the rows came; only
 * where they are very many, or not every row was accepted, all rows are asked. The names are made distinct before
 * they are looked up: looking up every row's own cost a second for 1M rows.
 */
async function* newNames(
  sql: Sql,
  staging: Staging,
  column: 'category' | 'brand',
  known: { table: string; condition: string; parameters: string[] },
): AsyncGenerator<string[]> {
  const { mayRepeat, categories, brands } = staging.noticed()
  const noticed = mayRepeat ? null : column === 'category' ? categories : brands
  if (noticed?.length === 0) return
  const unknown = (names: string) =>
    `select n.name from (${names}) as n
     where not exists (select 1 from ${known.table} as k where ${known.condition} = n.name)
     order by n.name`
  if (noticed !== null) {
    const names = `select value as name from (${jsonElements(staging.engine, '$1')}) as names`
    const found = await sql.all<{ name: string }>(unknown(names), [
      JSON.stringify(noticed),
      ...known.parameters,
    ])
    if (found.length > 0) yield found.map(({ name }) => name)
    return
  }
  const all = `select distinct ${column} as name from ${staging.names.rows}
               where outcome = ${outcomes.accepted} and ${column} > $1`
  for (let after = ''; ; ) {
    const batch = await sql.all<{ name: string }>(`${unknown(all)} limit ${batchSize}`, [
      after,
      ...known.parameters,
    ])
    const last = batch.at(-1)
    if (last === undefined) return
    after = last.name
    yield batch.map(({ name }) => name)
  }
}
