import { connect, createServer, type Socket } from 'node:net'

/** Stands before a server, and makes it silent or takes it away. */
export interface RedisProxy extends AsyncDisposable {
  url: string
  /**
   * `pass`: as if it were not there. `silent`: connections are accepted and hold, and nothing is said on any of them.
   * `away`: every connection is cut, and none is had.
   */
  become(kind: 'pass' | 'silent' | 'away'): void
}

/** @param target the URL of a Redis; null: there is none, and it starts silent */
export async function openRedisProxy(target: string | null): Promise<RedisProxy> {
  const behind = target === null ? null : new URL(target)
  let kind: 'pass' | 'silent' | 'away' = behind === null ? 'silent' : 'pass'
  const sockets = new Set<Socket>()
  const keep = (socket: Socket) => {
    sockets.add(socket)
    socket.on('error', () => {})
    socket.on('close', () => sockets.delete(socket))
  }
  const server = createServer((near) => {
    keep(near)
    if (kind === 'away') return near.destroy()
    if (behind === null) return near.resume()
    const far = connect(Number(behind.port), behind.hostname)
    keep(far)
    // What was asked in silence is never answered, like of a server that hangs.
    near.on('data', (data) => kind === 'pass' && far.write(data))
    far.on('data', (data) => kind === 'pass' && near.write(data))
    near.on('close', () => far.destroy())
    far.on('close', () => near.destroy())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const url = new URL(target ?? 'redis://127.0.0.1')
  url.host = `127.0.0.1:${typeof address === 'object' ? address?.port : ''}`
  return {
    url: url.href,
    become(next) {
      kind = next
      if (kind === 'away') for (const socket of sockets) socket.destroy()
    },
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
