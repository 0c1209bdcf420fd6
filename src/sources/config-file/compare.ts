import { isDeepStrictEqual } from 'node:util'
import { redacted } from '../../lib/redact.ts'
import { connectorOf } from '../kinds/index.ts'
import { defaultSettings, type SourceSettings } from '../model.ts'
import type { WholeConfig } from '../secrets.ts'
import type { Source, SourceOrigin } from '../store.ts'
import type { DeclaredSource } from './declared.ts'

/** One thing about a source that is not as its file says. */
export interface Difference {
  /** As it is called in the file: `schedule`, `config.path`. */
  key: string
  /** Plain JSON; null: nothing is said. Secrets are masked. */
  before: unknown
  after: unknown
}

/** A source as its file wants it. */
export interface Wanted {
  origin: Omit<SourceOrigin, 'name'> & { config: WholeConfig }
  settings: SourceSettings
  isPaused: boolean
}

/**
 * What a file makes of a source.
 * @param before null: there is none yet
 * @param options.isNew no file has declared it until now, so it is to be active unless the file says otherwise
 */
export function wanted(
  declared: DeclaredSource,
  before: Source | null,
  { isNew }: { isNew: boolean },
): Wanted {
  const { kind, config, schedule, timeZone, retryDelaysMs, isActive } = declared
  const { usesAnalyzer, isWatched, country, priority } = declared
  const wasPaused = before !== null && before.pausedAt !== null
  return {
    origin: { kind, config, schedule, timeZone, retryDelaysMs, usesAnalyzer, isWatched, country, priority },
    settings: wantedSettings(declared, before ?? defaultSettings),
    isPaused: isActive === null ? wasPaused && !isNew : !isActive,
  }
}

/** What the file does not say is as people said of its lists. */
function wantedSettings({ listMode, reading }: DeclaredSource, before: SourceSettings): SourceSettings {
  const { format, encoding, delimiter, sheets, headerRows, decimal, ...others } = reading
  const { scope, duplicates, currency, map, identity, decimalsMax, limits } = { ...before, ...others }
  return {
    listMode,
    scope,
    duplicates,
    currency,
    map,
    identity,
    decimalsMax,
    limits,
    reading: {
      ...before.reading,
      ...(format !== undefined && { format }),
      ...(encoding !== undefined && { encoding }),
      ...(delimiter !== undefined && { delimiter }),
      ...(sheets !== undefined && { sheets }),
      ...(headerRows !== undefined && { headerRows }),
      ...(decimal !== undefined && { decimal }),
    },
  }
}

/**
 * What differs, in the words of the file.
 * @param before with its configuration whole, secrets and all
 */
export function differences(before: Source, { origin, settings, isPaused }: Wanted): Difference[] {
  const known = { ...flat(before, before), active: before.pausedAt === null }
  const now = { ...flat(origin, settings), active: !isPaused }
  const secrets = new Set(
    [before.kind, origin.kind].flatMap((kind) => connectorOf(kind).secrets.map((key) => `config.${key}`)),
  )
  const found: Difference[] = []
  for (const key of new Set([...Object.keys(known), ...Object.keys(now)])) {
    const [from, to] = [plain(known[key as keyof typeof known]), plain(now[key as keyof typeof now])]
    if (isDeepStrictEqual(from, to)) continue
    const shown = (value: unknown) => (secrets.has(key) && value !== null ? redacted : value)
    found.push({ key, before: shown(from), after: shown(to) })
  }
  return found
}

function flat(origin: Omit<SourceOrigin, 'name'>, settings: SourceSettings) {
  const { format, encoding, delimiter, sheets, headerRows, decimal } = settings.reading
  return {
    kind: origin.kind,
    ...Object.fromEntries(Object.entries(origin.config).map(([key, value]) => [`config.${key}`, value])),
    schedule: origin.schedule,
    time_zone: origin.timeZone,
    retry_delays: origin.retryDelaysMs?.map((ms) => ms / 1000),
    analyzer: origin.usesAnalyzer,
    watch: origin.isWatched,
    country: origin.country,
    priority: origin.priority,
    list_mode: settings.listMode,
    mapping: settings.map,
    currency: settings.currency,
    sheets,
    header_row: headerRows,
    format,
    encoding,
    delimiter,
    decimal,
    decimals: settings.decimalsMax,
    identity: settings.identity,
    duplicates: settings.duplicates,
    scope: settings.scope,
    limits: settings.limits,
  }
}

/** As a database gives it back. */
const plain = (value: unknown): unknown => (value === undefined ? null : JSON.parse(JSON.stringify(value)))
