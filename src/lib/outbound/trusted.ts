import { createWriteStream } from 'node:fs'
import { pipeline } from 'node:stream/promises'
import { InvalidError, systemErrorCode, UnavailableError } from '../errors.ts'
import { type Arrived, bodyOf, exchange, mediaTypeOf, packingOf } from './exchange.ts'
import { explained, packed, timedOut, tookTooLong } from './failure.ts'

/** One request to a program whose address the operator has given, such as an analyzer. */
export interface Outbound {
  /** `http:` or `https:`; a user and password in it are not sent. */
  url: URL
  method?: 'GET' | 'POST'
  headers?: Record<string, string>
  /** Sent as JSON. */
  json?: unknown
  /** Until the whole answer is there. */
  timeoutMs: number
  /** Largest answer that is taken. */
  sizeBytesMax: number
  signal: AbortSignal
}

export interface TrustedAnswer {
  status: number
  /** The media type without its parameters, in lower case; '' where none is said. */
  mediaType: string
  body: Uint8Array
}

const redirectsMax = 3

/**
 * The way out to programs of our own over HTTP: the address is not checked, for it may well be this machine's, and
 * nothing is tried again. Redirects are followed for GET, and only within the same origin, so that credentials go
 * nowhere else. Whatever a source names goes through way-out.ts instead.
 * @throws UnavailableError `unreachable`, `timed_out`, `cut_off`, `server_failed`: worth another try
 * @throws InvalidError `file_too_large`, `answer_packed`, `redirected`, `not_http`, `tls_failed`
 */
export async function outbound(request: Outbound): Promise<TrustedAnswer> {
  return following(request, async (arrived, signal) => {
    const pieces: Uint8Array[] = []
    for await (const piece of bodyOf(arrived, { ...request, idleMs: null, signal })) pieces.push(piece)
    return { ...headOf(arrived), body: Buffer.concat(pieces) }
  })
}

/**
 * The same, with the answer's body in a file when its status is 200 and it is of the type that is wanted: of another
 * one nothing is taken. The file is new, or the call fails.
 * @param path absolute
 * @throws UnavailableError `disk_full`, `answer_not_kept`
 */
export async function outboundToFile(
  request: Outbound & { mediaType: string },
  path: string,
): Promise<Omit<TrustedAnswer, 'body'>> {
  return following(request, async (arrived, signal) => {
    const head = headOf(arrived)
    if (head.status === 200 && head.mediaType === request.mediaType)
      await pipeline(
        bodyOf(arrived, { ...request, idleMs: null, signal }),
        createWriteStream(path, { flags: 'wx' }),
      )
    else arrived.message.destroy()
    return head
  })
}

async function following<Result>(
  request: Outbound,
  work: (arrived: Arrived, signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  const { method = 'GET', headers, json, timeoutMs } = request
  const deadline = AbortSignal.timeout(timeoutMs)
  const signal = AbortSignal.any([request.signal, deadline])
  const body = json === undefined ? null : Buffer.from(JSON.stringify(json))
  const all = {
    accept: 'application/json',
    ...(body !== null && { 'content-type': 'application/json' }),
    ...headers,
  }
  const limits = { connectMs: timeoutMs, headMs: timeoutMs, signal }
  let { url } = request
  let hasBegun = false
  try {
    for (let redirects = 0; ; redirects++) {
      const arrived = await exchange({ url, address: null, method, headers: all, body, ...limits })
      const { status } = arrived
      const { location } = arrived.headers
      if (status < 300 || status > 399 || location === undefined) {
        hasBegun = true
        return await work(asSent(arrived), signal)
      }
      arrived.message.destroy()
      url = redirected(request, location, redirects)
    }
  } catch (error) {
    request.signal.throwIfAborted()
    if (deadline.aborted) throw hasBegun ? tookTooLong(url, timeoutMs) : timedOut(url, 'answer', timeoutMs)
    throw notKept(error, url) ?? explained(error, url, hasBegun)
  }
}

/** @throws InvalidError `answer_packed` */
function asSent(arrived: Arrived): Arrived {
  const packing = packingOf(arrived.headers)
  if (arrived.status !== 200 || packing === '') return arrived
  arrived.message.destroy()
  throw packed(arrived.url, packing)
}

function redirected({ url, method = 'GET' }: Outbound, location: string, redirects: number): URL {
  const target = URL.canParse(location, url.href) ? new URL(location, url.href) : null
  if (target?.origin === url.origin && method === 'GET' && redirects < redirectsMax) return target
  throw new InvalidError(
    'redirected',
    `${url.origin} sends us on to ${target?.origin ?? 'an address that is none'}; give the address itself.`,
  )
}

const headOf = ({ status, headers }: Arrived): Omit<TrustedAnswer, 'body'> => ({
  status,
  mediaType: mediaTypeOf(headers),
})

/** What goes wrong with the file that an answer is written to, and never with a connection. */
const fileFaults = new Set('ENOSPC EDQUOT EFBIG EIO EROFS EACCES EEXIST ENOENT ENOTDIR EISDIR'.split(' '))
const isDiskFull = (code: string) => code === 'ENOSPC' || code === 'EDQUOT'

function notKept(error: unknown, { origin }: URL): UnavailableError | null {
  const code = systemErrorCode(error)
  if (code === null || !fileFaults.has(code)) return null
  return new UnavailableError(
    isDiskFull(code) ? 'disk_full' : 'answer_not_kept',
    isDiskFull(code)
      ? `The disk is full; the answer of ${origin} was not kept. Make room and try again.`
      : `The answer of ${origin} could not be kept (${code}).`,
    { cause: error },
  )
}
