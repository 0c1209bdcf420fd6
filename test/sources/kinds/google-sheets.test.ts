import { describe, expect, test } from 'bun:test'
import { generateKeyPairSync } from 'node:crypto'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { connectorOf, fetchSettingsDefault } from '../../../src/sources/kinds/index.ts'
import { driveError, type GoogleStandIn, openGoogleStandIn } from '../../helpers/google-stand-in.ts'
import { type Given, type KindBench, fetchedAt as noted, openKindBench } from '../../helpers/kind-bench.ts'
import { rejection } from '../../helpers/open-database.ts'

const id = '1BxiMVs0XRA5nFMdKvBdBZjgmUUqptlbs74OgvE2upms'
const address = `https://docs.google.com/spreadsheets/d/${id}/edit#gid=0`
/** As a workbook begins; the analyzer reads it, not the source. */
const workbook = Buffer.from('PK\u0003\u0004 and so on')

interface Fixture extends AsyncDisposable {
  bench: KindBench
  google: GoogleStandIn
  config: { spreadsheet: string; key: string }
  /** The same, at this moment: tokens depend on it. */
  now: Given
}

async function open(): Promise<Fixture> {
  const google = await openGoogleStandIn()
  const bench = await openKindBench('google-sheets', {
    google: { url: google.url, tokenUrl: google.tokenUrl },
  })
  google.sheets.set(id, { sharedWith: [google.account.email], workbook })
  return {
    bench,
    google,
    config: { spreadsheet: address, key: google.account.key },
    now: { clock: { now: () => new Date() } },
    async [Symbol.asyncDispose]() {
      await google[Symbol.asyncDispose]()
      await bench[Symbol.asyncDispose]()
    },
  }
}

/** What Google was asked, as paths. */
const paths = ({ requests }: GoogleStandIn) => requests.map(({ path }) => path)

test('a sheet that is shared with a service account is exported as a workbook in one request', async () => {
  await using fixture = await open()
  const { bench, google, config, now } = fixture
  const fetched = await bench.fetched(config, now)
  expect(fetched).toMatchObject({
    fileName: 'Preise.xlsx',
    origin: {
      url: `https://docs.google.com/spreadsheets/d/${id}`,
      contentType: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
      etag: null,
      lastModified: null,
      sizeBytes: workbook.length,
    },
  })
  expect(await bench.text(fetched)).toBe(workbook.toString())
  expect(paths(google)).toEqual(['/token', `/drive/v3/files/${id}/export`])
})

test('a token is used as long as it holds, by whoever has the key, and by nobody else', async () => {
  await using fixture = await open()
  const { bench, google, config } = fixture
  const start = Date.now()
  const fetch = async (minutes: number, key = config.key) => {
    google.clockAheadMs = minutes * 60_000
    const { received } = await bench.fetched(
      { ...config, key },
      { clock: { now: () => new Date(start + minutes * 60_000) } },
    )
    await received.discard()
  }
  const tokens = () => paths(google).filter((path) => path === '/token').length
  await fetch(0)
  await fetch(30)
  expect(tokens()).toBe(1)
  await fetch(59.5)
  expect(tokens()).toBe(2)
  // The same names with another key are somebody else.
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const forged = JSON.stringify({
    ...JSON.parse(config.key),
    private_key: privateKey.export({ type: 'pkcs8', format: 'pem' }),
  })
  expect(await rejection(fetch(60, forged))).toMatchObject({ code: 'google_key_refused' })
})

test('a token that was taken back is asked for anew, once', async () => {
  await using fixture = await open()
  const { bench, google, config, now } = fixture
  await (await bench.fetched(config, now)).received.discard()
  google.takeTokensBack()
  await (await bench.fetched(config, now)).received.discard()
  expect(paths(google).filter((path) => path === '/token')).toHaveLength(2)
  google.exportAnswer = driveError(401, 'authError')
  google.requests.length = 0
  expect(await rejection(bench.fetch(config, now))).toMatchObject({ code: 'google_key_refused' })
  expect(google.requests).toHaveLength(3)
})

