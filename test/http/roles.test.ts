import { describe, expect, test } from 'bun:test'
import { Elysia } from 'elysia'
import { pagePaths } from '../../src/admin/pages.ts'
import { roles } from '../../src/auth/model.ts'
import { isAllowed, roleOf, routeRoles } from '../../src/auth/route-role.ts'
import { engines } from '../helpers/engines.ts'
import { openService } from '../helpers/http-service.ts'
import { addLogin } from '../helpers/logins.ts'

/** What is open to everybody: nothing else may be. */
const open = [
  'GET /livez',
  'GET /readyz',
  'GET /health',
  'POST /api/v1/session',
  'POST /api/v1/setup',
  'GET /api/v1/setup',
  'GET /api/v1/openapi.json',
  'GET /swagger',
  'GET /swagger/start.js',
  'GET /swagger/swagger-ui.css',
  'GET /swagger/swagger-ui-bundle.js',
  'GET /swagger/favicon.png',
  ...pagePaths.map((path) => `GET ${path}`),
  ...['theme.js', 'early.js', 'icon.svg', 'admin.js', 'admin.css'].map((name) => `GET /admin-assets/${name}`),
]

test('every route says who may call it, and only what is listed here is open to everybody', async () => {
  await using service = await openService('sqlite')
  const { routes } = service.server
  expect(routes.length).toBeGreaterThan(60)
  const none = routes.filter((route) => roleOf(route) === 'none')
  expect(none.map(({ method, path }) => `${method} ${path}`).sort()).toEqual(open.toSorted())
})

test('a route without a role keeps the service from starting', () => {
  const viewer = { detail: { hide: true, 'x-role': 'viewer' } }
  const { routes } = new Elysia().get('/a', () => 'a', viewer).get('/b', () => 'b')
  expect(() => routeRoles(routes)).toThrow('GET /b does not say')
})

for (const engine of engines)
  describe(engine, () => {
    test('every route lets those in that its role says, with a session and with a token, and nobody else', async () => {
      await using service = await openService(engine)
      const admin = await addLogin(service, { name: 'Table admin', role: 'admin' })
      const others = [
        await addLogin(service, { name: 'Table operator', role: 'operator' }),
        await addLogin(service, { name: 'Table viewer', role: 'viewer' }),
      ]
      const logins = [admin, ...others]
      const refused: string[] = []
      const expected: string[] = []
      for (const route of service.server.routes) {
        const asked = roleOf(route)
        const path = route.path.replace(/:\w+/g, 'nothing')
        // Bodies that no route takes: what matters is whether one gets that far.
        const ask = async (headers: Record<string, string>) => {
          const response = await service.fetch(path, {
            method: route.method,
            headers: { ...headers, 'content-type': 'text/x-nothing' },
            signal: AbortSignal.timeout(20_000),
          })
          const code = response.headers.get('content-type')?.startsWith('application/problem')
            ? String(Object(await response.json()).code)
            : await response.body?.cancel()
          return { status: response.status, code }
        }
        const name = `${route.method} ${route.path}`
        const nobody = await ask({})
        expect([name, nobody.status === 401]).toEqual([name, asked !== 'none'])
        // Signing out and ending sessions would end those of this test.
        if (/ \/api\/v1\/sessions?$/.test(name) && route.method === 'DELETE') continue
        for (const { role, cookie, bearer } of logins)
          for (const [how, headers] of [
            ['session', cookie],
            ['token', bearer],
          ] as const) {
            const { status, code } = await ask(headers)
            const line = `${name} ${role} ${how}`
            expect([line, status]).not.toEqual([line, 401])
            if (code === 'not_allowed') refused.push(line)
            if (!isAllowed(role, asked)) expected.push(line)
          }
      }
      expect(refused).toEqual(expected)
      expect(expected.length).toBeGreaterThan(2 * roles.length)
    }, 120_000)
  })
