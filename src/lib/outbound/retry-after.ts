import type { Headers } from './exchange.ts'

const dayMs = 24 * 60 * 60 * 1000

/**
 * How long a host asks to be left alone, in milliseconds: `Retry-After` in seconds or as an HTTP date, a day at most;
 * null: it says nothing that can be understood.
 */
export function retryAfterOf(headers: Headers, now: Date): number | null {
  const text = headers['retry-after']?.trim() ?? ''
  if (/^\d{1,12}$/.test(text)) return Math.min(Number(text) * 1000, dayMs)
  // Dates are words and numbers; `Date` would take a lone number for a year.
  const at = /^[a-z]{3,9},? .*\d{4}/i.test(text) ? new Date(text).getTime() : Number.NaN
  return Number.isNaN(at) ? null : Math.min(Math.max(at - now.getTime(), 0), dayMs)
}
