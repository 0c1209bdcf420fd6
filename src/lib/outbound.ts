import { createWriteStream } from 'node:fs'
import { request as httpRequest, type IncomingMessage } from 'node:http'
import { request as httpsRequest } from 'node:https'
import { pipeline } from 'node:stream/promises'
import { InvalidError, systemErrorCode, UnavailableError } from './errors.ts'

/** One request to another program. */
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

export interface Answer {
  status: number
  /** The media type without its parameters, in lower case; '' where none is said. */
  mediaType: string
  body: Uint8Array
}

const redirectsMax = 3

/**
 * The way out to other programs over HTTP. Redirects are followed for GET, and only within the same origin, so that
 * credentials go nowhere else.
 *
 * Not `fetch`: that hands requests for this very machine, with their secrets, to whatever HTTP_PROXY names.
 * @throws UnavailableError `unreachable`, `timed_out`, `cut_off`: worth another try
 * @throws InvalidError `answer_too_large`, `answer_packed`, `redirected`, `not_http`
 */
export async function outbound(request: Outbound): Promise<Answer> {
  return following(request, async (message) => {
    const pieces: Uint8Array[] = []
    for await (const piece of limited(message, request)) pieces.push(piece)
    return { ...headOf(message), body: Buffer.concat(pieces) }
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
): Promise<Omit<Answer, 'body'>> {
  return following(request, async (message) => {
    const head = headOf(message)
    if (head.status === 200 && head.mediaType === request.mediaType)
      await pipeline(limited(message, request), createWriteStream(path, { flags: 'wx' }))
    else message.destroy()
    return head
  })
}

async function following<Result>(
  request: Outbound,
  work: (message: IncomingMessage) => Promise<Result>,
): Promise<Result> {
  const deadline = AbortSignal.timeout(request.timeoutMs)
  const signal = AbortSignal.any([request.signal, deadline])
  let { url } = request
  try {
    for (let redirects = 0; ; redirects++) {
      const message = await send({ ...request, url, signal })
      const location = message.headers.location
      const status = message.statusCode ?? 0
      if (status < 300 || status > 399 || location === undefined) return await work(asSent(message, url))
      message.destroy()
      url = redirected(request, location, redirects)
    }
  } catch (error) {
    request.signal.throwIfAborted()
    throw explained(error, { url, timeoutMs: request.timeoutMs, isTimedOut: deadline.aborted })
  }
}

/** @throws InvalidError `answer_packed`: it was asked for otherwise, and limits count what comes */
function asSent(message: IncomingMessage, url: URL): IncomingMessage {
  const encoding = message.headers['content-encoding']?.trim().toLowerCase() ?? ''
  if (message.statusCode !== 200 || encoding === '' || encoding === 'identity') return message
  message.destroy()
  throw new InvalidError(
    'answer_packed',
    `${url.origin} packs its answer (content-encoding: ${encoding}), although it was asked not to.`,
  )
}

function send({ url, method = 'GET', headers, json, signal }: Outbound): Promise<IncomingMessage> {
  if (url.protocol !== 'http:' && url.protocol !== 'https:')
    throw new InvalidError('not_http', `${url.protocol} is neither http: nor https:.`)
  const body = json === undefined ? null : JSON.stringify(json)
  return new Promise((resolve, reject) => {
    const start = url.protocol === 'https:' ? httpsRequest : httpRequest
    const sent = start(
      url,
      {
        method,
        signal,
        // Nobody waits for the next request on a connection that is kept.
        agent: false,
        headers: {
          accept: 'application/json',
          // Sizes are counted as they come.
          'accept-encoding': 'identity',
          ...(body !== null && {
            'content-type': 'application/json',
            'content-length': String(Buffer.byteLength(body)),
          }),
          ...headers,
        },
      },
      resolve,
    )
    sent.on('error', reject)
    sent.end(body ?? undefined)
  })
}

function redirected({ url, method = 'GET' }: Outbound, location: string, redirects: number): URL {
  const target = URL.canParse(location, url.href) ? new URL(location, url.href) : null
  if (target?.origin === url.origin && method === 'GET' && redirects < redirectsMax) return target
  throw new InvalidError(
    'redirected',
    `${url.origin} sends us on to ${target?.origin ?? 'an address that is none'}; give the address itself.`,
  )
}

async function* limited(
  message: IncomingMessage,
  { sizeBytesMax, url }: Outbound,
): AsyncGenerator<Uint8Array> {
  let sizeBytes = 0
  for await (const piece of message) {
    // Without an encoding a message gives buffers.
    const bytes = piece as Buffer
    sizeBytes += bytes.length
    if (sizeBytes > sizeBytesMax) {
      message.destroy()
      throw new InvalidError(
        'answer_too_large',
        `The answer of ${url.origin} is larger than ${sizeBytesMax} bytes.`,
      )
    }
    yield bytes
  }
  if (!message.complete) throw new UnavailableError('cut_off', `The answer of ${url.origin} was cut off.`)
}

function headOf({ statusCode, headers }: IncomingMessage): Omit<Answer, 'body'> {
  const mediaType = (headers['content-type'] ?? '').split(';')[0]!.trim().toLowerCase()
  return { status: statusCode ?? 0, mediaType }
}

/** What goes wrong with the file that an answer is written to, and never with a connection. */
const fileFaults = new Set('ENOSPC EDQUOT EFBIG EIO EROFS EACCES EEXIST ENOENT ENOTDIR EISDIR'.split(' '))
const isDiskFull = (code: string) => code === 'ENOSPC' || code === 'EDQUOT'

function explained(error: unknown, of: { url: URL; timeoutMs: number; isTimedOut: boolean }): unknown {
  if (error instanceof InvalidError || error instanceof UnavailableError) return error
  const { origin } = of.url
  if (of.isTimedOut)
    return new UnavailableError('timed_out', `${origin} did not answer within ${of.timeoutMs / 1000} s.`, {
      cause: error,
    })
  const code = systemErrorCode(error)
  if (code !== null && fileFaults.has(code))
    return new UnavailableError(
      isDiskFull(code) ? 'disk_full' : 'answer_not_kept',
      isDiskFull(code)
        ? `The disk is full; the answer of ${origin} was not kept. Make room and try again.`
        : `The answer of ${origin} could not be kept (${code}).`,
      { cause: error },
    )
  const reason = code === 'ECONNREFUSED' ? 'nothing listens there' : (code ?? String(error))
  return new UnavailableError('unreachable', `${origin} cannot be reached: ${reason}.`, { cause: error })
}
