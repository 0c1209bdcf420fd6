import { expect, test } from 'bun:test'
import fc from 'fast-check'
import { isSecretName, redactText } from '../../src/lib/redact.ts'

const cases: [string, string][] = [
  ['postgres://me:pw@db/x', 'postgres://me:***@db/x'],
  ['redis://:pw@cache:6379', 'redis://:***@cache:6379'],
  ['at https://u:p/w@h/a and ftp://v:q@i/b', 'at https://u:***@h/a and ftp://v:***@i/b'],
  ['https://h/x?page=2&api_key=abc&sort=up', 'https://h/x?page=2&api_key=***&sort=up'],
  ['https://h/x?access-token=abc#top', 'https://h/x?access-token=***#top'],
  ['Authorization: Bearer abcdefghijklmnop.qrs', 'Authorization: ***'],
  ['it sent Bearer abcdefghijklmnop.qrs', 'it sent Bearer ***'],
  ['https://h:8080/list.csv', 'https://h:8080/list.csv'],
  ['12:30 at me@example.com', '12:30 at me@example.com'],
  ['https://h/x?key=abc&sig=d%2Fe&page=2', 'https://h/x?key=***&sig=***&page=2'],
  ['https://ghp_0123456789abcdef@h/list.csv', 'https://***@h/list.csv'],
  [`it said tlm_${'aB3_-'.repeat(9).slice(0, 43)}.`, 'it said tlm_***.'],
  [`Cookies a=tlm_s_${'x'.repeat(43)}, tlm_setup_${'y'.repeat(43)}`, 'Cookies a=tlm_s_***, tlm_setup_***'],
  ['https://anna@h/list.csv', 'https://anna@h/list.csv'],
  ['it sent Basic YW5uYTpodW50ZXIy', 'it sent Basic ***'],
  ['the basic assortment of tools', 'the basic assortment of tools'],
  ['{"user":"anna","password" : "a\\"b c","page":"2"}', '{"user":"anna","password" : "***","page":"2"}'],
  ['X-Api-Key: abc def\nAccept: text/csv', 'X-Api-Key: ***\nAccept: text/csv'],
  ['Cookie: a=b; c=d', 'Cookie: ***'],
  ['--set password=hunter2 --set path=/srv', '--set password=*** --set path=/srv'],
  ['password: Expected string length greater than 8', 'password: Expected string length greater than 8'],
  [
    'key -----BEGIN RSA PRIVATE KEY-----\nMIIE\nabc=\n-----END RSA PRIVATE KEY-----.',
    'key -----BEGIN RSA PRIVATE KEY-----***-----END RSA PRIVATE KEY-----.',
  ],
  ['{"private_key":"-----BEGIN PRIVATE KEY-----\\nMIIE"}', '{"private_key":"***"}'],
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
