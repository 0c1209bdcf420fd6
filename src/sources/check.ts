import { isCountry } from '../lib/country.ts'
import { AppError, InvalidError } from '../lib/errors.ts'
import { isCurrency } from '../lib/money.ts'
import type { Sealer } from '../lib/seal.ts'
import { storableJson } from '../lib/storable.ts'
import { checkTimeZone } from '../lib/time-zone.ts'
import { parseCron } from '../schedules/cron.ts'
import { connectorOf, connectors, type FetchSettings } from './kinds/index.ts'
import {
  priorityDefault,
  priorityMax,
  retryDelaySecondsMax,
  retryDelaysMax,
  type SourceKind,
} from './model.ts'
import { refusePlainSecrets } from './plain-secrets.ts'
import type { WholeConfig } from './secrets.ts'
import type { SourceOrigin, UsualOrigin } from './store.ts'

/** What a source may say depends on the settings of this installation. */
export interface SourceRules {
  fetchSettings: FetchSettings
  /** Seals its secrets. */
  sealer: Sealer
  /** Where neither the source nor its supplier names a zone. */
  timeZone: string
}

/** What is looked at of a source. */
export interface CheckedSource
  extends Omit<SourceOrigin, 'config' | keyof UsualOrigin>,
    Partial<UsualOrigin> {
  /** Null: it is as it was, and was looked at before. */
  config: WholeConfig | null
  currency: string | null
}

/**
 * Whether a source can be kept so.
 * @throws InvalidError `invalid_source_name`, `unknown_source_kind`, `invalid_config`, `bad_schedule`, `unknown_time_zone`,
 *   `not_fetchable`, `invalid_retry_delays`, `invalid_currency`, `invalid_country`, `invalid_priority`, `secret_in_the_clear`
 * @throws ForbiddenError for what the settings do not allow
 */
export function checkSource(source: CheckedSource, rules: SourceRules): void {
  for (const fault of sourceFaults(source, rules)) throw fault
}

/** Everything that `checkSource` would throw, each looked for apart from the others. */
export function* sourceFaults(source: CheckedSource, rules: SourceRules): Generator<AppError> {
  const { kind, config } = source
  yield* nameFaults(source)
  yield* thrown(() => connectorOf(kind))
  if (config !== null) yield* thrown(() => checkConfig({ kind, config }, rules.fetchSettings))
  yield* settingFaults(source, rules)
}

function* nameFaults({ name }: CheckedSource): Generator<AppError> {
  if (!visible.test(name) || name.length > nameLengthMax || deceptive.test(name))
    yield new InvalidError(
      'invalid_source_name',
      `A source needs a name of 1 to ${nameLengthMax} printable characters.`,
    )
}

function* settingFaults(
  { kind, schedule, timeZone, retryDelaysMs, currency, ...usual }: CheckedSource,
  rules: SourceRules,
): Generator<AppError> {
  let zone = timeZone ?? rules.timeZone
  for (const fault of thrown(() => checkTimeZone(zone))) {
    yield fault
    zone = rules.timeZone
  }
  const isHandedIn = connectors.some((each) => each.name === kind && each.fetch === null)
  if (schedule !== null && isHandedIn)
    yield new InvalidError(
      'not_fetchable',
      `Lists of a source of kind ${kind} are handed in, so it can have no schedule; leave it out, or say another kind.`,
    )
  if (usual.isWatched && isHandedIn)
    yield new InvalidError(
      'not_fetchable',
      `Lists of a source of kind ${kind} are handed in, so there is nothing to watch.`,
    )
  if (schedule !== null) yield* thrown(() => parseCron(schedule, zone))
  const isFit = (ms: number) => Number.isInteger(ms) && ms >= 0 && ms <= retryDelaySecondsMax * 1000
  if (retryDelaysMs !== null && (retryDelaysMs.length > retryDelaysMax || !retryDelaysMs.every(isFit)))
    yield new InvalidError(
      'invalid_retry_delays',
      `Up to ${retryDelaysMax} pauses of 0 to ${retryDelaySecondsMax} seconds each can lie between the tries, such as 1, 5, 25.`,
    )
  if (currency !== null && !isCurrency(currency))
    yield new InvalidError(
      'invalid_currency',
      `currency takes an ISO 4217 code such as EUR, not "${currency}"`,
    )
  const { country = null, priority = priorityDefault } = usual
  if (country !== null && !isCountry(country))
    yield new InvalidError(
      'invalid_country',
      `country takes an ISO 3166-1 code of two letters such as DE, not "${country}"`,
    )
  if (!Number.isInteger(priority) || priority < 1 || priority > priorityMax)
    yield new InvalidError(
      'invalid_priority',
      `priority takes a whole number from 1 to ${priorityMax}; sources with a lower one come first.`,
    )
}

/** What a check throws; whatever is no AppError goes on. */
export function thrown(check: () => unknown): AppError[] {
  try {
    check()
    return []
  } catch (error) {
    if (error instanceof AppError) return [error]
    throw error
  }
}

/**
 * Whether a source of this kind can be configured so.
 * @throws InvalidError `unknown_source_kind`, `invalid_config`, `secret_in_the_clear`
 * @throws ForbiddenError for what the settings do not allow
 */
export function checkConfig(
  { kind, config }: { kind: SourceKind; config: WholeConfig },
  fetchSettings: FetchSettings,
): void {
  const connector = connectorOf(kind)
  const json = JSON.stringify(config)
  if (storableJson(json) !== json)
    throw new InvalidError(
      'invalid_config',
      'A configuration holds a NUL or half a character, which no database keeps.',
    )
  connector.check(config, fetchSettings)
  refusePlainSecrets(connector, config)
}

const nameLengthMax = 200
const visible = /[^\s\p{Cf}\p{Mn}]/u
/** Control characters, and those that turn the direction of writing for what stands behind them. */
const deceptive = /[\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]/u
