import { expect, test } from 'bun:test'
import { openArchive } from '../../../src/files/archive.ts'
import { noOrigin } from '../../../src/imports/model.ts'
import { UnavailableError } from '../../../src/lib/errors.ts'
import { loggable } from '../../../src/lib/loggable.ts'
import { secretRecord, secretText, t } from '../../../src/lib/schema.ts'
import {
  connector,
  type FetchContext,
  fetchSettingsDefault,
  type LookContext,
} from '../../../src/sources/kinds/kind.ts'
import { temporaryDirectory } from '../../helpers/temporary.ts'

const shop = connector({
  name: 'http',
  config: t.Object(
    {
      url: t.String({ pattern: '^https://' }),
      password: t.Optional(secretText({ minLength: 8 })),
      secret_headers: t.Optional(secretRecord()),
    },
    { additionalProperties: false },
  ),
  fileNameOf: ({ url }) => url.slice('https://'.length),
  fetch: null,
})
const settings = fetchSettingsDefault

test('a kind says which parts of its configuration are secret', () => {
  expect(shop.secrets).toEqual(['password', 'secret_headers'])
})

test('its schema says so too, in words that forms and documents know', () => {
  expect(JSON.parse(JSON.stringify(shop.config.properties.password))).toMatchObject({
    type: 'string',
    format: 'password',
    writeOnly: true,
    'x-secret': true,
  })
  expect(JSON.parse(JSON.stringify(shop.config.properties.secret_headers))).toMatchObject({
    type: 'object',
    writeOnly: true,
    'x-secret': true,
  })
})

test('a file has its name before its secrets are known', () => {
  const masked = { url: 'https://shop.example/list.csv', password: '***', secret_headers: { 'X-Key': '***' } }
  expect(shop.fileNameOf(masked)).toBe('shop.example/list.csv')
  expect(() => shop.check(masked, settings)).toThrow('password')
})

test('what is wrong with a secret is told without it', () => {
  const config = { url: 'https://shop.example/', password: 'hunter2', secret_headers: { 'X-Key': 7654321 } }
  expect(() => shop.check(config, settings)).toThrow(
    expect.objectContaining({
      code: 'invalid_config',
      message: expect.not.stringMatching(/hunter2|7654321/),
    }),
  )
})

test('a kind tells nobody its secrets, whatever it throws or has been told', async () => {
  await using folder = await temporaryDirectory()
  const archive = openArchive(folder.path)
  const talkative = (said: 'thrown' | 'given') =>
    connector({
      name: 'ftp',
      config: t.Object({ username: t.String(), password: secretText(), headers: secretRecord() }),
      fileNameOf: () => 'list',
      check({ password }) {
        throw new Error(`checked with ${password}`)
      },
      async fetch({ username, password, headers }) {
        const basic = Buffer.from(`${username}:${password}`).toString('base64')
        const text = `${password} ${basic} ${headers['X-Key']}`
        if (said === 'thrown') throw new UnavailableError('unreachable', text, { cause: new Error(text) })
        const received = await archive.receive(pieces('list'), { sizeBytesMax: 100 })
        const origin = { ...noOrigin, etag: text }
        return { received, fileName: `${text}.csv`, fetchedAt: now, origin, learned: { key: [text] } }
      },
      look: ({ password }) => Promise.reject(new Error(password)),
    })
  const config = { username: 'anna', password: 'hunter2', headers: { 'X-Key': 'k-7654321' } }
  // None of it is used by this kind.
  const context = {} as FetchContext & LookContext
  const kind = talkative('thrown')
  const thrown = [
    await kind.fetch!(config, context).catch((error) => error),
    await kind.look!(config, context).catch((error) => error),
    refusal(() => kind.check(config, settings)),
  ]
  for (const error of thrown) {
    expect(error.message).toContain('***')
    expect(JSON.stringify(loggable({ error }))).not.toMatch(secretForms)
  }
  const fetched = await talkative('given').fetch!(config, context)
  if (fetched.received === null) throw new Error('Nothing came.')
  const { received, ...said } = fetched
  await received.discard()
  expect(said).toEqual({
    fileName: '*** *** ***.csv',
    fetchedAt: now,
    origin: { ...noOrigin, etag: '*** *** ***' },
    learned: { key: ['*** *** ***'] },
  })
})

const now = new Date('2026-11-01T00:00:00Z')
const secretForms = /hunter2|aHVudGVyMg|YW5uYTpodW50ZXIy|7654321/

async function* pieces(text: string) {
  yield Buffer.from(text)
}

function refusal(work: () => unknown): Error {
  try {
    work()
  } catch (error) {
    if (error instanceof Error) return error
  }
  throw new Error('It was not refused.')
}
