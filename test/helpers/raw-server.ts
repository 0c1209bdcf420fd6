import { type AddressInfo, createServer, type Socket } from 'node:net'

/** A server on loopback that writes whatever the test says, be it HTTP or not. */
export interface RawServer extends AsyncDisposable {
  url: URL
  /** The head of every request, oldest first. */
  heads: string[]
  connections(): number
}

/** Answers each request of each connection. @param index how many requests have come before it */
export async function openRawServer(
  answer: (socket: Socket, request: { path: string; head: string; index: number }) => void,
): Promise<RawServer> {
  const heads: string[] = []
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    let text = ''
    // Whoever hangs up on a hostile server is right.
    socket.on('error', () => {})
    socket.on('data', (bytes) => {
      text += bytes.toString('latin1')
      if (!text.includes('\r\n\r\n')) return
      const head = text
      text = ''
      heads.push(head)
      answer(socket, { path: head.split(' ')[1] ?? '', head, index: heads.length - 1 })
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  // It listens on an address, not on a pipe.
  const { port } = server.address() as AddressInfo
  return {
    url: new URL(`http://127.0.0.1:${port}/`),
    heads,
    connections: () => sockets.size,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
