import type { Database } from '../db/database.ts'
import type { Logger } from '../lib/log.ts'
import type { StartParts } from './schedule-start.ts'
import { cleanUpName } from './schedules.ts'
import { settleTick } from './ticks.ts'

/** One of the things that are cleaned up. */
export interface CleanUpTask {
  name: string
  /** @returns what there is to say about it; null: there was nothing to do */
  run(signal: AbortSignal): Promise<string | null>
}

export interface CleanUp {
  start: StartParts['cleanUp']
  /** Tells the task that is under way to end, and waits for it. */
  stop(): Promise<void>
}

/**
 * Runs tasks one after the other, beside everything else. One that fails keeps no other from its turn. Each of them
 * may be ended at any moment, and may run on several nodes at once: see tasks.
 */
export function openCleanUp({
  db,
  log,
  tasks,
}: {
  db: Pick<Database, 'run'>
  log: Logger
  tasks: readonly CleanUpTask[]
}): CleanUp {
  const stopping = new AbortController()
  let underWay: { since: Date; ended: Promise<void> } | null = null

  async function work(minute: Date): Promise<void> {
    const notes: string[] = []
    let hasFailed = false
    for (const { name, run } of tasks) {
      if (stopping.signal.aborted) break
      try {
        const note = await run(stopping.signal)
        if (note !== null) notes.push(`${name}: ${note}`)
      } catch (error) {
        if (stopping.signal.aborted) break
        hasFailed = true
        log.error('a clean-up failed', { task: name, error })
        notes.push(`${name}: failed; the log has the details`)
      }
    }
    if (stopping.signal.aborted) notes.push('ended early, since the program was stopped')
    const outcome = hasFailed ? 'failed' : 'started'
    const note = notes.length === 0 ? 'There was nothing to clean up.' : notes.join('; ')
    await settleTick(db, { schedule: cleanUpName, minute, outcome, runId: null, note })
  }

  return {
    start: {
      obstacle: () =>
        underWay === null ? null : `The one of ${underWay.since.toISOString()} is still under way.`,
      begin(minute) {
        const ended = work(minute)
          .catch((error) => log.error('a clean-up could not be recorded', { error }))
          .finally(() => {
            underWay = null
          })
        underWay = { since: minute, ended }
      },
    },
    async stop() {
      stopping.abort()
      await underWay?.ended
    },
  }
}
