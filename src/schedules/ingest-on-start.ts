import type { Database } from '../db/database.ts'
import type { Logger } from '../lib/log.ts'
import { jobErrorOf } from '../queue/model.ts'
import { minuteMs } from './schedule.ts'
import { fetchableSources, type StartParts } from './schedule-start.ts'
import { expiryMs } from './scheduler-look.ts'
import { claimTick } from './ticks.ts'

/** Under this name the run is claimed, so that of nodes that start together one begins it. */
export const onStartName = 'on-start'

/**
 * Has every source fetched that can be and is not paused, in one run: what is under way is left out.
 * @throws what keeps it from the database; anything else is logged
 */
export async function ingestOnStart(
  { db, log, trigger, announce }: Pick<StartParts, 'trigger' | 'announce'> & { db: Database; log: Logger },
  now: Date,
): Promise<void> {
  const minute = new Date(Math.floor(now.getTime() / minuteMs) * minuteMs)
  try {
    const triggered = await db.tx(async (tx) => {
      const sources = await fetchableSources(db.engine, tx, { isUnscheduled: false })
      const claimed = { schedule: onStartName, minute, outcome: 'started', runId: null, note: null } as const
      if (sources.length === 0 || !(await claimTick(tx, { ...claimed, createdAt: now }))) return null
      return trigger(tx, {
        sources,
        trigger: 'schedule',
        schedule: onStartName,
        expiresAt: new Date(now.getTime() + expiryMs),
        now,
      })
    })
    if (triggered === null) return
    const { runId, started, skipped } = triggered
    log.info('sources are fetched at the start', { runId, started: started.length, skipped: skipped.length })
    for (const { jobId } of started) announce(jobId)
  } catch (error) {
    if (jobErrorOf(error).kind === 'database') throw error
    log.error('sources could not be fetched at the start', { error })
  }
}
