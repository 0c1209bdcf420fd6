import { oneOf, type Static, t, textOrNull } from '../lib/schema.ts'
import { tickOutcomes } from './model.ts'
import { nextMinutes } from './schedule.ts'
import type { BrokenSchedule, KnownSchedule } from './schedules.ts'
import type { Tick } from './ticks.ts'

const nextRunsShown = 5

const instant = (description: string) => t.String({ format: 'date-time', description })
const orNull = <Schema extends Parameters<typeof t.Union>[0][number]>(schema: Schema, description: string) =>
  t.Union([schema, t.Null()], { description })

/** A tick over HTTP. */
export const TickView = t.Object(
  {
    minute: instant('The minute that it was due in.'),
    outcome: oneOf(tickOutcomes, {
      description:
        'started; skipped: what it had started before was under way, it was paused, or no scheduler ran then; failed.',
    }),
    run_id: textOrNull('The run that it started.'),
    note: textOrNull('What it did instead, or why not.'),
    created_at: instant('When it was looked at.'),
  },
  { title: 'ScheduleTick' },
)

/** A schedule over HTTP. */
export const ScheduleView = t.Object(
  {
    name: t.String({ description: '`source/ID`, `daily-run`, `feed-check` or `clean-up`.' }),
    title: t.String({ description: 'What it is for: supplier and name of a source.' }),
    source_id: textOrNull('The source that it fetches; null: several, or none.'),
    cron: textOrNull('Minute, hour, day of the month, month, day of the week; null: it goes by an interval.'),
    time_zone: textOrNull('Whose clock it goes by; null: it goes by an interval.'),
    interval_seconds: orNull(t.Integer({ minimum: 60 }), 'How often; null: it goes by a clock.'),
    paused_at: textOrNull('Since when it is skipped; null: it is not paused.', { format: 'date-time' }),
    next_runs: t.Array(t.String({ format: 'date-time' }), {
      description: `The next ${nextRunsShown} times, also where clocks are changed.`,
    }),
    last_tick: orNull(TickView, 'What it did last; null: nothing yet.'),
    problem: textOrNull('Why it cannot be gone by; null: it can.'),
    links: t.Object({ ticks: t.String() }),
  },
  { title: 'Schedule' },
)
export type ScheduleView = Static<typeof ScheduleView>

/** @param last what it did last; null: nothing yet */
export function scheduleView(
  schedule: KnownSchedule | BrokenSchedule,
  last: Tick | null,
  now: Date,
): ScheduleView {
  const { name, title, work, cron, timeZone, pausedAt } = schedule
  const when = 'when' in schedule ? schedule.when : null
  return {
    name,
    title,
    source_id: work.kind === 'source' ? work.sourceId : null,
    cron,
    time_zone: timeZone,
    interval_seconds: when?.kind === 'every' ? when.minutes * 60 : null,
    paused_at: pausedAt?.toISOString() ?? null,
    next_runs: when === null ? [] : nextMinutes(when, now, nextRunsShown).map((time) => time.toISOString()),
    last_tick: last === null ? null : tickView(last),
    problem: 'problem' in schedule ? schedule.problem : null,
    links: { ticks: `/api/v1/schedules/${encodeURIComponent(name)}/ticks` },
  }
}

export function tickView({ minute, outcome, runId, note, createdAt }: Tick): Static<typeof TickView> {
  return {
    minute: minute.toISOString(),
    outcome,
    run_id: runId,
    note,
    created_at: createdAt.toISOString(),
  }
}
