import type { Field } from '../analyzer/table/decision.ts'
import { defaultSettings, type Pins, type ReadingSettings, type SourceSettings } from './model.ts'

/** Says nothing. */
export const noPins: Pins = {
  listMode: null,
  scope: null,
  duplicates: null,
  currency: null,
  map: {},
  identity: null,
  limits: {},
  decimalsMax: null,
  format: null,
  encoding: null,
  delimiter: null,
  sheets: null,
  headerRows: null,
  decimal: null,
}

/** A source's settings with what is pinned now. */
export function pinnedSettings(source: SourceSettings, pins: Pins): SourceSettings {
  return {
    listMode: source.listMode,
    currency: pinned(pins.currency, source.currency),
    map: mergedMap(source.map, pins.map),
    identity: pins.identity === 'auto' ? defaultSettings.identity : (pins.identity ?? source.identity),
    limits: { ...source.limits, ...pins.limits },
    decimalsMax: pins.decimalsMax ?? source.decimalsMax,
    duplicates: pins.duplicates ?? source.duplicates,
    scope: pins.scope ?? source.scope,
    reading: pinnedReading(source.reading, pins),
  }
}

/** What was said before, with what is said now: where both say something, the later counts. */
export function mergedPins(before: Pins, now: Pins): Pins {
  return {
    listMode: now.listMode ?? before.listMode,
    scope: now.scope ?? before.scope,
    duplicates: now.duplicates ?? before.duplicates,
    currency: now.currency ?? before.currency,
    map: { ...before.map, ...now.map },
    identity: now.identity ?? before.identity,
    limits: { ...before.limits, ...now.limits },
    decimalsMax: now.decimalsMax ?? before.decimalsMax,
    format: now.format ?? before.format,
    encoding: now.encoding ?? before.encoding,
    delimiter: now.delimiter ?? before.delimiter,
    sheets: now.sheets ?? before.sheets,
    headerRows: now.headerRows ?? before.headerRows,
    decimal: now.decimal ?? before.decimal,
  }
}

function pinnedReading(stored: ReadingSettings, pins: Pins): ReadingSettings {
  return {
    format: pinned(pins.format, stored.format),
    encoding: pinned(pins.encoding, stored.encoding),
    delimiter: pinned(pins.delimiter, stored.delimiter),
    sheets: pinned(pins.sheets, stored.sheets),
    headerRows: pinned(pins.headerRows, stored.headerRows),
    decimal: pinned(pins.decimal, stored.decimal),
  }
}

function pinned<Value>(given: Value | 'auto' | null, stored: Value | null): Value | null {
  return given === 'auto' ? null : (given ?? stored)
}

function mergedMap(stored: SourceSettings['map'], given: Pins['map']): SourceSettings['map'] {
  const merged = { ...stored, ...given }
  // Keys are fields: both maps are typed so.
  for (const field of Object.keys(merged) as Field[]) if (merged[field] === 'auto') delete merged[field]
  return merged
}
