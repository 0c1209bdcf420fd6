import type { drawing } from '../../../test/lists/draw.ts'

/** Whose clocks are changed by an hour or half of one, at midnight, up to midnight, twice a year, or never. */
export const drawnZones = [
  'Europe/Berlin',
  'America/New_York',
  'America/St_Johns',
  'America/Santiago',
  'America/Havana',
  'America/Nuuk',
  'Africa/Cairo',
  'Africa/Casablanca',
  'Asia/Beirut',
  'Asia/Kolkata',
  'Australia/Lord_Howe',
  'Pacific/Chatham',
] as const

/** A schedule with what it means, drawn together: nothing is read from its text. */
export interface DrawnSchedule {
  text: string
  timeZone: string
  /** Whether it is due when the clocks show this, in minutes since 1970 as if they showed UTC. */
  isDueAt(local: number): boolean
  /** Whether it goes on as real time passes where clocks are changed. */
  isContinuous: boolean
}

type Drawing = ReturnType<typeof drawing>

interface Field {
  text: string
  values: Set<number>
  hasStar: boolean
}

/** @param timeZone whose clock it goes by */
export function drawSchedule({ below }: Drawing, timeZone: string): DrawnSchedule {
  const [minute, hour] = below(10) === 0 ? frequent(below) : timesOfDay(below)
  const month = below(10) < 7 ? star(1, 12) : names(below, months, 1)
  // So that its days come in every month.
  const day = below(10) < 6 ? star(1, 31) : listed(below, 1, month.hasStar ? 31 : 28, 3)
  const weekday = below(2) === 0 ? star(0, 6) : names(below, weekdays, 0)
  const days = new Map<number, boolean>()
  const isDay = (local: number): boolean => {
    const number = Math.floor(local / 1440)
    const known = days.get(number)
    if (known !== undefined) return known
    const date = new Date(number * 1440 * 60_000)
    const [byDay, byWeekday] = [day.values.has(date.getUTCDate()), weekday.values.has(date.getUTCDay())]
    const isEither = !day.hasStar && !weekday.hasStar
    const found =
      month.values.has(date.getUTCMonth() + 1) && (isEither ? byDay || byWeekday : byDay && byWeekday)
    days.set(number, found)
    return found
  }
  return {
    text: [minute, hour, day, month, weekday].map(({ text }) => text).join(' '),
    timeZone,
    isDueAt: (local) =>
      minute.values.has(local % 60) && hour.values.has(Math.floor(local / 60) % 24) && isDay(local),
    isContinuous: minute.hasStar || hour.values.size === 24,
  }
}

const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']
const weekdays = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat']
/** Where clocks are changed. */
const nightHours = [22, 23, 0, 1, 2, 3]

/** Every hour, or some times in each of some hours. */
function frequent(below: Drawing['below']): [Field, Field] {
  const step = [15, 20, 30][below(3)]!
  const steps: Field = { text: `*/${step}`, values: every(0, 59, step), hasStar: true }
  const minute = below(2) === 0 ? listed(below, 0, 59, 1) : steps
  return [minute, below(2) === 0 ? star(0, 23) : range(below, 0, 23)]
}

function timesOfDay(below: Drawing['below']): [Field, Field] {
  const minute = listed(below, 0, 59, 2)
  const kind = below(4)
  if (kind === 0) return [minute, listed(below, 0, 23, 3)]
  if (kind === 1) {
    const from = below(6)
    return [minute, { text: `${from}-23/6`, values: every(from, 23, 6), hasStar: false }]
  }
  const hours = Array.from({ length: 2 + below(2) }, () => nightHours[below(nightHours.length)]!)
  return [minute, { text: hours.join(','), values: new Set(hours), hasStar: false }]
}

const star = (from: number, to: number): Field => ({ text: '*', values: every(from, to, 1), hasStar: true })

const every = (from: number, to: number, step: number): Set<number> =>
  new Set(Array.from({ length: Math.floor((to - from) / step) + 1 }, (_, n) => from + n * step))

function listed(below: Drawing['below'], from: number, to: number, most: number): Field {
  const values = Array.from({ length: 1 + below(most) }, () => from + below(to - from + 1))
  return { text: values.join(','), values: new Set(values), hasStar: false }
}

function range(below: Drawing['below'], from: number, to: number): Field {
  const first = from + below(to - from)
  const last = first + below(to - first)
  return { text: `${first}-${last}`, values: every(first, last, 1), hasStar: false }
}

function names(below: Drawing['below'], all: readonly string[], from: number): Field {
  if (below(2) === 0) {
    const first = below(all.length)
    const last = first + below(all.length - first)
    return {
      text: `${all[first]}-${all[last]}`,
      values: every(from + first, from + last, 1),
      hasStar: false,
    }
  }
  const chosen = Array.from({ length: 1 + below(4) }, () => below(all.length))
  return {
    text: chosen.map((index) => all[index]).join(','),
    values: new Set(chosen.map((index) => from + index)),
    hasStar: false,
  }
}
