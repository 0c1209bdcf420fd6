import { expect, test } from 'bun:test'
import fc from 'fast-check'
import { AppError, UnavailableError } from '../../src/lib/errors.ts'
import { loggable } from '../../src/lib/loggable.ts'
import { withhold } from '../../src/lib/withhold.ts'

const password = 'hunter2/+ "ü"%'
const { text, value, error } = withhold([password, 'second-secret'], 'anna')

const forms: [string, string][] = [
  ['as it is', password],
  ['in JSON', JSON.stringify(password)],
  ['in a URL', encodeURIComponent(password)],
  ['in a form', new URLSearchParams({ p: password }).toString()],
  ['as base64', Buffer.from(password).toString('base64')],
  ['behind its user', `Basic ${Buffer.from(`anna:${password}`).toString('base64')}`],
  ['with another one', `second-secret${password}`],
]
for (const [where, written] of forms) {
  test(`a secret is withheld ${where}`, () => {
    const clean = text(`530 Login failed for ${written}.`)
    expect(clean).toStartWith('530 Login failed for ')
    expect(clean).toContain('***')
    expect(clean).not.toMatch(/hunter2|second|aHVudGVyMi8/)
  })
}

test('a secret is withheld within base64 of more', () => {
  for (const before of ['', 'a', 'ab', 'abc']) {
    const whole = Buffer.from(`${before}:second-secret and more`).toString('base64')
    expect(Buffer.from(text(whole).replaceAll('***', ''), 'base64').toString('latin1')).not.toContain(
      'cond-secr',
    )
    expect(text(whole)).toContain('***')
  }
})

test('of a key of several lines each line is withheld', () => {
  const lines = [
    '-----BEGIN PRIVATE KEY-----',
    'MIIEvQIBADANBgkqhkiG9w0BAQEFAASC',
    'c2Vjb25kbGluZW9mdGhla2V5d2hhdGV2ZXI',
  ]
  for (const key of [lines.join('\n'), JSON.stringify({ private_key: lines.join('\n') })]) {
    const clean = withhold([key]).text(`cannot be parsed near ${lines[1]} or ${lines[2]}`)
    expect(clean).toBe('cannot be parsed near *** or ***')
  }
})

test('no text keeps a secret, whatever both are', () => {
  const secret = fc.string({ minLength: 4, unit: 'grapheme' }).filter((one) => !/^\**$/.test(one))
  fc.assert(
    fc.property(secret, fc.string(), fc.string(), (one, before, after) => {
      expect(withhold([one]).text(before + one + after)).toContain('***')
      expect(withhold([one]).value({ a: [before + one + after] }).a[0]).not.toBe(before + one + after)
    }),
  )
})

test('what is said of a file keeps its shape', () => {
  const said = { url: 'ftp://host/list.csv', etag: `"${password}"`, sizeBytes: 7, more: [null, true] }
  expect(value(said)).toEqual({ ...said, etag: '"***"' })
  expect(withhold([]).value(said)).toBe(said)
})

test('an error stays what it is, without the secret, and so do its causes', () => {
  const cause = new AggregateError([new Error(`530 ${password}`)], `connect anna:${password}`)
  const thrown = new UnavailableError('unreachable', `It said: ${password}.`, { cause, retryAfterMs: 7 })
  expect(error(thrown)).toBe(thrown)
  expect(thrown).toMatchObject({ code: 'unreachable', message: 'It said: ***.', retryAfterMs: 7 })
  expect(JSON.stringify(loggable({ thrown }))).not.toContain('hunter2')
  expect(`${thrown.stack}${cause.stack}`).not.toContain('hunter2')
  expect(thrown).toBeInstanceOf(AppError)
})

test('what is no error, or causes itself, does no harm', () => {
  const loop = new Error(password)
  loop.cause = loop
  expect(error(loop)).toBe(loop)
  expect(loop.message).toBe('***')
  expect(error(password)).toBe(password)
  expect(error(undefined)).toBeUndefined()
})

test('a secret of three characters is none', () => {
  expect(withhold(['abc', '']).text('abcdef')).toBe('abcdef')
})