describe('a key in a file', () => {
  test('is read anew each time, from a folder that keys may be read from', async () => {
    await using fixture = await open()
    const { bench, google, now } = fixture
    const keys = `${bench.folder}/keys`
    const config = { spreadsheet: id, key_file: `${keys}/google.json` }
    expect(await rejection(bench.fetch(config, now))).toMatchObject({ code: 'key_folder_not_allowed' })
    bench.settings = { ...bench.settings, keyFolders: [keys] }
    expect(await rejection(bench.fetch(config, now))).toMatchObject({ code: 'key_file_missing' })
    await mkdir(keys)
    await writeFile(config.key_file, 'no key')
    expect(await rejection(bench.fetch(config, now))).toMatchObject({ code: 'google_key_invalid' })
    await writeFile(config.key_file, google.account.key)
    expect(await bench.text(await bench.fetched(config, now))).toBe(workbook.toString())
    await rm(config.key_file)
    expect(await rejection(bench.fetch(config, now))).toMatchObject({ code: 'key_file_missing' })
  })

  test('or in the configuration, and not in both', () => {
    const { check } = connectorOf('google-sheets')
    const key_file = '/etc/tallyman/google.json'
    for (const [config, code] of [
      [{ spreadsheet: id }, 'invalid_config'],
      [{ spreadsheet: id, key: 'x', key_file }, 'invalid_config'],
      [{ spreadsheet: 'x', key: 'x' }, 'invalid_config'],
      [{ spreadsheet: id, key: 'x' }, 'google_key_invalid'],
      [{ spreadsheet: id, key_file }, 'key_folder_not_allowed'],
    ] as const)
      expect(() => check(config, fetchSettingsDefault)).toThrow(expect.objectContaining({ code }))
    check({ spreadsheet: id, key_file }, { ...fetchSettingsDefault, keyFolders: ['/etc/tallyman'] })
  })
})

describe('what Google refuses is said in words that help', () => {
  test('a key that was deleted, or has expired', async () => {
    await using fixture = await open()
    const { bench, google, config, now } = fixture
    google.deletedKeys.add(google.account.keyId)
    expect(await rejection(bench.fetch(config, now))).toMatchObject({
      name: 'ForbiddenError',
      code: 'google_key_refused',
      message: expect.stringMatching(new RegExp(`${google.account.keyId}.*expired.*new key`)),
    })
  })

  test('an account that is no longer there', async () => {
    await using fixture = await open()
    const { bench, config, now } = fixture
    const key = JSON.stringify({ ...JSON.parse(config.key), client_email: 'other@project.example' })
    expect(await rejection(bench.fetch({ ...config, key }, now))).toMatchObject({
      code: 'google_key_refused',
      message: expect.stringMatching(/other@project\.example: the account was deleted/),
    })
  })

  test('a clock that is wrong', async () => {
    await using fixture = await open()
    const { bench, google, config, now } = fixture
    google.clockAheadMs = 3 * 60 * 60_000
    expect(await rejection(bench.fetch(config, now))).toMatchObject({
      code: 'google_clock_wrong',
      message: expect.stringMatching(/clock/),
    })
  })

  test('a sheet that is not shared, with whom it is to be', async () => {
    await using fixture = await open()
    const { bench, google, config, now } = fixture
    google.sheets.get(id)!.sharedWith = []
    const notShared = {
      name: 'ForbiddenError',
      code: 'google_sheet_not_shared',
      message: expect.stringContaining(`share it with ${google.account.email}`),
    }
    expect(await rejection(bench.fetch(config, now))).toMatchObject(notShared)
    google.exportAnswer = driveError(403, 'insufficientFilePermissions')
    expect(await rejection(bench.fetch(config, now))).toMatchObject(notShared)
  })

  test.each([
    [403, 'exportSizeLimitExceeded', 'google_sheet_too_large', /10 MB.*sheet of its own.*kind http/],
    [403, 'rateLimitExceeded', 'rate_limited', /tried again later/],
    [403, 'userRateLimitExceeded', 'rate_limited', /tried again later/],
    [403, 'accessNotConfigured', 'google_api_off', /switch it on/],
    [403, 'fileNotExportable', 'not_a_google_sheet', /Save as Google Sheets/],
    [403, 'cannotExportFile', 'google_export_not_allowed', /allow viewers/],
    [410, 'gone', 'not_found_there', /deleted/],
    [418, 'teapot', 'refused_there', /418/],
  ])('%d %s', async (status, reason, code, words) => {
    await using fixture = await open()
    const { bench, google, config, now } = fixture
    google.exportAnswer = driveError(status, reason)
    const error = await rejection(bench.fetch(config, now))
    expect(error).toMatchObject({ code, message: expect.stringMatching(words) })
    if (code === 'rate_limited')
      expect(error).toMatchObject({ name: 'UnavailableError', retryAfterMs: 100_000 })
  })

  test('a quota that is used up and answered 403 is one of the whole host, too', async () => {
    await using fixture = await open()
    const { bench, google, config, now } = fixture
    google.exportAnswer = driveError(403, 'userRateLimitExceeded')
    expect(await rejection(bench.fetch(config, now))).toMatchObject({ code: 'rate_limited' })
    google.exportAnswer = null
    google.requests.length = 0
    expect(await rejection(bench.fetch(config, now))).toMatchObject({ code: 'host_paused' })
    expect(google.requests).toEqual([])
    // What is wrong with one sheet is not the host's.
    await using other = await open()
    other.google.exportAnswer = driveError(403, 'accessNotConfigured')
    expect(await rejection(other.bench.fetch(other.config, now))).toMatchObject({ code: 'google_api_off' })
    other.google.exportAnswer = null
    expect(await other.bench.fetch(other.config, now)).toMatchObject({ fileName: expect.any(String) })
  })

  test('a quota that is used up, for the whole host', async () => {
    await using fixture = await open()
    const { bench, google, config, now } = fixture
    google.exportAnswer = { ...driveError(429, 'rateLimitExceeded'), headers: { 'retry-after': '60' } }
    expect(await rejection(bench.fetch(config, now))).toMatchObject({
      name: 'UnavailableError',
      code: 'rate_limited',
      retryAfterMs: 60_000,
    })
    google.exportAnswer = null
    google.requests.length = 0
    expect(await rejection(bench.fetch(config, now))).toMatchObject({ code: 'host_paused' })
    expect(google.requests).toEqual([])
  })
})

