import { connectors } from '../sources/kinds/index.ts'
import { listModes, priorityDefault, priorityMax, type SourceKind } from '../sources/model.ts'
import type { SourceEdit } from '../sources/store.ts'
import { UsageError } from './arguments.ts'
import type { OptionSpecs } from './command.ts'
import { type ConfigPair, changedConfig } from './source-config.ts'

const kinds = connectors.map(({ name }) => name)

/** What each kind can be told, as lines of the command's description. */
export const kindsHelp = connectors
  .filter(({ fetch }) => fetch !== null)
  .map(({ name, config }) => `--set for kind ${name}: ${Object.keys(config.properties).join(', ')}.`)
  .join('\n')

/** Options of commands that say something about a source. */
export const sourceOptions = {
  kind: { kind: 'text', placeholder: 'KIND', choices: kinds, summary: 'Where its lists come from' },
  set: {
    kind: 'list',
    placeholder: 'KEY=VALUE',
    summary: 'What its kind needs, as path=/srv/prices/acme or headers.Accept=text/csv; KEY= takes it back',
  },
  setFile: {
    kind: 'list',
    placeholder: 'KEY=PATH',
    summary: 'The same from a file, or from standard input (KEY=-): for secrets, which --set shows to others',
  },
  schedule: {
    kind: 'text',
    placeholder: 'CRON',
    summary: 'When it is fetched: "0 6 * * 1" is Mondays at 06:00; none: only when somebody asks',
  },
  timeZone: {
    kind: 'text',
    placeholder: 'ZONE',
    summary: "Of its schedule, as Europe/Berlin; none: its supplier's, or what the configuration says",
  },
  listMode: {
    kind: 'text',
    placeholder: 'MODE',
    choices: listModes,
    summary: 'full: what its lists do not name is gone',
  },
  currency: {
    kind: 'text',
    placeholder: 'CODE',
    summary: 'Currency where its lists do not say (ISO 4217); none: as it is usual',
  },
  retryDelays: {
    kind: 'text',
    placeholder: 'SECONDS',
    summary: 'Pauses before a job that failed is tried again, as 1,5,25; none: never; usual: the usual ones',
  },
  analyzer: {
    kind: 'text',
    placeholder: 'on|off|usual',
    choices: ['on', 'off', 'usual'],
    summary: "Whether its files go to the analyzer over HTTP; usual: as its supplier's do",
  },
  watched: {
    kind: 'text',
    placeholder: 'yes|no',
    choices: ['yes', 'no'],
    summary: 'Whether it is looked at for updates between the times of its schedule',
  },
  country: { kind: 'text', placeholder: 'CODE', summary: 'Whose prices they are, as DE (ISO 3166-1); none' },
  priority: {
    kind: 'integer',
    placeholder: 'N',
    min: 1,
    max: priorityMax,
    summary: `Of sources that are fetched together, lower ones come first (usual: ${priorityDefault})`,
  },
  name: { kind: 'text', placeholder: 'NAME', summary: 'With edit: call it so from now on' },
} as const satisfies OptionSpecs

/** The values of `sourceOptions`. */
export interface SourceValues {
  kind: SourceKind | null
  set: string[]
  setFile: string[]
  schedule: string | null
  timeZone: string | null
  listMode: 'full' | 'partial' | null
  currency: string | null
  retryDelays: string | null
  analyzer: 'on' | 'off' | 'usual' | null
  watched: 'yes' | 'no' | null
  country: string | null
  priority: number | null
  name: string | null
}

/** Whether the line says anything about a source. */
export function saysAnything(values: SourceValues): boolean {
  const { set, setFile, ...others } = values
  const isSaid = (key: string) => key !== 'set' && key !== 'setFile' && others[key as never] !== null
  return set.length > 0 || setFile.length > 0 || Object.keys(sourceOptions).some(isSaid)
}

/**
 * What the line changes; what it does not say stays.
 * @param values.pairs what `set` and `setFile` say: see `configPairs`
 * @param before what is there; `pairs` are added to it, unless the line names another kind
 * @throws UsageError
 */
export function editOf(
  values: SourceValues & { pairs: readonly ConfigPair[] },
  before: { kind: SourceKind; config: Record<string, unknown> } | null,
): SourceEdit {
  const { kind, schedule, timeZone, listMode, currency, retryDelays, name, pairs } = values
  const { analyzer, watched, country, priority } = values
  const isSame = before !== null && (kind === null || kind === before.kind)
  const config = changedConfig(pairs, kind ?? before?.kind ?? 'upload', isSame ? before.config : {})
  return {
    ...(name !== null && { name }),
    ...(kind !== null && { kind }),
    ...((pairs.length > 0 || !isSame) && { config }),
    ...(schedule !== null && { schedule: orNull(schedule) }),
    ...(timeZone !== null && { timeZone: orNull(timeZone) }),
    ...(listMode !== null && { listMode }),
    ...(currency !== null && { currency: orNull(currency)?.toUpperCase() ?? null }),
    ...(retryDelays !== null && { retryDelaysMs: delaysOf(retryDelays) }),
    ...(analyzer !== null && { usesAnalyzer: analyzer === 'usual' ? null : analyzer === 'on' }),
    ...(watched !== null && { isWatched: watched === 'yes' }),
    ...(country !== null && { country: orNull(country)?.toUpperCase() ?? null }),
    ...(priority !== null && { priority }),
  }
}

const orNull = (text: string) => (text === 'none' ? null : text)

/** "1,5,25" → milliseconds. Whether so many and so long ones are possible is checked with the rest. */
function delaysOf(text: string): number[] | null {
  if (text === 'usual') return null
  if (text === 'none') return []
  return text.split(',').map((part) => {
    if (!/^\s*\d+(\.\d+)?\s*$/.test(part))
      throw new UsageError(`--retry-delays takes seconds such as 1,5,25, or none, or usual, not "${text}"`)
    return Math.round(Number(part) * 1000)
  })
}
