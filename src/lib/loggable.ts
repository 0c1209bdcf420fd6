import { AppError } from './errors.ts'
import { isSecretName, redacted, redactText } from './redact.ts'

/** What is left of a value that may be logged: plain JSON. */
export type Loggable = string | number | boolean | null | Loggable[] | { [key: string]: Loggable }

/** Longest text in one field, in characters. */
export const loggedTextMax = 2000
/** Deepest nesting; what lies below is named, not shown. */
export const loggedDepthMax = 5
/** Most members of one object or list. */
export const loggedMembersMax = 100

/**
 * Makes any value safe to log: bounded, without secrets, plain JSON. Cycles, BigInts and getters or proxies
 * that throw are harmless. Undefined members and functions are left out.
 */
export function loggable(value: { [key: string]: unknown }): { [key: string]: Loggable }
export function loggable(value: unknown): Loggable
export function loggable(value: unknown): Loggable {
  return plain(value, [])
}

function plain(value: unknown, ancestors: readonly object[]): Loggable {
  try {
    switch (typeof value) {
      case 'string':
        return boundedText(value, loggedTextMax)
      case 'number':
        return Number.isFinite(value) ? value : String(value)
      case 'boolean':
        return value
      case 'bigint':
        return boundedText(value.toString(), loggedTextMax)
      case 'object':
        return value === null ? null : plainObject(value, ancestors)
      case 'undefined':
        return null
      default:
        return `<${typeof value}>`
    }
  } catch {
    return '<unreadable>'
  }
}

function plainObject(value: object, ancestors: readonly object[]): Loggable {
  if (ancestors.includes(value)) return '<cycle>'
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? '<invalid date>' : value.toISOString()
  if (value instanceof URL) return boundedText(value.href, loggedTextMax)
  if (value instanceof ArrayBuffer || ArrayBuffer.isView(value)) return `<${value.byteLength} bytes>`
  if (ancestors.length >= loggedDepthMax) return Array.isArray(value) ? '<list>' : '<object>'
  const below = [...ancestors, value]
  if (value instanceof Error) return plainError(value, below)
  if (Array.isArray(value) || value instanceof Set) return plainList(value, below)
  return plainMembers(value instanceof Map ? mapKeys(value) : memberKeys(value), below)
}

function plainList(values: Iterable<unknown> & { length?: number; size?: number }, below: readonly object[]) {
  const total = values.length ?? values.size ?? 0
  const list: Loggable[] = []
  for (const value of values) {
    if (list.length === loggedMembersMax) {
      list.push(`<${total - loggedMembersMax} more>`)
      break
    }
    list.push(plain(value, below))
  }
  return list
}

function plainMembers(members: Iterable<[string, () => unknown]>, below: readonly object[]): Loggable {
  const entries: [string, Loggable][] = []
  for (const [key, read] of members) {
    if (entries.length === loggedMembersMax) {
      entries.push(['…', '<more>'])
      break
    }
    const value = readSafely(read)
    if (value === undefined || typeof value === 'function') continue
    entries.push([boundedText(key, 100), isSecret(key, value) ? redacted : plain(value, below)])
  }
  return Object.fromEntries(entries)
}

/** A number or a flag beside such a name (tokenCount, hasPassword) tells nothing; text and objects go. */
function isSecret(key: string, value: unknown): boolean {
  if (value === null || typeof value === 'boolean') return false
  return isSecretName(key) && !(typeof value === 'number' && /count|size|bytes|max|ms$/i.test(key))
}

/** Name, code, message, causes; the stack only of bugs, for an AppError says by itself what is wrong. */
function plainError(error: Error, below: readonly object[]): Loggable {
  const { stack, cause } = error
  const fields: { [key: string]: Loggable } = { name: boundedText(String(error.name), 100) }
  if ('code' in error && error.code !== undefined) fields.code = plain(error.code, below)
  fields.message = boundedText(String(error.message), loggedTextMax)
  if (error instanceof AggregateError) fields.errors = plain(error.errors.slice(0, 5), below)
  if (cause !== undefined) fields.cause = plain(cause, below)
  if (!(error instanceof AppError) && typeof stack === 'string') fields.stack = boundedText(stack, 4000)
  return fields
}

function* memberKeys(value: object): Generator<[string, () => unknown]> {
  for (const key of Object.keys(value)) yield [key, () => Reflect.get(value, key)]
}

function* mapKeys(map: Map<unknown, unknown>): Generator<[string, () => unknown]> {
  for (const [key, value] of map) yield [String(key), () => value]
}

function readSafely(read: () => unknown): unknown {
  try {
    return read()
  } catch {
    return '<unreadable>'
  }
}

/** Redacts before it cuts, so that no half of a secret stays; and cuts before it redacts, so that it stays quick. */
function boundedText(text: string, lengthMax: number): string {
  const clean = redactText(text.slice(0, 4 * lengthMax).toWellFormed())
  if (clean.length <= lengthMax && text.length <= 4 * lengthMax) return clean
  return `${clean.slice(0, lengthMax).toWellFormed()}… (${text.length} characters)`
}
