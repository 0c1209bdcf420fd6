import { isAbsolute, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseLogLevels } from './log.ts'
import { suggestion } from './nearest.ts'

/** How the text of one setting becomes its value. */
export interface SettingKind<T> {
  /** @throws Error whose message continues the setting's name: `must be a whole number, not "x"` */
  parse(text: string, folder: string): T
  /** The text that would give this value again, for people; default: the value as text. */
  show?(value: T): string
  /** The whole text is secret, not only a password in it. */
  isOpaque?: true
}

/** A whole number. */
export function integer(range: { min: number; max: number }): SettingKind<number> {
  return {
    parse(text) {
      const value = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN
      if (value >= range.min && value <= range.max) return value
      throw new Error(`must be a whole number from ${range.min} to ${range.max}, not "${text}"`)
    },
  }
}

/** Bytes, as a plain number or with a unit: `500MB`, `2 GiB`. */
export function byteSize(range: { min: number; max: number }): SettingKind<number> {
  return {
    parse(text) {
      const match = /^(\d{1,15})\s*([a-z]*)$/i.exec(text)
      const factor = byteUnits.get((match?.[2] ?? '?').toLowerCase())
      const value = match && factor ? Number(match[1]) * factor : Number.NaN
      if (value >= range.min && value <= range.max) return value
      const [min, max] = [shownBytes(range.min), shownBytes(range.max)]
      throw new Error(`must be a size from ${min} to ${max}, such as 500MB or 2GiB, not "${text}"`)
    },
    show: shownBytes,
  }
}

/** One of a few words. */
export function choice<const C extends string>(choices: readonly C[]): SettingKind<C> {
  return {
    parse(text) {
      const chosen = choices.find((candidate) => candidate === text.toLowerCase())
      if (chosen !== undefined) return chosen
      throw new Error(`must be ${choices.join(' or ')}, not "${text}"${suggestion(text, choices)}`)
    },
  }
}

/** Yes or no. */
export const flag: SettingKind<boolean> = {
  parse(text) {
    const word = text.toLowerCase()
    if (['true', 'yes', 'on', '1'].includes(word)) return true
    if (['false', 'no', 'off', '0'].includes(word)) return false
    throw new Error(`must be true or false, not "${text}"`)
  },
}

/** A secret that is compared as a whole: long enough that nobody guesses it, and fit for an HTTP header. */
export const token: SettingKind<string> = {
  isOpaque: true,
  parse(text) {
    // The text itself is never part of the message.
    if (/^[\x21-\x7e]{16,500}$/.test(text)) return text
    throw new Error('must have 16 to 500 characters, all of them printable ASCII without blanks')
  },
}

/** True as soon as there is any text, as no-color.org wants it; the default text is blank. */
export const presence: SettingKind<boolean> = { parse: (text) => text !== '' }

export const hostName: SettingKind<string> = {
  parse(text) {
    if (/^[\w.:-]{1,255}$/.test(text)) return text
    throw new Error(`must be a host name or an address, not "${text}"`)
  },
}

/** A path, made absolute. */
export const path: SettingKind<string> = { parse: (text, folder) => resolve(folder, text) }

/** `info`, or `info,analyzer=debug`; stays text, checked. */
export const logLevelList: SettingKind<string> = {
  parse(text) {
    try {
      parseLogLevels(text)
    } catch (error) {
      throw new Error(`cannot be read: ${error instanceof Error ? error.message : String(error)}`)
    }
    return text
  },
}

/** An ISO 4217 code that is in use. */
export const currencyCode: SettingKind<string> = {
  parse(text) {
    const code = text.toUpperCase()
    if (Intl.supportedValuesOf('currency').includes(code)) return code
    throw new Error(`must be an ISO 4217 currency code such as EUR, not "${text}"`)
  },
}

