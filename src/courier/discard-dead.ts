import { auditStore } from '../audit/store.ts'
import type { Actor } from '../auth/model.ts'
import type { Database } from '../db/database.ts'
import type { Clock } from '../lib/clock.ts'
import { ConflictError } from '../lib/errors.ts'
import { jobListing } from '../queue/listing.ts'

/**
 * Gives dead letters up: they are marked, and each can still be tried again by its id.
 * @param which those of one cause, or by their ids
 * @returns how many
 */
export async function discardDeadLetters(
  { db, clock, actor }: { db: Database; clock: Clock; actor: Actor },
  which: { cause: string } | { ids: string[] },
): Promise<number> {
  return db.tx(async ({ query }) => {
    const stores = { query, tables: db.tables }
    const at = clock.now()
    const count = await jobListing(stores).discard(which, at)
    if (count === 0) return 0
    const only = 'ids' in which && which.ids.length === 1 ? which.ids[0]! : null
    await auditStore(stores).add({
      actor,
      at,
      action: 'job.discard',
      subject: only === null ? null : { kind: 'job', id: only, name: null },
      supplierId: null,
      before: null,
      after: { ...which, count },
    })
    return count
  })
}

/**
 * The same for one job; one that was given up already stays so.
 * @throws NotFoundError `unknown_job`; ConflictError `not_dead`
 */
export async function discardJob(
  parts: { db: Database; clock: Clock; actor: Actor },
  id: string,
): Promise<void> {
  const { state, discardedAt } = await jobListing(parts.db).get(id)
  if (state !== 'dead')
    throw new ConflictError('not_dead', `Job ${id} is ${state}; only a dead letter can be discarded.`)
  if (discardedAt === null) await discardDeadLetters(parts, { ids: [id] })
}
