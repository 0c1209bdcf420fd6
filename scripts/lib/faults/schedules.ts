import type { Database } from '../../../src/db/database.ts'
import { dueBetween, parseCron } from '../../../src/schedules/cron.ts'
import type { Schedule } from '../../../src/schedules/schedule.ts'
import { type LookParts, look } from '../../../src/schedules/scheduler-look.ts'
import { openMigrated, silentLog } from '../../../test/helpers/open-database.ts'
import { drawing } from '../../../test/lists/draw.ts'
import { type DrawnSchedule, drawnZones, drawSchedule } from './drawn-schedule.ts'
import { localMinutes } from './local-minutes.ts'

const minuteMs = 60_000

/** What became of schedules, beside what a model of them says; everything but `schedules`, `zones` and `due` is to be 0. */
export interface ScheduleFigures {
  schedules: number
  zones: number
  /** Minutes in which one of them was due. */
  due: number
  /** Due, and not started. */
  missed: number
  /** Started more than once. */
  doubled: number
  /** Started or recorded without being due. */
  uncalledFor: number
  /** The first of what is wrong, for whoever looks for the mistake. */
  examples: string[]
}

export interface ScheduleTrial {
  schedules: number
  seed: number
  /** Left out: two years, in which the clocks are changed in most of the zones. */
  from?: Date
  until?: Date
}

/**
 * Draws schedules in zones whose clocks are changed, and has two nodes on one database start them while a clock goes
 * through two years. It leaps over minutes in which nothing is due by the model: the nodes look at all that is due
 * since they looked last, and what they make up for then is found as uncalled for.
 */
export async function schedulesOverTwoYears(trial: ScheduleTrial): Promise<ScheduleFigures> {
  const drawn = drawAll(trial)
  await using opened = await openMigrated('sqlite')
  const started: number[][] = drawn.map(() => [])
  const nodes = [1, 2].map(() => nodeOn(opened.db, drawn, started))
  // As a real clock comes to it, the minute before was looked at too, unless the trial begins with it.
  const minutes = [
    ...new Set(
      drawn.flatMap(({ due, from }) =>
        due.flatMap((minute) => (minute > from ? [minute - 1, minute] : [minute])),
      ),
    ),
  ]
  minutes.sort((a, b) => a - b)
  for (const minute of minutes) {
    // Somewhere in it, as real clocks are.
    const now = new Date(minute * minuteMs + (minute % 59) * 1000)
    await Promise.all(nodes.map((node) => look(node, now)))
  }
  const recorded = await opened.db.all<{ count: number }>(
    `select count(*) as count from schedule_ticks where outcome <> 'started'`,
  )
  const figures = compared(drawn, started)
  return { ...figures, uncalledFor: figures.uncalledFor + Number(recorded[0]!.count) }
}

/** The same for nothing but when schedules are due, asked for in pieces as a scheduler would. */
export function dueOverTwoYears(trial: ScheduleTrial): ScheduleFigures {
  const drawn = drawAll(trial)
  const { below } = drawing(trial.seed + 1)
  const found = drawn.map(({ schedule, from, until }) => {
    const cron = parseCron(schedule.text, schedule.timeZone)
    const minutes: number[] = []
    for (let after = from - 1; after < until; ) {
      // Some pieces end between two that the clocks show alike.
      const next = Math.min(until, after + 1 + below(below(2) === 0 ? 120 : 60 * 24 * 60))
      const due = dueBetween(cron, new Date(after * minuteMs), new Date(next * minuteMs))
      for (const time of due) minutes.push(time.getTime() / minuteMs)
      after = next
    }
    return minutes
  })
  for (const [index, { schedule, due }] of drawn.entries()) {
    const cron = parseCron(schedule.text, schedule.timeZone)
    // Nor may it matter that only the minute itself is asked for, as it mostly is.
    const alone = due.filter(
      (minute) =>
        dueBetween(cron, new Date((minute - 1) * minuteMs), new Date(minute * minuteMs)).length === 1,
    )
    const whole = new Set(alone)
    found[index] = found[index]!.filter((minute) => whole.has(minute))
  }
  return compared(drawn, found)
}

