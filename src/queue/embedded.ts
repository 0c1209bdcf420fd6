import type { Database } from '../db/database.ts'
import type { Logger } from '../lib/log.ts'
import { Bell } from './bell.ts'
import { claimDue, claims } from './claim.ts'
import { leaseMs as leaseDefaultMs, type Taken } from './job.ts'
import { lookAfterJobs } from './look.ts'
import { workersLostMax as lostDefaultMax } from './model.ts'
import { notify, openOthers } from './others.ts'
import type { Queue, QueueOptions } from './queue.ts'

const lookDefaultMs = 5000

/**
 * The queue that needs nothing but the database: a claim loop on the rows themselves. Within a process it is woken at
 * once; other processes are told by NOTIFY on PostgreSQL, and notice on SQLite by the file's own change counter.
 */
export async function openEmbeddedQueue({
  db,
  log,
  worker,
  place = null,
  leaseMs = leaseDefaultMs,
  lookMs = lookDefaultMs,
  workersLostMax = lostDefaultMax,
}: QueueOptions & { db: Database; log: Logger }): Promise<Queue> {
  const bell = new Bell()
  const listeners = new Set<() => void>()
  let endedWorkers: string[] = []

  function ring(): void {
    bell.ring()
    for (const listener of listeners) listener()
  }

  const claim = (limit: number): Promise<Taken[]> =>
    claimDue(db, { worker, place, endedWorkers, limit, leaseMs, workersLostMax })

  /** For what nobody announces. */
  async function look(): Promise<void> {
    endedWorkers = await lookAfterJobs(db, { worker, log, workersLostMax })
  }

  const failed = (error: unknown) => log.error('the queue could not be read', { error })
  let looking: Promise<void> = look().catch(failed).then(ring)
  const timer = setInterval(() => {
    looking = look().catch(failed).then(ring)
  }, lookMs)
  const others = await openOthers(db, { ring, log })

  return {
    announce() {
      ring()
      others.tell()
    },
    async next({ limit, signal }) {
      for (;;) {
        if (signal.aborted) return []
        const { count } = bell
        let waitMs = lookMs
        try {
          const taken = await claim(limit)
          if (taken.length > 0) return taken
          waitMs = Math.min(lookMs, (await claims(db.query.kept).nextDueMs()) ?? lookMs)
          // What became due between the two questions was in neither answer, and would wait for the next look.
          const due = await claim(limit)
          if (due.length > 0) return due
        } catch (error) {
          // The database may be back at the next look.
          failed(error)
        }
        await bell.wait(count, waitMs, signal)
      }
    },
    onChange(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    async close() {
      clearInterval(timer)
      await others.close()
      await looking
    },
  }
}

/** What `Queue.announce` does for other processes: for commands, which have no queue of their own. */
export async function announceJob(db: Database, jobId: string | null): Promise<void> {
  // On SQLite they notice that the file has changed.
  if (db.engine === 'postgres') await notify(db, jobId ?? '')
}
