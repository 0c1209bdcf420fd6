import { arrive, blame, type Held, release, timely } from './arrive.ts'
import { type Asked, type AskParts, hopOf, repeated } from './asked.ts'
import { openDeadline } from './deadline.ts'
import { bodyOf, type Headers, mediaTypeOf } from './exchange.ts'
import { explained } from './failure.ts'
import { openTries } from './tries.ts'

export interface OutRequest extends Asked {
  /** How long one try may take, from when the host lets us in until the whole answer is there. */
  timeoutMs: number
  /**
   * For how long the host wants to be left alone by everybody, where it says so in words of its own; null: it does not.
   * Retry-After is heeded in any case.
   */
  pauseMsOf?: (answer: Answer) => number | null
}

export interface Answer {
  status: number
  /** The media type without its parameters, in lower case; '' where none is said. */
  mediaType: string
  /** Their names in lower case. */
  headers: Headers
  /** Of a refusal (from 400 on) no more than is taken; anything else is whole. */
  body: Uint8Array
}

/** A small request, tried again where that may help. @throws as `WayOut.request` does */
export async function answerTo(parts: AskParts, request: OutRequest): Promise<Answer> {
  const { url, signal } = request
  return repeated(openTries(parts.random), {
    work: () => oneTry(parts, request),
    pause: (ms, error) => parts.pauseBefore(ms, { url, error, signal }),
  })
}

async function oneTry(parts: AskParts, request: OutRequest): Promise<Answer> {
  const { timeoutMs, signal: outer, budget } = request
  const deadline = openDeadline(timeoutMs, outer)
  const timing = { deadline, outer, timeoutMs }
  try {
    const hop = hopOf(request, parts.userAgent)
    const held = await arrive(parts, hop, { ...timing, headMs: timeoutMs, budget })
    try {
      const { status, headers } = held
      const body = hop.method === 'HEAD' ? new Uint8Array() : await bodyIn(held, request, deadline.signal)
      const answer = { status, mediaType: mediaTypeOf(headers), headers, body }
      const pausedMs = request.pauseMsOf?.(answer) ?? null
      if (pausedMs !== null) await held.pass.pause(pausedMs)
      await held.pass.worked()
      return answer
    } catch (error) {
      const failure = timely(explained(error, held.url, true), held.url, timing)
      await blame(held.pass, failure, timing)
      throw failure
    } finally {
      release(held)
    }
  } finally {
    deadline.end()
  }
}

async function bodyIn(held: Held, { sizeBytesMax }: OutRequest, signal: AbortSignal): Promise<Uint8Array> {
  const isRefusal = held.status >= 400
  const pieces: Uint8Array[] = []
  let sizeBytes = 0
  const limits = {
    sizeBytesMax: isRefusal ? Number.POSITIVE_INFINITY : sizeBytesMax,
    idleMs: null,
    signal,
  }
  for await (const piece of bodyOf(held, limits)) {
    pieces.push(piece)
    sizeBytes += piece.length
    // What a refusal says is worth knowing, and a page about it may be long.
    if (sizeBytes >= sizeBytesMax && isRefusal) break
  }
  const body = Buffer.concat(pieces)
  return isRefusal ? body.subarray(0, sizeBytesMax) : body
}
