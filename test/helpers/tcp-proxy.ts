import { connect, createServer, type Server, type Socket } from 'node:net'

/** Stands before a server; while it is stopped nobody listens at its address. */
export interface TcpProxy extends AsyncDisposable {
  url: string
  /** Cuts every connection. */
  stop(): Promise<void>
  /** At the same address again. */
  start(): Promise<void>
}

/** @param target the URL of a server */
export async function openTcpProxy(target: string): Promise<TcpProxy> {
  const behind = new URL(target)
  const sockets = new Set<Socket>()
  let server: Server | null = null
  let port = 0

  const keep = (socket: Socket) => {
    sockets.add(socket)
    socket.on('error', () => {})
    socket.on('close', () => sockets.delete(socket))
  }
  const proxy: TcpProxy = {
    url: '',
    async start() {
      const opened = createServer((near) => {
        const far = connect(Number(behind.port), behind.hostname)
        for (const socket of [near, far]) keep(socket)
        near.pipe(far).on('close', () => near.destroy())
        far.pipe(near).on('close', () => far.destroy())
      })
      await new Promise<void>((resolve) => opened.listen(port, '127.0.0.1', resolve))
      const address = opened.address()
      port = typeof address === 'object' ? (address?.port ?? 0) : 0
      server = opened
    },
    async stop() {
      const opened = server
      server = null
      for (const socket of sockets) socket.destroy()
      await new Promise<void>((resolve) => (opened === null ? resolve() : opened.close(() => resolve())))
    },
    [Symbol.asyncDispose]: () => proxy.stop(),
  }
  await proxy.start()
  const url = new URL(target)
  url.host = `127.0.0.1:${port}`
  proxy.url = url.href
  return proxy
}
