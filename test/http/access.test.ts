import { describe, expect, test } from 'bun:test'
import { accessCheck, isLoopback } from '../../src/http/access.ts'
import { openService, type TestService } from '../helpers/http-service.ts'
import { rawConnection } from '../helpers/raw-request.ts'

const token = 'a-token-for-this-test-0123456789'
const bearer = { authorization: `Bearer ${token}` }

/** The status and the first line's rest of a request that is written by hand. */
async function statusOf(service: TestService, head: string): Promise<string> {
  const connection = await rawConnection(service.port)
  connection.send(`${head}\r\n\r\n`)
  const answer = await connection.received(/\r\n\r\n/)
  connection.cut()
  return answer.slice(9, 12)
}

const to = (service: TestService, host: string) => statusOf(service, `GET /livez HTTP/1.1\r\nHost: ${host}`)

test('a request that names another host is refused, so that no web page gets in by a rebound name', async () => {
  await using service = await openService('sqlite', {
    access: { host: '10.1.2.3', allowedHosts: ['tally.example', 'proxy.example:8443'] },
  })
  for (const host of [
    'localhost',
    `localhost:${service.port}`,
    'LOCALHOST.',
    '127.0.0.1:1',
    '[::1]:8420',
    '10.1.2.3:8420',
    'tally.example',
    'Tally.Example:443',
    'proxy.example:8443',
  ])
    expect([host, await to(service, host)]).toEqual([host, '200'])
  for (const host of [
    'evil.example',
    '127.0.0.1.evil.example',
    'localhost.evil',
    '10.0.0.1:8420',
    'proxy.example',
    'proxy.example:8444',
    'localhost, evil.example',
    '',
  ])
    expect([host, await to(service, host)]).toEqual([host, '400'])
  expect(await statusOf(service, 'GET /api/v1/items HTTP/1.0')).toBe('400')
  expect(await statusOf(service, 'GET http://evil.example/api/v1/items HTTP/1.1\r\nHost: evil.example')).toBe(
    '400',
  )
  expect(
    await statusOf(service, 'GET /api/v1/items HTTP/1.1\r\nHost: localhost\r\nHost: evil.example'),
  ).not.toBe('500')
  const response = await service.fetch('/livez', { headers: { host: 'evil.example' } })
  expect(await response.json()).toMatchObject({ code: 'wrong_host' })
})

test('an address with a fragment leads nowhere, since its route and its role would be read from different parts', () => {
  const check = accessCheck({ host: '127.0.0.1', allowedHosts: [] })
  const asked = (path: string) =>
    check(new Request(`http://localhost${path}`, { headers: { host: 'localhost' } }))
  expect(asked('/api/v1/archive/x')).toBeNull()
  expect(asked('/api/v1/archive/x#/content')?.status).toBe(404)
})

test('whoever listens on all addresses is called by none of them', () => {
  const check = accessCheck({ host: '0.0.0.0', allowedHosts: [] })
  expect(check(new Request('http://0.0.0.0/livez'))?.status).toBe(400)
  expect(check(new Request('http://localhost/livez'))).toBeNull()
})

