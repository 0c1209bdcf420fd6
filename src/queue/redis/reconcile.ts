import type { Database } from '../../db/database.ts'
import type { Announced, RedisIds } from './ids.ts'
import type { RedisLink } from './link.ts'
import { pageMax, waitingJobs } from './waiting.ts'

/** Most pages of rows that one look compares, unless Redis has forgotten everything. */
const pagesMax = 2

/** What one look did. */
export interface Reconciled {
  /** Jobs that are due, or soon will be, of which Redis did not know. */
  putBack: Announced[]
  /** Redis has been emptied since the last look, or was never used by this installation. */
  isForgotten: boolean
}

/**
 * Compares the rows that are due with what Redis has, and puts back what it lacks: what it has lost, what nobody
 * announced, and what workers held that are lost. Nothing is ever taken away by it, so two that do it at the same time
 * do no harm.
 */
export function reconciler({
  db,
  place,
  workersLostMax,
  keptKey,
}: {
  db: Database
  place: string | null
  workersLostMax: number
  keptKey: string
}) {
  /** When each was fetched that nobody had taken at the last look. */
  let fetchedBefore = new Map<string, number>()

  return {
    /**
     * @param withinMs what is put off for longer than this is left to a later look
     * @throws UnavailableError `redis_unavailable`
     */
    async look(link: RedisLink, ids: RedisIds, withinMs: number): Promise<Reconciled> {
      // A sign that is there for as long as Redis has lost nothing; a full one refuses it, and so is found out.
      const isForgotten = (await link.use(({ client }) => client.set(keptKey, '1', { NX: true }))) !== null
      const fetchedNow = new Map<string, number>()
      const putBack: Announced[] = []
      let after: string | null = null
      for (let page = 0; page < pagesMax || isForgotten; page++) {
        const rows: Announced[] = await waitingJobs(db.query.kept).due({
          place,
          workersLostMax,
          withinMs,
          after,
        })
        const states = await link.use(() => ids.states(rows))
        const missing: Announced[] = []
        for (const [index, row] of rows.entries()) {
          const state = states[index]!
          const isDue = row.delayMs <= 0
          if (state.kind === 'fetched') fetchedNow.set(row.id, state.at)
          // Whoever fetched it had a whole look to take it, and did not live to.
          const isLost = state.kind === 'fetched' && fetchedBefore.get(row.id) === state.at
          if (isLost || (state.kind === 'delayed' && isDue)) await link.use(() => ids.remove(row))
          if (isLost || state.kind === 'missing' || (state.kind === 'delayed' && isDue)) missing.push(row)
        }
        if (missing.length > 0) await link.use(() => ids.add(missing))
        putBack.push(...missing)
        after = rows.at(-1)?.id ?? null
        if (rows.length < pageMax) break
      }
      fetchedBefore = fetchedNow
      return { putBack, isForgotten }
    },
  }
}
