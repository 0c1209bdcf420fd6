import type { Database } from '../db/database.ts'
import type { Clock } from '../lib/clock.ts'
import { isAbandoned, jobStore } from '../queue/store.ts'

/**
 * Imports that were begun and that nobody works on any more: their worker has ended, or it has been silent for longer
 * than its lease holds. Oldest first, so that newer lists win.
 * @returns import ids
 */
export async function abandonedImports({ db, clock }: { db: Database; clock: Clock }): Promise<string[]> {
  const now = clock.now()
  const begun = await jobStore(db).running()
  return begun
    .filter((job) => isAbandoned(job, now))
    .map(({ importId }) => importId)
    .sort()
}
