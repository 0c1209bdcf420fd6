import { type Field, fields } from '../analyzer/table/decision.ts'
import { isCurrency } from '../lib/money.ts'
import { nearest } from '../lib/nearest.ts'
import { defaultLimits, type Limits } from '../sources/model.ts'
import { UsageError } from './arguments.ts'
import type { OptionSpecs } from './command.ts'

/** Options of every command that reads a list. */
export const readingOptions = {
  map: {
    kind: 'list',
    placeholder: 'FIELD=COLUMN',
    summary:
      'Pin columns by header or letter: sku=A,price="Net price"; FIELD=auto lets the table decide again',
  },
  currency: { kind: 'text', placeholder: 'CODE', summary: 'Currency where the list does not say (ISO 4217)' },
  identity: {
    kind: 'text',
    placeholder: 'FIELDS',
    summary: 'What identifies an item where a list has no SKUs (default name,unit)',
  },
  duplicates: {
    kind: 'text',
    placeholder: 'RULE',
    choices: ['reject', 'last-wins'],
    summary:
      'The same SKU twice with different contents: reject the later rows (default), or let the last win',
  },
  decimals: {
    kind: 'text',
    placeholder: 'MAX',
    choices: ['4', 'currency'],
    summary: "Most decimals of a price: 4 (default), or the currency's own",
  },
  encoding: {
    kind: 'text',
    placeholder: 'NAME',
    summary: 'Encoding of a text file, where it is guessed wrongly',
  },
  delimiter: { kind: 'text', placeholder: 'CHAR', summary: 'Delimiter of a text file: ";", ",", "tab", …' },
} as const satisfies OptionSpecs

/**
 * `sku=A,price="Net price"` → field → header or letter. A comma inside a header is told from one between pairs by
 * what follows it.
 * @throws UsageError
 */
export function parseMap(given: string[]): Partial<Record<Field, string>> {
  const map: Partial<Record<Field, string>> = {}
  const pairs = given.flatMap((text) => text.split(new RegExp(`,(?=\\s*(?:${fields.join('|')})\\s*=)`)))
  for (const pair of pairs) {
    const at = pair.indexOf('=')
    const name = pair.slice(0, Math.max(at, 0)).trim()
    const column = unquoted(pair.slice(at + 1).trim())
    const field = fields.find((candidate) => candidate === name)
    if (at <= 0 || column === '') throw new UsageError(`--map takes FIELD=COLUMN pairs, not "${pair}"`)
    if (field === undefined) {
      const meant = nearest(name, fields)
      throw new UsageError(
        `--map knows no field "${name}"${meant === null ? '' : `; did you mean ${meant}?`} Fields: ${fields.join(', ')}`,
      )
    }
    if (map[field] !== undefined)
      throw new UsageError(`--map names two columns for ${field}: "${map[field]}" and "${column}"`)
    map[field] = column
  }
  return map
}

const unquoted = (text: string) => /^"(.*)"$/s.exec(text)?.[1] ?? text

/** @throws UsageError */
export function parseCurrency(text: string | null): string | null {
  if (text === null) return null
  const code = text.toUpperCase()
  if (isCurrency(code)) return code
  throw new UsageError(`--currency takes an ISO 4217 code such as EUR, not "${text}"`)
}

/** @throws UsageError */
export function parseIdentity(text: string | null): Field[] | null {
  if (text === null) return null
  return text.split(',').map((part) => {
    const field = fields.find((candidate) => candidate === part.trim())
    if (field === undefined)
      throw new UsageError(`--identity knows no field "${part.trim()}". Fields: ${fields.join(', ')}`)
    return field
  })
}

/** "tab" and "\t" are what people type for a tab. @throws UsageError */
export function parseDelimiter(text: string | null): string | null {
  if (text === null) return null
  if (text === 'tab' || text === '\\t') return '\t'
  if (text.length === 1) return text
  throw new UsageError('--delimiter takes one character, or "tab"')
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

/** `rejected-share=20%`, `items-kept=off`. @throws UsageError */
export function parseLimits(given: string[]): Partial<Limits> {
  const limits: Partial<Limits> = {}
  for (const text of given) {
    const [name = '', value = ''] = text.split('=', 2)
    const key = Object.entries(limitNames).find(([known]) => known === name)?.[1]
    if (key === undefined) throw new UsageError(`--limit knows no "${name}". Limits: ${limitHelp}`)
    const share = value === 'off' && key !== 'moveMax' ? null : parseShare(value, key === 'moveMax' ? 100 : 1)
    if (share === undefined)
      throw new UsageError(
        `--limit ${name} takes a share such as 20% or 0.2${key === 'moveMax' ? '' : ', or off'}`,
      )
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
