import { auditStore } from '../audit/store.ts'
import type { Actor } from '../auth/model.ts'
import type { Database } from '../db/database.ts'
import type { Clock } from '../lib/clock.ts'
import { installationStore } from '../queue/installation.ts'

/** Has no job begun any more, or jobs begun again. Tell the queue afterwards. */
export async function setQueuePaused(
  { db, clock, actor }: { db: Database; clock: Clock; actor: Actor },
  isPaused: boolean,
): Promise<void> {
  await db.tx(async (tx) => {
    const at = clock.now()
    const installation = installationStore(tx)
    const wasPaused = ((await installation.get())?.queuePausedAt ?? null) !== null
    await (isPaused ? installation.pause(at) : installation.resume())
    if (wasPaused === isPaused) return
    await auditStore({ query: tx.query, tables: db.tables }).add({
      actor,
      at,
      action: isPaused ? 'queue.pause' : 'queue.resume',
      subject: null,
      supplierId: null,
      before: null,
      after: null,
    })
  })
}
