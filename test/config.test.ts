import { expect, test } from 'bun:test'
import { envExample } from '../src/cli/config.ts'
import { describeConfig, describeSettings, type Environment, loadConfig } from '../src/config.ts'
import { InvalidError } from '../src/lib/errors.ts'
import { formerNames } from '../src/settings.ts'
import { temporaryDirectory } from './helpers/temporary.ts'

const load = (env: Environment) => loadConfig(env, '/srv')
const problems = (env: Environment): string => {
  try {
    load(env)
  } catch (error) {
    if (error instanceof InvalidError) return error.message
    throw error
  }
  throw new Error('these settings were accepted')
}

test('an empty environment gives the documented defaults', () => {
  const { origins, ...values } = load({})
  expect(values).toEqual({
    databaseUrl: 'sqlite:/srv/data/tallyman.db',
    redisUrl: null,
    host: '127.0.0.1',
    port: 8420,
    healthPort: null,
    apiToken: null,
    allowedHosts: [],
    needsLogin: false,
    sessionHours: 12,
    sessionDays: 30,
    trustedProxies: [],
    dataDirectory: '/srv/data',
    uploadsDirectory: '/srv/data/raw',
    s3Bucket: null,
    s3Endpoint: null,
    s3Region: null,
    s3Prefix: null,
    s3AccessKeyId: null,
    s3SecretAccessKey: null,
    diskFreeBytesMin: 268_435_456,
    databasePoolSize: 20,
    sourcesFile: null,
    localFolders: [],
    secretKey: null,
    secretKeysOld: null,
    privateHosts: [],
    keyFolders: [],
    googleUrl: 'https://www.googleapis.com/',
    googleTokenUrl: null,
    concurrency: 4,
    usesAnalyzer: true,
    analyzerUrl: null,
    analyzerSecret: null,
    analyzerPort: 8421,
    analyzerFallback: true,
    analyzerMemoryBytesMax: 1_073_741_824,
    analyzerSecondsMax: 3600,
    dailyRun: '0 2 * * *',
    timeZone: 'UTC',
    ingestsOnStart: false,
    feedCheckSeconds: 300,
    cleanUpSeconds: 3600,
    currency: null,
    fileBytesMax: 2_147_483_648,
    unpackedBytesMax: 8_589_934_592,
    cellCharactersMax: 1_000_000,
    uploadHours: 24,
    rawDays: 30,
    packDays: 1,
    jobDays: 7,
    deletedItemDays: 30,
    auditDays: 365,
    orphans: ['runs', 'fingerprints'],
    logLevel: 'info',
    logFormat: 'auto',
    isColourOff: false,
    corpusDirectory: null,
    testDatabaseUrl: null,
    testRedisUrl: null,
    testBrowser: null,
    testPageCoverage: null,
    testExecutable: null,
  })
  expect(new Set(Object.values(origins))).toEqual(new Set(['default']))
})

test('a blank value counts as not set', () => {
  expect(load({ PORT: ' ', DATABASE_URL: '', DATABASE_URL_FILE: '', TALLYMAN_CURRENCY: '' })).toEqual(
    load({}),
  )
})

test('each value says that it came from the environment', () => {
  const config = load({ PORT: '80', TALLYMAN_CURRENCY: 'sek' })
  expect([config.port, config.currency]).toEqual([80, 'SEK'])
  expect([config.origins.port, config.origins.currency, config.origins.host]).toEqual([
    'environment',
    'environment',
    'default',
  ])
})

test('the embedded database follows the data folder', () => {
  expect(load({ TALLYMAN_DATA_DIR: 'lists' }).databaseUrl).toBe('sqlite:/srv/lists/tallyman.db')
})

