import { noPins, type Pins } from '../courier/pins.ts'
import {
  parseCurrency,
  parseDelimiter,
  parseEncoding,
  parseFormat,
  parseHeaderRows,
  parseIdentity,
  parseMap,
  parseSheets,
} from '../courier/reading-options.ts'
import { InvalidError } from '../lib/errors.ts'
import { UsageError } from './arguments.ts'

/** The values of `readingOptions`. */
export interface ReadingValues {
  map: string[]
  currency: string | null
  identity: string | null
  duplicates: 'reject' | 'last-wins' | null
  decimals: '4' | 'currency' | null
  format: string | null
  encoding: string | null
  delimiter: string | null
  sheet: string[]
  headerRow: string | null
  decimal: 'dot' | 'comma' | 'auto' | null
}

/** What the command line says about how to read a list. @throws UsageError */
export function readingPins(options: ReadingValues): Pins {
  return orUsage(() => ({
    ...noPins,
    duplicates: options.duplicates,
    currency: parseCurrency(options.currency, '--currency'),
    map: parseMap(options.map, '--map'),
    identity: parseIdentity(options.identity, '--identity'),
    decimalsMax: options.decimals === null ? null : options.decimals === '4' ? 4 : 'currency',
    format: parseFormat(options.format, '--format'),
    encoding: parseEncoding(options.encoding),
    delimiter: parseDelimiter(options.delimiter, '--delimiter'),
    sheets: parseSheets(options.sheet, '--sheet'),
    headerRows: parseHeaderRows(options.headerRow, '--header-row'),
    decimal: options.decimal,
  }))
}

/** Whether the line says anything about how a list is read, besides its currency. */
export function saysReading({ map, sheet, currency: _, ...others }: ReadingValues): boolean {
  const { identity, duplicates, decimals, format, encoding, delimiter, headerRow, decimal } = others
  const said = [identity, duplicates, decimals, format, encoding, delimiter, headerRow, decimal]
  return map.length > 0 || sheet.length > 0 || said.some((value) => value !== null)
}

/** What is wrong with an option is wrong with the command line. @throws UsageError */
export function orUsage<Value>(parse: () => Value): Value {
  try {
    return parse()
  } catch (error) {
    throw error instanceof InvalidError ? new UsageError(error.message) : error
  }
}