test.each([
  ['a page', { status: 200, body: '<html>Sorry' }, null],
  ['nothing', { status: 200, body: '' }, null],
  ['a token that is none', null, { status: 200, body: '{"access_token":"a\\r\\nb: c","expires_in":3599}' }],
  ['no token', null, { status: 200, body: '{}' }],
  ['what is no JSON', null, { status: 200, body: 'token' }],
])('an answer that makes no sense is tried again: %s', async (_what, exportAnswer, tokenAnswer) => {
  await using fixture = await open()
  const { bench, google, config, now } = fixture
  Object.assign(google, { exportAnswer, tokenAnswer })
  expect(await rejection(bench.fetch(config, now))).toMatchObject({
    name: 'UnavailableError',
    code: 'google_answer_unclear',
  })
  expect(await bench.leftovers()).toEqual([])
})

test('what is sent to Google and comes back in its words is never shown', async () => {
  await using fixture = await open()
  const { bench, google, config, now } = fixture
  const echo = (said: string) => JSON.stringify({ error: said, error_description: said })
  const errors: unknown[] = []
  google.tokenAnswer = { status: 400, body: echo(google.account.key) }
  errors.push(await rejection(bench.fetch(config, now)))
  google.tokenAnswer = { status: 200, body: '{"access_token":"ya29.SECRET","expires_in":3599}' }
  google.exportAnswer = { status: 403, body: echo('Bearer ya29.SECRET') }
  errors.push(await rejection(bench.fetch(config, now)))
  expect(errors).toMatchObject([{ code: 'google_key_refused' }, { code: 'google_sheet_not_shared' }])
  expect(Bun.inspect(errors)).not.toMatch(/SECRET|PRIVATE KEY|MII/)
})

test('before anything is fetched a sheet goes by its id', () => {
  const { fileNameOf } = connectorOf('google-sheets')
  expect(fileNameOf({ spreadsheet: address, key: '***' })).toBe('google-sheet-1BxiMVs0XRA5.xlsx')
})

test('fetching begins when Google is asked', async () => {
  await using fixture = await open()
  const { bench, google, config } = fixture
  google.clockAheadMs = noted.getTime() - Date.now()
  const fetched = await bench.fetched(config)
  expect(fetched.fetchedAt).toEqual(noted)
  await fetched.received.discard()
})
