import { arrive, type Held, release, timely } from './arrive.ts'
import { type Asked, type AskParts, hopOf, repeated } from './asked.ts'
import { openDeadline } from './deadline.ts'
import { type Headers, lengthOf } from './exchange.ts'
import { fileTooLarge, refusalOf } from './failure.ts'
import { piecesOf } from './pieces.ts'
import { openTries } from './tries.ts'

export interface DownloadRequest extends Asked {
  /** Longest time without a byte, be it of the head or of the body, while one is waited for. */
  idleMs: number
  /** How long all of it may take with all tries, from when the host lets us in. */
  timeoutMs: number
  /** What was said of the file that is known; null in both: all of it is wanted. */
  conditions?: { etag: string | null; lastModified: string | null }
  /** So many bytes are enough, and then the pieces end; null: all are wanted. */
  bytesEnough: number | null
}

export type Download =
  | {
      status: 200
      /** Their names in lower case. */
      headers: Headers
      /** Where it came from at last. */
      url: URL
      /** Null: not known beforehand. */
      bytesTotal: number | null
      /** Each is over when the next one is asked for. */
      pieces: AsyncIterable<Uint8Array>
    }
  | { status: 304 }

/** Begins a download, whose body is still to come. @throws as `WayOut.download` does */
export async function openDownload(parts: AskParts, request: DownloadRequest): Promise<Download> {
  const { url, timeoutMs, idleMs, sizeBytesMax, bytesEnough, budget, signal: outer } = request
  const deadline = openDeadline(timeoutMs, outer)
  const timing = { deadline, outer, timeoutMs }
  const tries = openTries(parts.random)
  const hop = hopOf(request, parts.userAgent)
  const ask = (headers: Headers) =>
    arrive(parts, { ...hop, headers: { ...hop.headers, ...headers } }, { ...timing, headMs: idleMs, budget })
  const pause = (ms: number, error: unknown) =>
    parts.pauseBefore(ms, { url, error, signal: deadline.signal }).catch((reason: unknown) => {
      throw timely(reason, url, timing)
    })
  const conditions = conditionsOf(request)
  let held: Held | null = null
  try {
    held = await repeated(tries, { work: () => ask(conditions), pause })
    const { status, headers } = held
    if (status !== 200) {
      await held.pass.worked()
      if (status !== 304 || Object.keys(conditions).length === 0)
        throw refusalOf(held.url, status, { isLedAway: held.url.origin !== url.origin })
      return ended({ status })
    }
    const bytesTotal = lengthOf(headers)
    if (bytesEnough === null && bytesTotal !== null && bytesTotal > sizeBytesMax)
      throw fileTooLarge(held.url, sizeBytesMax)
    // Whoever wants no byte reads no pieces, which would say so otherwise.
    if (bytesEnough === 0) await held.pass.worked()
    const how = { isRepeatable: hop.method === 'GET', hasBody: hop.method !== 'HEAD' }
    const resuming = { tries, again: ask, pause, timing, idleMs, sizeBytesMax, bytesEnough, ...how }
    const pieces = endedBy(piecesOf(held, resuming), () => ended(null))
    return { status, headers, url: held.url, bytesTotal, pieces }
  } catch (error) {
    throw ended(error)
  }

  function ended<Result>(result: Result): Result {
    deadline.end()
    if (held !== null) release(held)
    return result
  }
}

function conditionsOf({ conditions }: DownloadRequest): Headers {
  const { etag = null, lastModified = null } = conditions ?? {}
  return {
    ...(etag !== null && { 'if-none-match': etag }),
    ...(lastModified !== null && { 'if-modified-since': lastModified }),
  }
}

/** Says when nobody reads any more, also when nobody has begun to: then a generator would know nothing of it. */
function endedBy<Piece>(pieces: AsyncGenerator<Piece>, end: () => void): AsyncIterableIterator<Piece> {
  return {
    [Symbol.asyncIterator]() {
      return this
    },
    async next() {
      try {
        const next = await pieces.next()
        if (next.done === true) end()
        return next
      } catch (error) {
        end()
        throw error
      }
    },
    async return() {
      end()
      return pieces.return(undefined)
    },
  }
}
