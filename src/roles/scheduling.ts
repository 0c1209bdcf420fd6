import { serviceActor } from '../auth/model.ts'
import { lookForUpdate, watchedSources } from '../courier/feed-look.ts'
import { trigger } from '../courier/trigger.ts'
import type { TaskReport } from '../maintenance/report.ts'
import { queueLoad } from '../queue/load.ts'
import { type CleanUpTask, openCleanUp } from '../schedules/clean-up.ts'
import { openFeedCheck } from '../schedules/feed-check.ts'
import { ingestOnStart } from '../schedules/ingest-on-start.ts'
import { scheduleStart, type TriggerSources } from '../schedules/schedule-start.ts'
import { openScheduler, type Scheduler } from '../schedules/scheduler.ts'
import { expiryMs } from '../schedules/scheduler-look.ts'
import { feedCheckName, openSchedules } from '../schedules/schedules.ts'
import { startIndexing } from './indexing.ts'
import type { Ground, RoleOptions } from './role.ts'

/**
 * Starts what is done by itself: fetching sources, looks at those that are watched, clean-ups, the index of words, and a
 * line in the log each minute about the queue. Any
 * number of processes may do so on one database.
 * @returns what has to be stopped before anything else ends
 */
export function startScheduling(
  options: Omit<RoleOptions, 'patience'>,
  { db, parts, queue, cleanups }: Pick<Ground, 'db' | 'parts' | 'queue' | 'cleanups'>,
): Scheduler {
  const { config, clock, log } = options
  const own = log.child({ module: 'scheduler' })
  const queueLog = log.child({ module: 'queue' })
  const announce = (jobId: string) => queue.announce(jobId)
  const triggerSources: TriggerSources = (tx, cause) => trigger(tx, { ...parts, actor: serviceActor }, cause)
  const cleanUp = openCleanUp({ db, log: own, tasks: cleanUpTasks(cleanups) })
  const feedCheck = openFeedCheck({
    db,
    log: own,
    clock,
    watched: () => watchedSources(db, clock.now()),
    async check({ id }, { now, signal }) {
      if ((await lookForUpdate(parts, id, signal)) === 'same') return 'same'
      signal.throwIfAborted()
      const expiresAt = new Date(now.getTime() + expiryMs)
      const cause = { trigger: 'schedule', schedule: feedCheckName, expiresAt, now } as const
      const { started } = await db.tx((tx) => triggerSources(tx, { sources: [id], ...cause }))
      for (const { jobId } of started) announce(jobId)
      return started.length > 0 ? 'fetched' : 'left'
    },
  })
  const schedules = openSchedules(db, config)
  const toldBroken = new Set<string>()

  const scheduler = openScheduler({
    db,
    clock,
    log: own,
    async atStart(now) {
      if (config.ingestsOnStart) await ingestOnStart({ db, log: own, trigger: triggerSources, announce }, now)
    },
    async schedules() {
      const { known, broken } = await schedules.all()
      for (const { name, problem } of broken) {
        const told = `${name} ${problem}`
        if (!toldBroken.has(told)) own.error('a schedule cannot be gone by', { schedule: name, problem })
        toldBroken.add(told)
      }
      return known
    },
    start: scheduleStart({
      engine: db.engine,
      trigger: triggerSources,
      announce,
      cleanUp: cleanUp.start,
      feedCheck: feedCheck.start,
    }),
    async everyMinute(now) {
      queueLog.info('queue depth', { ...(await queueLoad(db, now)) })
    },
  })
  const indexing = startIndexing(options, { db })
  return {
    async stop() {
      // The look that is under way may begin one more, which ends at once.
      await Promise.all([scheduler.stop(), cleanUp.stop(), feedCheck.stop(), indexing.stop()])
      await Promise.all([cleanUp.stop(), feedCheck.stop()])
    },
  }
}

/** Every clean-up there is, as a schedule runs it. */
function cleanUpTasks({ tasks, run }: Ground['cleanups']): CleanUpTask[] {
  return tasks.map(({ name }) => ({
    name,
    run: async (signal) => reportText(await run(name, { dryRun: false, signal, by: null })),
  }))
}

/** "3 jobs, 2 raw_files (4711 bytes) deleted"; null: there was nothing to do. */
function reportText({ deleted, bytes, isComplete }: TaskReport): string | null {
  const counts = Object.entries(deleted).map(([what, count]) => `${count} ${what}`)
  if (counts.length === 0) return isComplete ? null : 'not finished'
  const size = bytes === 0 ? '' : ` (${bytes} bytes)`
  return `${counts.join(', ')}${size} deleted${isComplete ? '' : ', not finished'}`
}
