import { encodingNamed } from '../analyzer/formats/text/encoding.ts'
import { type Field, fields } from '../analyzer/table/decision.ts'
import { InvalidError } from '../lib/errors.ts'
import { isCurrency } from '../lib/money.ts'
import { nearest } from '../lib/nearest.ts'
import { defaultLimits, type FormatName, formatNames, type Limits } from '../sources/model.ts'

/**
 * What people write to say how a list is to be read, on the command line as in a request. `name` is what the option
 * is called there, for the message. Every function throws an InvalidError `invalid_option`.
 */

/**
 * `sku=A,price="Net price"` → field → header or letter; `none` → null, this field is not in the list; `auto`, or
 * nothing, lets the table decide again. A comma inside a header is told from one between pairs by what follows it.
 */
export function parseMap(given: string[], name: string): Partial<Record<Field, string | null>> {
  const map: Partial<Record<Field, string | null>> = {}
  const pairs = given.flatMap((text) => text.split(new RegExp(`,(?=\\s*(?:${fields.join('|')})\\s*=)`)))
  for (const pair of pairs) {
    const at = pair.indexOf('=')
    const fieldName = pair.slice(0, Math.max(at, 0)).trim()
    const written = pair.slice(at + 1).trim() || 'auto'
    const column = written === 'none' ? null : unquoted(written)
    const field = fields.find((candidate) => candidate === fieldName)
    if (at <= 0) throw invalid(`${name} takes FIELD=COLUMN pairs, not "${pair}"`)
    if (field === undefined) {
      const meant = nearest(fieldName, fields)
      throw invalid(
        `${name} knows no field "${fieldName}"${meant === null ? '' : `; did you mean ${meant}?`} Fields: ${fields.join(', ')}`,
      )
    }
    if (map[field] !== undefined)
      throw invalid(
        `${name} names two columns for ${field}: "${map[field] ?? 'none'}" and "${column ?? 'none'}"`,
      )
    map[field] = column
  }
  return map
}

const unquoted = (text: string) => /^"(.*)"$/s.exec(text)?.[1] ?? text

/** An ISO 4217 code, in any case; or `auto`. */
export function parseCurrency(text: string | null, name: string): string | null {
  if (text === null || text === 'auto') return text
  const code = text.toUpperCase()
  if (isCurrency(code)) return code
  throw invalid(`${name} takes an ISO 4217 code such as EUR, not "${text}"`)
}

/** `name,unit` → the fields that identify an item; or `auto`. */
export function parseIdentity(text: string | null, name: string): Field[] | 'auto' | null {
  if (text === null || text === 'auto') return text
  return text.split(',').map((part) => {
    const field = fields.find((candidate) => candidate === part.trim())
    if (field === undefined)
      throw invalid(`${name} knows no field "${part.trim()}". Fields: ${fields.join(', ')}`)
    return field
  })
}

/** "tab" and "\t" are what people type for a tab; or `auto`. */
export function parseDelimiter(text: string | null, name: string): string | null {
  if (text === null || text === 'auto') return text
  if (text === 'tab' || text === '\\t') return '\t'
  if (text.length === 1) return text
  throw invalid(`${name} takes one character, or "tab"`)
}

/** `csv`, or `auto`. */
export function parseFormat(text: string | null, name: string): FormatName | 'auto' | null {
  if (text === null) return null
  const said = text.trim().toLowerCase()
  if (said === 'auto') return said
  const known = formatNames.find((each) => each === (otherNames[said] ?? said))
  if (known !== undefined) return known
  throw invalid(`${name} takes one of ${formatNames.join(', ')}, or auto, not "${text}"`)
}

/** The same formats in other people's words. */
const otherNames: Readonly<Record<string, FormatName>> = {
  tsv: 'csv',
  jsonl: 'ndjson',
  yml: 'xml',
  htm: 'html',
}

/** "windows-1251", or `auto`. @throws InvalidError `unknown_encoding` now, rather than when the file is read */
export function parseEncoding(text: string | null): string | null {
  if (text !== null && text !== 'auto') encodingNamed(text)
  return text
}

/** Names or numbers of sheets; or `auto`. */
export function parseSheets(given: string[], name: string): string[] | 'auto' | null {
  if (given.length === 0) return null
  const sheets = given.map((text) => text.trim())
  if (sheets.length === 1 && sheets[0] === 'auto') return 'auto'
  if (sheets.includes(''))
    throw invalid(`${name} takes the names or numbers of sheets, not "${given.join('|')}"`)
  return [...new Set(sheets)]
}

/** Rows as people count them, "7" or "7-8", → 0-based rows; `none` (or 0) → no header; or `auto`. */
export function parseHeaderRows(text: string | null, name: string): number[] | 'auto' | null {
  if (text === null || text === 'auto') return text
  if (text === 'none' || text === '0') return []
  const match = /^(\d{1,4})(?:-(\d{1,4}))?$/.exec(text)
  const first = Number(match?.[1] ?? 0)
  const last = Number(match?.[2] ?? first)
  if (first >= 1 && last >= first && last < first + headerRowsMax && last <= headerRowMax)
    return Array.from({ length: last - first + 1 }, (_, n) => first - 1 + n)
  throw invalid(
    `${name} takes a row such as 7, up to ${headerRowsMax} rows such as 7-8, all within the first ${headerRowMax}, or "none", not "${text}"`,
  )
}

/** Headers of more rows are unheard of; what is looked at before a table is decided has so many rows. */
const headerRowsMax = 5
const headerRowMax = 1000

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
