import type { Engine, Sql } from '../db/database.ts'
import { newId } from '../lib/id.ts'
import { outcomes } from './staging/staging.ts'

/** The staged table that holds the names, as SQL names it. */
interface Staged {
  rows: string
}

/** How many names one statement gives; every further batch looks at all rows again. */
const batchSize = 20_000

/** Any number that nothing else locks: see also db/migrate.ts. */
const brandsLock = 7423002

/**
 * Adds the categories that staged items name, with the levels above them, to the supplier's tree.
 * @param staged.supplierId whose tree
 */
export async function recordCategories(sql: Sql, staged: Staged & { supplierId: string }): Promise<void> {
  const { supplierId } = staged
  for await (const paths of newNames(
    sql,
    staged,
    'category',
    'categories as k where k.supplier_id = $2 and k.path',
    [supplierId],
  )) {
    for (const path of paths) await addCategory(sql, supplierId, path)
  }
}

/** Adds the brands that staged items name. */
export async function recordBrands(sql: Sql, staged: Staged & { engine: Engine }): Promise<void> {
  for await (const names of newNames(sql, staged, 'brand', 'brands as k where k.name', [])) {
    // Two suppliers that name the same new brands in another order would wait for each other forever.
    if (staged.engine === 'postgres') await sql.all(`select pg_advisory_xact_lock(${brandsLock})`)
    for (const name of names) {
      await sql.run(
        'insert into brands (id, name, name_key) values ($1, $2, $3) on conflict (name_key) do nothing',
        [newId(), name, name.trim().toLowerCase()],
      )
    }
  }
}

/**
 * Distinct names that are not known yet, in order, a batch at a time. The names are made distinct before they are
 * looked up: looking up every row's own cost a second for 1M rows.
 */
async function* newNames(
  sql: Sql,
  { rows }: Staged,
  column: 'category' | 'brand',
  known: string,
  parameters: string[],
): AsyncGenerator<string[]> {
  for (let after = ''; ; ) {
    const batch = await sql.all<{ name: string }>(
      `select n.name
       from (select distinct ${column} as name from ${rows}
             where outcome = ${outcomes.accepted} and ${column} > $1) as n
       where not exists (select 1 from ${known} = n.name)
       order by n.name limit ${batchSize}`,
      [after, ...parameters],
    )
    const last = batch.at(-1)
    if (last === undefined) return
    after = last.name
    yield batch.map(({ name }) => name)
  }
}

/** One category and, where they are missing, those above it. @returns its id */
async function addCategory(sql: Sql, supplierId: string, path: string): Promise<string> {
  const known = await sql.all<{ id: string }>(
    'select id from categories where supplier_id = $1 and path = $2',
    [supplierId, path],
  )
  if (known[0] !== undefined) return known[0].id
  const cut = path.lastIndexOf(' > ')
  const parentId = cut < 0 ? null : await addCategory(sql, supplierId, path.slice(0, cut))
  const id = newId()
  await sql.run(
    'insert into categories (id, supplier_id, parent_id, name, path) values ($1, $2, $3, $4, $5)',
    [id, supplierId, parentId, cut < 0 ? path : path.slice(cut + 3), path],
  )
  return id
}
