import type { DateOrder } from '../decision.ts'

/**
 * A date as lists write it, to ISO ("2026-11-22"): ISO with or without time, 2026/11/22, 20261122, 22.11.2026,
 * 22/11/2026, 11/22/2026, 22-11-26. Null: no date, or a day and month that nothing tells apart (`order` null).
 * Points always mean day first; slashes and hyphens follow `order` unless one part is over 12.
 */
export function parseDate(text: string, order: DateOrder | null): string | null {
  const iso = isoDate.exec(text)
  if (iso !== null) return checked(Number(iso[1]), Number(iso[2]), Number(iso[3]))
  const parts = shortDate.exec(text)
  if (parts === null) return null
  const first = Number(parts[1])
  const second = Number(parts[3])
  const year = parts[4]!.length === 2 ? 2000 + Number(parts[4]) : Number(parts[4])
  if (parts[2] === '.' || first === second || first > 12) return checked(year, second, first)
  if (second > 12) return checked(year, first, second)
  if (order === null) return null
  return order === 'dmy' ? checked(year, second, first) : checked(year, first, second)
}

/** Whether this is a date whose day and month could change places: "03/04/2026". */
export function isAmbiguousDate(text: string): boolean {
  return parseDate(text, null) === null && parseDate(text, 'dmy') !== null
}

/** What the cells of a column prove: "22/11/2026" day first, "11/22/2026" month first; null: nothing, or both. */
export function dateOrderOf(texts: Iterable<string>): DateOrder | null {
  let dayFirst = 0
  let monthFirst = 0
  for (const text of texts) {
    const parts = shortDate.exec(text)
    if (parts === null || parts[2] === '.' || parseDate(text, 'dmy') === null) continue
    if (Number(parts[1]) > 12) dayFirst++
    else if (Number(parts[3]) > 12) monthFirst++
  }
  if (dayFirst > 0 && monthFirst === 0) return 'dmy'
  return monthFirst > 0 && dayFirst === 0 ? 'mdy' : null
}

const isoDate = /^([12]\d{3})[-/.]?(\d{2})[-/.]?(\d{2})(?:[T ]\d{2}:\d{2}\S{0,20})?$/
const shortDate = /^(\d{1,2})([./-])(\d{1,2})\2(\d{4}|\d{2})(?: \d{1,2}:\d{2}(?::\d{2})?)?$/

function checked(year: number, month: number, day: number): string | null {
  if (year < 1900 || year > 2200 || month < 1 || month > 12 || day < 1) return null
  if (day > new Date(Date.UTC(year, month, 0)).getUTCDate()) return null
  return `${year}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`
}
