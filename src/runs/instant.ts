import { InvalidError } from '../lib/errors.ts'

/**
 * An instant as people write it: `2026-11-22`, which is its midnight in UTC, or `2026-11-22T08:30:00+01:00`.
 * @param name what it is called where it was written, for the message
 * @throws InvalidError `invalid_instant`, also for 30 February, a time without its zone, and the years before 1 and after 9999
 */
export function parseInstant(text: string, name: string): Date {
  const [, day, time] = written.exec(text) ?? []
  // A day that there is not would become one of the next month.
  const midnight = new Date(`${day}T00:00:00Z`)
  const isDay = !Number.isNaN(midnight.getTime()) && midnight.toISOString().startsWith(day ?? '-')
  const instant = time === undefined ? midnight : new Date(text.toUpperCase())
  // PostgreSQL knows no year 0, and writes none behind 9999 as JavaScript does.
  const isYear = instant >= year1 && instant < year10000
  if (isDay && isYear) return instant
  throw new InvalidError(
    'invalid_instant',
    `${name} must be a day or an instant with its zone, such as 2026-11-22 or 2026-11-22T08:30:00Z, not "${text.slice(0, 50)}"`,
  )
}

const year1 = new Date('0001-01-01T00:00:00Z')
const year10000 = new Date(Date.UTC(10_000, 0))

const written = /^(\d{4}-\d{2}-\d{2})(T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?:Z|[+-]\d{2}:\d{2}))?$/i

/**
 * The bounds of a list in time, as a request gives them.
 * @throws InvalidError `invalid_instant`, `invalid_range`
 */
export function parseRange({ from, to }: { from?: string | undefined; to?: string | undefined }): {
  from?: Date
  to?: Date
} {
  const range = {
    ...(from !== undefined && { from: parseInstant(from, 'from') }),
    ...(to !== undefined && { to: parseInstant(to, 'to') }),
  }
  if (range.from !== undefined && range.to !== undefined && range.from >= range.to)
    throw new InvalidError('invalid_range', 'from must be before to.')
  return range
}
