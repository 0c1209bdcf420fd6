import { whileAllowed } from '../auth/while-allowed.ts'
import type { Who } from '../auth/who.ts'

/**
 * How long a reader may take nothing before it counts as gone, in milliseconds. The kernel takes up to 4 MB for it and
 * says so again when about half of that has been read: five minutes ask for some 7 kB a second.
 */
const patienceMs = 300_000
/** How long a connection may be idle, in seconds, when nothing else is said for it. */
export const idleSeconds = 60
/** The same when nobody reads the answer any more: the least that Bun counts in. */
const leaveSeconds = 4

/** What Bun's server can do for a connection: see `Bun.Server.timeout`. */
export interface Patience {
  timeout(request: Request, seconds: number): void
}

export interface LongAnswerParts {
  request: Request
  /** Null: the request comes from the program itself. */
  server: Patience | null
  who: Pick<Who, 'mayStill'>
  /** Whether the stream may end early like any other; if not, it breaks off. */
  isWhole: boolean
  /** How long its reader may take nothing; five minutes unless said. */
  silenceMs?: number
  /** Told once, when nothing more is read from the stream. */
  onEnd?(): void
}

/**
 * An answer that may take hours, for as long as its reader takes it and may still have it.
 *
 * Bun ends a connection whose buffer has not been waited for within its idle timeout, also where bytes flow all the
 * time but slowly, or few at a time. So that is turned off, and silence is found here instead. However the answer ends,
 * the connection gets a limit again: else one that nobody reads would stay for ever.
 */
export function longAnswer(
  stream: ReadableStream<Uint8Array>,
  { request, server, who, isWhole, silenceMs = patienceMs, onEnd }: LongAnswerParts,
): ReadableStream<Uint8Array> {
  // Who asks for the headers alone leaves before their next request comes, not some time after.
  if (request.method === 'HEAD') {
    stream.cancel().catch(() => {})
    onEnd?.()
    return new ReadableStream({ start: (controller) => controller.close() })
  }
  server?.timeout(request, 0)
  const taken = whileTaken(stream, { silenceMs, signal: request.signal }, (isDone) => {
    server?.timeout(request, isDone ? idleSeconds : leaveSeconds)
    onEnd?.()
  })
  return whileAllowed(taken, { mayStill: () => who.mayStill(request), isWhole })
}

/**
 * Work that an answer waits for, and that may take longer than a connection may be idle.
 * @throws whatever the work throws
 */
export async function withoutHurry<Result>(
  { request, server }: Pick<LongAnswerParts, 'request' | 'server'>,
  work: () => Promise<Result>,
): Promise<Result> {
  server?.timeout(request, 0)
  try {
    return await work()
  } finally {
    server?.timeout(request, idleSeconds)
  }
}

/** @param onEnd told once, before the stream ends: whether all of it was taken */
function whileTaken(
  stream: ReadableStream<Uint8Array>,
  { silenceMs, signal }: { silenceMs: number; signal: AbortSignal },
  onEnd: (isDone: boolean) => void,
): ReadableStream<Uint8Array> {
  const reader = stream.getReader()
  const gone = new Error('The reader has gone.')
  let timer: ReturnType<typeof setTimeout> | undefined
  let isOver = false
  let leave = () => {}

  const end = (isDone: boolean) => {
    clearTimeout(timer)
    signal.removeEventListener('abort', leave)
    if (isOver) return
    isOver = true
    onEnd(isDone)
  }

  return new ReadableStream<Uint8Array>(
    {
      start(controller) {
        leave = () => {
          if (isOver) return
          end(false)
          // Whoever writes it learns of it here; that they fail at it concerns nobody any more.
          reader.cancel(gone).catch(() => {})
          controller.error(gone)
        }
        // Of a reader who has gone before there was anything to read the stream is never told.
        if (signal.aborted) leave()
        else signal.addEventListener('abort', leave)
      },
      async pull(controller) {
        // What has to be waited for is not the reader's silence.
        clearTimeout(timer)
        try {
          const { done, value } = await reader.read()
          if (isOver) return
          if (done) {
            end(true)
            return controller.close()
          }
          timer = setTimeout(leave, silenceMs)
          timer.unref()
          controller.enqueue(value)
        } catch (error) {
          if (isOver) return
          end(false)
          controller.error(error)
        }
      },
      cancel(reason) {
        end(false)
        return reader.cancel(reason)
      },
    },
    // What waits for the reader waits in the stream itself.
    { highWaterMark: 0 },
  )
}
