import type { Database } from '../db/database.ts'
import { NotFoundError } from '../lib/errors.ts'
import { suggestion } from '../lib/nearest.ts'
import { supplierNameKey } from '../suppliers/model.ts'
import { type Source, sourceStore } from './store.ts'

/** Most names that one which is not there is compared with. */
const comparedMax = 1000

/**
 * The source that a person names: by its id, or as `supplier/name`. Both names may have a slash in them, so every way
 * to part them is tried.
 * @throws NotFoundError `unknown_source`, with the nearest one
 */
export async function sourceNamed(db: Database, given: string): Promise<Source> {
  const byId = await sourceStore(db).get(given)
  if (byId !== null) return byId
  for (const [supplier, name] of partings(given)) {
    const [owner] = await db.all<{ id: string }>('select id from suppliers where name_key = $1', [supplier])
    const found = owner === undefined ? null : await sourceStore(db).find(owner.id, name)
    if (found !== null) return found
  }
  const known = await db.all<{ name: string }>(
    `select p.name || '/' || s.name as name from sources as s join suppliers as p on p.id = s.supplier_id
     order by p.name_key, s.name limit ${comparedMax}`,
  )
  const hint = suggestion(
    given,
    known.map(({ name }) => name),
  )
  throw new NotFoundError(
    'unknown_source',
    `There is no source "${given.slice(0, 200)}"${hint || '.'} Name it by its id, or as SUPPLIER/NAME; "tallyman sources list" lists them.`,
  )
}

/** "A/S Nord/list" → "a" and "S Nord/list", "a/s nord" and "list". */
function partings(given: string): [supplierKey: string, name: string][] {
  return [...given.matchAll(/\//g)].flatMap(({ index }) => {
    const supplier = keyOf(given.slice(0, index))
    const name = given.slice(index + 1)
    return supplier === null || name === '' ? [] : [[supplier, name]]
  })
}

function keyOf(supplier: string): string | null {
  try {
    return supplierNameKey(supplier)
  } catch {
    // No supplier can be called so.
    return null
  }
}
