import { isAbsolute, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { AppError } from './errors.ts'
import { parseLogLevels } from './log.ts'
import { suggestion } from './nearest.ts'
import { parseNetwork } from './outbound/address.ts'
import { privateHosts } from './outbound/private-hosts.ts'
import { keyBytes } from './seal.ts'
import { checkTimeZone } from './time-zone.ts'

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

/** A whole number, or `off`. */
export function integerOrOff(range: { min: number; max: number }): SettingKind<number | 'off'> {
  const number = integer(range)
  return { parse: (text, folder) => (text.toLowerCase() === 'off' ? 'off' : number.parse(text, folder)) }
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

/** Some of a few words, between commas; `none` for none of them. */
export function choiceList<const C extends string>(choices: readonly C[]): SettingKind<C[]> {
  const names = nameList({ namesMax: choices.length, lengthMax: 100 })
  return {
    parse: (text, folder) => names.parse(text, folder).map((name) => choice(choices).parse(name, folder)),
    show: (chosen) => (chosen.length === 0 ? 'none' : chosen.join(',')),
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

/** A few printable characters without blanks. */
export function word(lengthMax: number): SettingKind<string> {
  return {
    parse(text) {
      if (/^[\x21-\x7e]+$/.test(text) && text.length <= lengthMax) return text
      throw new Error(`must have up to ${lengthMax} printable characters without blanks, not "${text}"`)
    },
  }
}

/** A secret that somebody else has made up. */
export const foreignSecret: SettingKind<string> = {
  isOpaque: true,
  parse(text) {
    // The text itself is never part of the message.
    if (/^[\x21-\x7e]{1,500}$/.test(text)) return text
    throw new Error('must have up to 500 characters, all of them printable ASCII without blanks')
  },
}

/** A key that secrets are sealed with: see lib/seal.ts. */
export const secretKey: SettingKind<string> = {
  isOpaque: true,
  parse(text) {
    if (keyBytes(text) !== null) return text
    throw new Error('must be 32 random bytes as base64 or hex; "tallyman secrets key" prints such a key')
  },
}

/** Such keys, between commas. */
export const secretKeyList: SettingKind<string[]> = {
  isOpaque: true,
  parse(text, folder) {
    const keys = text.split(/[\s,]+/).filter((each) => each !== '')
    return keys.map((key) => secretKey.parse(key, folder))
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

/** An IANA time zone. */
export const timeZone: SettingKind<string> = { parse: (text) => explained(() => checkTimeZone(text)) }

/** What is thrown as an error of the program, as it continues the name of a setting. */
export function explained<Result>(work: () => Result): Result {
  try {
    return work()
  } catch (error) {
    if (error instanceof AppError) throw new Error(`cannot be used: ${error.message}`)
    throw error
  }
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

/** Host names, addresses and networks, between commas; `none` for the empty list. */
export const privateHostList: SettingKind<string[]> = {
  parse(text, folder) {
    const entries = nameList({ namesMax: 200, lengthMax: 255 }).parse(text, folder)
    privateHosts(entries)
    return entries
  },
  show: (entries) => (entries.length === 0 ? 'none' : entries.join(',')),
}

/** Addresses and networks, between commas; `none` for the empty list. */
export const networkList: SettingKind<string[]> = {
  parse(text, folder) {
    const entries = nameList({ namesMax: 200, lengthMax: 100 }).parse(text, folder)
    const wrong = entries.find((entry) => parseNetwork(entry) === null)
    if (wrong === undefined) return entries
    throw new Error(`holds "${wrong}", which is no address or network such as 10.1.0.0/16`)
  },
  show: (entries) => (entries.length === 0 ? 'none' : entries.join(',')),
}

/** Folders between commas, absolute or relative to where the program was started; `none` for the empty list. */
export const folderList: SettingKind<string[]> = {
  parse(text, folder) {
    if (text.toLowerCase() === 'none') return []
    const folders = text.split(',').map((each) => each.trim())
    return [...new Set(folders.filter((each) => each !== '').map((each) => resolve(folder, each)))]
  },
  show: (folders) => (folders.length === 0 ? 'none' : folders.join(',')),
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

/** A Redis, or its database of that number: `redis://USER:PASSWORD@HOST:PORT/NUMBER`, `rediss:` for TLS. */
export const redisUrl: SettingKind<string> = {
  parse(text) {
    const { href } = new URL(url(['redis:', 'rediss:']).parse(text, ''))
    const { hostname, pathname, search, hash, username, password } = new URL(href)
    if (hostname === '') throw new Error('names no host; write redis://USER:PASSWORD@HOST:PORT')
    if (!/^(|\/|\/\d{1,5})$/.test(pathname) || search !== '' || hash !== '')
      throw new Error('may end with the number of a database and nothing else, as in redis://cache:6379/2')
    if (!isDecodable(username) || !isDecodable(password))
      throw new Error('holds a user or a password with a bare %; special characters are percent-encoded')
    return href
  },
}

function isDecodable(text: string): boolean {
  try {
    decodeURIComponent(text)
    return true
  } catch {
    return false
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
