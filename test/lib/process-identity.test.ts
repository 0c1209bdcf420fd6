import { expect, test } from 'bun:test'
import { hasEnded, ownIdentity } from '../../src/lib/process-identity.ts'

const [host, pid, startedAt] = ownIdentity().split(' ') as [string, string, string]

test('this process is there', () => {
  expect(pid).toBe(String(process.pid))
  expect(hasEnded(ownIdentity())).toBe(false)
})

test('a process that has ended is known to have, and one that runs to run', async () => {
  const child = Bun.spawn(['cat'], { stdin: 'pipe' })
  expect(hasEnded(`${host} ${child.pid} `)).toBe(false)
  await child.stdin.end()
  await child.exited
  expect(hasEnded(`${host} ${child.pid} `)).toBe(true)
})

test.skipIf(startedAt === '')('another process that was given the same number is not taken for it', () => {
  expect(hasEnded(`${host} ${pid} ${Number(startedAt) - 1}`)).toBe(true)
  // Written where the system did not say when a process started: nothing is known.
  expect(hasEnded(`${host} ${pid} `)).toBe(false)
})

test('of other machines, and of what is no identity, nothing is known', () => {
  for (const identity of [`elsewhere ${pid} 1`, '', host, `${host} x 1`, `${host} -1 1`, `${host} 0 1`])
    expect(hasEnded(identity)).toBe(false)
})
