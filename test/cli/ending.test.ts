import { expect, test } from 'bun:test'
import { connect, createServer, type Socket } from 'node:net'
import { openProgram } from '../helpers/cli.ts'
import { engines } from '../helpers/engines.ts'
import { startRole } from '../helpers/roles.ts'
import { until } from '../helpers/until.ts'

/** Passes everything on to a server until it is frozen: then it takes what it is sent, and says nothing. */
async function freezable(target: URL) {
  let isFrozen = false
  const open = new Set<Socket>()
  const listener = createServer((client) => {
    const server = connect(Number(target.port || 5432), target.hostname)
    for (const [from, to] of [
      [client, server],
      [server, client],
    ] as const) {
      open.add(from)
      from.on('data', (bytes) => void (isFrozen || to.write(bytes)))
      from.on('error', () => {})
      from.on('close', () => void (isFrozen || to.destroy()))
    }
  })
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve))
  const address = listener.address()
  const url = new URL(target)
  url.hostname = '127.0.0.1'
  url.port = typeof address === 'object' ? String(address?.port) : ''
  return {
    url: url.href,
    freeze() {
      isFrozen = true
    },
    [Symbol.dispose]() {
      for (const socket of open) socket.destroy()
      listener.close()
    },
  }
}

for (const [role, ready] of [
  ['worker', 'working'],
  ['serve', 'listening'],
  ['scheduler', 'scheduling'],
] as const)
  test.skipIf(!engines.includes('postgres'))(
    `${role} ends when it is told to, even where its database has stopped answering`,
    async () => {
      await using program = await openProgram('postgres')
      using proxy = await freezable(new URL(program.url))
      await using running = await startRole(program, [role], ready, { DATABASE_URL: proxy.url })
      proxy.freeze()
      running.child.kill('SIGTERM')
      await until(() => running.events.some(({ message }) => message === 'stopping'))
      // Were it not for its own deadline, it would wait for as long as the database takes.
      await until(() => running.child.exitCode !== null)
      expect((await running.ended()).code).toBe(0)
    },
    60_000,
  )
