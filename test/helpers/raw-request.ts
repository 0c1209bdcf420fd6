/** A connection on which a test says exactly what it likes. */
export interface RawConnection {
  send(text: string | Uint8Array): void
  /** Closes our side at once, without a word. */
  cut(): void
  /** What came back until the other side closed, or until it matches. */
  received(until?: RegExp): Promise<string>
}

/** Connects to a service on loopback. */
export async function rawConnection(port: number): Promise<RawConnection> {
  let text = ''
  let isClosed = false
  let notify = () => {}
  const heard = (event: () => void) => () => {
    event()
    notify()
  }
  // What the kernel does not take yet is sent when it does.
  let waiting = Buffer.alloc(0)
  const flush = (to: { write(bytes: Buffer): number }) => {
    const written = to.write(waiting)
    waiting = waiting.subarray(Math.max(0, written))
  }
  const socket = await Bun.connect({
    hostname: '127.0.0.1',
    port,
    socket: {
      data: (_, bytes) => heard(() => (text += bytes.toString()))(),
      drain: flush,
      close: heard(() => (isClosed = true)),
      error: heard(() => (isClosed = true)),
    },
  })
  return {
    send(bytes) {
      const isIdle = waiting.length === 0
      waiting = Buffer.concat([waiting, typeof bytes === 'string' ? Buffer.from(bytes) : bytes])
      if (isIdle) flush(socket)
    },
    cut: () => socket.terminate(),
    async received(until) {
      while (!(until?.test(text) ?? isClosed) && !isClosed) {
        const { promise, resolve } = Promise.withResolvers<void>()
        notify = resolve
        await promise
      }
      return text
    },
  }
}