describe('a request that changes something', () => {
  const post = (service: TestService, headers: Record<string, string>, method = 'POST') =>
    service.json<{ code: string }>('/api/v1/imports/x/approve', { method, headers })

  test('is refused when a page of another origin sends it', async () => {
    await using service = await openService('sqlite', { access: { allowedHosts: ['tally.example'] } })
    const foreign = [
      { origin: 'https://evil.example' },
      { origin: 'null' },
      { origin: `http://localhost:${service.port}` },
      { origin: 'http://127.0.0.1:1' },
      { origin: 'http://127.0.0.1' },
      { origin: 'https://tally.example.evil.example' },
      { 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-site', origin: service.url },
    ]
    for (const headers of foreign)
      expect([headers, await post(service, headers)]).toMatchObject([
        headers,
        { status: 403, body: { code: 'foreign_origin' } },
      ])
    const own = [
      {},
      { origin: service.url },
      { origin: service.url, 'sec-fetch-site': 'same-origin' },
      { 'sec-fetch-site': 'none' },
      // Behind a proxy that calls the service by another name.
      { origin: 'https://tally.example' },
    ]
    for (const headers of own)
      expect([headers, await post(service, headers)]).toMatchObject([headers, { status: 404 }])
  })

  test('while reading is possible from anywhere, and no other page is told what was read', async () => {
    await using service = await openService('sqlite')
    const response = await service.fetch('/api/v1/items', { headers: { origin: 'https://evil.example' } })
    expect(response.status).toBe(200)
    expect(response.headers.get('access-control-allow-origin')).toBeNull()
    expect(response.headers.get('cross-origin-resource-policy')).toBe('same-origin')
    const preflight = await service.fetch('/api/v1/uploads', {
      method: 'OPTIONS',
      headers: { origin: 'https://evil.example', 'access-control-request-method': 'POST' },
    })
    expect([preflight.status, preflight.headers.get('access-control-allow-origin')]).toEqual([405, null])
  })
})

describe('with a token', () => {
  test('every request must carry it, but those that watch over the service', async () => {
    await using service = await openService('sqlite', { access: { token } })
    for (const path of ['/livez', '/readyz', '/health']) expect((await service.fetch(path)).status).toBe(200)
    const wrong = [
      {},
      { authorization: 'Bearer' },
      { authorization: `Bearer ${token}x` },
      { authorization: `Bearer ${token.slice(1)}` },
      { authorization: `Basic ${btoa(`x:${token}`)}` },
      { authorization: token },
    ]
    for (const path of ['/api/v1/items', '/api/v1/imports/x', '/nowhere', '/livez/x', '/API/V1/ITEMS'])
      for (const headers of wrong) {
        const response = await service.fetch(path, { headers })
        expect([path, headers, response.status]).toEqual([path, headers, 401])
        expect(response.headers.get('www-authenticate')).toStartWith('Bearer ')
        expect(response.headers.get('content-security-policy')).toContain("default-src 'none'")
        expect(await response.json()).toMatchObject({ code: 'not_authorized' })
      }
    expect((await service.fetch('/api/v1/items', { headers: bearer })).status).toBe(200)
    expect(
      (await service.fetch('/api/v1/items', { headers: { authorization: `bearer  ${token}` } })).status,
    ).toBe(200)
    expect((await service.fetch('/nowhere', { headers: bearer })).status).toBe(404)
  })

  test('nothing is taken in without it', async () => {
    await using service = await openService('sqlite', { access: { token } })
    const upload = () => service.fetch('/api/v1/uploads?supplier=A', { method: 'POST', body: 'a;b\n' })
    expect((await upload()).status).toBe(401)
    expect(await service.program.rows('select id from imports')).toEqual([])
  })

  test('the documentation is open on loopback, and asks for the token as a password elsewhere', async () => {
    const paths = ['/swagger', '/swagger/start.js', '/api/v1/openapi.json']
    await using service = await openService('sqlite', { access: { token } })
    for (const path of paths) expect([path, (await service.fetch(path)).status]).toEqual([path, 200])
    await using elsewhere = await openService('sqlite', { access: { token, host: '10.1.2.3' } })
    const basic = { authorization: `Basic ${btoa(`anybody:${token}`)}` }
    for (const path of paths) {
      const refused = await elsewhere.fetch(path)
      expect([path, refused.status]).toEqual([path, 401])
      expect(refused.headers.get('www-authenticate')).toStartWith('Basic ')
      for (const headers of [basic, bearer])
        expect((await elsewhere.fetch(path, { headers })).status).toBe(200)
      const wrong = { authorization: `Basic ${btoa('anybody:wrong')}` }
      expect((await elsewhere.fetch(path, { headers: wrong })).status).toBe(401)
    }
    expect((await elsewhere.fetch('/api/v1/items', { headers: basic })).status).toBe(401)
  })
})

test('only addresses of this machine are loopback', () => {
  for (const host of ['127.0.0.1', '127.1.2.3', 'localhost', '::1'])
    expect([host, isLoopback(host)]).toEqual([host, true])
  for (const host of ['0.0.0.0', '::', '10.0.0.1', '127.0.0.1.evil.example', 'example.com'])
    expect([host, isLoopback(host)]).toEqual([host, false])
})
