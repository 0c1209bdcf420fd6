import type { Field } from '../analyzer/table/decision.ts'
import type { ImportOptions } from '../imports/model.ts'
import {
  type DuplicateRule,
  defaultSettings,
  type Limits,
  type ListMode,
  type ReadingSettings,
  type ScopeRule,
  type SourceSettings,
} from '../sources/model.ts'

/**
 * What a person says about how a list is to be read. Null: as the source has it. `auto`: forget what was said before;
 * the file decides again.
 */
export interface Pins {
  /** Of this file only. */
  listMode: ListMode | null
  scope: ScopeRule | null
  duplicates: DuplicateRule | null
  currency: string | null
  /** Replaces the source's own, field by field; a field that is null is not in the list. */
  map: Partial<Record<Field, string | null>>
  identity: Field[] | 'auto' | null
  limits: Partial<Limits>
  decimalsMax: 4 | 'currency' | null
  encoding: string | null
  delimiter: string | null
  sheets: string[] | 'auto' | null
  headerRows: number[] | 'auto' | null
  decimal: 'dot' | 'comma' | 'auto' | null
}

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

/**
 * How an import reads its file.
 * @param currency assumed where the list does not say
 */
export function importOptions(
  settings: SourceSettings,
  pins: Pins & { mayHold: boolean; force: boolean },
  currency: string | null,
): ImportOptions {
  const { map, identity, decimalsMax, reading } = settings
  const { headerRows, decimal, encoding, delimiter, sheets } = reading
  return {
    settings,
    table: { map, currency, identity, decimalsMax, headerRows, decimal },
    // Not remembered: whether a file is the whole list is a fact of that file.
    listMode: pins.listMode ?? settings.listMode,
    encoding,
    delimiter,
    sheets,
    mayHold: pins.mayHold,
    isForced: pins.force,
  }
}

function pinnedReading(stored: ReadingSettings, pins: Pins): ReadingSettings {
  return {
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
