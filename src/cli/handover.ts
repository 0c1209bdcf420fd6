import type { Handover } from '../courier/intake.ts'
import { parseCurrency, parseDelimiter, parseIdentity, parseMap } from './reading-options.ts'

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
    currency: parseCurrency(options.currency),
    map: parseMap(options.map),
    identity: parseIdentity(options.identity),
    limits: {},
    decimalsMax: options.decimals === null ? null : options.decimals === '4' ? 4 : 'currency',
    encoding: options.encoding,
    delimiter: parseDelimiter(options.delimiter),
    mayHold: true,
    force: false,
  }
}
