import type { Field } from '../analyzer/table/decision.ts'

/** Where a source's data comes from (R1.1). */
export const sourceKinds = [
  'upload',
  'local',
  'http',
  'ftp',
  'sftp',
  'google-sheets',
  'salling',
  'cmp-feed',
] as const
export type SourceKind = (typeof sourceKinds)[number]

/** Most pauses that a source may say for its jobs, which is how often they are tried again by themselves. */
export const retryDelaysMax = 10
/** The longest of them: a day. */
export const retryDelaySecondsMax = 86_400

/** Of sources that are fetched together, those with the lower number come first. */
export const priorityDefault = 100
export const priorityMax = 1000

/** Full: what is missing from a list is gone. Partial: a list speaks only for the items it names. */
export const listModes = ['full', 'partial'] as const
export type ListMode = (typeof listModes)[number]

/** What a full list speaks for: the whole file as one, or each sheet, store or shard by itself. */
export const scopeRules = ['file', 'sheet', 'store', 'shard'] as const
export type ScopeRule = (typeof scopeRules)[number]

/** The same SKU twice with different contents: reject the later ones, or let the last one win. */
export const duplicateRules = ['reject', 'last-wins'] as const
export type DuplicateRule = (typeof duplicateRules)[number]

/**
 * When an import is held for a person to look at (R3.4). Shares are 0 to 1; null switches a limit off.
 */
export interface Limits {
  /** A full list with fewer than this share of the items it had before. */
  itemsKeptMin: number | null
  /** More than this share of the prices … */
  movedShareMax: number | null
  /** … moved by more than this, relative to the old price. */
  moveMax: number
  /** More than this share of the rows rejected. */
  rejectedShareMax: number | null
  /** Less sure than this that a column is the sku, name or price. */
  confidenceMin: number | null
}

export const defaultLimits: Limits = {
  itemsKeptMin: 0.5,
  movedShareMax: 0.3,
  moveMax: 0.5,
  rejectedShareMax: 0.1,
  confidenceMin: 0.6,
}

/** The formats by their names in settings and requests, as analyzer/formats lists them. */
export const formatNames = [
  'csv',
  'xlsx',
  'xls',
  'xlsb',
  'ods',
  'excel-xml',
  'html',
  'xml',
  'json',
  'ndjson',
  'pdf',
] as const
export type FormatName = (typeof formatNames)[number]

/** How a person says that a source's files are read; null: the file decides. */
export interface ReadingSettings {
  /** Of what is in its files, unpacked; a file of another is refused. */
  format: FormatName | null
  /** As in `TextDecoder`. */
  encoding: string | null
  /** One character. */
  delimiter: string | null
  /** Names of the sheets to take, or their numbers from 1 on; the others are left aside. */
  sheets: string[] | null
  /** 0-based rows of the header; empty: the tables have none. */
  headerRows: number[] | null
  /** The decimal sign of the prices. */
  decimal: 'dot' | 'comma' | null
}

export const defaultReading: ReadingSettings = {
  format: null,
  encoding: null,
  delimiter: null,
  sheets: null,
  headerRows: null,
  decimal: null,
}

/** What a person pinned for one source; it holds for every later list of that source. */
export interface SourceSettings {
  listMode: ListMode
  scope: ScopeRule
  duplicates: DuplicateRule
  currency: string | null
  map: Partial<Record<Field, string | null>>
  identity: Field[]
  decimalsMax: 4 | 'currency'
  limits: Limits
  reading: ReadingSettings
}

export const defaultSettings: SourceSettings = {
  listMode: 'partial',
  scope: 'file',
  duplicates: 'reject',
  currency: null,
  map: {},
  identity: ['name', 'unit'],
  decimalsMax: 4,
  limits: defaultLimits,
  reading: defaultReading,
}

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
  format: FormatName | 'auto' | null
  encoding: string | null
  delimiter: string | null
  sheets: string[] | 'auto' | null
  headerRows: number[] | 'auto' | null
  decimal: 'dot' | 'comma' | 'auto' | null
}

/**
 * The name of a source as it is compared, as that of a supplier is: NFKC, without surrounding and repeated white space,
 * lower case.
 */
export const sourceNameKey = (name: string): string =>
  name.normalize('NFKC').trim().replace(/\s+/g, ' ').toLowerCase()
