import type { Database } from '../db/database.ts'
import { AppError } from '../lib/errors.ts'
import type { Logger } from '../lib/log.ts'
import { jobErrorOf } from '../queue/model.ts'
import { type Due, dueMinutes, minuteMs, type Schedule, type Start, type Started } from './schedule.ts'
import { claimTick, lastMinute, settleTick, type Tick } from './ticks.ts'

export interface LookParts {
  db: Pick<Database, 'tx' | 'all'>
  log: Logger
  schedules(): Promise<Schedule[]>
  start: Start
  /** Done once a minute, by whichever node has looked first. */
  everyMinute(now: Date): Promise<void>
}

/** How late something may be started, and how long what it started may wait to be begun. */
export const expiryMs = 60 * minuteMs
/** How far back it is recorded what was missed: for as long as ticks are kept. */
const lookBackMs = 30 * 24 * 60 * minuteMs
/** Most minutes that are recorded as missed at once, of one schedule. */
const missedMax = 100
/** Under this name each minute is claimed when everything that is due in it has been: here a look goes on. */
const heartbeat = 'scheduler'

/**
 * Starts what is due since the last look, of whichever node: for each schedule the latest of its minutes, unless that
 * is more than an hour ago; earlier ones are recorded as skipped. Every minute is claimed before something is done in
 * it, so it does no harm to look at one twice: that is also why the minute of `now` is always looked at, even if a
 * clock that was ahead claims that it had been.
 *
 * @param signal ends it before the next schedule; what is left is done by the next look, of this node or another
 * @throws what keeps it from the database; the next look makes up for it
 */
export async function look(parts: LookParts, now: Date, signal?: AbortSignal): Promise<void> {
  const minute = new Date(Math.floor(now.getTime() / minuteMs) * minuteMs)
  const beat = (at: Date) =>
    parts.db.tx((tx) =>
      claimTick(tx, { ...nothing, schedule: heartbeat, minute: at, outcome: 'started', createdAt: now }),
    )
  const before = new Date(minute.getTime() - minuteMs)
  const last = await lastMinute(parts.db, heartbeat, minute)
  // Should the very first look not come to its end, the next one begins where it did.
  if (last === null) await beat(before)
  const earliest = new Date(minute.getTime() - lookBackMs)
  const after = last === null || last > before ? before : last < earliest ? earliest : last
  for (const schedule of await parts.schedules()) {
    if (signal?.aborted) return
    const since = schedule.since !== null && schedule.since > after ? schedule.since : after
    const due = dueMinutes(schedule.when, since, minute)
    if (due.length > 0) await tick(parts, schedule, due, now)
  }
  if (signal?.aborted) return
  // The last thing of a look: whoever finds it knows that nothing before it was left out.
  const isFirst = await beat(minute)
  if (isFirst) await parts.everyMinute(now)
}

/** @param due ascending, at least one */
async function tick(parts: LookParts, schedule: Schedule, due: Date[], now: Date): Promise<void> {
  const latest = due.at(-1)!
  const missed = due.slice(0, -1)
  if (missed.length > 0) await recordMissed(parts, { schedule, missed, latest, now })
  const claimed = { ...nothing, schedule: schedule.name, minute: latest, createdAt: now }
  const expiresAt = new Date(latest.getTime() + expiryMs)
  const skip = skipNote(schedule, expiresAt, now)
  if (skip !== null) {
    await parts.db.tx((tx) => claimTick(tx, { ...claimed, outcome: 'skipped', note: skip }))
    return
  }
  const started = await start(parts, schedule, claimed, { minute: latest, expiresAt, now })
  if (started === null) return
  const { runId, note, outcome } = started
  parts.log.info('schedule due', { schedule: schedule.name, minute: latest, outcome, runId, note })
  started.afterwards()
}

/** Why it is not to be started; null: it is. */
function skipNote({ pausedAt }: Schedule, expiresAt: Date, now: Date): string | null {
  if (pausedAt !== null) return `Paused since ${shown(pausedAt)}.`
  return expiresAt > now ? null : 'No scheduler ran then, and it was more than an hour ago when one did.'
}

/** @returns null: another node has had it, or it failed, which is recorded */
async function start(
  { db, start, log }: LookParts,
  schedule: Schedule,
  claimed: Omit<Tick, 'outcome'>,
  due: Due,
): Promise<Started | null> {
  try {
    return await db.tx(async (tx) => {
      if (!(await claimTick(tx, { ...claimed, outcome: 'started' }))) return null
      const started = await start(tx, schedule, due)
      await settleTick(tx, { ...claimed, ...started })
      return started
    })
  } catch (error) {
    // Then it cannot be recorded either.
    if (jobErrorOf(error).kind === 'database') throw error
    log.error('a schedule could not start', { schedule: schedule.name, minute: due.minute, error })
    const note = error instanceof AppError ? error.message : 'Internal error; the log has the details.'
    await db.tx((tx) => claimTick(tx, { ...claimed, outcome: 'failed', note }))
    return null
  }
}

async function recordMissed(
  { db, log }: LookParts,
  { schedule, missed, latest, now }: { schedule: Schedule; missed: Date[]; latest: Date; now: Date },
): Promise<void> {
  const recorded = missed.slice(-missedMax)
  const before = missed.length - recorded.length
  const note = `No scheduler ran then; it is made up for once, by ${shown(latest)}.`
  const isNew = await db.tx(async (tx) => {
    let isNew = false
    for (const [index, minute] of recorded.entries()) {
      const isClaimed = await claimTick(tx, {
        ...nothing,
        schedule: schedule.name,
        minute,
        outcome: 'skipped',
        note: index === 0 && before > 0 ? `${note} So were ${before} before it.` : note,
        createdAt: now,
      })
      isNew ||= isClaimed
    }
    return isNew
  })
  if (isNew)
    log.warn('a schedule was missed', { schedule: schedule.name, count: missed.length, since: missed[0] })
}

const nothing = { runId: null, note: null }

/** `2026-11-22 02:00 UTC`. */
const shown = (date: Date) => `${date.toISOString().slice(0, 16).replace('T', ' ')} UTC`