const databaseUrls: [string, string][] = [
  ['sqlite:x.db', 'sqlite:/srv/x.db'],
  ['sqlite:./a/../x.db', 'sqlite:/srv/x.db'],
  ['sqlite:/var/x.db', 'sqlite:/var/x.db'],
  ['sqlite:///var/x.db', 'sqlite:/var/x.db'],
  ['file:x.db', 'sqlite:/srv/x.db'],
  ['file:///var/a%20b.db', 'sqlite:/var/a b.db'],
  ['postgres://me:pw@db:5432/tallyman', 'postgres://me:pw@db:5432/tallyman'],
  ['postgresql://me@db/tallyman?sslmode=require', 'postgres://me@db/tallyman?sslmode=require'],
  ['postgres:///tallyman?host=/run/postgresql', 'postgres:///tallyman?host=/run/postgresql'],
]
for (const [given, read] of databaseUrls) {
  test(`DATABASE_URL ${given} is read as ${read}`, () => {
    expect(load({ DATABASE_URL: given }).databaseUrl).toBe(read)
  })
}

const wrong: [Environment, string][] = [
  [{ DATABASE_URL: './x.db' }, 'DATABASE_URL must start with sqlite:'],
  [{ DATABASE_URL: 'mysql://db/x' }, 'DATABASE_URL must start with sqlite:'],
  [{ DATABASE_URL: 'sqlite::memory:' }, 'DATABASE_URL must name a file'],
  [{ DATABASE_URL: 'sqlite:' }, 'DATABASE_URL must name a file'],
  [{ DATABASE_URL: 'sqlite:data/' }, 'not a folder'],
  [{ DATABASE_URL: 'sqlite:x.db?mode=ro' }, 'plain path'],
  [{ DATABASE_URL: 'sqlite://x.db' }, 'two slashes'],
  [{ DATABASE_URL: 'postgres:x' }, 'no valid PostgreSQL URL'],
  [{ REDIS_URL: 'http://cache' }, 'REDIS_URL must be a URL that starts with redis:// or rediss://'],
  [{ REDIS_URL: 'redis:cache' }, 'REDIS_URL names no host'],
  [{ REDIS_URL: 'redis://' }, 'REDIS_URL names no host'],
  [{ REDIS_URL: 'redis://cache/jobs' }, 'REDIS_URL may end with the number of a database'],
  [{ REDIS_URL: 'redis://cache/1?timeout=2' }, 'REDIS_URL may end with the number of a database'],
  [{ REDIS_URL: 'redis://:50%@cache' }, 'REDIS_URL holds a user or a password with a bare %'],
  [{ PORT: '99999' }, 'PORT must be a whole number from 0 to 65535, not "99999"'],
  [{ PORT: '8o' }, 'not "8o"'],
  [{ PORT: '-1' }, 'not "-1"'],
  [{ HOST: 'a b' }, 'HOST must be a host name'],
  [{ TALLYMAN_CURRENCY: 'EURO' }, 'ISO 4217'],
  [{ TALLYMAN_FILE_BYTES_MAX: '2 gigs' }, 'TALLYMAN_FILE_BYTES_MAX must be a size from 1KiB to 1TiB'],
  [{ TALLYMAN_FILE_BYTES_MAX: '3' }, 'TALLYMAN_FILE_BYTES_MAX must be a size'],
  [{ TALLYMAN_USE_ANALYZER: 'maybe' }, 'TALLYMAN_USE_ANALYZER must be true or false, not "maybe"'],
  [{ TALLYMAN_API_TOKEN: 'short' }, 'TALLYMAN_API_TOKEN must have 16 to 500 characters'],
  [{ TALLYMAN_API_TOKEN: 'blanks in the middle' }, 'without blanks'],
  [{ TALLYMAN_SECRET_KEY: 'correct horse' }, 'TALLYMAN_SECRET_KEY must be 32 random bytes'],
  [{ TALLYMAN_SECRET_KEY: Buffer.alloc(32).toString('base64') }, 'tallyman secrets key'],
  [{ TALLYMAN_SECRET_KEYS_OLD: 'a,b' }, 'TALLYMAN_SECRET_KEYS_OLD must be 32 random bytes'],
  [{ TALLYMAN_LOG_FORMAT: 'jsn' }, 'did you mean json?'],
  [{ TALLYMAN_LOG_LEVEL: 'info,db=wran' }, 'TALLYMAN_LOG_LEVEL cannot be read: "db=wran"'],
  [{ TALLYMAN_ALLOWED_HOSTS: 'shop,"x' }, 'quotes'],
  [{ TALLYMAN_ALLOWED_HOSTS: Array.from({ length: 51 }, (_, i) => `c${i}`).join() }, 'at most 50'],
]
for (const [env, message] of wrong) {
  test(`${Object.entries(env).join().slice(0, 60)} is refused`, () => {
    expect(problems(env)).toContain(message)
  })
}

