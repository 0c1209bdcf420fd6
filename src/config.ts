import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { InvalidError, systemErrorCode } from './lib/errors.ts'
import { nearest } from './lib/nearest.ts'
import { redacted, redactText } from './lib/redact.ts'
import {
  byteSize,
  choice,
  currencyCode,
  databaseUrl,
  flag,
  hostName,
  integer,
  logLevelList,
  nameList,
  path,
  presence,
  type SettingKind,
  token,
  url,
} from './lib/setting.ts'

/**
 * Every setting there is. The key is its name in `Config`; the order is that of `tallyman config` and of
 * `.env.example`. A setting without a default is null until somebody sets it. A secret may also be given as
 * NAME_FILE, the path of a file that holds it.
 */
const settings = {
  databaseUrl: setting({
    name: 'DATABASE_URL',
    kind: databaseUrl,
    isSecret: true,
    help: 'Where the catalog is kept: sqlite:PATH, file:PATH or postgres://USER:PASSWORD@HOST:PORT/DATABASE. Unless it is set: tallyman.db in the data folder.',
  }),
  redisUrl: setting({
    name: 'REDIS_URL',
    kind: url(['redis:', 'rediss:']),
    isSecret: true,
    help: 'Redis for a job queue shared by several workers. Not used yet by this version.',
  }),
  host: setting({
    name: 'HOST',
    kind: hostName,
    default: '127.0.0.1',
    help: 'Address that `serve` listens on. The default can be reached from this machine only; any other needs TALLYMAN_API_TOKEN.',
  }),
  port: setting({
    name: 'PORT',
    kind: integer({ min: 0, max: 65_535 }),
    default: '8420',
    help: 'Port that `serve` listens on; 0 takes any free one and logs which.',
  }),
  apiToken: setting({
    name: 'TALLYMAN_API_TOKEN',
    kind: token,
    isSecret: true,
    help: 'Token that every request must carry, as `Authorization: Bearer TOKEN`. Without it the service answers to this machine only.',
  }),
  allowedHosts: setting({
    name: 'TALLYMAN_ALLOWED_HOSTS',
    kind: nameList({ namesMax: 50, lengthMax: 255 }),
    default: 'none',
    help: 'Host names, between commas, under which the service may be called besides localhost and HOST, such as its name behind a proxy.',
  }),
  dataDirectory: setting({
    name: 'TALLYMAN_DATA_DIR',
    kind: path,
    default: './data',
    help: 'Folder for the embedded database and for files being imported. Created when missing.',
  }),
  databasePoolSize: setting({
    name: 'TALLYMAN_DATABASE_POOL',
    kind: integer({ min: 1, max: 1000 }),
    default: '20',
    help: 'Most connections to PostgreSQL; `serve` has up to 8 more for searches. SQLite does not use it.',
  }),
  indexedCharacteristics: setting({
    name: 'TALLYMAN_INDEXED_CHARACTERISTICS',
    kind: nameList({ namesMax: 16, lengthMax: 100 }),
    default: 'ean',
    help: 'Characteristics that get an index on SQLite, between commas, so that filtering by them is fast; "none" for no index.',
  }),
  concurrency: setting({
    name: 'TALLYMAN_CONCURRENCY',
    kind: integer({ min: 1, max: 64 }),
    default: '4',
    help: 'Most imports that are worked on at the same time. Imports of one supplier always follow each other.',
  }),
  usesAnalyzer: setting({
    name: 'TALLYMAN_USE_ANALYZER',
    kind: flag,
    default: 'true',
    help: 'Whether files are handed to the analyzer over HTTP. If not, they are read without HTTP, in a process of their own all the same. A supplier may have its own switch.',
  }),
  analyzerUrl: setting({
    name: 'TALLYMAN_ANALYZER_URL',
    kind: url(['http:', 'https:']),
    help: "Analyzer on another machine, or somebody else's. Unless it is set, `serve` runs its own.",
  }),
  analyzerSecret: setting({
    name: 'TALLYMAN_ANALYZER_SECRET',
    kind: token,
    isSecret: true,
    help: 'Secret that an analyzer demands of its callers. The analyzer that `serve` runs itself gets a new one at each start.',
  }),
  analyzerPort: setting({
    name: 'TALLYMAN_ANALYZER_PORT',
    kind: integer({ min: 0, max: 65_535 }),
    default: '8421',
    help: 'Port that `tallyman analyzer` listens on when it runs by itself; 0 takes any free one and logs which.',
  }),
  analyzerFallback: setting({
    name: 'TALLYMAN_ANALYZER_FALLBACK',
    kind: flag,
    default: 'true',
    help: 'Whether a file is read without HTTP when the analyzer does not answer. If not, its import fails and can be repeated.',
  }),
  analyzerMemoryBytesMax: setting({
    name: 'TALLYMAN_ANALYZER_MEMORY_MAX',
    kind: byteSize({ min: 64 * 1024 ** 2, max: 1024 ** 4 }),
    default: '1GiB',
    help: 'Most memory that reading one file may take; the process that takes more is ended, and its import fails.',
  }),
  analyzerSecondsMax: setting({
    name: 'TALLYMAN_ANALYZER_SECONDS_MAX',
    kind: integer({ min: 1, max: 86_400 }),
    default: '3600',
    help: 'Longest time that one import may take, in seconds.',
  }),
  currency: setting({
    name: 'TALLYMAN_CURRENCY',
    kind: currencyCode,
    help: 'Currency (ISO 4217) of prices where neither the list nor its supplier says one.',
  }),
  fileBytesMax: setting({
    name: 'TALLYMAN_FILE_BYTES_MAX',
    kind: byteSize({ min: 1024, max: 1024 ** 4 }),
    default: '2GiB',
    help: 'Largest file that is read. Bytes, or with a unit: 500MB, 2GiB.',
  }),
  unpackedBytesMax: setting({
    name: 'TALLYMAN_UNPACKED_BYTES_MAX',
    kind: byteSize({ min: 1024, max: 1024 ** 4 }),
    default: '8GiB',
    help: 'Most bytes that a compressed file, such as a workbook, may unpack to.',
  }),
  cellCharactersMax: setting({
    name: 'TALLYMAN_CELL_CHARACTERS_MAX',
    kind: integer({ min: 1000, max: 100_000_000 }),
    default: '1000000',
    help: 'Longest cell, in characters. A longer one ends the import: most often it is a quote that was never closed.',
  }),
  logLevel: setting({
    name: 'TALLYMAN_LOG_LEVEL',
    kind: logLevelList,
    default: 'info',
    help: 'debug, info, warn or error; per module: info,analyzer=debug,db=warn. Unless it is set, commands other than `serve` log from warn on.',
  }),
  logFormat: setting({
    name: 'TALLYMAN_LOG_FORMAT',
    kind: choice(['auto', 'json', 'text']),
    default: 'auto',
    help: 'json, text, or auto: readable text on a terminal, JSON lines elsewhere.',
  }),
  isColourOff: setting({
    name: 'NO_COLOR',
    kind: presence,
    default: '',
    help: 'Any value switches colours off (https://no-color.org).',
  }),
  corpusDirectory: setting({
    name: 'TALLYMAN_CORPUS',
    kind: path,
    isForTests: true,
    help: 'Folder of the file corpus. Without it the tests that need it are skipped.',
  }),
  testDatabaseUrl: setting({
    name: 'TALLYMAN_TEST_DATABASE_URL',
    kind: databaseUrl,
    isSecret: true,
    isForTests: true,
    help: 'PostgreSQL server on which tests create and drop databases of their own.',
  }),
  testRedisUrl: setting({
    name: 'TALLYMAN_TEST_REDIS_URL',
    kind: url(['redis:', 'rediss:']),
    isSecret: true,
    isForTests: true,
    help: 'Redis server that tests may fill and flush.',
  }),
  testBrowser: setting({
    name: 'TALLYMAN_TEST_BROWSER',
    kind: path,
    isForTests: true,
    help: 'Chromium that the browser tests start. Without it they take one from the PATH, or are skipped.',
  }),
  testExecutable: setting({
    name: 'TALLYMAN_TEST_EXECUTABLE',
    kind: path,
    isForTests: true,
    help: 'Built executable that the smoke tests run. Without it they are skipped.',
  }),
}

