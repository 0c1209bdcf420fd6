/** The process of ours that started this one, and that it works for. */
export interface Parent {
  /** Nothing happens when the parent is gone: then this process ends soon too. */
  send(message: unknown): void
  /** The next message that has not been taken yet; null when the parent is gone. */
  next(): Promise<unknown>
  /** Aborted when the parent has ended. */
  gone: AbortSignal
}

/** Listens from now on, so that nothing is missed. @returns null when nobody of ours started this process */
export function parentOf(current: NodeJS.Process): Parent | null {
  const send = current.send?.bind(current)
  if (send === undefined) return null
  const gone = new AbortController()
  const messages: unknown[] = []
  let wake = () => {}
  current.on('message', (message) => {
    messages.push(message)
    wake()
  })
  current.on('disconnect', () => {
    gone.abort(new DOMException('its parent has ended', 'AbortError'))
    wake()
  })
  return {
    send(message) {
      try {
        send(message)
      } catch {
        // The parent has ended between two statements.
      }
    },
    async next() {
      while (messages.length === 0 && !gone.signal.aborted)
        await new Promise<void>((resolve) => {
          wake = resolve
        })
      return messages.shift() ?? null
    },
    gone: gone.signal,
  }
}
