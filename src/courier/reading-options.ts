import { type Field, fields } from '../analyzer/table/decision.ts'
import { InvalidError } from '../lib/errors.ts'
import { isCurrency } from '../lib/money.ts'
import { nearest } from '../lib/nearest.ts'
import { defaultLimits, type Limits } from '../sources/model.ts'

/**
 * What people write to say how a list is to be read, on the command line as in a request. `name` is what the option
 * is called there, for the message. Every function throws an InvalidError `invalid_option`.
 */

/**
 * `sku=A,price="Net price"` → field → header or letter. A comma inside a header is told from one between pairs by
 * what follows it.
 */
export function parseMap(given: string[], name: string): Partial<Record<Field, string>> {
  const map: Partial<Record<Field, string>> = {}
  const pairs = given.flatMap((text) => text.split(new RegExp(`,(?=\\s*(?:${fields.join('|')})\\s*=)`)))
  for (const pair of pairs) {
    const at = pair.indexOf('=')
    const fieldName = pair.slice(0, Math.max(at, 0)).trim()
    const column = unquoted(pair.slice(at + 1).trim())
    const field = fields.find((candidate) => candidate === fieldName)
    if (at <= 0 || column === '') throw invalid(`${name} takes FIELD=COLUMN pairs, not "${pair}"`)
    if (field === undefined) {
      const meant = nearest(fieldName, fields)
      throw invalid(
        `${name} knows no field "${fieldName}"${meant === null ? '' : `; did you mean ${meant}?`} Fields: ${fields.join(', ')}`,
      )
    }
    if (map[field] !== undefined)
      throw invalid(`${name} names two columns for ${field}: "${map[field]}" and "${column}"`)
    map[field] = column
  }
  return map
}

const unquoted = (text: string) => /^"(.*)"$/s.exec(text)?.[1] ?? text

/** An ISO 4217 code, in any case. */
export function parseCurrency(text: string | null, name: string): string | null {
  if (text === null) return null
  const code = text.toUpperCase()
  if (isCurrency(code)) return code
  throw invalid(`${name} takes an ISO 4217 code such as EUR, not "${text}"`)
}

/** `name,unit` → the fields that identify an item. */
export function parseIdentity(text: string | null, name: string): Field[] | null {
  if (text === null) return null
  return text.split(',').map((part) => {
    const field = fields.find((candidate) => candidate === part.trim())
    if (field === undefined)
      throw invalid(`${name} knows no field "${part.trim()}". Fields: ${fields.join(', ')}`)
    return field
  })
}

/** "tab" and "\t" are what people type for a tab. */
export function parseDelimiter(text: string | null, name: string): string | null {
  if (text === null) return null
  if (text === 'tab' || text === '\\t') return '\t'
  if (text.length === 1) return text
  throw invalid(`${name} takes one character, or "tab"`)
}

const limitNames = {
  'items-kept': 'itemsKeptMin',
  'moved-share': 'movedShareMax',
  move: 'moveMax',
  'rejected-share': 'rejectedShareMax',
  confidence: 'confidenceMin',
} as const satisfies Record<string, keyof Limits>

export const limitHelp = Object.entries(limitNames)
  .map(([name, key]) => `${name} (${Math.round((defaultLimits[key] ?? 0) * 100)}%)`)
  .join(', ')

/** `rejected-share=20%`, `items-kept=off`. */
export function parseLimits(given: string[], name: string): Partial<Limits> {
  const limits: Partial<Limits> = {}
  for (const text of given) {
    const [limit = '', value = ''] = text.split('=', 2)
    const key = Object.entries(limitNames).find(([known]) => known === limit)?.[1]
    if (key === undefined) throw invalid(`${name} knows no "${limit}". Limits: ${limitHelp}`)
    const share = value === 'off' && key !== 'moveMax' ? null : parseShare(value, key === 'moveMax' ? 100 : 1)
    if (share === undefined)
      throw invalid(`${name} ${limit} takes a share such as 20% or 0.2${key === 'moveMax' ? '' : ', or off'}`)
    // `moveMax` has no "off": that is what `moved-share=off` says.
    if (key === 'moveMax') limits[key] = share ?? defaultLimits.moveMax
    else limits[key] = share
  }
  return limits
}

/** @param shareMax 1; only how far a price moves may be more than the whole */
function parseShare(text: string, shareMax: number): number | undefined {
  const match = /^(\d+(?:\.\d+)?)(%?)$/.exec(text)
  if (match === null) return undefined
  const share = Number(match[1]) / (match[2] === '%' ? 100 : 1)
  return share >= 0 && share <= shareMax ? share : undefined
}

const invalid = (message: string) => new InvalidError('invalid_option', message)
