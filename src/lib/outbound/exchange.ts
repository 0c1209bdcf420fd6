import { request as httpRequest, type IncomingMessage } from 'node:http'
import { request as httpsRequest } from 'node:https'
import { isIP } from 'node:net'
import { InvalidError } from '../errors.ts'
import { cutOff, fileTooLarge, noConnection, notAnHttpAnswer, notHttp, timedOut } from './failure.ts'
import { hostOf } from './host.ts'

export type Headers = Readonly<Record<string, string>>

/** One request, and whom it is sent to. */
export interface Exchange {
  /** `http:` or `https:`; a user and password in it are not sent. */
  url: URL
  /** The one address that is connected to, whatever the name in the URL; null: the system resolves it. */
  address: string | null
  method: 'GET' | 'HEAD' | 'POST'
  headers: Headers
  /** Null: none. */
  body: Uint8Array | null
  /** Until a connection is there, with TLS. */
  connectMs: number
  /** Until the status and headers of the answer are there. */
  headMs: number
  /** Aborted: connection and answer end, with its reason. */
  signal: AbortSignal
}

/** The beginning of an answer; its body is still to come. */
export interface Arrived {
  url: URL
  status: number
  /** Their names in lower case; what came several times is joined by commas. */
  headers: Headers
  message: IncomingMessage
}

/** Whoever speaks of an answer's size and time. */
export interface BodyLimits {
  sizeBytesMax: number
  /** Longest time without a byte while one is waited for; null: no limit of its own. */
  idleMs: number | null
  signal: AbortSignal
}

/**
 * The core of everything that goes out over HTTP: one request on a connection of its own, so that none is ever shared
 * between hosts, and nothing is followed.
 *
 * Not `fetch`: that hands requests to whatever HTTP_PROXY names, which would resolve the name once more, and reads
 * `file://`.
 * @throws UnavailableError `timed_out`; InvalidError `not_http`, `invalid_request`; system errors as they are
 */
export function exchange(sent: Exchange): Promise<Arrived> {
  const { url, address, method, headers, body, connectMs, headMs, signal } = sent
  requireHttp(url)
  const { promise, resolve, reject } = Promise.withResolvers<Arrived>()
  const start = url.protocol === 'https:' ? httpsRequest : httpRequest
  const host = hostOf(url)
  const request = started(() =>
    start({
      host: address ?? host,
      port: url.port === '' ? (url.protocol === 'https:' ? 443 : 80) : Number(url.port),
      path: `${url.pathname}${url.search}`,
      method,
      signal,
      // A connection that is kept could meet another host's request; nobody waits for a next one either.
      agent: false,
      // Certificates are those of the name, and not of the address that it led to.
      ...(isIP(host) === 0 && { servername: host }),
      setHost: false,
      headers: {
        host: url.host,
        // Sizes are counted, and hashes made, of what comes.
        'accept-encoding': 'identity',
        ...(body !== null && { 'content-length': String(body.length) }),
        ...headers,
      },
    }),
  )
  const connecting = setTimeout(() => request.destroy(noConnection(url, connectMs)), connectMs)
  const waiting = setTimeout(() => request.destroy(timedOut(url, 'answer', headMs)), headMs)
  const settled = () => {
    clearTimeout(connecting)
    clearTimeout(waiting)
  }
  request.once('socket', (socket) => {
    socket.once(url.protocol === 'https:' ? 'secureConnect' : 'connect', () => clearTimeout(connecting))
  })
  let arrived: IncomingMessage | null = null
  request.once('response', (message) => {
    settled()
    arrived = message
    // Errors of a body that nobody has begun to read are told by reading it.
    message.on('error', () => {})
    resolve({ url, status: message.statusCode ?? 0, headers: textsOf(message), message })
  })
  // Nobody asked for another protocol. Without a listener a head that offers one would be waited for in vain.
  request.once('upgrade', (_message, socket) => {
    settled()
    socket.destroy()
    reject(notAnHttpAnswer(url, '101'))
  })
  request.on('error', (error) => {
    settled()
    // A connection that is reset is told here alone: a body of no known length would seem to have come to its end.
    arrived?.destroy(error)
    reject(signal.aborted ? signal.reason : error)
  })
  request.end(body ?? undefined)
  return promise
}

/**
 * The body as it comes. Whoever reads slowly is not sent more: memory does not grow with the answer.
 * @throws InvalidError `file_too_large`: as soon as it is known, so before the first piece where the answer says so
 * @throws UnavailableError `cut_off`, `timed_out`; system errors as they are
 */
export async function* bodyOf(
  { url, headers, message }: Pick<Arrived, 'url' | 'headers' | 'message'>,
  { sizeBytesMax, idleMs, signal }: BodyLimits,
): AsyncGenerator<Uint8Array> {
  let sizeBytes = 0
  const timer = { id: undefined as ReturnType<typeof setTimeout> | undefined }
  const waitFor = () => {
    if (idleMs !== null)
      timer.id = setTimeout(() => message.destroy(timedOut(url, 'send more', idleMs)), idleMs)
  }
  try {
    refuseTooLarge(lengthOf(headers) ?? 0)
    waitFor()
    for await (const piece of message) {
      clearTimeout(timer.id)
      // Without an encoding a message gives buffers.
      const bytes = piece as Buffer
      sizeBytes += bytes.length
      refuseTooLarge(sizeBytes)
      yield bytes
      waitFor()
    }
    if (!message.complete) throw cutOff(url, null)
  } catch (error) {
    signal.throwIfAborted()
    throw error
  } finally {
    clearTimeout(timer.id)
    message.destroy()
  }

  function refuseTooLarge(bytes: number): void {
    if (bytes > sizeBytesMax) throw fileTooLarge(url, sizeBytesMax)
  }
}

/** @throws InvalidError `not_http` */
export function requireHttp(url: URL): void {
  if (url.protocol !== 'http:' && url.protocol !== 'https:') throw notHttp(url)
}

/** What `content-length` says, in bytes; null: nothing, or no number. */
export function lengthOf(headers: Headers): number | null {
  const text = headers['content-length'] ?? ''
  return /^\d{1,15}$/.test(text) ? Number(text) : null
}

/** The media type without its parameters, in lower case; '' where none is said. */
export const mediaTypeOf = (headers: Headers): string =>
  (headers['content-type'] ?? '').split(';')[0]!.trim().toLowerCase()

/** How the body is packed, in lower case; '' where it is not. */
export function packingOf(headers: Headers): string {
  const encoding = headers['content-encoding']?.trim().toLowerCase() ?? ''
  return encoding === 'identity' ? '' : encoding
}

/** @throws InvalidError `invalid_request` for a header or a path that cannot be sent */
function started<Request>(start: () => Request): Request {
  try {
    return start()
  } catch (error) {
    // Its words may hold the value, which may be a secret.
    throw new InvalidError(
      'invalid_request',
      'A header or the address holds characters that cannot be sent over HTTP, such as a line end.',
      { cause: error instanceof Error ? new Error(error.name) : undefined },
    )
  }
}

/** Without a prototype, for the names are somebody else's. */
function textsOf({ headers }: IncomingMessage): Headers {
  const texts: Record<string, string> = Object.create(null)
  for (const [name, value] of Object.entries(headers))
    if (value !== undefined) texts[name] = Array.isArray(value) ? value.join(', ') : value
  return texts
}
