import { expect, test } from 'bun:test'
import { isAllowed, roleOf, routeRoles } from '../../src/auth/route-role.ts'

const route = (method: string, path: string, role?: string) => ({
  method,
  path,
  hooks: { detail: role === undefined ? {} : { 'x-role': role } },
})

test('a route that does not say who may call it is a mistake', () => {
  for (const each of [route('GET', '/a'), route('GET', '/a', 'boss'), { ...route('GET', '/a'), hooks: {} }])
    expect(() => roleOf(each)).toThrow("GET /a does not say in its detail who may call it: 'x-role'")
  expect(roleOf(route('GET', '/a', 'none'))).toBe('none')
})

test('each role may do what those below it may', () => {
  const table = (['admin', 'operator', 'viewer'] as const).map((role) =>
    (['admin', 'operator', 'viewer', 'none'] as const).map((asked) => isAllowed(role, asked)),
  )
  expect(table).toEqual([
    [true, true, true, true],
    [false, true, true, true],
    [false, false, true, true],
  ])
})

test('routes are found by method and path as the router finds them', () => {
  const find = routeRoles([
    route('GET', '/sources', 'viewer'),
    route('POST', '/sources/test', 'operator'),
    route('GET', '/sources/:id', 'viewer'),
    route('DELETE', '/sources/:id', 'admin'),
    route('GET', '/sources/:id/ticks', 'none'),
  ])
  const cases: [string, string, string | null][] = [
    ['GET', '/sources', 'viewer'],
    ['GET', '/sources/', 'viewer'],
    ['HEAD', '/sources', 'viewer'],
    ['POST', '/sources', null],
    ['POST', '/sources/test', 'operator'],
    // The word is there, but not for this method.
    ['DELETE', '/sources/test', 'admin'],
    ['GET', '/sources/7/ticks', 'none'],
    ['GET', '/sources/test/ticks', 'none'],
    ['GET', '/sources//ticks', null],
    ['GET', '//sources', null],
    ['GET', '/sources//', null],
    ['GET', '/SOURCES', null],
    ['GET', '/sourc%65s', null],
    ['GET', '', null],
    ['GET', '/', null],
  ]
  for (const [method, path, role] of cases)
    expect([method, path, find(method, path)]).toEqual([method, path, role])
})
