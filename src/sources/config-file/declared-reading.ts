import { type Field, fields } from '../../analyzer/table/decision.ts'
import {
  parseCurrency,
  parseDelimiter,
  parseEncoding,
  parseFormat,
  parseHeaderRows,
  parseIdentity,
  parseLimits,
} from '../../courier/reading-options.ts'
import { suggestion } from '../../lib/nearest.ts'
import { defaultLimits, type ReadingSettings, type SourceSettings } from '../model.ts'
import { explained } from './explained.ts'
import type { SourceKey } from './keys.ts'
import type { Report } from './problem.ts'
import type { Entry } from './yaml-tree.ts'

/** How a source's lists are read, as far as the file says; what is left out is as people said of its lists. */
export type DeclaredReading = Partial<Omit<SourceSettings, 'listMode' | 'reading'> & ReadingSettings>

/**
 * How a source's lists are read, from its keys.
 * @param value what a key says, where that fits the key's schema
 */
export function readingOf(
  own: ReadonlyMap<SourceKey, Entry>,
  value: (key: SourceKey) => unknown,
  report: Report,
): DeclaredReading {
  const reading: DeclaredReading = {}
  /** Reads what one key says; what cannot be meant so is reported there. */
  const read = (key: SourceKey, take: (said: string) => void) => {
    const said = value(key)
    const at = own.get(key)?.value.at
    if (typeof said === 'string' && at !== undefined) explained(at, report, () => take(said))
  }
  read('currency', (said) => {
    reading.currency = parseCurrency(said, 'currency')
  })
  read('header_row', (said) => {
    const rows = parseHeaderRows(said, 'header_row')
    if (rows !== null) reading.headerRows = rows === 'auto' ? null : rows
  })
  read('format', (said) => {
    const format = parseFormat(said, 'format')
    reading.format = format === 'auto' ? null : format
  })
  read('encoding', (said) => {
    const encoding = parseEncoding(said)
    reading.encoding = encoding === 'auto' ? null : encoding
  })
  read('delimiter', (said) => {
    const delimiter = parseDelimiter(said, 'delimiter')
    reading.delimiter = delimiter === 'auto' ? null : delimiter
  })
  const [decimal, decimals, duplicates, scope] = [
    value('decimal'),
    value('decimals'),
    value('duplicates'),
    value('scope'),
  ]
  if (decimal === 'dot' || decimal === 'comma') reading.decimal = decimal
  if (decimals !== undefined && decimals !== null) reading.decimalsMax = decimals === '4' ? 4 : 'currency'
  // The schema of the key has checked that it is one of them.
  if (typeof duplicates === 'string') reading.duplicates = duplicates as SourceSettings['duplicates']
  if (typeof scope === 'string') reading.scope = scope as SourceSettings['scope']
  const [sheets, identity] = [value('sheets'), value('identity')]
  if (Array.isArray(sheets)) reading.sheets = [...new Set(sheets.map(String))]
  const identityAt = own.get('identity')?.value.at
  if (Array.isArray(identity) && identityAt !== undefined)
    explained(identityAt, report, () => {
      const named = parseIdentity(identity.join(','), 'identity')
      if (Array.isArray(named)) reading.identity = named
    })
  const map = mapOf(own.get('mapping'), value, report)
  if (map !== null) reading.map = map
  const limits = limitsOf(own.get('limits'), value, report)
  if (limits !== null) reading.limits = limits
  return reading
}

function mapOf(
  entry: Entry | undefined,
  value: (key: SourceKey) => unknown,
  report: Report,
): SourceSettings['map'] | null {
  if (entry === undefined || value('mapping') === undefined || entry.value.is !== 'map') return null
  const map: SourceSettings['map'] = {}
  for (const [key, { keyAt, value: column }] of entry.value.entries) {
    const field: Field | undefined = fields.find((known) => known === key)
    if (field === undefined)
      report(
        keyAt,
        `mapping knows no field "${key}"${suggestion(key, fields) || '.'} Fields: ${fields.join(', ')}`,
      )
    else if (column.is === 'text') {
      const text = column.text?.trim() ?? ''
      if (text !== 'auto') map[field] = text === '' || text === 'none' ? null : text
    }
  }
  return map
}

function limitsOf(
  entry: Entry | undefined,
  value: (key: SourceKey) => unknown,
  report: Report,
): SourceSettings['limits'] | null {
  if (entry === undefined || value('limits') === undefined || entry.value.is !== 'map') return null
  let limits = defaultLimits
  for (const [key, { keyAt, value: share }] of entry.value.entries)
    if (share.is === 'text')
      explained(keyAt, report, () => {
        const given = `${key.replaceAll('_', '-')}=${share.text ?? 'off'}`
        limits = { ...limits, ...parseLimits([given], 'limits') }
      })
  return limits
}
