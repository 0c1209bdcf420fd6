import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { InvalidError, systemErrorCode } from './lib/errors.ts'
import { nearest } from './lib/nearest.ts'
import { redacted, redactText } from './lib/redact.ts'
import { formerNames, type Setting, type SettingDescription, settings } from './settings.ts'

type ValueOf<S> = S extends Setting<infer T, infer D> ? (D extends string ? T : T | null) : never

type Settings = typeof settings
export type SettingKey = keyof Settings

/** Where a value came from; `file`: from the file that NAME_FILE names. */
export type SettingOrigin = 'default' | 'environment' | 'file'

/** The value of each setting, checked: paths are absolute, sizes are bytes. */
export type SettingValues = { readonly [K in SettingKey]: ValueOf<Settings[K]> }

/**
 * The effective settings and where each came from. `databaseUrl` is always there, as `sqlite:/absolute/path` or
 * `postgres://…`, and so is `uploadsDirectory`.
 */
export interface Config extends Omit<SettingValues, 'databaseUrl' | 'uploadsDirectory'> {
  readonly databaseUrl: string
  readonly uploadsDirectory: string
  readonly origins: Readonly<Record<SettingKey, SettingOrigin>>
}

export type Environment = Record<string, string | undefined>

/** The environment of this process. Nothing else in the program reads it. */
export function processEnvironment(): Environment {
  return process.env
}

/**
 * Reads and checks every setting. A blank value counts as not set.
 * @param folder absolute; relative paths start there
 * @throws InvalidError `invalid_configuration` that lists everything that is wrong, unknown TALLYMAN_ names too
 */
export function loadConfig(env: Environment, folder: string = process.cwd()): Config {
  const problems: string[] = unknownNames(env)
  const values: Partial<Record<SettingKey, unknown>> = {}
  const origins: Partial<Record<SettingKey, SettingOrigin>> = {}
  for (const [key, setting] of everySetting()) {
    try {
      const given = givenText(setting, env, folder)
      const text = given?.text ?? setting.defaultText
      values[key] = text === null ? null : setting.kind.parse(text, folder)
      origins[key] = given?.origin ?? 'default'
    } catch (error) {
      problems.push(`${setting.name} ${error instanceof Error ? error.message : String(error)}`)
    }
  }
  if (problems.length > 0) throw invalid(problems)
  // The loop has filled every key of the table, and each kind gives the type that the table says.
  const config = { ...values, origins } as SettingValues & Pick<Config, 'origins'>
  return {
    ...config,
    databaseUrl: config.databaseUrl ?? `sqlite:${join(config.dataDirectory, 'tallyman.db')}`,
    uploadsDirectory: config.uploadsDirectory ?? join(config.dataDirectory, 'raw'),
  }
}

/** A setting as `tallyman config` shows it, secrets redacted; null where there is no value. */
export interface DescribedSetting {
  name: string
  /** As in `Config`: a number, a list of names, … */
  value: unknown
  /** As a person would write it. */
  text: string | null
  origin: SettingOrigin
  isForTests: boolean
}

export function describeConfig(config: Config): DescribedSetting[] {
  return everySetting().map(([key, { name, isForTests, isSecret, kind }]) => {
    const raw: unknown = config[key]
    const value = isSecret && raw !== null ? (kind.isOpaque ? redacted : redactText(String(raw))) : raw
    const text = value === null ? null : (kind.show?.(value) ?? String(value))
    return { name, value, text, origin: config.origins[key], isForTests }
  })
}

export function describeSettings(): SettingDescription[] {
  return everySetting().map(([, { name, help, defaultText, isSecret, isForTests }]) => {
    return { name, help, defaultText, isSecret, isForTests }
  })
}

/** The environment's names of secrets, and of files that hold one. */
export function secretNames({ except }: { except: readonly SettingKey[] }): string[] {
  return everySetting()
    .filter(([key, { isSecret }]) => isSecret && !except.includes(key))
    .flatMap(([, { name }]) => [name, `${name}_FILE`])
}

/** The table for code that does not care which setting it has. */
function everySetting(): [SettingKey, Setting<unknown, string | null>][] {
  const table: Record<SettingKey, Setting<unknown, string | null>> = settings
  // The keys of an object literal that nothing adds to are the keys of its type.
  return Object.entries(table) as [SettingKey, Setting<unknown, string | null>][]
}

function unknownNames(env: Environment): string[] {
  const known = everySetting().flatMap(([, { name, isSecret }]) =>
    isSecret ? [name, `${name}_FILE`] : [name],
  )
  // Compared without the prefix, which is alike everywhere; so TALLYMAN_PORT also finds PORT.
  const bare = (name: string) => name.replace(/^tallyman_/i, '')
  return Object.keys(env)
    .filter((name) => /^tallyman_/i.test(name) && !known.includes(name))
    .map((name) => {
      const became = formerNames[name.toUpperCase()]
      if (became !== undefined) return `${name} ${became}`
      const near = nearest(bare(name), known.map(bare))
      const meant = known.find((candidate) => bare(candidate) === near)
      const hint = meant === undefined ? '; see tallyman config --env-example' : `; did you mean ${meant}?`
      return `${name} is no setting of Tallyman${hint}`
    })
}

/** The text that was given for a setting, or null. */
function givenText(
  { name, isSecret }: SettingDescription,
  env: Environment,
  folder: string,
): { text: string; origin: SettingOrigin } | null {
  const text = env[name]?.trim() ?? ''
  const file = isSecret ? (env[`${name}_FILE`]?.trim() ?? '') : ''
  if (text !== '' && file !== '') throw new Error(`and ${name}_FILE are both set; keep one of them`)
  if (file !== '') return { text: secretIn(resolve(folder, file), name), origin: 'file' }
  return text === '' ? null : { text, origin: 'environment' }
}

function secretIn(file: string, name: string): string {
  let text: string
  try {
    text = readFileSync(file, 'utf8').trim()
  } catch (error) {
    const why = systemErrorCode(error) ?? String(error)
    throw new Error(`cannot be read from ${file}, which ${name}_FILE names: ${why}`)
  }
  if (text === '') throw new Error(`is blank in ${file}, which ${name}_FILE names`)
  return text
}

function invalid(problems: readonly string[]): InvalidError {
  const message =
    problems.length === 1
      ? `Wrong setting: ${problems[0]}`
      : `${problems.length} settings are wrong:\n${problems.map((problem) => `  ${problem}`).join('\n')}`
  return new InvalidError('invalid_configuration', message)
}
