import type { Engine, Sql } from '../db/database.ts'
import { newId } from '../lib/id.ts'

/** The staged tables that hold the names, as SQL names them. */
interface Staged {
  rows: string
  diff: string
}

/** How many names one statement looks at; a list with more categories than that takes several rounds. */
const batchSize = 1000

/** Any number that nothing else locks: see also db/migrate.ts. */
const brandsLock = 7423002

/**
 * Adds the categories that new and changed items name, with the levels above them, to the supplier's tree.
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

/** Adds the brands that new and changed items name. */
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

/** Distinct names that are not known yet, in order, a batch at a time. */
async function* newNames(
  sql: Sql,
  { rows, diff }: Staged,
  column: 'category' | 'brand',
  known: string,
  parameters: string[],
): AsyncGenerator<string[]> {
  for (let after = ''; ; ) {
    const batch = await sql.all<{ name: string }>(
      `select distinct s.${column} as name
       from ${diff} as d join ${rows} as s on s.n = d.n
       where s.${column} > $1 and not exists (select 1 from ${known} = s.${column})
       order by 1 limit ${batchSize}`,
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
