import { expect, test } from 'bun:test'
import { requestOf, secretsWithheld } from '../../../../src/sources/kinds/http/request.ts'
import { connectorOf, fetchSettingsDefault } from '../../../../src/sources/kinds/index.ts'

const url = 'https://shop.example/prices.csv'

test('the address has all parameters; what is shown of it has no secret', () => {
  const { url: sent, shownUrl } = requestOf({
    url: `${url}?apikey=A1&lang=de#part`,
    query: { page: '1 & 2', password: 'BBB2' },
    secret_query: { customer: 'CCC3' },
  })
  expect(sent.href).toBe(`${url}?apikey=A1&lang=de&page=1+%26+2&password=BBB2&customer=CCC3`)
  expect(shownUrl).toBe(`${url}?apikey=***&lang=de&page=1+%26+2&password=***&customer=***`)
})

test('credentials become headers, in the words of HTTP', () => {
  const headers = (config: object) => requestOf({ url, ...config }).headers
  expect(headers({})).toEqual({ accept: '*/*' })
  expect(headers({ username: 'me', password: 'pä:ss' })).toMatchObject({
    authorization: `Basic ${Buffer.from('me:pä:ss').toString('base64')}`,
  })
  expect(headers({ token: 'abc' })).toMatchObject({ authorization: 'Bearer abc' })
  expect(headers({ headers: { Accept: 'text/csv' }, secret_headers: { 'X-Api-Key': 'k' } })).toEqual({
    accept: 'text/csv',
    'x-api-key': 'k',
  })
})

test('a body is sent with POST only, as JSON or as a form', () => {
  expect(requestOf({ url, method: 'POST', body: { a: [1] } })).toMatchObject({ json: { a: [1] } })
  expect(requestOf({ url, method: 'POST', body: { a: [1] }, secret_body: { pin: '2' } })).toMatchObject({
    json: { a: [1], pin: '2' },
  })
  const { form } = requestOf({ url, method: 'POST', form: { a: '1' }, secret_form: { pin: '2' } })
  expect(form?.toString()).toBe('a=1&pin=2')
  expect(requestOf({ url, method: 'POST' })).toMatchObject({ method: 'POST' })
})

test.each([
  [{ url: 'https://me:secret7@shop.example/' }, /username and password/],
  [{ url: 'https://me@shop.example/' }, /username and password/],
  [{ url: 'https://[::x]/' }, /url/],
  [{ url: 'ftp://shop.example/' }, /url/],
  [{ url: 'file:///etc/passwd' }, /url/],
  [{ url: 'shop.example/list.csv' }, /url/],
  [{ url: 'https://shop.example/a b' }, /url/],
  [{}, /url/],
  [{ url, body: { a: 1 } }, /method POST/],
  [{ url, secret_form: { a: 'secret7' } }, /method POST/],
  [{ url, secret_body: { a: 'secret7' } }, /method POST/],
  [{ url, method: 'POST', body: [1], secret_body: { a: 'secret7' } }, /body is a list/],
  [{ url, method: 'POST', body: {}, form: {} }, /keep one/],
  [{ url, method: 'PUT' }, /method/],
  [{ url, token: 'secret7', password: 'secret7' }, /keep one/],
  [{ url, token: 'secret7 secret7' }, /token/],
  [{ url, token: 'a', secret_headers: { authorization: 'secret7' } }, /authorization is said twice/],
  [{ url, headers: { Authorization: 'secret7' } }, /secret_headers/],
  [{ url, headers: { 'x-api-key': 'secret7' } }, /secret_headers/],
  [{ url, headers: { Cookie: 'secret7' } }, /secret_headers/],
  [{ url, headers: { Range: 'bytes=0-1' } }, /Range cannot be set/],
  [{ url, headers: { 'Proxy-Connection': 'x' } }, /cannot be set/],
  [{ url, headers: { HOST: 'other.example' } }, /HOST cannot be set/],
  [{ url, headers: { 'a b': 'x' } }, /headers/],
  [{ url, headers: { a: 'x\r\nHost: other' } }, /headers/],
  [{ url, headers: { a: 'Ā' } }, /headers/],
  [{ url, secret_headers: { 'a\nb': 'secret7' } }, /name that no header can have/],
  [{ url, secret_headers: { a: 'secret7\r\nHost: other' } }, /line end/],
  [{ url, username: 'a:b' }, /username/],
  [{ url, file_name: '../x.csv' }, /file_name/],
  [{ url, timeout_seconds: 0 }, /timeout_seconds/],
  [{ url, acept_html: true }, /acept_html/],
])('a configuration that makes no sense is refused, and says where: %j', (config, words) => {
  let thrown: unknown = null
  try {
    connectorOf('http').check(config, fetchSettingsDefault)
  } catch (error) {
    thrown = error
  }
  expect(thrown).toMatchObject({ name: 'InvalidError', code: 'invalid_config' })
  expect(String(thrown)).toMatch(words)
  expect(String(thrown)).not.toContain('secret7')
})

test('every secret of a configuration is kept out of what is said', () => {
  const withheld = secretsWithheld({
    url: `${url}?token=secret1&page=open1`,
    query: { lang: 'open2' },
    secret_query: { q: 'secret2' },
    headers: { Accept: 'open3' },
    secret_headers: { h: 'secret3' },
    form: { f: 'open4' },
    secret_form: { f: 'secret4' },
    username: 'open5',
    password: 'secret555',
    token: 'secret6',
  })
  expect(withheld.text('1 secret1 2 secret2 3 secret3 4 secret4 5 secret555 6 secret6')).toBe(
    '1 *** 2 *** 3 *** 4 *** 5 *** 6 ***',
  )
  expect(withheld.text(`open1 open2 open3 open4 open5 ${btoa('open5:secret555')}`)).toBe(
    'open1 open2 open3 open4 open5 ***',
  )
})

test('an address that holds a password elsewhere is shown as it is kept, so that it is found again', () => {
  const config = { url: 'https://acme.example/list', username: 'me', password: 'acme' }
  const { shownUrl } = requestOf(config)
  expect(shownUrl).toBe('https://***.example/list')
  expect(secretsWithheld(config).text(shownUrl)).toBe(shownUrl)
})

test('before anything is fetched a list goes by the end of its address, or by the name of the server', () => {
  const { fileNameOf } = connectorOf('http')
  expect(fileNameOf({ url: `${url}?x=1` })).toBe('prices.csv')
  expect(fileNameOf({ url: 'https://shop.example/lists/Preisliste%20M%C3%A4rz.xlsx' })).toBe(
    'Preisliste März.xlsx',
  )
  expect(fileNameOf({ url: 'https://shop.example/lists/%2e%2e%2f%2e%2e%2fetc%2fpasswd' })).toBe('passwd')
  expect(fileNameOf({ url: 'https://shop.example/100%/' })).toBe('100%')
  expect(fileNameOf({ url: 'https://shop.example/' })).toBe('shop.example')
  expect(fileNameOf({ url, file_name: 'weekly.csv' })).toBe('weekly.csv')
  // Its secrets need not be known.
  expect(fileNameOf({ url, password: '***', secret_headers: '***', secret_query: { a: '***' } })).toBe(
    'prices.csv',
  )
})
