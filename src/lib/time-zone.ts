import { InvalidError } from './errors.ts'
import { nearest } from './nearest.ts'

/**
 * Checks an IANA time zone such as `Europe/Berlin`.
 * @returns the name in its usual letters
 * @throws InvalidError `unknown_time_zone`, with the nearest one
 */
export function checkTimeZone(name: string): string {
  try {
    // An offset such as `+01:00` is no zone: it knows nothing of summer.
    if (/^[a-z]/i.test(name))
      return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
  }
  const near = nearest(name, Intl.supportedValuesOf('timeZone'))
  throw new InvalidError(
    'unknown_time_zone',
    `"${name.slice(0, 64)}" is no time zone${near === null ? '.' : `; did you mean ${near}?`} Write an IANA name such as Europe/Berlin or UTC.`,
  )
}

/** A time during which the clocks of a zone are not changed; instants and offsets in milliseconds. */
export interface ZonePeriod {
  /** Inclusive; -Infinity: they never were before. */
  from: number
  /** Exclusive; Infinity: they will not be any more, as far as is known. */
  until: number
  /** What local time is ahead of UTC. */
  offsetMs: number
  /** The same just before `from`. */
  offsetBeforeMs: number
}

/** The period that holds an instant. */
export function zonePeriod(timeZone: string, instant: number): ZonePeriod {
  const at = zoned(timeZone, instant)
  // A transition at the instant itself begins the period.
  const from = zoned(timeZone, instant + 1).getTimeZoneTransition('previous')?.epochMilliseconds ?? null
  const until = at.getTimeZoneTransition('next')?.epochMilliseconds ?? Number.POSITIVE_INFINITY
  const offsetMs = offsetOf(at)
  return {
    from: from ?? Number.NEGATIVE_INFINITY,
    until,
    offsetMs,
    offsetBeforeMs: from === null ? offsetMs : offsetOf(zoned(timeZone, from - 1)),
  }
}

const zoned = (timeZone: string, instant: number) =>
  Temporal.Instant.fromEpochMilliseconds(instant).toZonedDateTimeISO(timeZone)

const offsetOf = (at: Temporal.ZonedDateTime): number => at.offsetNanoseconds / 1_000_000
