import { describe, expect, test } from 'bun:test'
import { connect, createServer, type Socket } from 'node:net'
import { engines, freshDatabaseUrl } from '../helpers/engines.ts'
import { openUrl, rejection } from '../helpers/open-database.ts'

test('a port on which nobody listens is named, and worth trying again', async () => {
  // Port 1 is reserved and has no service.
  const error = await rejection(openUrl('postgres://user:geheim@127.0.0.1:1/name'))
  expect(error).toMatchObject({ name: 'UnavailableError', code: 'database_unreachable' })
  expect((error as Error).message).toContain('127.0.0.1:1')
  expect((error as Error).message).not.toContain('geheim')
})

test('an address of another database is refused with what to write instead', async () => {
  for (const url of ['mysql://localhost/name', 'tallyman.db', 'sqlite:', ''])
    expect(await rejection(openUrl(url))).toMatchObject({ name: 'InvalidError', code: 'unknown_database' })
})

describe.skipIf(!engines.includes('postgres'))('postgres', () => {
  test('a wrong password, user or database is refused without saying the password', async () => {
    await using fresh = await freshDatabaseUrl('postgres')
    const changes: ((url: URL) => void)[] = [
      (url) => {
        url.password = 'geheim'
      },
      (url) => {
        url.username = 'nobody'
      },
      (url) => {
        url.pathname = '/nowhere'
      },
    ]
    for (const change of changes) {
      const url = new URL(fresh.url)
      change(url)
      const error = await rejection(openUrl(url.href))
      expect(error).toMatchObject({ name: 'InvalidError', code: 'database_refused' })
      expect((error as Error).message).not.toContain('geheim')
    }
  })

  test('the smallest pool is enough for an import: two streams in, and questions meanwhile', async () => {
    await using fresh = await freshDatabaseUrl('postgres')
    const db = await openUrl(fresh.url, { poolSize: 1 })
    try {
      if (db.native.engine !== 'postgres') throw new Error('The address is one of PostgreSQL.')
      await db.run('create table piece (id integer)')
      const copy = 'copy piece from stdin'
      const streams = [await db.native.copy(copy), await db.native.copy(copy)]
      expect(await db.all('select count(*) as n from piece')).toEqual([{ n: 0 }])
      for (const stream of streams) await new Promise((done) => stream.end('1\n', () => done(null)))
      expect(await db.all('select count(*) as n from piece')).toEqual([{ n: 2 }])
    } finally {
      await db.close()
    }
  })

  test('connections that are cut while they open are refused, and nothing else comes of them', async () => {
    await using fresh = await freshDatabaseUrl('postgres')
    await using cutting = await cuttingAfterLogin(fresh.url)
    const uncaught: unknown[] = []
    const keep = (error: unknown) => uncaught.push(error)
    process.on('unhandledRejection', keep)
    try {
      for (let n = 0; n < 10; n++)
        expect(await rejection(openUrl(cutting.url))).toMatchObject({ code: 'database_unreachable' })
      // What nobody has caught is told after the step in which it was thrown.
      await new Promise((resolve) => setImmediate(resolve))
      expect(uncaught).toEqual([])
      expect(cutting.cut).toBeGreaterThanOrEqual(10)
    } finally {
      process.off('unhandledRejection', keep)
    }
  })
})

/** Stands before a server, and cuts each connection at the first thing that is asked on it. */
async function cuttingAfterLogin(target: string): Promise<{ url: string; cut: number } & AsyncDisposable> {
  const behind = new URL(target)
  const ready = 'Z\0\0\0\x05I'
  const sockets = new Set<Socket>()
  const server = createServer((near) => {
    const far = connect(Number(behind.port), behind.hostname)
    let isLoggedIn = false
    for (const socket of [near, far]) {
      sockets.add(socket)
      socket.on('error', () => {})
    }
    near.on('data', (data) => {
      if (!isLoggedIn) return far.write(data)
      cutting.cut++
      near.destroy()
      far.destroy()
    })
    far.on('data', (data) => {
      isLoggedIn ||= data.toString('latin1').includes(ready)
      near.write(data)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const url = new URL(target)
  url.host = `127.0.0.1:${typeof address === 'object' ? address?.port : ''}`
  const cutting = {
    url: url.href,
    cut: 0,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
  return cutting
}
