import type { Sql } from '../db/database.ts'
import { AppError } from '../lib/errors.ts'
import { type DeadLetters, jobFinder, type QueueDepth } from '../queue/find.ts'
import { nextRuns, parseCron } from '../schedules/cron.ts'
import { runFinder } from './find.ts'
import type { HealthFacts } from './health.ts'
import type { Run, runStore } from './store.ts'

/** A source whose last good list is older than its schedule says. */
export interface StaleSource {
  sourceId: string
  source: string
  supplier: string
  schedule: string
  /** The first of the times since its last good list, or since it has the schedule, that brought none. */
  dueAt: Date
  lastGoodAt: Date | null
}

/** What is known of how fetching and importing goes, for the judgement and for people. */
export interface KnownHealth extends Omit<HealthFacts, 'stale' | 'deadLetters'> {
  jobs: QueueDepth['jobs']
  deadLetters: DeadLetters[]
  stale: StaleSource[]
  pausedSources: number
  lastRun: Run | null
}

/** A list that was due may take as long as a scheduled job may wait for somebody to begin it. */
const staleMs = 60 * 60 * 1000
/** Most sources with a schedule that are looked at. */
const scheduledMax = 10_000
/** Most runs that are looked at for one that has ended. */
const runsLookedAt = 20

/**
 * Reads all of it.
 * @param scans see db/scanner.ts
 * @param at.timeZone where neither a source nor its supplier names one
 */
export async function healthFacts(
  scans: Pick<Sql, 'all'>,
  runs: ReturnType<typeof runStore>,
  at: { now: Date; timeZone: string },
): Promise<KnownHealth> {
  const finder = runFinder(scans)
  const [depth, deadLetters, waiting, pausedSince, stale, latest, scheduled] = await Promise.all([
    jobFinder(scans).depth(),
    jobFinder(scans).deadLetters(),
    waitingJobs(scans, at.now),
    queuePausedSince(scans),
    staleSources(scans, at),
    finder.runs({}, 1).then((ids) => runs.byIds(ids)),
    // What a person hands in, they see the end of.
    finder.runs({ trigger: 'schedule' }, runsLookedAt).then((ids) => runs.byIds(ids)),
  ])
  const ended = scheduled.find(({ status }) => status !== 'running' && status !== 'held')
  return {
    now: at.now,
    queue: {
      waiting: waiting.due,
      putOff: waiting.later,
      running: depth.jobs.running ?? 0,
    },
    jobs: depth.jobs,
    dueSince: waiting.dueSince,
    pausedSince,
    deadLetters,
    lastEnded: ended === undefined ? null : { id: ended.id, status: ended.status },
    stale: stale.stale,
    pausedSources: stale.paused,
    lastRun: latest[0] ?? null,
  }
}

/** Jobs that wait, but for those of paused sources: due ones, and those that wait for their next try. */
async function waitingJobs(sql: Pick<Sql, 'all'>, now: Date) {
  const [row] = await sql.all<{ due: number; later: number; since: string | number | null }>(
    `select count(case when j.run_at <= $1 then 1 end) as due, count(case when j.run_at > $1 then 1 end) as later,
            min(case when j.run_at <= $1 then j.run_at end) as since
     from jobs as j join imports as m on m.id = j.import_id join sources as s on s.id = m.source_id
     where j."state" in ('queued', 'running') and j.state = 'queued' and s.paused_at is null`,
    [now],
  )
  return {
    due: Number(row?.due ?? 0),
    later: Number(row?.later ?? 0),
    dueSince: row?.since == null ? null : new Date(row.since),
  }
}

async function queuePausedSince(sql: Pick<Sql, 'all'>): Promise<Date | null> {
  const [row] = await sql.all<{ since: string | number | null }>(
    'select queue_paused_at as since from installation',
  )
  return row?.since == null ? null : new Date(row.since)
}

interface ScheduledRow {
  sourceId: string
  source: string
  supplier: string
  schedule: string
  timeZone: string | null
  isPaused: number | boolean
  scheduledAt: string | number
  lastGoodAt: string | number | null
}

async function staleSources(sql: Pick<Sql, 'all'>, { now, timeZone }: { now: Date; timeZone: string }) {
  const rows = await sql.all<ScheduledRow>(
    `select s.id as "sourceId", s.name as source, p.name as supplier, s.schedule,
            coalesce(s.time_zone, p.time_zone) as "timeZone", s.paused_at is not null as "isPaused",
            coalesce(s.scheduled_at, s.created_at) as "scheduledAt",
            (select max(g.created_at) from imports as g
             where g.source_id = s.id
               and g.status in ('completed', 'partial_success', 'unchanged', 'undone')) as "lastGoodAt"
     from sources as s join suppliers as p on p.id = s.supplier_id
     where s.schedule is not null order by p.name_key, s.name limit ${scheduledMax}`,
  )
  const stale = rows.flatMap((row): StaleSource[] => {
    if (row.isPaused) return []
    const lastGoodAt = row.lastGoodAt === null ? null : new Date(row.lastGoodAt)
    const scheduledAt = new Date(row.scheduledAt)
    const since = lastGoodAt !== null && lastGoodAt > scheduledAt ? lastGoodAt : scheduledAt
    const dueAt = firstDue(row.schedule, row.timeZone ?? timeZone, since)
    if (dueAt === null || now.getTime() - dueAt.getTime() < staleMs) return []
    const { sourceId, source, supplier, schedule } = row
    return [{ sourceId, source, supplier, schedule, dueAt, lastGoodAt }]
  })
  return { stale, paused: rows.filter(({ isPaused }) => isPaused).length }
}

function firstDue(schedule: string, timeZone: string, since: Date): Date | null {
  try {
    return nextRuns(parseCron(schedule, timeZone), since, 1)[0] ?? null
  } catch (error) {
    // Another version of the program stored what this one cannot go by; /api/v1/schedules says so.
    if (error instanceof AppError) return null
    throw error
  }
}
