import { pause } from '../lib/pause.ts'
import type { Queue } from '../queue/queue.ts'
import { jobStore, type Lease, type Taken } from '../queue/store.ts'
import { type CarryParts, carry } from './carry.ts'
import type { Progress } from './reader.ts'
import { openSlots, type SlotsOptions } from './slots.ts'

export type { Progress } from './reader.ts'

export interface CourierParts extends CarryParts {
  queue: Queue
  /** Most imports that are worked on at the same time; files that take long to come do not count. */
  concurrency: number
  /** For tests. */
  slotLimits?: Omit<SlotsOptions, 'count' | 'onShrink'>
}

/**
 * Sees queued imports through: at most `concurrency` at a time, oldest first, and the lists of a supplier are read one
 * after the other; how long a server takes to send its list is nobody's loss but that list's: see slots.ts, and
 * carry.ts for the lists of the same supplier. It reads no file itself.
 */
export interface Courier {
  /** Says that there may be something to do: call it after `takeIn`, `trigger` and `approve`, with the job. Cheap. */
  wake(jobId?: string): void
  /** Where an import stands that is being worked on here; null: it is not. */
  progressOf(importId: string): Progress | null
  /**
   * Ends the work: nothing new is begun, what is under way may end within the grace, and the rest is put back into
   * the queue for the next start.
   */
  stop(options: { graceMs: number }): Promise<void>
}

/** Starts at once with what is queued or abandoned. */
export function openCourier(parts: CourierParts): Courier {
  const { queue, log } = parts
  const underWay = new Map<string, UnderWay>()
  const stopping = new AbortController()
  let asking = new AbortController()
  const slots = openSlots({
    ...parts.slotLimits,
    count: parts.concurrency,
    // The queue would give as many as there was room for.
    onShrink: () => asking.abort(),
  })
  let checking: Promise<void> | null = null
  let isToBeChecked = false

  async function work(): Promise<void> {
    while (!stopping.signal.aborted) {
      // What is fetched has to have room, see carry.ts; what was taken in already can wait for it, too.
      await parts.room?.wait(stopping.signal)
      if (stopping.signal.aborted) return
      const limit = slots.room
      if (limit === 0) {
        await slots.changed(stopping.signal)
        continue
      }
      asking = new AbortController()
      for (const taken of await queue.next({ limit, signal: asking.signal })) begin(taken)
    }
  }

  function begin(taken: Taken): void {
    const { id: jobId, importId } = taken.job
    const turn = slots.begin()
    const entry: UnderWay = {
      importId,
      lease: taken.lease,
      worker: taken.job.worker,
      progress: { phase: 'waiting', rows: 0, percent: null },
      stop: new AbortController(),
      ended: Promise.resolve(),
    }
    underWay.set(jobId, entry)
    entry.ended = carry(parts, taken, {
      signal: entry.stop.signal,
      turn,
      onProgress(progress) {
        entry.progress = progress
      },
      onLease(lease) {
        entry.lease = lease
      },
    })
      // What is left unrecorded is found by a later look, once its lease has run out.
      .catch((error) => log.error('an import could not be seen through', { importId, jobId, error }))
      .then(() => {
        // One that was abandoned here may have been taken again meanwhile.
        if (underWay.get(jobId) === entry) underWay.delete(jobId)
        turn.end()
        queue.announce(jobId)
      })
  }

  /** Ends the reading of what was cancelled or deleted, or is somebody else's by now. */
  async function check(): Promise<void> {
    while (isToBeChecked) {
      isToBeChecked = false
      for (const [jobId, entry] of underWay) {
        const job = await jobStore(parts.db).get(jobId)
        // By now it may be a new attempt of ours, see carry.ts `retake`: of that the row may tell a moment earlier.
        const isOthers = job !== null && job.attempt > entry.lease.attempt && job.worker !== entry.worker
        if (job === null || job.state === 'cancelled' || isOthers) entry.stop.abort(lost())
      }
    }
  }

  const endChecks = queue.onChange(() => {
    isToBeChecked = underWay.size > 0
    checking ??= check()
      .catch((error) => log.warn('the jobs under way could not be looked at', { error }))
      .finally(() => {
        checking = null
      })
  })
  const working = work()

  return {
    wake: (jobId) => queue.announce(jobId ?? null),
    progressOf(importId) {
      for (const entry of underWay.values()) if (entry.importId === importId) return entry.progress
      return null
    },
    async stop({ graceMs }) {
      stopping.abort()
      asking.abort()
      await working
      const allEnded = () => Promise.all([...underWay.values()].map(({ ended }) => ended))
      const grace = new AbortController()
      await Promise.race([allEnded(), pause(graceMs, grace.signal)])
      grace.abort()
      for (const { stop } of underWay.values()) stop.abort(stopped())
      await allEnded()
      endChecks()
      await checking
    },
  }
}

interface UnderWay {
  importId: string
  lease: Lease
  /** Who has it while it is ours. */
  worker: string | null
  progress: Progress
  stop: AbortController
  ended: Promise<unknown>
}

const stopped = () => new DOMException('The service is stopping.', 'AbortError')
const lost = () => new DOMException('The job is no longer this worker’s.', 'AbortError')
