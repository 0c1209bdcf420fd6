import {
  AppError,
  ForbiddenError,
  InvalidError,
  NotFoundError,
  systemErrorCode,
  UnavailableError,
} from '../errors.ts'

// Nobody else's words and no path of an address are in these messages: both may hold secrets. `origin` is scheme,
// host and port.

export const notHttp = ({ protocol }: URL) =>
  new InvalidError('not_http', `${protocol} is neither http: nor https:.`)

export const timedOut = ({ origin }: URL, what: string, ms: number) =>
  new UnavailableError('timed_out', `${origin} did not ${what} within ${ms / 1000} s.`)

export const noConnection = ({ origin }: URL, ms: number) =>
  new UnavailableError('unreachable', `${origin} cannot be reached: no answer within ${ms / 1000} s.`)

export const tookTooLong = ({ origin }: URL, ms: number) =>
  new UnavailableError('timed_out', `${origin} was not done within ${ms / 1000} s.`)

export const notAnHttpAnswer = ({ origin }: Pick<URL, 'origin'>, what: string, cause?: unknown) =>
  new UnavailableError('no_http_answer', `${origin} does not answer in HTTP as it should (${what}).`, {
    cause,
  })

export const fileTooLarge = ({ origin }: URL, sizeBytesMax: number) =>
  new InvalidError('file_too_large', `The answer of ${origin} is larger than ${sizeBytesMax} bytes.`)

export const cutOff = ({ origin }: Pick<URL, 'origin'>, cause: unknown) =>
  new UnavailableError('cut_off', `The answer of ${origin} was cut off.`, { cause })

/** It was asked for otherwise, and limits count what comes. */
export const packed = ({ origin }: URL, packing: string) =>
  new InvalidError(
    'answer_packed',
    `${origin} packs its answer (content-encoding: ${packing.slice(0, 40)}), although it was asked not to.`,
  )

/** What goes wrong with a connection or with the bytes on it, as an error of ours; what is one already stays. */
export function explained(error: unknown, url: Pick<URL, 'origin'>, hasBegun: boolean): unknown {
  if (error instanceof AppError) return error
  const { origin } = url
  const code = systemErrorCode(error) ?? ''
  const certificate = certificateFaults[code]
  if (certificate !== undefined || /^(ERR_TLS_|ERR_SSL_|EPROTO$)/.test(code))
    return new InvalidError(
      'tls_failed',
      `No safe connection to ${origin} can be made: ${certificate ?? `TLS failed (${code})`}.`,
      { cause: error },
    )
  if (code.startsWith('HPE_')) return notAnHttpAnswer(url, code, error)
  if (hasBegun) return cutOff(url, error)
  const reason = reasons[code] ?? (code === '' ? 'the connection failed' : code)
  return new UnavailableError('unreachable', `${origin} cannot be reached: ${reason}.`, { cause: error })
}

/**
 * Whether an error counts against the host that was asked: it could not be reached, or failed. One that wants to be
 * asked less often is in order, and a full disk is ours.
 */
export const isFaultOfHost = (error: unknown): boolean =>
  error instanceof UnavailableError && !notOfHost.test(error.code)

const notOfHost = /^(rate_limited|host_paused|circuit_open|disk_.*|file_limit|archive_.*|database_.*)$/

/**
 * What a status other than those that were hoped for means.
 * @param options.isLedAway whether another server than the one that was asked answered it
 */
export function refusalOf(
  url: URL,
  status: number,
  { isLedAway = false, ...options }: { retryAfterMs?: number; isLedAway?: boolean } = {},
): AppError {
  const { origin } = url
  const answered = `${origin} answered ${status}`
  if (status === 429 || (status === 503 && options.retryAfterMs !== undefined))
    return new UnavailableError('rate_limited', `${answered}: it wants to be asked less often.`, options)
  if (isWorthAnotherTry(status))
    return new UnavailableError('server_failed', `${answered}; it has a fault of its own.`, options)
  if (status === 401 || status === 403 || status === 407)
    return new ForbiddenError(
      'not_authorized',
      isLedAway
        ? `${answered}. Another server sent us on to it, and credentials are not sent along; if they are for this one, give its address.`
        : `${answered}: it wants other credentials, or does not give them this; check them.`,
    )
  if (status === 404 || status === 410)
    return new NotFoundError('not_found_there', `${answered}: there is nothing under this address; check it.`)
  return new InvalidError('refused_there', `${answered}, which is no list; check the address.`)
}

export const isWorthAnotherTry = (status: number): boolean =>
  status === 408 || status === 425 || status === 429 || status >= 500

const reasons: Record<string, string> = {
  ECONNREFUSED: 'nothing listens there',
  ECONNRESET: 'the connection was cut',
  ENETUNREACH: 'there is no way to its network',
  EHOSTUNREACH: 'there is no way to it',
  EPIPE: 'the connection was cut',
  ETIMEDOUT: 'it does not answer',
}

const certificateFaults: Record<string, string> = {
  CERT_HAS_EXPIRED: 'its certificate has expired',
  CERT_NOT_YET_VALID: 'its certificate is not valid yet; check the clock of this machine',
  CERT_REVOKED: 'its certificate was revoked',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'its certificate is signed by nobody but itself',
  SELF_SIGNED_CERT_IN_CHAIN: 'its certificate is signed by somebody whom nobody knows',
  UNABLE_TO_GET_ISSUER_CERT: 'its certificate is signed by somebody whom nobody knows',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'its certificate is signed by somebody whom nobody knows',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'it does not send the certificates that its own is signed by',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is that of another host',
  HOSTNAME_MISMATCH: 'its certificate is that of another host',
}
