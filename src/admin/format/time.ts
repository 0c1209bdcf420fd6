import { kept } from './kept.ts'

const minuteMs = 60_000
const hourMs = 60 * minuteMs
const dayMs = 24 * hourMs

/**
 * When something was or will be, as people say it: "3 min ago", "in 2 h", "yesterday", and the date once that says more.
 * @param locale as in Intl; left out: the browser's
 */
export function whenText(at: Date, now: Date, locale?: string): string {
  const ms = at.getTime() - now.getTime()
  const far = Math.abs(ms)
  if (far < 45_000) return ms > 5000 ? 'in a moment' : 'just now'
  const relative = relativeFormat(locale)
  if (far < hourMs) return relative.format(Math.round(ms / minuteMs), 'minute')
  if (far < dayMs) return relative.format(Math.round(ms / hourMs), 'hour')
  if (far < 7 * dayMs) return relative.format(Math.round(ms / dayMs), 'day')
  return dateText(at, locale)
}

/** The day in the zone of whoever looks. */
export function dateText(at: Date, locale?: string): string {
  return dateFormat(locale).format(at)
}

/** Day and minute in the zone of whoever looks, with the zone's short name where that is asked for. */
export function instantText(
  at: Date,
  { locale, hasZone = false }: { locale?: string; hasZone?: boolean } = {},
): string {
  return (hasZone ? zonedFormat(locale) : instantFormat(locale)).format(at)
}

const relativeFormat = kept(
  (locale: string | undefined) => new Intl.RelativeTimeFormat(locale, { numeric: 'auto', style: 'short' }),
)
const dateFormat = kept(
  (locale: string | undefined) => new Intl.DateTimeFormat(locale, { dateStyle: 'medium' }),
)
const minuteOptions = {
  year: 'numeric',
  month: 'short',
  day: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
} as const
const instantFormat = kept((locale: string | undefined) => new Intl.DateTimeFormat(locale, minuteOptions))
const zonedFormat = kept(
  (locale: string | undefined) =>
    new Intl.DateTimeFormat(locale, { ...minuteOptions, timeZoneName: 'short' }),
)

/** The same instant everywhere: "2026-11-22 08:30:00 UTC". */
export function utcText(at: Date): string {
  return `${at.toISOString().slice(0, 19).replace('T', ' ')} UTC`
}

/** How long something took: "850 ms", "4.2 s", "3 min 5 s", "2 h 10 min". */
export function durationText(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`
  if (ms < 60_000) return `${(ms / 1000).toFixed(1)} s`
  const seconds = Math.round(ms / 1000)
  if (seconds < 3600) return joined(Math.floor(seconds / 60), 'min', seconds % 60, 's')
  const minutes = Math.round(seconds / 60)
  return joined(Math.floor(minutes / 60), 'h', minutes % 60, 'min')
}

const joined = (large: number, largeUnit: string, small: number, smallUnit: string) =>
  small === 0 ? `${large} ${largeUnit}` : `${large} ${largeUnit} ${small} ${smallUnit}`
