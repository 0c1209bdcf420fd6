import { isDeepStrictEqual } from 'node:util'
import { ForbiddenError, InvalidError } from '../lib/errors.ts'
import { redacted } from '../lib/redact.ts'
import type { Sealer } from '../lib/seal.ts'
import { connectorOf } from './kinds/index.ts'
import type { SourceKind } from './model.ts'
import type { KeptConfig, Source } from './store.ts'

/**
 * How a configuration is kept: `config` with "***" in place of each secret, and so fit to be shown, and the secrets
 * themselves sealed beside it. Only what fetches, or checks what is given, sees them together, and keeps that to
 * itself.
 */

/** A configuration, whole: with its secrets. Never to be shown, logged or stored. */
export type WholeConfig = Record<string, unknown>

type Owner = Pick<Source, 'id' | 'name' | 'kind' | 'config' | 'secrets'>
type Configured = { kind: SourceKind; config: Record<string, unknown> }

/**
 * A source's configuration with its secrets.
 * @throws ForbiddenError `secret_key_unknown`, `secret_damaged`; InvalidError `unknown_source_kind`
 */
export function wholeConfig(sealer: Sealer, source: Owner): WholeConfig {
  return filledIn(source, opened(sealer, source))
}

/**
 * What a person gives as a configuration, whole: "***" stands for the secret that there is already.
 * @param before the source as it is; null: it is new
 * @throws InvalidError `secret_missing` where there is none; `secret_needed_again` where it would be sent elsewhere
 * @throws ForbiddenError `secret_key_unknown`, `secret_damaged`
 */
export function givenConfig(sealer: Sealer, given: Configured, before: Owner | null): WholeConfig {
  const { kind, config } = given
  const masks = connectorOf(kind).secrets.filter((key) => hasMask(config[key]))
  if (masks.length === 0) return config
  if (before === null || before.kind !== kind) return filledIn(given, {})
  if (!isDeepStrictEqual(placeOf(before.config), placeOf(config))) throw neededAgain(masks)
  return filledIn(given, opened(sealer, before))
}

/**
 * How a configuration is kept. Secrets that are the same stay sealed as they are, so that one can see that they are.
 * @param given.id of the source that it is for: nobody else can open its secrets
 * @param before the source as it is; left out: it is new
 * @throws InvalidError `no_secret_key` when it has other secrets than before, and they cannot be sealed
 */
export function keptConfig(
  sealer: Sealer,
  { id, kind, config }: { id: string; kind: SourceKind; config: WholeConfig },
  before: Owner | null = null,
): KeptConfig {
  const set = secretsSet({ kind, config })
  if (set.length === 0) return { config, secrets: null }
  const secrets = Object.fromEntries(set.map((key) => [key, config[key]]))
  const isSame = before !== null && isDeepStrictEqual(openedOrNone(sealer, before), secrets)
  return {
    config: masked({ kind, config }),
    secrets: isSame ? before.secrets : sealer.seal(JSON.stringify(secrets), id),
  }
}

/**
 * Whether a source has this configuration already; "***" stands for whatever it has.
 * @throws as `givenConfig`
 */
export function hasConfig(sealer: Sealer, source: Owner, given: Configured): boolean {
  if (source.kind !== given.kind) return false
  // Nothing has to be opened to see that it differs elsewhere.
  if (!isDeepStrictEqual(masked(source), masked(given))) return false
  return isDeepStrictEqual(wholeConfig(sealer, source), givenConfig(sealer, given, source))
}

/** With "***" in place of each secret. Of a record the names are left. */
function masked({ kind, config }: Configured): Record<string, unknown> {
  const shown = secretsSet({ kind, config }).map((key): [string, unknown] => {
    const value = config[key]
    const isText = !isRecord(value)
    return [key, isText ? redacted : Object.fromEntries(Object.keys(value).map((name) => [name, redacted]))]
  })
  return { ...config, ...Object.fromEntries(shown) }
}

/** The secrets that a configuration has. */
function secretsSet({ kind, config }: Configured): string[] {
  return connectorOf(kind).secrets.filter((key) => {
    const value = config[key]
    return value !== undefined && !(isRecord(value) && Object.keys(value).length === 0)
  })
}

/**
 * Where secrets are sent to. Who may change a source may not read its secrets, and would if it could send them to a
 * server of its own.
 */
function placeOf({ url, host, port, tls }: Record<string, unknown>): unknown[] {
  return [typeof url === 'string' ? (URL.parse(url)?.origin ?? url) : url, host, port, tls]
}

const neededAgain = (keys: readonly string[]) =>
  new InvalidError(
    'secret_needed_again',
    `The source is to fetch from another server, and its secrets were not given for that one: give ${keys.join(' and ')} again.`,
  )

const hasMask = (value: unknown): boolean =>
  value === redacted || (isRecord(value) && Object.values(value).includes(redacted))

/** A configuration with secrets in place of "***". */
function filledIn({ kind, config }: Configured, secrets: Record<string, unknown>): WholeConfig {
  const whole = { ...config }
  for (const key of connectorOf(kind).secrets) {
    const value = config[key]
    if (value === redacted) whole[key] = found(secrets[key], key)
    else if (isRecord(value)) {
      const known = secrets[key]
      whole[key] = Object.fromEntries(
        Object.entries(value).map(([name, text]) => [
          name,
          text === redacted ? found(isRecord(known) ? known[name] : undefined, `${key}.${name}`) : text,
        ]),
      )
    }
  }
  return whole
}

/** @throws InvalidError `secret_missing` */
function found(secret: unknown, key: string): string {
  if (typeof secret === 'string') return secret
  throw new InvalidError(
    'secret_missing',
    `${key} is "${redacted}", which stands for the secret that is kept already, and there is none; give the secret itself.`,
  )
}

function opened(sealer: Sealer, { id, name, secrets }: Owner): Record<string, unknown> {
  if (secrets === null) return {}
  const known: unknown = JSON.parse(
    sealer.open(secrets, { about: id, of: `the secrets of source "${name}"` }),
  )
  return isRecord(known) ? known : {}
}

/** Of secrets that cannot be opened any more others take the place. */
function openedOrNone(sealer: Sealer, owner: Owner): Record<string, unknown> {
  try {
    return opened(sealer, owner)
  } catch (error) {
    if (error instanceof ForbiddenError) return {}
    throw error
  }
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
