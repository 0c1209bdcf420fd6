import { InvalidError } from '../lib/errors.ts'

/** How quickly a body has to come. */
export interface Pace {
  /** Fewest bytes that have to come. */
  bytesMin: number
  /** While that many milliseconds are spent waiting for them; what we do with them ourselves does not count. */
  windowMs: number
}

/** About a kilobyte a second: any modem is quicker, and whoever sends a byte a second is gone after a minute. */
export const uploadPace: Pace = { bytesMin: 64 * 1024, windowMs: 60_000 }

/**
 * A body, piece by piece, as long as it comes quickly enough; a large one may take hours.
 * @throws InvalidError `upload_too_slow`; whatever the body throws
 */
export async function* paced(
  body: ReadableStream<Uint8Array<ArrayBuffer>>,
  { bytesMin, windowMs }: Pace = uploadPace,
): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  const reader = body.getReader()
  let bytes = 0
  let leftMs = windowMs
  try {
    for (;;) {
      const next = reader.read()
      const startedMs = performance.now()
      // The window may end several times while one piece is waited for.
      while (!(await settlesWithin(next, leftMs))) {
        if (bytes < bytesMin)
          throw new InvalidError(
            'upload_too_slow',
            `Fewer than ${bytesMin} bytes came within ${windowMs / 1000} seconds; nothing was kept. Send it again over a quicker connection.`,
          )
        bytes = 0
        leftMs = windowMs
      }
      const { done, value } = await next
      if (done) return
      leftMs = Math.max(1, leftMs - (performance.now() - startedMs))
      bytes += value.length
      // Enough for this one: the next begins.
      if (bytes >= bytesMin) {
        bytes = 0
        leftMs = windowMs
      }
      yield value
    }
  } finally {
    reader.releaseLock()
  }
}

/**
 * Waits for the first bytes of a body, or all of a small one, and gives the whole of it. So somebody who sends nearly
 * nothing holds nearly nothing.
 */
export async function begun(
  pieces: AsyncGenerator<Uint8Array>,
  bytesMin: number,
): Promise<AsyncGenerator<Uint8Array>> {
  const first: Uint8Array[] = []
  let bytes = 0
  while (bytes < bytesMin) {
    const { done, value } = await pieces.next()
    if (done) break
    // It is over when the next one is asked for.
    first.push(value.slice())
    bytes += value.length
  }
  return (async function* () {
    yield* first
    yield* pieces
  })()
}

/** Whether it is settled by then, one way or the other. */
async function settlesWithin(promise: Promise<unknown>, ms: number): Promise<boolean> {
  let timer: Timer | undefined
  const late = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), ms)
  })
  const settled = promise.then(
    () => true,
    () => true,
  )
  try {
    return await Promise.race([settled, late])
  } finally {
    clearTimeout(timer)
  }
}
