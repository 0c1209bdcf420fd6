import { noPins, type Pins } from '../courier/pins.ts'
import {
  parseCurrency,
  parseDelimiter,
  parseEncoding,
  parseHeaderRows,
  parseIdentity,
  parseMap,
  parseSheets,
} from '../courier/reading-options.ts'
import { InvalidError } from '../lib/errors.ts'
import { UsageError } from './arguments.ts'

/** The values of `readingOptions`. */
interface ReadingValues {
  map: string[]
  currency: string | null
  identity: string | null
  duplicates: 'reject' | 'last-wins' | null
  decimals: '4' | 'currency' | null
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
    encoding: parseEncoding(options.encoding),
    delimiter: parseDelimiter(options.delimiter, '--delimiter'),
    sheets: parseSheets(options.sheet, '--sheet'),
    headerRows: parseHeaderRows(options.headerRow, '--header-row'),
    decimal: options.decimal,
  }))
}

/** What is wrong with an option is wrong with the command line. @throws UsageError */
export function orUsage<Value>(parse: () => Value): Value {
  try {
    return parse()
  } catch (error) {
    throw error instanceof InvalidError ? new UsageError(error.message) : error
  }
}
