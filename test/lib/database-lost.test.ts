import { expect, test } from 'bun:test'
import { isDatabaseLost } from '../../src/lib/database-lost.ts'

const failed = (code: string) => Object.assign(new Error('it failed'), { code })

test('a server that cannot be reached, lets go, goes down or has no connection left is away, however deep that is wrapped', () => {
  for (const code of [
    'CONNECTION_CLOSED',
    'CONNECT_TIMEOUT',
    'ECONNREFUSED',
    '57P01',
    '08006',
    '53300',
    '40001',
    'SQLITE_IOERR',
  ])
    expect([code, isDatabaseLost(failed(code))]).toEqual([code, true])
  const wrapped = new Error('query failed', { cause: new Error('again', { cause: failed('57P03') }) })
  expect(isDatabaseLost(wrapped)).toBe(true)
})

test('what is wrong with a statement, a file or the program itself is no absence', () => {
  for (const code of ['42P01', '23505', 'ENOENT', 'SQLITE_CONSTRAINT'])
    expect([code, isDatabaseLost(failed(code))]).toEqual([code, false])
  for (const error of [new TypeError('x'), null, undefined, 'ECONNREFUSED'])
    expect(isDatabaseLost(error)).toBe(false)
  const circle: Error = new Error('x')
  circle.cause = circle
  expect(isDatabaseLost(circle)).toBe(false)
})
