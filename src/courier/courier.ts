import { pause } from '../lib/pause.ts'
import { jobStore, type WaitingJob } from '../queue/store.ts'
import { type CarryParts, carry } from './carry.ts'
import type { Progress } from './reader.ts'

export type { Progress } from './reader.ts'

export interface CourierParts extends CarryParts {
  /** Most imports that are worked on at the same time. */
  concurrency: number
}

/**
 * Sees queued imports through: at most `concurrency` at a time and one per supplier, oldest first. It reads no file
 * itself.
 */
export interface Courier {
  /** Says that there may be something to do: call it after `takeIn` and `approve`. Cheap. */
  wake(): void
  /** Where an import stands that is being worked on here; null: it is not. */
  progressOf(importId: string): Progress | null
  /**
   * Ends the work: nothing new is begun, what is under way may end within the grace, and the rest is put back into
   * the queue for the next start.
   */
  stop(options: { graceMs: number }): Promise<void>
}

/** How often it looks for jobs that nobody has woken it for: abandoned ones, and those put off until later. */
const lookMs = 5000
const jobsPerLook = 200

/** Starts at once with what is queued or abandoned. */
export function openCourier(parts: CourierParts): Courier {
  const underWay = new Map<string, UnderWay>()
  let isStopped = false
  let isWoken = false
  let looking: Promise<void> | null = null

  function wake(): void {
    isWoken = true
    if (isStopped) return
    looking ??= lookAll().finally(() => {
      looking = null
    })
  }

  async function lookAll(): Promise<void> {
    try {
      while (isWoken && !isStopped) {
        isWoken = false
        while (!isStopped && (await look()) > 0);
      }
    } catch (error) {
      // The database may be back at the next look.
      parts.log.error('the queue could not be read', { error })
    }
  }

  /** @returns how many jobs were begun */
  async function look(): Promise<number> {
    if (underWay.size >= parts.concurrency) return 0
    const busySuppliers = [...underWay.values()].map(({ supplierId }) => supplierId)
    const waiting = await jobStore(parts.db).waiting({
      worker: parts.worker,
      now: parts.clock.now(),
      busySuppliers,
      limit: jobsPerLook,
    })
    let begun = 0
    for (const job of waiting) {
      if (isStopped || underWay.size >= parts.concurrency) break
      // An import whose worker has ended may be one of our own that is just about to end.
      if (underWay.has(job.importId) || busySuppliers.includes(job.supplierId)) continue
      busySuppliers.push(job.supplierId)
      begin(job)
      begun++
    }
    return begun
  }

  function begin(job: WaitingJob): void {
    const stop = new AbortController()
    const entry: UnderWay = {
      supplierId: job.supplierId,
      progress: { phase: 'waiting', rows: 0, percent: null },
      stop,
      ended: Promise.resolve(),
    }
    underWay.set(job.importId, entry)
    const onProgress = (progress: Progress) => {
      entry.progress = progress
    }
    const { importId } = job
    entry.ended = carry(parts, job, { onProgress, signal: stop.signal }).then(
      () => {
        underWay.delete(importId)
        wake()
      },
      (error) => {
        // What is left unrecorded is found by a later look, once its lease has run out.
        parts.log.error('an import could not be seen through', { importId, error })
        underWay.delete(importId)
      },
    )
  }

  const timer = setInterval(wake, lookMs)
  wake()

  return {
    wake,
    progressOf: (importId) => underWay.get(importId)?.progress ?? null,
    async stop({ graceMs }) {
      isStopped = true
      clearInterval(timer)
      await looking
      const allEnded = () => Promise.all([...underWay.values()].map(({ ended }) => ended))
      const grace = new AbortController()
      await Promise.race([allEnded(), pause(graceMs, grace.signal)])
      grace.abort()
      for (const { stop } of underWay.values()) stop.abort(stopped())
      await allEnded()
    },
  }
}

interface UnderWay {
  supplierId: string
  progress: Progress
  stop: AbortController
  ended: Promise<void>
}

const stopped = () => new DOMException('The service is stopping.', 'AbortError')
