import {
  byteSize,
  choice,
  choiceList,
  currencyCode,
  databaseUrl,
  flag,
  folderList,
  foreignSecret,
  hostName,
  integer,
  integerOrOff,
  logLevelList,
  nameList,
  networkList,
  path,
  presence,
  privateHostList,
  redisUrl,
  type SettingKind,
  secretKey,
  secretKeyList,
  timeZone,
  token,
  url,
  word,
} from './lib/setting.ts'
import { orphanRules } from './maintenance/model.ts'
import { scheduleOrOff } from './schedules/settings.ts'
import { fetchSettingsDefault } from './sources/kinds/kind.ts'

/**
 * Every setting there is. The key is its name in `Config`; the order is that of `tallyman config` and of
 * `.env.example`. A setting without a default is null until somebody sets it. A secret may also be given as
 * NAME_FILE, the path of a file that holds it.
 */
export const settings = {
  databaseUrl: setting({
    name: 'DATABASE_URL',
    kind: databaseUrl,
    isSecret: true,
    help: 'Where the catalog is kept: sqlite:PATH, file:PATH or postgres://USER:PASSWORD@HOST:PORT/DATABASE. Unless it is set: tallyman.db in the data folder.',
  }),
  redisUrl: setting({
    name: 'REDIS_URL',
    kind: redisUrl,
    isSecret: true,
    help: 'Redis that brings jobs to workers: redis://USER:PASSWORD@HOST:PORT/NUMBER, rediss:// for TLS. It holds their ids only, so it may be emptied or away at any time. Unless it is set, the database brings them.',
  }),
  host: setting({
    name: 'HOST',
    kind: hostName,
    default: '127.0.0.1',
    help: 'Address that `serve` listens on. The default can be reached from this machine only; on any other people sign in, or show TALLYMAN_API_TOKEN.',
  }),
  port: setting({
    name: 'PORT',
    kind: integer({ min: 0, max: 65_535 }),
    default: '8420',
    help: 'Port that `serve` listens on; 0 takes any free one and logs which.',
  }),
  healthPort: setting({
    name: 'TALLYMAN_HEALTH_PORT',
    kind: integer({ min: 0, max: 65_535 }),
    help: 'Port on HOST where `worker` and `scheduler` answer /livez and /readyz, and nothing else; unless it is set they listen nowhere. `serve` answers them on PORT.',
  }),
  apiToken: setting({
    name: 'TALLYMAN_API_TOKEN',
    kind: token,
    isSecret: true,
    help: 'Token that opens everything, as `Authorization: Bearer TOKEN`. With it, and as soon as there is a user, every request has to show a token or come from somebody who signed in.',
  }),
  allowedHosts: setting({
    name: 'TALLYMAN_ALLOWED_HOSTS',
    kind: nameList({ namesMax: 50, lengthMax: 255 }),
    default: 'none',
    help: 'Host names, between commas, under which the service may be called besides localhost and HOST, such as its name behind a proxy.',
  }),
  needsLogin: setting({
    name: 'TALLYMAN_LOGIN',
    kind: flag,
    default: 'false',
    help: 'Whether people have to sign in on this machine too, before there is any user: for a service behind a proxy. `serve` then shows a token for the first administrator.',
  }),
  sessionHours: setting({
    name: 'TALLYMAN_SESSION_HOURS',
    kind: integer({ min: 1, max: 8760 }),
    default: '12',
    help: 'How long somebody who signed in may be silent before they have to sign in again.',
  }),
  sessionDays: setting({
    name: 'TALLYMAN_SESSION_DAYS',
    kind: integer({ min: 1, max: 365 }),
    default: '30',
    help: 'How long a session lasts in any case.',
  }),
  trustedProxies: setting({
    name: 'TALLYMAN_TRUSTED_PROXIES',
    kind: networkList,
    default: 'none',
    help: 'Addresses and networks of proxies, between commas, that are believed when they say whom a request comes from (X-Forwarded-For) and whether it came by TLS (X-Forwarded-Proto).',
  }),
  dataDirectory: setting({
    name: 'TALLYMAN_DATA_DIR',
    kind: path,
    default: './data',
    help: 'Folder for the embedded database and for files being imported. Created when missing.',
  }),
  sourcesFile: setting({
    name: 'TALLYMAN_CONFIG',
    kind: path,
    help: 'File that declares sources, in YAML; `serve` and `scheduler` apply it when they start. Unless it is set: tallyman.yaml in the working directory, when it is there.',
  }),
  uploadsDirectory: setting({
    name: 'TALLYMAN_UPLOADS_DIR',
    kind: path,
    help: 'Folder where files come in, and where raw files are kept unless TALLYMAN_S3_BUCKET is set. Processes that share it may work on the same lists. Unless it is set: raw in the data folder.',
  }),
  s3Bucket: setting({
    name: 'TALLYMAN_S3_BUCKET',
    kind: word(63),
    help: 'Bucket of S3, or of what speaks like it, where raw files are kept, so that workers of several machines share them. Unless it is set, they are kept in the folder above.',
  }),
  s3Endpoint: setting({
    name: 'TALLYMAN_S3_ENDPOINT',
    kind: url(['http:', 'https:']),
    help: 'Address of a server that speaks like S3. Unless it is set: that of AWS.',
  }),
  s3Region: setting({
    name: 'TALLYMAN_S3_REGION',
    kind: word(100),
    help: 'Region of the bucket, as in eu-central-1.',
  }),
  s3Prefix: setting({
    name: 'TALLYMAN_S3_PREFIX',
    kind: word(500),
    help: 'What the names of our objects begin with, as in tallyman/raw; so that the bucket may hold other things too.',
  }),
  s3AccessKeyId: setting({
    name: 'TALLYMAN_S3_ACCESS_KEY_ID',
    kind: word(200),
    help: 'Who uses the bucket.',
  }),
  s3SecretAccessKey: setting({
    name: 'TALLYMAN_S3_SECRET_ACCESS_KEY',
    kind: foreignSecret,
    isSecret: true,
    help: 'The secret that belongs to it. It has to be allowed to read, write, list and delete objects.',
  }),
  diskFreeBytesMin: setting({
    name: 'TALLYMAN_DISK_FREE_MIN',
    kind: byteSize({ min: 0, max: 1024 ** 5 }),
    default: '256MiB',
    help: 'With less room than this where files come in nothing is taken in or fetched, until there is room again; 0 for no such limit.',
  }),
  localFolders: setting({
    name: 'TALLYMAN_LOCAL_FOLDERS',
    kind: folderList,
    default: 'none',
    help: 'Folders of this server, between commas, that sources of kind local may read lists from, with all that is below them. Unless it is set: none.',
  }),
  secretKey: setting({
    name: 'TALLYMAN_SECRET_KEY',
    kind: secretKey,
    isSecret: true,
    help: 'Key that the secrets of sources (passwords, tokens, keys) are sealed with in the database: 32 random bytes as base64 or hex, as `tallyman secrets key` prints them. The same for every process of an installation. Without it no source can have secrets; keep a copy elsewhere.',
  }),
  secretKeysOld: setting({
    name: 'TALLYMAN_SECRET_KEYS_OLD',
    kind: secretKeyList,
    isSecret: true,
    help: 'Keys that secrets may still be sealed with, between commas: they are opened with them, and `tallyman secrets rotate` seals them with TALLYMAN_SECRET_KEY.',
  }),
  privateHosts: setting({
    name: 'TALLYMAN_PRIVATE_HOSTS',
    kind: privateHostList,
    default: 'none',
    help: 'Hosts that lists may be fetched from although they are private, between commas: names, addresses or networks such as 10.1.0.0/16. Unless it is set: none, only the public internet. Never those where a cloud keeps the credentials of its machines.',
  }),
  keyFolders: setting({
    name: 'TALLYMAN_KEY_FOLDERS',
    kind: folderList,
    default: 'none',
    help: 'Folders of this server, between commas, that keys of sources may be read from (private_key_file, key_file), with all that is below them. Unless it is set: none.',
  }),
  googleUrl: setting({
    name: 'TALLYMAN_GOOGLE_URL',
    kind: url(['http:', 'https:']),
    default: fetchSettingsDefault.google.url,
    help: 'Where the Drive API is that sources of kind google-sheets export from.',
  }),
  googleTokenUrl: setting({
    name: 'TALLYMAN_GOOGLE_TOKEN_URL',
    kind: url(['http:', 'https:']),
    help: 'Where Google gives tokens to service accounts. Unless it is set: where the key of the account says.',
  }),
  databasePoolSize: setting({
    name: 'TALLYMAN_DATABASE_POOL',
    kind: integer({ min: 1, max: 1000 }),
    default: '20',
    help: 'Most connections to PostgreSQL; `serve` has up to 8 more for searches. SQLite does not use it.',
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
    help: 'Longest time that reading one import may take, in seconds. A job of a service or worker ends after an hour in any case.',
  }),
  dailyRun: setting({
    name: 'TALLYMAN_DAILY_RUN',
    kind: scheduleOrOff,
    default: '0 2 * * *',
    help: 'When every source without a schedule of its own is fetched: minute, hour, day of the month, month, day of the week, in TALLYMAN_TIME_ZONE; off for never.',
  }),
  timeZone: setting({
    name: 'TALLYMAN_TIME_ZONE',
    kind: timeZone,
    default: 'UTC',
    help: 'Time zone of schedules, as in Europe/Berlin, where neither a source nor its supplier says one.',
  }),
  ingestsOnStart: setting({
    name: 'TALLYMAN_INGEST_ON_START',
    kind: flag,
    default: 'false',
    help: 'Whether every source is fetched once when the scheduler starts.',
  }),
  feedCheckSeconds: setting({
    name: 'TALLYMAN_FEED_CHECK_INTERVAL',
    kind: integer({ min: 0, max: 2_592_000 }),
    default: '300',
    help: 'How often watched sources are looked at for something new between the times of their schedules, in seconds; counted in whole minutes, 0 for never.',
  }),
  cleanUpSeconds: setting({
    name: 'TALLYMAN_CLEANUP_INTERVAL',
    kind: integer({ min: 60, max: 2_592_000 }),
    default: '3600',
    help: 'How often is cleaned up, in seconds; counted in whole minutes.',
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
  uploadHours: setting({
    name: 'TALLYMAN_UPLOAD_HOURS',
    kind: integer({ min: 1, max: 8760 }),
    default: '24',
    help: 'How long a file that was received only in part is left, unless the process that received it has ended.',
  }),
  rawDays: setting({
    name: 'TALLYMAN_RAW_DAYS',
    kind: integer({ min: 1, max: 36_500 }),
    default: '30',
    help: 'How long raw files are kept. What an import still needs, and the last list of each source, stay longer.',
  }),
  packDays: setting({
    name: 'TALLYMAN_PACK_DAYS',
    kind: integerOrOff({ min: 0, max: 36_500 }),
    default: '1',
    help: 'When raw files are packed, where that saves a fifth or more; off for never. They are unpacked when somebody reads them.',
  }),
  jobDays: setting({
    name: 'TALLYMAN_JOB_DAYS',
    kind: integer({ min: 1, max: 36_500 }),
    default: '7',
    help: 'How long jobs that have ended are kept. Their imports stay, and so do dead letters, discarded ones too.',
  }),
  deletedItemDays: setting({
    name: 'TALLYMAN_DELETED_ITEM_DAYS',
    kind: integer({ min: 1, max: 36_500 }),
    default: '30',
    help: 'How long an item that a person deleted can be restored; then it is deleted for good, with its prices.',
  }),
  auditDays: setting({
    name: 'TALLYMAN_AUDIT_DAYS',
    kind: integerOrOff({ min: 1, max: 36_500 }),
    default: '365',
    help: 'How long the audit log tells who changed what; off for ever.',
  }),
  orphans: setting({
    name: 'TALLYMAN_ORPHANS',
    kind: choiceList(orphanRules),
    default: 'runs,fingerprints',
    help: `What is deleted when nothing refers to it any more, between commas: ${orphanRules.join(', ')}; "none" for nothing. Not "files" where several databases share one data folder.`,
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
    kind: redisUrl,
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
  testPageCoverage: setting({
    name: 'TALLYMAN_TEST_PAGE_COVERAGE',
    kind: path,
    isForTests: true,
    help: 'Folder into which the browser tests write what ran in the browser. Without it nobody counts that.',
  }),
  testExecutable: setting({
    name: 'TALLYMAN_TEST_EXECUTABLE',
    kind: path,
    isForTests: true,
    help: 'Built executable that the smoke tests run. Without it they are skipped.',
  }),
}

/** What is known of every setting without an environment, for `.env.example`. */
export interface SettingDescription {
  name: string
  help: string
  defaultText: string | null
  isSecret: boolean
  isForTests: boolean
}

/** A setting with how it is read. */
export interface Setting<T, D extends string | null> extends SettingDescription {
  kind: SettingKind<T>
  defaultText: D
}

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

/**
 * Settings that there were once, and what has become of each, as a sentence goes on behind its name: whoever has one set
 * would else look for it in vain. A renamed one says "is called X now".
 */
export const formerNames: Readonly<Record<string, string>> = {
  TALLYMAN_INDEXED_CHARACTERISTICS: 'is needed no more: every characteristic is indexed; take it out',
}
