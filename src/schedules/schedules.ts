import type { Sql } from '../db/database.ts'
import { AppError } from '../lib/errors.ts'
import { type Cron, parseCron } from './cron.ts'
import type { Schedule } from './schedule.ts'

/** What the configuration says about schedules. */
export interface ScheduleSettings {
  /** When every source without a schedule of its own is fetched: five fields; `off`: never. */
  dailyRun: string
  /** Where neither a source nor its supplier says one. */
  timeZone: string
  cleanUpSeconds: number
  /** How often watched sources are looked at; 0: never. */
  feedCheckSeconds: number
}

/** A schedule as people see it. */
export interface KnownSchedule extends Schedule {
  /** As it was written; null: it goes by an interval. */
  cron: string | null
  /** IANA; null: it goes by an interval. */
  timeZone: string | null
}

/** A source's schedule that cannot be gone by, which only another version of the program may have stored. */
export interface BrokenSchedule extends Omit<KnownSchedule, 'when'> {
  /** What is wrong with it. */
  problem: string
}

export interface Schedules {
  /** Those that there are now: the service's own first, then those of sources, oldest first. */
  all(): Promise<{ known: KnownSchedule[]; broken: BrokenSchedule[] }>
}

export const dailyRunName = 'daily-run'
export const cleanUpName = 'clean-up'
export const feedCheckName = 'feed-check'

/** Reads what is done by itself from the configuration and the sources. */
export function openSchedules(db: Pick<Sql, 'all'>, settings: ScheduleSettings): Schedules {
  const own = ownSchedules(settings)
  // Reading one costs 0.3 ms, and they are looked at each minute.
  let crons = new Map<string, Cron>()

  return {
    async all() {
      const rows = await db.all<SourceRow>(
        `select s.id, s.name, s.schedule, s.time_zone, s.paused_at,
                coalesce(s.scheduled_at, s.created_at) as since, p.name as supplier,
                p.time_zone as supplier_time_zone
         from sources as s join suppliers as p on p.id = s.supplier_id
         where s.schedule is not null order by s.no`,
      )
      const known: KnownSchedule[] = [...own]
      const broken: BrokenSchedule[] = []
      const read = new Map<string, Cron>()
      for (const row of rows) {
        const timeZone = row.time_zone ?? row.supplier_time_zone ?? settings.timeZone
        const key = `${row.schedule} ${timeZone}`
        try {
          const cron = crons.get(key) ?? parseCron(row.schedule, timeZone)
          read.set(key, cron)
          known.push({ ...sourceSchedule(row, cron), when: { kind: 'cron', cron } })
        } catch (error) {
          if (!(error instanceof AppError)) throw error
          broken.push({ ...sourceSchedule(row, { text: row.schedule, timeZone }), problem: error.message })
        }
      }
      crons = read
      return { known, broken }
    },
  }
}

/** The name of a source's schedule. */
export const sourceScheduleName = (sourceId: string): string => `source/${sourceId}`

function ownSchedules({
  dailyRun,
  timeZone,
  cleanUpSeconds,
  feedCheckSeconds,
}: ScheduleSettings): KnownSchedule[] {
  const own: KnownSchedule[] = []
  if (dailyRun !== 'off') {
    const cron = parseCron(dailyRun, timeZone)
    own.push({
      name: dailyRunName,
      title: 'Every source that has no schedule of its own',
      work: { kind: 'daily-run' },
      when: { kind: 'cron', cron },
      cron: cron.text,
      timeZone: cron.timeZone,
      pausedAt: null,
      since: null,
    })
  }
  if (feedCheckSeconds > 0)
    own.push({
      name: feedCheckName,
      title: 'A look at every source that is watched',
      work: { kind: 'feed-check' },
      ...everySeconds(feedCheckSeconds),
    })
  own.push({
    name: cleanUpName,
    title: 'Clean-ups',
    work: { kind: 'clean-up' },
    ...everySeconds(cleanUpSeconds),
  })
  return own
}

const everySeconds = (seconds: number) =>
  ({
    when: { kind: 'every', minutes: Math.ceil(seconds / 60) },
    cron: null,
    timeZone: null,
    pausedAt: null,
    since: null,
  }) as const

interface SourceRow {
  id: string
  name: string
  supplier: string
  schedule: string
  time_zone: string | null
  supplier_time_zone: string | null
  paused_at: string | number | null
  since: string | number
}

function sourceSchedule(row: SourceRow, { text, timeZone }: Pick<Cron, 'text' | 'timeZone'>) {
  return {
    name: sourceScheduleName(row.id),
    title: `${row.supplier}/${row.name}`,
    work: { kind: 'source', sourceId: row.id } as const,
    cron: text,
    timeZone,
    pausedAt: row.paused_at === null ? null : new Date(row.paused_at),
    since: new Date(row.since),
  }
}
