import type { Handover } from '../courier/intake.ts'
import { parseCurrency, parseDelimiter, parseIdentity, parseMap } from '../courier/reading-options.ts'
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
}

type Reading = Omit<Handover, 'path' | 'fileName' | 'supplier' | 'source' | 'trigger'>

/** What the command line says about how to read a list; the rest is as the source has it. */
export function readingHandover(options: ReadingValues): Reading {
  return {
    listMode: null,
    scope: null,
    duplicates: options.duplicates,
    currency: orUsage(() => parseCurrency(options.currency, '--currency')),
    map: orUsage(() => parseMap(options.map, '--map')),
    identity: orUsage(() => parseIdentity(options.identity, '--identity')),
    limits: {},
    decimalsMax: options.decimals === null ? null : options.decimals === '4' ? 4 : 'currency',
    encoding: options.encoding,
    delimiter: orUsage(() => parseDelimiter(options.delimiter, '--delimiter')),
    mayHold: true,
    force: false,
  }
}

/** What is wrong with an option is wrong with the command line. @throws UsageError */
export function orUsage<Value>(parse: () => Value): Value {
  try {
    return parse()
  } catch (error) {
    throw error instanceof InvalidError ? new UsageError(error.message) : error
  }
}
