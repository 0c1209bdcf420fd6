import type { FileInfo } from 'basic-ftp'
import { FileType } from 'basic-ftp'
import type { RemoteEntry, RemoteFolder, TimeSpan } from '../remote/session.ts'
import { shownBytes } from './bytes-text.ts'

const minuteMs = 60_000
const dayMs = 24 * 60 * minuteMs

/**
 * What a listing says, without names that are no names of files: those that lead elsewhere, or hold control
 * characters, which would be commands of their own when they are sent back.
 * @param folder that was listed, in the server's bytes
 */
export function folderOf(infos: readonly FileInfo[], folder: string, now: Date): RemoteFolder {
  const entries = infos.filter(({ name }) => isName(name)).map((info) => entryOf(info, folder, now))
  return { entries, leftOut: infos.length - entries.length }
}

const isName = (name: string) => !/^\.{0,2}$|[/\u0000-\u001f\u007f]/.test(name)

function entryOf(info: FileInfo, folder: string, now: Date): RemoteEntry {
  const { name, size, modifiedAt, rawModifiedAt } = info
  const exactly = modifiedAt?.getTime() ?? Number.NaN
  const sizeBytes = info.type === FileType.File && Number.isSafeInteger(size) && size >= 0 ? size : null
  const isKnown = Number.isFinite(exactly)
  return {
    folder,
    name,
    shownName: shownBytes(name),
    type: types.get(info.type) ?? 'other',
    sizeBytes,
    changed: isKnown ? { from: exactly, until: exactly } : spanOf(rawModifiedAt, now),
    isExact: isKnown && sizeBytes !== null,
  }
}

const types = new Map<FileType, RemoteEntry['type']>([
  [FileType.File, 'file'],
  [FileType.Directory, 'folder'],
])

/**
 * The time of a line that LIST gives, as its server writes it, as if that were UTC: such times are compared with one
 * another and with nothing else.
 * "Nov 22 18:11" → the last such minute; "Nov 22 2025", "22 Nov 2025" → that day; "2026-11-22 18:11",
 * "11-22-26 06:11PM" → that minute; null: it is written otherwise.
 */
export function spanOf(text: string, now: Date): TimeSpan | null {
  return namedMonth(text, now) ?? numbered(text)
}

const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']

function namedMonth(text: string, now: Date): TimeSpan | null {
  const parts =
    /^(?:([A-Za-z]{3})\s+(\d{1,2})|(\d{1,2})\s+([A-Za-z]{3}))\s+(?:(\d{1,2}):(\d{2})|(\d{4}))$/.exec(text)
  if (parts === null) return null
  const [, monthFirst, dayLast, dayFirst, monthLast, hour, minute, year] = parts
  const month = months.indexOf((monthFirst ?? monthLast)!.toLowerCase())
  if (month === -1) return null
  const day = Number(dayLast ?? dayFirst)
  if (year !== undefined) return span(Date.UTC(Number(year), month, day), dayMs)
  const inYear = (each: number) => Date.UTC(each, month, day, Number(hour), Number(minute))
  const thisYear = now.getUTCFullYear()
  // Without a year it is one of the last months; its server's day may have begun already.
  const isToCome = inYear(thisYear) > now.getTime() + dayMs
  return span(inYear(isToCome ? thisYear - 1 : thisYear), minuteMs)
}

function numbered(text: string): TimeSpan | null {
  const iso = /^(\d{4})[-/](\d{2})[-/](\d{2})\s+(\d{1,2}):(\d{2})$/.exec(text)
  if (iso !== null) {
    const [year, month, day, hour, minute] = iso.slice(1).map(Number)
    return span(Date.UTC(year!, month! - 1, day, hour, minute), minuteMs)
  }
  // As Windows writes it: the month first.
  const dos = /^(\d{2})-(\d{2})-(\d{2}|\d{4})\s+(\d{1,2}):(\d{2})\s*([AP]M)?$/i.exec(text)
  if (dos === null) return null
  const [month, day, year, hour, minute] = dos.slice(1, 6).map(Number)
  const century = dos[3]!.length === 4 ? 0 : year! < 70 ? 2000 : 1900
  const half = dos[6]?.toUpperCase()
  const hours = half === undefined ? hour! : (hour! % 12) + (half === 'PM' ? 12 : 0)
  return span(Date.UTC(century + year!, month! - 1, day, hours, minute), minuteMs)
}

const span = (from: number, forMs: number): TimeSpan | null =>
  Number.isFinite(from) ? { from, until: from + forMs - 1 } : null

/** The instant of an answer to MDTM, "20261122181103.123"; null: it is none. */
export function instantOf(text: string): Date | null {
  const parts = /^(\d{4})(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})(?:\.(\d{1,3}))?\d*\s*$/.exec(text)
  if (parts === null) return null
  const [year, month, day, hour, minute, second] = parts.slice(1, 7).map(Number)
  const ms = Number((parts[7] ?? '').padEnd(3, '0'))
  const at = new Date(Date.UTC(year!, month! - 1, day, hour, minute, second, ms))
  return Number.isFinite(at.getTime()) ? at : null
}
