import { expect, test } from 'bun:test'
import { createPublicKey, generateKeyPairSync, verify } from 'node:crypto'
import { signedToken } from '../../../../src/sources/kinds/google/jwt.ts'
import { serviceAccountIn } from '../../../../src/sources/kinds/google/service-account.ts'
import { spreadsheetIdIn } from '../../../../src/sources/kinds/google/spreadsheet-id.ts'

const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 })
const pem = rsa.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
const key = {
  type: 'service_account',
  private_key_id: 'abc123',
  private_key: pem,
  client_email: 'prices@project.iam.gserviceaccount.com',
  token_uri: 'https://oauth2.googleapis.com/token',
}

test('a key is read, and what it signs can be verified by whoever has the other half', () => {
  const account = serviceAccountIn(JSON.stringify(key))
  expect(account).toMatchObject({ email: key.client_email, keyId: 'abc123', tokenUrl: key.token_uri })
  const claims = { iss: account.email, scope: 's', aud: account.tokenUrl, iat: 1, exp: 2 }
  const [header, said, signature] = signedToken(claims, account).split('.')
  const json = (part: string | undefined) => JSON.parse(Buffer.from(part!, 'base64url').toString())
  expect(json(header)).toEqual({ alg: 'RS256', typ: 'JWT', kid: 'abc123' })
  expect(json(said)).toEqual(claims)
  const publicKey = createPublicKey(rsa.publicKey.export({ type: 'spki', format: 'pem' }))
  const isSigned = (text: string) =>
    verify('sha256', Buffer.from(text), publicKey, Buffer.from(signature!, 'base64url'))
  expect(isSigned(`${header}.${said}`)).toBe(true)
  expect(isSigned(`${header}.${said}x`)).toBe(false)
})

test('another key of the same account is another one', () => {
  const one = serviceAccountIn(JSON.stringify(key))
  const same = serviceAccountIn(JSON.stringify(key))
  const other = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey
  const forged = serviceAccountIn(
    JSON.stringify({ ...key, private_key: other.export({ type: 'pkcs8', format: 'pem' }) }),
  )
  expect(same.fingerprint).toBe(one.fingerprint)
  expect(forged.fingerprint).not.toBe(one.fingerprint)
})

const elliptic = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey
test.each([
  ['no json SECRET', /no JSON/],
  ['', /no JSON/],
  ['[]', /no JSON/],
  ['"SECRET"', /no JSON/],
  [{ installed: { client_secret: 'SECRET' } }, /client of an application/],
  [{ type: 'authorized_user', refresh_token: 'SECRET' }, /login of a person/],
  [{ type: 'other' }, /of another kind/],
  [{ ...key, client_email: undefined }, /client_email/],
  [{ ...key, client_email: 'a b@SECRET' }, /client_email/],
  [{ ...key, private_key: undefined }, /private_key is missing/],
  [{ ...key, private_key: pem.slice(0, 400) }, /damaged/],
  [{ ...key, private_key: 'SECRET' }, /damaged/],
  [{ ...key, private_key: elliptic.export({ type: 'pkcs8', format: 'pem' }) }, /no RSA key/],
  [{ ...key, token_uri: 'http://oauth2.googleapis.com/token' }, /token_uri/],
  [{ ...key, token_uri: 'file:///etc/passwd' }, /token_uri/],
])('what is no key of a service account is refused without showing it (%#)', (given, words) => {
  let thrown: unknown = null
  try {
    serviceAccountIn(typeof given === 'string' ? given : JSON.stringify(given))
  } catch (error) {
    thrown = error
  }
  expect(thrown).toMatchObject({ name: 'InvalidError', code: 'google_key_invalid' })
  expect(thrown).not.toHaveProperty('cause')
  expect(String(thrown)).toMatch(words)
  expect(String(thrown)).not.toMatch(/SECRET|BEGIN|MII/)
})

const id = '1BxiMVs0XRA5nFMdKvBdBZjgmUUqptlbs74OgvE2upms'
test.each([
  id,
  `https://docs.google.com/spreadsheets/d/${id}/edit#gid=0`,
  `https://docs.google.com/spreadsheets/d/${id}`,
  `https://docs.google.com/spreadsheets/u/1/d/${id}/edit?gid=12&x=1`,
  `https://docs.google.com/a/example.com/spreadsheets/d/${id}/htmlview`,
  `https://drive.google.com/file/d/${id}/view`,
  `https://drive.google.com/open?id=${id}`,
])('the id of a sheet is found in %s', (given) => {
  expect(spreadsheetIdIn(given)).toBe(id)
})

test.each([
  ['https://docs.google.com/spreadsheets/d/e/2PACX-1vQabcdefghijklmnop/pub?output=xlsx', /kind http/],
  [`https://docs.google.com.evil.example/spreadsheets/d/${id}`, /address of the sheet/],
  [`https://evilgoogle.com/spreadsheets/d/${id}`, /address of the sheet/],
  ['https://docs.google.com/spreadsheets/', /address of the sheet/],
  ['short', /address of the sheet/],
  [`../${id}`, /address of the sheet/],
  [`${id}?x=1`, /address of the sheet/],
  [`https://docs.google.com/spreadsheets/d/..%2f..%2f${id}`, /address of the sheet/],
])('what names no sheet is refused: %s', (given, words) => {
  expect(() => spreadsheetIdIn(given)).toThrow(words)
})
