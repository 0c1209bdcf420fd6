import type { NumberKind } from './number-format.ts'

/**
 * The ISO text of a workbook's serial number: days since 1899-12-30 (or 1904-01-01), the fraction is the time,
 * rounded to the second. Midnight is left out, and so is the day where the format shows only the time.
 *
 *     45992 → "2025-12-01"    45992.35 → "2025-12-01T08:24:00"    45992.35 as time → "08:24:00"
 *
 * @returns null for what a spreadsheet shows as "####" or as day zero: below 0, beyond the year 9999
 */
export function serialText(serial: number, kind: NumberKind['kind'], is1904: boolean): string | null {
  if (!(serial >= 0)) return null
  const seconds = Math.round(serial * secondsPerDay)
  if (kind === 'elapsed') return seconds < elapsedSecondsMax ? clockText(seconds) : null
  const day = Math.floor(seconds / secondsPerDay)
  const time = seconds % secondsPerDay
  if (day > (is1904 ? lastDay1904 : lastDay)) return null
  if (kind === 'time') return clockText(time)
  if (day === 0 && !is1904) return time === 0 ? null : clockText(time)
  const date = dateText(day, is1904)
  return time === 0 ? date : `${date}T${clockText(time)}`
}

/**
 * The text of a cell of type "d", which holds ISO 8601 already: midnight, parts of a second and "Z" are cut.
 * Anything that is not such a date comes back as it is.
 */
export function isoDateText(text: string): string {
  const match = /^(\d{4}-\d{2}-\d{2})(?:T(\d{2}:\d{2})(?::(\d{2})(?:[.,]\d+)?)?Z?)?$/.exec(text.trim())
  if (match === null) return text
  const [, date, minutes, seconds = '00'] = match
  const time = minutes === undefined ? '00:00:00' : `${minutes}:${seconds}`
  return time === '00:00:00' ? date! : `${date}T${time}`
}

const secondsPerDay = 86_400
/** 9999-12-31. */
const lastDay = 2_958_465
const lastDay1904 = lastDay - 1462
const elapsedSecondsMax = lastDay * secondsPerDay

function dateText(day: number, is1904: boolean): string {
  // Excel believes in 1900-02-29 (day 60), so every day before it is one off; day 60 itself becomes the 28th.
  const offset = is1904 ? 1462 : day < 60 ? 1 : 0
  return new Date(Date.UTC(1899, 11, 30 + day + offset)).toISOString().slice(0, 10)
}

function clockText(seconds: number): string {
  const hours = Math.floor(seconds / 3600)
  const minutes = Math.floor(seconds / 60) % 60
  return [hours, minutes, seconds % 60].map((part) => String(part).padStart(2, '0')).join(':')
}
