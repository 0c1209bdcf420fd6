import { parseCron } from '../../src/schedules/cron.ts'
import type { Due, Schedule, Start } from '../../src/schedules/schedule.ts'
import type { LookParts } from '../../src/schedules/scheduler-look.ts'
import { silentLog } from './open-database.ts'

/** A schedule of five fields, in UTC unless the test says. */
export function cronSchedule(
  name: string,
  text: string,
  more: Partial<Schedule> & { zone?: string } = {},
): Schedule {
  const { zone = 'UTC', ...rest } = more
  return {
    name,
    title: name,
    work: { kind: 'source', sourceId: name },
    when: { kind: 'cron', cron: parseCron(text, zone) },
    pausedAt: null,
    since: null,
    ...rest,
  }
}

/** What was started, as `name minute`, each under a run of its own: after the commit, so nothing that was undone. */
export interface Ledger {
  started: string[]
  due: Due[]
  start: Start
}

export function ledger(): Ledger {
  const started: string[] = []
  const due: Due[] = []
  return {
    started,
    due,
    start: async (_tx, schedule, given) => ({
      outcome: 'started',
      runId: `run ${started.length + 1}`,
      note: null,
      afterwards() {
        started.push(`${schedule.name} ${minuteText(given.minute)}`)
        due.push(given)
      },
    }),
  }
}

/** A scheduler's parts that start nothing but entries of a ledger. */
export function lookParts(
  db: LookParts['db'],
  schedules: Schedule[],
  more: Partial<LookParts> & Pick<LookParts, 'start'>,
): LookParts {
  return { db, log: silentLog, schedules: async () => schedules, everyMinute: async () => {}, ...more }
}

export const minuteText = (date: Date) => date.toISOString().slice(5, 16).replace('T', ' ')
