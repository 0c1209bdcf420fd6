/** One of the five fields of a schedule. */
export interface CronField {
  /** As people call it. */
  label: string
  min: number
  max: number
  /** What may be written instead of a number, the first for `min`; three letters are enough. */
  names: readonly string[]
}

/** What a field stands for. */
export interface FieldValues {
  /** Ascending, without doubles; a Sunday is 0. */
  values: number[]
  /** Whether it is `*`, which leaves the choice of days to the other field of days. */
  isAny: boolean
  /** Whether some of it counts on from a star, with a step or without. */
  hasStar: boolean
}

const months = [
  'january',
  'february',
  'march',
  'april',
  'may',
  'june',
  'july',
  'august',
  'september',
  'october',
  'november',
  'december',
]
const weekdays = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday']

/** In the order in which they are written. */
export const cronFields = {
  minute: { label: 'minute', min: 0, max: 59, names: [] },
  hour: { label: 'hour', min: 0, max: 23, names: [] },
  day: { label: 'day of the month', min: 1, max: 31, names: [] },
  month: { label: 'month', min: 1, max: 12, names: months },
  // 7 is a Sunday too.
  weekday: { label: 'day of the week', min: 0, max: 7, names: weekdays },
} as const satisfies Record<string, CronField>

/**
 * Reads a list of stars, numbers, names and ranges, with steps: `mon-fri`, `1,15`, `8-18/2`. In lower case.
 * @returns a text: what is wrong with it
 */
export function readField(field: CronField, text: string): FieldValues | string {
  const values = new Set<number>()
  let isAny = false
  let hasStar = false
  for (const part of text.split(',')) {
    const read = readPart(field, part)
    if (typeof read === 'string') return read
    isAny ||= read.isStar && read.step === 1
    hasStar ||= read.isStar
    for (let value = read.from; value <= read.to; value += read.step) {
      values.add(field === cronFields.weekday ? value % 7 : value)
    }
  }
  return { values: [...values].sort((a, b) => a - b), isAny, hasStar }
}

interface Part {
  from: number
  to: number
  step: number
  isStar: boolean
}

function readPart(field: CronField, part: string): Part | string {
  if (part === '') return 'it has a comma with nothing beside it'
  const [range = '', stepText, ...more] = part.split('/')
  const [fromText = '', toText, ...further] = range.split('-')
  if (more.length > 0 || further.length > 0) return notUnderstood(part)
  // A week has seven days, whichever number its Sunday goes by.
  const last = field === cronFields.weekday ? 6 : field.max
  const step = readStep(last - field.min, part, stepText)
  if (typeof step === 'string') return step
  if (range === '*') return { from: field.min, to: last, step, isStar: true }

  const from = readValue(field, fromText)
  if (typeof from === 'string') return from
  if (toText === undefined) {
    if (stepText === undefined) return { from, to: from, step, isStar: false }
    return `the step "${part}" has no range to go through; write ${fromText}-${last}/${stepText}`
  }
  const end = readValue(field, toText)
  if (typeof end === 'string') return end
  // A week may be said to end with its Sunday.
  const to = field === cronFields.weekday && end === 0 && from > 0 ? 7 : end
  if (to < from) {
    return `the range "${range}" runs backwards; write ${fromText}-${last},${field.min}-${toText}`
  }
  return { from, to, step, isStar: false }
}

function readStep(stepMax: number, part: string, text: string | undefined): number | string {
  if (text === undefined) return 1
  if (!/^\d{1,4}$/.test(text)) return notUnderstood(part)
  const step = Number(text)
  if (step >= 1 && step <= stepMax) return step
  return `the step of "${part}" is not within 1–${stepMax}`
}

function readValue({ label, min, max, names }: CronField, text: string): number | string {
  if (/^\d+$/.test(text)) {
    const value = Number(text)
    return value >= min && value <= max ? value : `"${text}" is not within ${min}–${max}`
  }
  const named = text.length < 3 ? -1 : names.findIndex((name) => name === text || name.slice(0, 3) === text)
  if (named >= 0) return named + min
  if (names.length > 0 && /^[a-z]+$/.test(text))
    return `"${text}" is no ${label}; write ${names[0]!.slice(0, 3)}–${names.at(-1)!.slice(0, 3)}`
  return notUnderstood(text)
}

const notUnderstood = (text: string) =>
  `"${text}" is not understood; write *, numbers, ranges as 1-5, lists as 1,15 and steps as */15 or 0-30/10`