test('sizes may have units', () => {
  const sizes = ['4096', '4 KiB', '500MB', '1gib'].map(
    (size) => load({ TALLYMAN_FILE_BYTES_MAX: size }).fileBytesMax,
  )
  expect(sizes).toEqual([4096, 4096, 500_000_000, 1_073_741_824])
})

test('further hosts are a list, and none is the empty one', () => {
  const listed = (text: string) => load({ TALLYMAN_ALLOWED_HOSTS: text }).allowedHosts
  expect(listed('shop, büro ,shop,')).toEqual(['shop', 'büro'])
  expect(listed('none')).toEqual([])
})

test('yes and no may be written in several ways', () => {
  const read = (text: string) => load({ TALLYMAN_USE_ANALYZER: text }).usesAnalyzer
  expect(['true', 'Yes', 'on', '1'].map(read)).toEqual([true, true, true, true])
  expect(['false', 'No', 'off', '0'].map(read)).toEqual([false, false, false, false])
})

test('an unknown TALLYMAN_ name is refused with the nearest known one', () => {
  expect(problems({ TALLYMAN_LOGLEVEL: 'x' })).toContain('did you mean TALLYMAN_LOG_LEVEL?')
  expect(problems({ tallyman_data_dir: 'x' })).toContain('did you mean TALLYMAN_DATA_DIR?')
  expect(problems({ TALLYMAN_PORT: '1' })).toContain('did you mean PORT?')
  expect(problems({ TALLYMAN_COFFEE: '1' })).toContain('TALLYMAN_COFFEE is no setting of Tallyman; see')
  expect(problems({ TALLYMAN_CURRENCY_FILE: 'x' })).toContain('TALLYMAN_CURRENCY_FILE is no setting')
})

test('a setting that there was once says what has become of it', () => {
  expect(problems({ TALLYMAN_INDEXED_CHARACTERISTICS: 'colour' })).toContain(
    'TALLYMAN_INDEXED_CHARACTERISTICS is needed no more: every characteristic is indexed; take it out',
  )
  // None of them is a setting today, or it would be refused.
  const names = describeSettings().map(({ name }) => name)
  expect(Object.keys(formerNames).filter((name) => names.includes(name))).toEqual([])
})

test('names that are not ours are left alone', () => {
  expect(load({ HOME: '/root', PATH: '/bin', TALLY: '1' })).toEqual(load({}))
})

test('everything that is wrong is told at once', () => {
  const message = problems({ PORT: 'x', TALLYMAN_CURRENCY: 'y', TALLYMAN_PROT: '1' })
  expect(message).toStartWith('3 settings are wrong:')
  for (const name of ['PORT must', 'TALLYMAN_CURRENCY must', 'TALLYMAN_PROT is'])
    expect(message).toContain(name)
})

test('a secret may come from a file', async () => {
  await using directory = await temporaryDirectory()
  await Bun.write(directory.file('url'), 'postgres://me:pw@db/tallyman\n')
  const config = loadConfig({ DATABASE_URL_FILE: 'url' }, directory.path)
  expect(config.databaseUrl).toBe('postgres://me:pw@db/tallyman')
  expect(config.origins.databaseUrl).toBe('file')
})

test('a secret file that is missing, blank or one too many is refused by name', async () => {
  await using directory = await temporaryDirectory()
  await Bun.write(directory.file('blank'), '\n')
  expect(problems({ DATABASE_URL_FILE: '/no/such' })).toContain('DATABASE_URL cannot be read from /no/such')
  expect(problems({ DATABASE_URL_FILE: directory.file('blank') })).toContain('DATABASE_URL is blank in')
  expect(problems({ DATABASE_URL: 'sqlite:x', DATABASE_URL_FILE: '/x' })).toContain('are both set')
})

