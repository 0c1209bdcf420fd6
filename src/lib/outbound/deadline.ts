/** A time limit that begins to count once the work does, which may first have to wait for its turn. */
export interface Deadline {
  /** Aborts when the time is up, or with the outer signal. */
  signal: AbortSignal
  /** Begins to count; once is enough. */
  start(): void
  /** Counts no more. */
  end(): void
  /** Whether the time was up. */
  isOver(): boolean
}

export function openDeadline(ms: number, outer: AbortSignal): Deadline {
  const over = new AbortController()
  let timer: ReturnType<typeof setTimeout> | undefined
  const end = () => clearTimeout(timer)
  // Whoever ends the work need not say so here too.
  outer.addEventListener('abort', end, { once: true })
  return {
    signal: AbortSignal.any([outer, over.signal]),
    start: () => {
      timer ??= setTimeout(() => over.abort(), ms)
    },
    end() {
      end()
      outer.removeEventListener('abort', end)
    },
    isOver: () => over.signal.aborted,
  }
}
