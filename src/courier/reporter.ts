import type { Database } from '../db/database.ts'
import { ConflictError } from '../lib/errors.ts'
import type { Logger } from '../lib/log.ts'
import { type JobProgress, jobStore, type Lease } from '../queue/store.ts'
import type { Progress } from './reader.ts'

/** At most one small write a second and job. */
const reportMs = 1000

/** Tells the database that the worker is alive and how far the job is. */
export interface Reporter {
  /** Cheap; what comes too often is left out, and the last word is always written. */
  tell(progress: Progress): void
  /** Nothing is written any more once this is kept. */
  stop(): Promise<void>
}

/**
 * Opens one for one job that was taken.
 * @param work.lease asked before each write, since each new attempt has another
 * @param work.leaseMs how long the lease holds without a word
 */
export function openReporter(
  db: Database,
  work: { lease: () => Lease; leaseMs: number; log: Logger },
): Reporter {
  const { log, leaseMs } = work
  let last: Progress | null = null
  let isStopped = false
  let writing: Promise<void> | null = null
  let timer: ReturnType<typeof setTimeout> | null = null
  let writtenAt = Number.NEGATIVE_INFINITY

  function write(): void {
    timer = null
    if (isStopped) return
    // A publish keeps SQLite's write lock for seconds: what is told meanwhile is one write afterwards.
    if (writing !== null) return
    const told = last
    last = null
    writtenAt = performance.now()
    writing = db
      .tx(async ({ query }) => {
        const jobs = jobStore({ query, tables: db.tables })
        if (told === null) await jobs.renew(work.lease())
        else await jobs.report(work.lease(), reported(told))
      })
      .catch((error) => {
        // Lost: it has ended, was cancelled, or somebody took it over, who says how it ends.
        const isLost = error instanceof ConflictError
        log[isLost ? 'debug' : 'warn']('lease not renewed', { error })
      })
      .then(() => {
        writing = null
        if (last !== null) plan()
      })
  }

  function plan(): void {
    if (isStopped || timer !== null || writing !== null) return
    timer = setTimeout(write, Math.max(0, writtenAt + reportMs - performance.now()))
  }

  const heartbeat = setInterval(write, leaseMs / 4)

  return {
    tell(progress) {
      if (last === null && progress.rows === 0 && progress.phase !== 'downloading') return
      last = progress
      plan()
    },
    async stop() {
      isStopped = true
      clearInterval(heartbeat)
      if (timer !== null) clearTimeout(timer)
      await writing
    },
  }
}

function reported({ phase, rows, rowsTotal = null, bytes = 0, percent }: Progress): JobProgress {
  if (phase === 'downloading')
    return { downloadedBytes: bytes, ...(percent !== null && { downloadPercent: percent }) }
  // Once all of them are read it is known how many there are, and not before.
  return { itemsProcessed: rows, itemsTotal: phase === 'writing' ? rows : rowsTotal }
}
