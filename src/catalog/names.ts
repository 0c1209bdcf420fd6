import type { Tx } from '../db/database.ts'
import { newId } from '../lib/id.ts'

/**
 * Adds one category and, where they are missing, those above it to the supplier's tree.
 * @param path levels joined by " > "
 * @returns its id
 */
export async function addCategory(
  sql: Pick<Tx, 'all' | 'run'>,
  supplierId: string,
  path: string,
): Promise<string> {
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

/** Any number that nothing else locks: see also db/migrate.ts. */
const brandsLock = 7423002

/** Adds brands that are not known yet. */
export async function addBrands(
  sql: Pick<Tx, 'all' | 'run'>,
  engine: 'sqlite' | 'postgres',
  names: readonly string[],
): Promise<void> {
  // Two suppliers that name the same new brands in another order would wait for each other forever.
  if (engine === 'postgres') await sql.all(`select pg_advisory_xact_lock(${brandsLock})`)
  for (const name of names) {
    await sql.run(
      'insert into brands (id, name, name_key) values ($1, $2, $3) on conflict (name_key) do nothing',
      [newId(), name, name.trim().toLowerCase()],
    )
  }
}
