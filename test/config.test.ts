import { expect, test } from 'bun:test'
import { envExample } from '../src/cli/config.ts'
import { describeConfig, type Environment, loadConfig } from '../src/config.ts'
import { InvalidError } from '../src/lib/errors.ts'
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
    apiToken: null,
    allowedHosts: [],
    dataDirectory: '/srv/data',
    databasePoolSize: 20,
    indexedCharacteristics: ['ean'],
    concurrency: 4,
    usesAnalyzer: true,
    analyzerUrl: null,
    analyzerSecret: null,
    analyzerPort: 8421,
    analyzerFallback: true,
    analyzerMemoryBytesMax: 1_073_741_824,
    analyzerSecondsMax: 3600,
    currency: null,
    fileBytesMax: 2_147_483_648,
    unpackedBytesMax: 8_589_934_592,
    cellCharactersMax: 1_000_000,
    logLevel: 'info',
    logFormat: 'auto',
    isColourOff: false,
    corpusDirectory: null,
    testDatabaseUrl: null,
    testRedisUrl: null,
    testBrowser: null,
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
  [{ TALLYMAN_LOG_FORMAT: 'jsn' }, 'did you mean json?'],
  [{ TALLYMAN_LOG_LEVEL: 'info,db=wran' }, 'TALLYMAN_LOG_LEVEL cannot be read: "db=wran"'],
  [{ TALLYMAN_INDEXED_CHARACTERISTICS: 'ean,"x' }, 'quotes'],
  [{ TALLYMAN_INDEXED_CHARACTERISTICS: Array.from({ length: 17 }, (_, i) => `c${i}`).join() }, 'at most 16'],
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

test('characteristics with an index are a list, and none is the empty one', () => {
  const listed = (text: string) => load({ TALLYMAN_INDEXED_CHARACTERISTICS: text }).indexedCharacteristics
  expect(listed('ean, Größe ,ean,')).toEqual(['ean', 'Größe'])
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

test('what is described can be set again', () => {
  const config = load({ TALLYMAN_FILE_BYTES_MAX: '500MB', TALLYMAN_INDEXED_CHARACTERISTICS: 'none' })
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
    .filter((line) => /^# [A-Z_]+=/.test(line))
  const env = Object.fromEntries(lines.map((line) => line.slice(2).split('=') as [string, string]))
  expect(lines.length).toBe(describeConfig(load({})).length)
  expect({ ...load(env), origins: null }).toEqual({ ...load({}), origins: null } as never)
})
