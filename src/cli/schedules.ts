import { openApp } from '../app.ts'
import { nextRuns, parseCron } from '../schedules/cron.ts'
import { scheduleList } from '../schedules/schedule-list.ts'
import { type ScheduleView, tickView } from '../schedules/schedule-view.ts'
import { openSchedules } from '../schedules/schedules.ts'
import type { Tick } from '../schedules/ticks.ts'
import { UsageError } from './arguments.ts'
import { type Context, defineCommand, type ExitCode, exitCodes } from './command.ts'
import { printJson, printLine, printTable } from './output.ts'

/** How many of the next runs are shown unless somebody says, and how many ticks. */
const runsDefault = 5
const ticksDefault = 20

/** `tallyman schedules`. */
export const schedules = defineCommand({
  name: 'schedules',
  summary: 'Show what is done by itself, when it is due, and what it did',
  description:
    'Sources have schedules of their own, or are fetched by the daily run. A schedule is five fields: minute, hour, day of\n' +
    'the month, month, day of the week. Where clocks go forward, a time that does not exist is made up for right after;\n' +
    'where they go back, a time that comes twice counts once.',
  options: {
    zone: {
      kind: 'text',
      placeholder: 'ZONE',
      summary: 'With next: whose clock, as Europe/Berlin (default TALLYMAN_TIME_ZONE)',
    },
    limit: {
      kind: 'integer',
      placeholder: 'N',
      min: 1,
      max: 1000,
      summary: `With next and ticks: how many (default ${runsDefault} and ${ticksDefault})`,
    },
  },
  positionals: {
    action: {
      placeholder: 'ACTION',
      summary: 'list (default), ticks or next',
      choices: ['list', 'ticks', 'next'],
    },
    subject: { placeholder: 'WHICH', summary: 'With ticks: its name; with next: five fields in quotes' },
  },
  examples: [
    { line: 'tallyman schedules ticks daily-run', summary: 'what the daily run did' },
    {
      line: 'tallyman schedules next "0 2 * * *" --zone Europe/Berlin',
      summary: 'the next nights at 02:00, also where the clocks are changed',
    },
  ],
  async run({ options, positionals }, context) {
    const action = positionals.action ?? 'list'
    const { subject } = positionals
    if (action === 'next') {
      if (subject === null) throw new UsageError('which schedule? Five fields in quotes, as "0 2 * * *"')
      const zone = options.zone ?? context.config.timeZone
      return showNext(context, subject, zone, options.limit ?? runsDefault)
    }
    if (action === 'list' && subject !== null)
      throw new UsageError('schedules list takes no name; "schedules ticks NAME" shows what one did')
    const { config, log, io } = context
    const app = await openApp({ config, clock: io.clock, log, schema: 'read' })
    try {
      const found = scheduleList(app.db, openSchedules(app.db, config))
      if (action === 'list') return showList(context, await found.list(io.clock.now()))
      if (subject === null) throw new UsageError('which schedule? "schedules list" lists their names')
      return showTicks(context, await found.ticks(subject, { limit: options.limit ?? ticksDefault }))
    } finally {
      await app.close()
    }
  },
})

function showList({ io, json }: Context, views: ScheduleView[]): ExitCode {
  if (json) {
    printJson(io, { schedules: views })
    return exitCodes.done
  }
  printTable(io.stdout, {
    columns: [
      { header: 'NAME' },
      { header: 'WHAT', canShrink: true },
      { header: 'SCHEDULE' },
      { header: 'ZONE' },
      { header: 'NEXT (UTC)' },
      { header: 'LAST (UTC)' },
      { header: 'OUTCOME' },
    ],
    rows: views.map((view) => [
      view.name,
      view.title,
      view.cron ?? `every ${view.interval_seconds} s`,
      view.time_zone,
      nextText(view),
      view.last_tick === null ? null : minuteText(view.last_tick.minute),
      view.last_tick?.outcome ?? null,
    ]),
  })
  for (const { name, problem } of views)
    if (problem !== null) printLine(io.stdout, `${name} cannot be gone by: ${problem}`)
  return exitCodes.done
}

function nextText({ problem, paused_at, next_runs }: ScheduleView): string | null {
  if (problem !== null) return 'wrong'
  if (paused_at !== null) return 'paused'
  return next_runs[0] === undefined ? null : minuteText(next_runs[0])
}

function showTicks({ io, json }: Context, ticks: Tick[]): ExitCode {
  if (json) {
    printJson(io, { ticks: ticks.map(tickView) })
    return exitCodes.done
  }
  printTable(io.stdout, {
    columns: [
      { header: 'WHEN (UTC)' },
      { header: 'OUTCOME' },
      { header: 'RUN' },
      { header: 'NOTE', canShrink: true },
    ],
    rows: ticks.map(({ minute, outcome, runId, note }) => [
      minuteText(minute.toISOString()),
      outcome,
      runId,
      note,
    ]),
  })
  return exitCodes.done
}

function showNext({ io, json }: Context, text: string, timeZone: string, limit: number): ExitCode {
  const cron = parseCron(text, timeZone)
  const runs = nextRuns(cron, io.clock.now(), limit)
  if (json) printJson(io, { cron: cron.text, timeZone: cron.timeZone, nextRuns: runs })
  else for (const run of runs) printLine(io.stdout, localText(run, cron.timeZone))
  return exitCodes.done
}

/** `Mon 2026-03-30 02:00 Europe/Berlin (2026-03-30T00:00Z)`. */
function localText(instant: Date, timeZone: string): string {
  const local = Temporal.Instant.fromEpochMilliseconds(instant.getTime()).toZonedDateTimeISO(timeZone)
  const weekday = instant.toLocaleDateString('en', { timeZone, weekday: 'short' })
  const day = local.toPlainDate().toString()
  const time = local.toPlainTime().toString({ smallestUnit: 'minute' })
  return `${weekday} ${day} ${time} ${timeZone} (${instant.toISOString().slice(0, 16)}Z)`
}

const minuteText = (instant: string) => instant.slice(0, 16).replace('T', ' ')