type Settings = typeof settings
export type SettingKey = keyof Settings

/** Where a value came from; `file`: from the file that NAME_FILE names. */
export type SettingOrigin = 'default' | 'environment' | 'file'

/** The value of each setting, checked: paths are absolute, sizes are bytes. */
export type SettingValues = { readonly [K in SettingKey]: ValueOf<Settings[K]> }

/**
 * The effective settings and where each came from. `databaseUrl` is always there, as `sqlite:/absolute/path` or
 * `postgres://…`.
 */
export interface Config extends Omit<SettingValues, 'databaseUrl'> {
  readonly databaseUrl: string
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
    const value = isSecret && typeof raw === 'string' ? (kind.isOpaque ? redacted : redactText(raw)) : raw
    const text = value === null ? null : (kind.show?.(value) ?? String(value))
    return { name, value, text, origin: config.origins[key], isForTests }
  })
}

/** What is known of every setting without an environment, for `.env.example`. */
export interface SettingDescription {
  name: string
  help: string
  defaultText: string | null
  isSecret: boolean
  isForTests: boolean
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

interface Setting<T, D extends string | null> extends SettingDescription {
  kind: SettingKind<T>
  defaultText: D
}

type ValueOf<S> = S extends Setting<infer T, infer D> ? (D extends string ? T : T | null) : never

interface Definition<T> {
  name: string
  kind: SettingKind<T>
  /** Written as a person would set it. */
  default?: string
  isSecret?: boolean
  isForTests?: boolean
  help: string
}

function setting<T>(definition: Definition<T> & { default: string }): Setting<T, string>
function setting<T>(definition: Definition<T>): Setting<T, null>
function setting<T>(definition: Definition<T>): Setting<T, string | null> {
  const { name, kind, help, isSecret = false, isForTests = false } = definition
  return { name, kind, help, isSecret, isForTests, defaultText: definition.default ?? null }
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
