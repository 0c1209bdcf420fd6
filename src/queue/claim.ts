import type { Database, KeptSql, SqlValue } from '../db/database.ts'
import { newId } from '../lib/id.ts'
import { claimSql } from './claim-sql.ts'
import { type JobRow, jobOf, type Taken } from './job.ts'
import { workersLostMax } from './model.ts'

/** Who looks for work. */
export interface Claim {
  worker: string
  /** The data folder that the worker has: see files/place.ts; null: none, so no job that has its file somewhere. */
  place: string | null
  /** Processes that are known to have ended: what they held or had queued for themselves is anybody's. */
  endedWorkers: readonly string[]
  /** Most jobs. */
  limit: number
  leaseMs: number
  /** Only of these, whichever of them may be taken; left out: of all. */
  ids?: readonly string[]
  /** See model.ts; left out: as there. */
  workersLostMax?: number
}

/**
 * Takes jobs that are due, in as few steps as the engine allows.
 *
 * A job may be taken when it is queued for this worker or for anybody, and due, or when it was begun and its worker
 * was lost; when its file lies nowhere or here; when no other job of its lane is at work or comes first, since a newer
 * list that overtook it would make it a stale one; when neither the queue nor its source is paused; when it has not expired;
 * and not when too many workers were lost with it already (see lost.ts).
 */
export async function claimDue(db: Database, claim: Claim): Promise<Taken[]> {
  // One statement is a transaction of its own, and what it would have waited for it skips.
  if (db.engine === 'postgres') return claims(db.query.kept).claim(claim)
  // Reading takes no lock, and there is nothing to take most of the times that somebody writes. Who names jobs has
  // been told that they are due.
  if (claim.ids === undefined && !(await claims(db.query.kept).hasDue(claim))) return []
  return db.tx(({ query }) => claims(query.kept).claim(claim))
}

/** Looks for jobs that are due, and takes them. */
export function claims(sql: KeptSql) {
  const texts = claimSql[sql.engine]

  return {
    /** Takes jobs that are due, each for one attempt. For a transaction: see `claimDue`. */
    async claim(claim: Claim): Promise<Taken[]> {
      const token = newId()
      const { limit, leaseMs, ids } = claim
      const rows =
        ids === undefined
          ? await sql.all<JobRow>(texts.take, [...asked(claim), limit, token, leaseMs])
          : await sql.all<JobRow>(texts.takeOf, [...asked(claim), limit, token, leaseMs, JSON.stringify(ids)])
      return rows
        .map(jobOf)
        .sort((a, b) => (a.id < b.id ? -1 : 1))
        .map((job) => ({ job, lease: { jobId: job.id, attempt: job.attempt, token } }))
    },

    /** Whether there is anything to take, without writing. */
    async hasDue(claim: Omit<Claim, 'leaseMs' | 'limit' | 'ids'>): Promise<boolean> {
      return (await sql.all(texts.find, [...asked(claim), 1])).length > 0
    },

    /** How long until the next job that was put off is due, or the next lease may have run out; null: there is none. */
    async nextDueMs(): Promise<number | null> {
      const [next] = await sql.all<{ due: number | string | null; lost: number | string | null }>(texts.next)
      const waits = [next?.due, next?.lost].flatMap((ms) => (ms == null ? [] : [Number(ms)]))
      return waits.length === 0 ? null : Math.max(0, Math.min(...waits))
    },
  }
}

/** $1 to $4: see claim-sql.ts. */
const asked = (claim: Omit<Claim, 'leaseMs' | 'limit'>): SqlValue[] => [
  claim.worker,
  claim.place,
  JSON.stringify(claim.endedWorkers),
  claim.workersLostMax ?? workersLostMax,
]
