import { expect, test } from 'bun:test'
import fc from 'fast-check'
import { isSecretName, redactText } from '../../src/lib/redact.ts'

const cases: [string, string][] = [
  ['postgres://me:pw@db/x', 'postgres://me:***@db/x'],
  ['redis://:pw@cache:6379', 'redis://:***@cache:6379'],
  ['at https://u:p/w@h/a and ftp://v:q@i/b', 'at https://u:***@h/a and ftp://v:***@i/b'],
  ['https://h/x?page=2&api_key=abc&sort=up', 'https://h/x?page=2&api_key=***&sort=up'],
  ['https://h/x?access-token=abc#top', 'https://h/x?access-token=***#top'],
  ['Authorization: Bearer abcdefghijklmnop.qrs', 'Authorization: Bearer ***'],
  ['https://h:8080/list.csv', 'https://h:8080/list.csv'],
  ['12:30 at me@example.com', '12:30 at me@example.com'],
]
for (const [text, clean] of cases) {
  test(`"${text}" is shown as "${clean}"`, () => {
    expect(redactText(text)).toBe(clean)
  })
}

test('no password in a URL survives, wherever the URL stands', () => {
  const password = fc
    .stringMatching(/^[A-Za-z0-9/@:?#%!$&'*+,;=._~-]{8,40}$/)
    .filter((text) => !/['"<>]/.test(text))
  fc.assert(
    fc.property(fc.string(), password, (before, secret) => {
      expect(redactText(`${before} postgres://me:${secret}@db/x`)).toEndWith('postgres://me:***@db/x')
    }),
  )
})

test('names of secrets are known in every spelling', () => {
  for (const name of [
    'password',
    'dbPassword',
    'API_KEY',
    'x-api-key',
    'Set-Cookie',
    'leaseToken',
    'Authorization',
  ]) {
    expect([name, isSecretName(name)]).toEqual([name, true])
  }
  for (const name of ['name', 'key', 'itemKey', 'author', 'path']) {
    expect([name, isSecretName(name)]).toEqual([name, false])
  }
})
