import type { RunStatus } from './model.ts'

export const healthStatuses = ['ok', 'degraded', 'failing'] as const
export type HealthStatus = (typeof healthStatuses)[number]

/** What is known of how fetching and importing goes. */
export interface HealthFacts {
  now: Date
  /** Jobs by what they wait for; see runs/health-facts.ts. */
  queue: { waiting: number; putOff: number; running: number }
  /** Since when the oldest job is due that somebody could take; null: none is. */
  dueSince: Date | null
  /** Since when no job is begun; null: the queue is not paused. */
  pausedSince: Date | null
  /** Dead ones that nobody gave up, by cause. */
  deadLetters: { cause: string; count: number }[]
  /** The latest run that has ended, or null. */
  lastEnded: { id: string; status: RunStatus } | null
  stale: { supplier: string; source: string; dueAt: Date }[]
}

/** One thing that is not as it should be. The code is stable and for machines. */
export interface HealthReason {
  code: 'work_stalled' | 'queue_paused' | 'queue_deep' | 'dead_letters' | 'last_run_failed' | 'sources_stale'
  message: string
}

/** Work that is due for longer than that while nobody works at all: the workers are gone (R8.2). */
const stalledMs = 5 * 60 * 1000
/** More waiting jobs than that are not worked off as they come (R8.2). */
const depthMax = 1000

/** failing: nothing moves, or nothing comes in. degraded: the rest moves, and a person should look. */
export function judge(facts: HealthFacts): { status: HealthStatus; reasons: HealthReason[] } {
  const { now, queue, dueSince, pausedSince, deadLetters, lastEnded, stale } = facts
  const reasons: HealthReason[] = []
  const dueMs = dueSince === null ? 0 : now.getTime() - dueSince.getTime()
  const isStalled = pausedSince === null && queue.running === 0 && dueMs > stalledMs
  const hasFailed = lastEnded?.status === 'failed'
  if (isStalled)
    reasons.push({
      code: 'work_stalled',
      message: `Work is due for ${Math.floor(dueMs / 60_000)} minutes and nobody takes it; is a service or a worker running?`,
    })
  if (hasFailed)
    reasons.push({
      code: 'last_run_failed',
      message: `Nothing of run ${lastEnded.id} came into the catalog; "tallyman runs show ${lastEnded.id}" says why.`,
    })
  if (pausedSince !== null)
    reasons.push({
      code: 'queue_paused',
      message: `The queue is paused since ${pausedSince.toISOString()}; "tallyman queue resume" ends that.`,
    })
  if (queue.waiting > depthMax)
    reasons.push({ code: 'queue_deep', message: `${queue.waiting} jobs are waiting, more than ${depthMax}.` })
  if (deadLetters.length > 0) {
    const count = deadLetters.reduce((sum, each) => sum + each.count, 0)
    reasons.push({
      code: 'dead_letters',
      message: `${count === 1 ? '1 job is' : `${count} jobs are`} not tried again by ${count === 1 ? 'itself' : 'themselves'}, most of them for ${deadLetters[0]!.cause}; retry or discard.`,
    })
  }
  if (stale.length > 0) {
    const [first] = stale
    reasons.push({
      code: 'sources_stale',
      message:
        `${stale.length === 1 ? '1 source has' : `${stale.length} sources have`} had no good list since one was due` +
        `, ${first!.supplier}/${first!.source} since ${first!.dueAt.toISOString()}.`,
    })
  }
  const isFailing = isStalled || hasFailed
  return { status: isFailing ? 'failing' : reasons.length > 0 ? 'degraded' : 'ok', reasons }
}