/** Names between commas; `none` for the empty list, because a blank value means "not set". */
export function nameList(limits: { namesMax: number; lengthMax: number }): SettingKind<string[]> {
  return {
    parse(text) {
      if (text.toLowerCase() === 'none') return []
      const names = [...new Set(text.split(',').map((name) => name.trim()))].filter((name) => name !== '')
      const wrong = names.find((name) => name.length > limits.lengthMax || /["'\\\x00-\x1f]/.test(name))
      if (wrong !== undefined)
        throw new Error(`holds "${wrong}": quotes, backslashes and long names cannot be used`)
      if (names.length <= limits.namesMax) return names
      throw new Error(`lists ${names.length} names; at most ${limits.namesMax} are allowed`)
    },
    show: (names) => (names.length === 0 ? 'none' : names.join(',')),
  }
}

/** A URL with one of these schemes (`redis:`). Messages never repeat it, for it may hold a password. */
export function url(schemes: readonly string[]): SettingKind<string> {
  return {
    parse(text) {
      const parsed = URL.parse(text)
      if (parsed !== null && schemes.includes(parsed.protocol)) return parsed.href
      throw new Error(`must be a URL that starts with ${schemes.map((scheme) => `${scheme}//`).join(' or ')}`)
    },
  }
}

/**
 * Where the database is: `sqlite:PATH`, `file:PATH` or `postgres://…`. Gives `sqlite:/absolute/path` or
 * `postgres://…`, so that readers need to know only two forms.
 */
export const databaseUrl: SettingKind<string> = {
  parse(text, folder) {
    const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(text)?.[1]?.toLowerCase()
    if (scheme === 'postgres' || scheme === 'postgresql') {
      const parsed = URL.parse(text.replace(/^postgresql:/i, 'postgres:'))
      if (parsed !== null && /^postgres:\/\//i.test(parsed.href)) return parsed.href
      throw new Error(
        'is no valid PostgreSQL URL; write postgres://USER:PASSWORD@HOST:PORT/DATABASE, special characters percent-encoded',
      )
    }
    if (scheme === 'sqlite' || scheme === 'file') return `sqlite:${sqlitePath(scheme, text, folder)}`
    throw new Error('must start with sqlite:, file: or postgres://, as in sqlite:./data/tallyman.db')
  },
}

const byteUnits = new Map([
  ['', 1],
  ['b', 1],
  ['kb', 1000],
  ['mb', 1000 ** 2],
  ['gb', 1000 ** 3],
  ['tb', 1000 ** 4],
  ['kib', 1024],
  ['mib', 1024 ** 2],
  ['gib', 1024 ** 3],
  ['tib', 1024 ** 4],
])

/** In the largest unit that divides it: 2147483648 → "2GiB", 1500 → "1500". */
function shownBytes(bytes: number): string {
  for (const [unit, factor] of [
    ['TiB', 1024 ** 4],
    ['GiB', 1024 ** 3],
    ['MiB', 1024 ** 2],
    ['KiB', 1024],
  ] as const) {
    if (bytes >= factor && bytes % factor === 0) return `${bytes / factor}${unit}`
  }
  return String(bytes)
}

/** The path in `sqlite:x`, `sqlite:///x` and `file:` forms. SQLite's own URI parameters are not understood. */
function sqlitePath(scheme: string, text: string, folder: string): string {
  const rest = text.slice(scheme.length + 1)
  if (rest.startsWith(':memory:') || rest === '') {
    throw new Error('must name a file: a database in memory cannot be shared by the processes of one service')
  }
  if (rest.includes('?')) throw new Error('must be a plain path, without "?" and parameters')
  if (rest.startsWith('//') && !rest.startsWith('///')) {
    throw new Error(
      `has two slashes where none or three belong; write ${scheme}:PATH or ${scheme}:///ABSOLUTE/PATH`,
    )
  }
  if (rest.endsWith('/')) throw new Error('must name a file, not a folder')
  if (!rest.startsWith('///')) return isAbsolute(rest) ? rest : resolve(folder, rest)
  return scheme === 'file' ? fileURLToPath(text) : resolve(rest)
}
