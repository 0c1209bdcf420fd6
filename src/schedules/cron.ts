import { Cron as Days } from 'croner'
import { InvalidError } from '../lib/errors.ts'
import { checkTimeZone, type ZonePeriod, zonePeriod } from '../lib/time-zone.ts'
import { type CronField, cronFields, type FieldValues, readField } from './cron-field.ts'

/**
 * When something is to be done, by the clock of a time zone.
 *
 * On days when clocks are changed:
 * - A schedule of named hours and minutes (`30 2 * * *`, `0,30 1-4 * * mon`) keeps to its times of day. One that does
 *   not exist, since the clocks go forward over it, is made up for right after the gap; several of them at once. One
 *   that comes twice, since the clocks go back, counts the first time only.
 * - A schedule of every hour or with a star among its minutes (`15 * * * *`, each ten minutes) goes on as real time
 *   passes: it runs whenever the clock shows one of its times, so in the hour that comes twice too, and there is
 *   nothing to make up for.
 */
export interface Cron {
  /** The five fields, as they were written but for spaces. */
  text: string
  /** IANA name. */
  timeZone: string
  /** Ascending, like the hours. */
  minutes: readonly number[]
  hours: readonly number[]
  /** Whether it goes on as real time passes where clocks are changed. */
  isContinuous: boolean
  /**
   * The first of its days from a midnight on, as if midnights were in UTC; null: none is left. Only croner's calendar
   * is used: where clocks go forward up to midnight, as in Nuuk, its own rules lose the times of the gap.
   */
  dayFrom(midnight: number): number | null
  /** Between which clock changes an instant lies. */
  periodOf(instant: number): ZonePeriod
}

/**
 * Reads a schedule of five fields: minute, hour, day of the month, month, day of the week; or `@hourly`, `@daily`,
 * `@weekly`, `@monthly`, `@yearly`. If both fields of days are restricted, a day that fits either counts.
 * @param timeZone an IANA name
 * @throws InvalidError `bad_schedule`, saying which field, what is wrong and an example; `unknown_time_zone`
 */
export function parseCron(text: string, timeZone: string): Cron {
  const zone = checkTimeZone(timeZone)
  const trimmed = text.trim().toLowerCase()
  if (trimmed.length > lengthMax) throw bad(text, `is longer than ${lengthMax} characters`)
  const parts = (nicknames.get(trimmed) ?? trimmed).split(/\s+/)
  if (trimmed.startsWith('@') && !nicknames.has(trimmed)) {
    throw bad(text, `is none of ${[...nicknames.keys()].join(', ')}`)
  }
  if (parts.length !== 5 || trimmed === '') {
    const count = trimmed === '' ? 0 : parts.length
    throw bad(
      text,
      `has ${count} ${count === 1 ? 'field' : 'fields'}${count === 6 ? ', and seconds cannot be said' : ''}`,
    )
  }
  const read = (field: CronField, part: string): FieldValues => {
    const values = readField(field, part)
    if (typeof values === 'string') throw bad(text, `is wrong in its ${field.label}: ${values}`)
    return values
  }
  const minute = read(cronFields.minute, parts[0]!)
  const hour = read(cronFields.hour, parts[1]!)
  const day = read(cronFields.day, parts[2]!)
  const month = read(cronFields.month, parts[3]!)
  const weekday = read(cronFields.weekday, parts[4]!)

  const dayFrom = calendar(`0 0 ${said(day)} ${said(month)} ${said(weekday)}`)
  if (dayFrom(0) === null) {
    throw bad(text, `names a date that never comes: day ${day.values} of month ${month.values}`)
  }
  return {
    text: parts.join(' '),
    timeZone: zone,
    minutes: minute.values,
    hours: hour.values,
    isContinuous: minute.hasStar || hour.values.length === 24,
    dayFrom,
    periodOf: periods(zone),
  }
}

/** The next times after an instant, at most `n`; ascending. */
export function nextRuns(cron: Cron, from: Date, n: number): Date[] {
  return timesAfter(cron, from).take(n).toArray()
}

