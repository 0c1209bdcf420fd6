import type { Database } from '../db/database.ts'
import { importStore } from '../imports/store.ts'
import { jobStore, type Lease } from '../queue/store.ts'

/** An import that is being worked on. */
interface Held {
  importId: string
  lease: Lease
}

/**
 * Goes on in another lane, or back into the queue until nobody of that lane goes first. What the attempt has fetched is
 * kept, and the next one goes on with it.
 * @returns whether it goes on
 * @throws ConflictError `lease_lost`
 */
export async function enterLane(
  db: Database,
  { importId, lease, lane }: Held & { lane: string },
): Promise<boolean> {
  return db.tx(async ({ query }) => {
    const stores = { query, tables: db.tables }
    // The import first, as everybody does who writes both.
    await importStore(stores).change(importId, { status: 'running' })
    if (await jobStore(stores).enter(lease, lane)) return true
    await importStore(stores).change(importId, { status: 'pending' })
    return false
  })
}

/** Goes back into the queue without having failed. @throws ConflictError `lease_lost` */
export async function stepBack(db: Database, { importId, lease }: Held): Promise<void> {
  await db.tx(async ({ query }) => {
    const stores = { query, tables: db.tables }
    await importStore(stores).change(importId, { status: 'pending' })
    await jobStore(stores).putBack(lease)
  })
}
