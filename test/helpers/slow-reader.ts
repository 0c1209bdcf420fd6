import { createConnection } from 'node:net'

/** Somebody who asks for something and reads nothing of the answer until told to. */
export interface SlowReader extends Disposable {
  /** The first line of the answer and its headers. */
  head: Promise<string>
  /** Reads on, until the answer ends, breaks off, or the other side closes. */
  rest(): Promise<{ text: string; isWhole: boolean }>
  /** Whether the other side has closed the connection, once everything was read. */
  closed: Promise<void>
}

/** What ends a body that goes out in chunks. */
const lastChunk = '\r\n0\r\n\r\n'

/**
 * Sends a request and stops reading behind the first bytes of its answer, so that what follows waits at the server: its
 * kernel and ours hold some 10 MB of it on loopback.
 */
export function slowReader(
  port: number,
  path: string,
  headers: Record<string, string> = {},
  method = 'GET',
): SlowReader {
  const socket = createConnection({ host: '127.0.0.1', port })
  const pieces: string[] = []
  const head = Promise.withResolvers<string>()
  const closed = Promise.withResolvers<void>()
  let isReading = false
  let notify = () => {}
  const isWhole = () => pieces.slice(-2).join('').endsWith(lastChunk)

  socket.setEncoding('latin1')
  const lines = Object.entries({ host: 'localhost', ...headers }).map(([name, value]) => `${name}: ${value}`)
  socket.write(`${method} ${path} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`)
  socket.on('data', (text: string) => {
    pieces.push(text)
    const begun = pieces.length < 10 ? pieces.join('') : ''
    const end = begun.indexOf('\r\n\r\n')
    if (end >= 0) {
      head.resolve(begun.slice(0, end))
      if (!isReading) socket.pause()
    }
    notify()
  })
  socket.on('error', () => {})
  socket.on('close', () => {
    closed.resolve()
    head.resolve('')
    notify()
  })
  return {
    head: head.promise,
    closed: closed.promise,
    async rest() {
      isReading = true
      socket.resume()
      let isClosed = false
      void closed.promise.then(() => {
        isClosed = true
      })
      while (!isWhole() && !isClosed) {
        const { promise, resolve } = Promise.withResolvers<void>()
        notify = resolve
        await Promise.race([promise, closed.promise])
      }
      return { text: pieces.join(''), isWhole: isWhole() }
    },
    [Symbol.dispose]: () => void socket.destroy(),
  }
}