test('a secret is neither described nor part of a message', () => {
  const urls = [
    'postgres://me:s3cret@db/x',
    'postgres://me:s3c/ret@db/x',
    'postgres://db/x?password=s3cret',
    'x:s3cret',
  ]
  for (const url of urls) {
    let told: string
    try {
      told = JSON.stringify(describeConfig(load({ DATABASE_URL: url })))
    } catch (error) {
      told = String(error)
    }
    expect(told).not.toContain('s3c')
  }
})

test('of a token nothing is described', () => {
  const text = 'a-token-that-nobody-guesses'
  const described = describeConfig(load({ TALLYMAN_API_TOKEN: text, TALLYMAN_ANALYZER_SECRET: text }))
  expect(JSON.stringify(described)).not.toContain('nobody')
})

test('folders that may be read are a list, relative ones from where the program was started', () => {
  const listed = (text: string) => load({ TALLYMAN_LOCAL_FOLDERS: text }).localFolders
  expect(listed('/srv/a, lists ,/srv/../srv/a/,')).toEqual(['/srv/a', '/srv/lists'])
  expect(listed('none')).toEqual([])
})

test('hosts that may be private are names, addresses and networks', () => {
  const listed = (text: string) => load({ TALLYMAN_PRIVATE_HOSTS: text }).privateHosts
  expect(listed('NAS.lan, 10.1.0.0/16,fd00::1')).toEqual(['NAS.lan', '10.1.0.0/16', 'fd00::1'])
  expect(listed('none')).toEqual([])
  for (const wrong of ['10.1', 'http://nas', '10.0.0.0/33', 'a b', 'nas:80', '*'])
    expect(problems({ TALLYMAN_PRIVATE_HOSTS: wrong })).toContain(wrong)
})

test('what is described can be set again', () => {
  const config = load({ TALLYMAN_FILE_BYTES_MAX: '500MB', TALLYMAN_ORPHANS: 'none' })
  const env = Object.fromEntries(
    describeConfig(config)
      .filter(({ text, name }) => text !== null && name !== 'NO_COLOR')
      .map(({ name, text }) => [name, text ?? '']),
  )
  expect({ ...load(env), origins: null }).toEqual({ ...config, origins: null } as never)
})

test('.env.example is what `tallyman config --env-example` prints', async () => {
  expect(await Bun.file(`${import.meta.dir}/../.env.example`).text()).toBe(envExample())
})

test('.env.example with every line switched on is a valid configuration', () => {
  const lines = envExample()
    .split('\n')
    .filter((line) => /^# [A-Z0-9_]+=/.test(line))
  const env = Object.fromEntries(lines.map((line) => line.slice(2).split('=') as [string, string]))
  expect(lines.length).toBe(describeConfig(load({})).length)
  expect({ ...load(env), origins: null }).toEqual({ ...load({}), origins: null } as never)
})

test('which orphans are deleted is a list of rules, or none', () => {
  expect(load({ TALLYMAN_ORPHANS: ' categories, Brands' }).orphans).toEqual(['categories', 'brands'])
  expect(load({ TALLYMAN_ORPHANS: 'none' }).orphans).toEqual([])
  expect(problems({ TALLYMAN_ORPHANS: 'runs,brand' })).toContain('did you mean brands?')
})

test('the daily run is a schedule, or off, in a time zone that there is', () => {
  expect(load({ TALLYMAN_DAILY_RUN: 'Off' }).dailyRun).toBe('off')
  expect(load({ TALLYMAN_DAILY_RUN: ' 15  4 * * mon-fri' }).dailyRun).toBe('15 4 * * mon-fri')
  expect(load({ TALLYMAN_TIME_ZONE: 'europe/berlin' }).timeZone).toBe('Europe/Berlin')
  const said = problems({ TALLYMAN_DAILY_RUN: '0 25 * * *', TALLYMAN_TIME_ZONE: 'Europe/Berln' })
  expect(said).toContain(
    'TALLYMAN_DAILY_RUN cannot be used: The schedule "0 25 * * *" is wrong in its hour: "25"',
  )
  expect(said).toContain(
    'TALLYMAN_TIME_ZONE cannot be used: "Europe/Berln" is no time zone; did you mean Europe/Berlin?',
  )
})