/** Every time after an instant up to another one, which is included; ascending. */
export function dueBetween(cron: Cron, after: Date, until: Date): Date[] {
  const due: Date[] = []
  for (const time of timesAfter(cron, after)) {
    if (time > until) break
    due.push(time)
  }
  return due
}

const lengthMax = 200
const minuteMs = 60_000
const hourMs = 60 * minuteMs
const dayMs = 24 * hourMs

const nicknames = new Map([
  ['@hourly', '0 * * * *'],
  ['@daily', '0 0 * * *'],
  ['@midnight', '0 0 * * *'],
  ['@weekly', '0 0 * * 0'],
  ['@monthly', '0 0 1 * *'],
  ['@yearly', '0 0 1 1 *'],
  ['@annually', '0 0 1 1 *'],
])

const bad = (text: string, what: string) =>
  new InvalidError(
    'bad_schedule',
    `The schedule "${text.slice(0, lengthMax)}" ${what}. Write five fields: minute, hour, day of the month, month, day of the week; "0 2 * * *" is every day at 02:00.`,
  )

const said = ({ values, isAny }: FieldValues): string => (isAny ? '*' : values.join(','))

/** Mostly it is asked for the same day or the one after, which saves nearly all of the cost. */
function calendar(pattern: string): Cron['dayFrom'] {
  const days = new Days(pattern, { mode: '5-part', timezone: 'UTC' })
  let answers: { from: number; found: number }[] = []
  return (midnight) => {
    const known = answers.find(({ from, found }) => from <= midnight && midnight <= found)
    if (known !== undefined) return known.found
    // croner looks strictly after what it is given.
    const found = days.nextRun(new Date(midnight - 1000))?.getTime() ?? null
    if (found !== null) answers = [...answers.slice(-1), { from: midnight, found }]
    return found
  }
}

/** The same for clock changes. */
function periods(timeZone: string): Cron['periodOf'] {
  let last: ZonePeriod | null = null
  return (instant) => {
    if (last === null || instant < last.from || instant >= last.until) last = zonePeriod(timeZone, instant)
    return last
  }
}

/**
 * Goes through the periods between clock changes, in each of which local time is a constant ahead of UTC. A schedule
 * of named times takes every local time once: it goes on from one period to the next where it was in local time, and
 * what lies in a gap comes to the beginning of the period after it. A continuous one begins each period anew.
 */
function* timesAfter(cron: Cron, after: Date): Generator<Date> {
  const first = (Math.floor(after.getTime() / minuteMs) + 1) * minuteMs
  let period = cron.periodOf(first)
  let start = first + period.offsetMs
  if (!cron.isContinuous) {
    const untilChange = period.from + period.offsetBeforeMs
    // Right after a gap its times are made up for; in the middle of an hour that comes twice, they were had before.
    start = first === period.from ? untilChange : Math.max(start, untilChange)
  }
  let last = Number.NEGATIVE_INFINITY
  let locals = localTimes(cron, start)
  for (let next = locals.next(); !next.done; ) {
    const time = Math.max(next.value - period.offsetMs, period.from)
    if (time < period.until) {
      // Times in one gap come to the same.
      if (time > last) yield new Date(time)
      last = time
      next = locals.next()
      continue
    }
    period = cron.periodOf(period.until)
    if (cron.isContinuous) {
      locals = localTimes(cron, period.from + period.offsetMs)
      next = locals.next()
    }
  }
}

/** Local times from one on, in milliseconds as if they were in UTC; ascending. */
function* localTimes({ dayFrom, hours, minutes }: Cron, from: number): Generator<number> {
  let day = dayFrom(Math.floor(from / dayMs) * dayMs)
  while (day !== null) {
    for (const hour of hours) {
      for (const minute of minutes) {
        const time = day + hour * hourMs + minute * minuteMs
        if (time >= from) yield time
      }
    }
    day = dayFrom(day + dayMs)
  }
}
