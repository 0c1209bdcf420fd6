import { expect, test } from 'bun:test'
import { pagePaths } from '../../src/admin/pages.ts'
import { openService } from '../helpers/http-service.ts'

test('every page is served without credentials, and hides nothing of the API, of health or of Swagger', async () => {
  await using service = await openService('sqlite', { access: { token: 'a-token-for-this-test-0123456789' } })
  for (const path of pagePaths) {
    const response = await service.fetch(path.replace(/:\w+/, 'any'))
    expect([path, response.status, response.headers.get('content-type')]).toEqual([
      path,
      200,
      'text/html; charset=utf-8',
    ])
    expect(response.headers.get('content-security-policy')).toContain("script-src 'self';")
  }
  const gets = service.server.routes.filter(({ method }) => method === 'GET').map(({ path }) => path)
  const others = gets.filter((path) => !(pagePaths as readonly string[]).includes(path))
  expect(new Set(gets).size).toBe(gets.length)
  // Whatever fits a page's pattern is a page.
  const patterns = pagePaths.map((path) => new RegExp(`^${path.replace(/:\w+/g, '[^/]+')}$`))
  expect(others.filter((path) => patterns.some((pattern) => pattern.test(path)))).toEqual([])
  expect((await service.fetch('/livez')).headers.get('content-type')).toContain('application/json')
  expect((await service.json('/api/v1/items')).status).toBe(401)
  expect((await service.json('/no-such-page')).status).toBe(401)
})

test('script and style are sent packed, and not again when they have not changed', async () => {
  await using service = await openService('sqlite')
  for (const [path, type] of [
    ['admin.js', 'text/javascript'],
    ['admin.css', 'text/css'],
    ['theme.js', 'text/javascript'],
    ['early.js', 'text/javascript'],
    ['icon.svg', 'image/svg+xml'],
  ] as const) {
    const response = await service.fetch(`/admin-assets/${path}`, {
      headers: { 'accept-encoding': 'gzip' },
    })
    expect(response.headers.get('content-type')).toContain(type)
    expect(response.headers.get('content-encoding')).toBe('gzip')
    expect((await response.text()).length).toBeGreaterThan(100)
    const etag = response.headers.get('etag') ?? ''
    const again = await service.fetch(`/admin-assets/${path}`, { headers: { 'if-none-match': etag } })
    expect(again.status).toBe(304)
  }
}, 60_000)