interface Drawn {
  schedule: DrawnSchedule
  /** Minutes since 1970, as everything here. */
  from: number
  until: number
  /** When it is due by the model. */
  due: number[]
}

function drawAll({
  schedules,
  seed,
  from = new Date('2026-01-01T00:00:00Z'),
  until = new Date('2027-12-31T23:59:00Z'),
}: ScheduleTrial): Drawn[] {
  const random = drawing(seed)
  // A day more, so that the model knows what the clocks showed before.
  const before = new Date(from.getTime() - 24 * 60 * minuteMs)
  const zones = new Map(
    drawnZones
      .slice(0, schedules)
      .map((zone) => [zone, localMinutes(zone, before.getTime(), until.getTime())]),
  )
  const names = [...zones.keys()]
  return Array.from({ length: schedules }, (_, n) => {
    const zone = names[n % names.length]!
    const schedule = drawSchedule(random, zone)
    const first = from.getTime() / minuteMs
    return {
      schedule,
      from: first,
      until: until.getTime() / minuteMs,
      due: dueByModel(schedule, zones.get(zone)!, before.getTime() / minuteMs).filter((at) => at >= first),
    }
  })
}

/**
 * Minute by minute: a continuous schedule is due whenever the clocks show one of its times; any other when they do
 * for the first time, or have just gone over one.
 */
function dueByModel({ isDueAt, isContinuous }: DrawnSchedule, locals: Int32Array, first: number): number[] {
  const due: number[] = []
  let latest = locals[0]! - 1
  for (let index = 0; index < locals.length; index++) {
    const local = locals[index]!
    let isDue = isDueAt(local)
    if (!isContinuous) {
      isDue &&= local > latest
      for (let skipped = latest + 1; skipped < local && !isDue; skipped++) isDue = isDueAt(skipped)
      latest = Math.max(latest, local)
    }
    if (isDue) due.push(first + index)
  }
  return due
}

function nodeOn(db: Database, drawn: readonly Drawn[], started: number[][]): LookParts {
  const schedules = drawn.map(({ schedule: { text, timeZone } }, index): Schedule => {
    return {
      name: String(index),
      title: text,
      work: { kind: 'source', sourceId: text },
      when: { kind: 'cron', cron: parseCron(text, timeZone) },
      pausedAt: null,
      since: null,
    }
  })
  return {
    db,
    log: silentLog,
    schedules: async () => schedules,
    start: async (_tx, { name }, { minute }) => ({
      outcome: 'started',
      runId: null,
      note: null,
      afterwards: () => void started[Number(name)]!.push(minute.getTime() / minuteMs),
    }),
    everyMinute: async () => {},
  }
}

const examplesMax = 10

function compared(drawn: readonly Drawn[], started: readonly number[][]): ScheduleFigures {
  const figures: ScheduleFigures = {
    schedules: drawn.length,
    zones: new Set(drawn.map(({ schedule }) => schedule.timeZone)).size,
    due: 0,
    missed: 0,
    doubled: 0,
    uncalledFor: 0,
    examples: [],
  }
  for (const [index, { schedule, due }] of drawn.entries()) {
    const [wanted, had] = [new Set(due), new Set(started[index]!)]
    const wrong = (what: 'missed' | 'doubled' | 'uncalledFor', minutes: number[]) => {
      figures[what] += minutes.length
      for (const minute of minutes.slice(0, examplesMax - figures.examples.length))
        figures.examples.push(
          `${what}: ${schedule.text} ${schedule.timeZone} at ${new Date(minute * minuteMs).toISOString()}`,
        )
    }
    figures.due += wanted.size
    wrong('missed', [...wanted.difference(had)])
    wrong('uncalledFor', [...had.difference(wanted)])
    const seen = new Set<number>()
    wrong(
      'doubled',
      started[index]!.filter((minute) => seen.size === seen.add(minute).size),
    )
  }
  return figures
}
