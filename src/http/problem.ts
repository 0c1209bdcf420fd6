import { randomBytes } from 'node:crypto'
import { isDatabaseLost } from '../lib/database-lost.ts'
import {
  AppError,
  ConflictError,
  ForbiddenError,
  InvalidError,
  NotFoundError,
  UnavailableError,
} from '../lib/errors.ts'
import type { Logger } from '../lib/log.ts'
import type { Problem } from '../lib/problem.ts'

const titles = {
  400: 'Bad request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not found',
  405: 'Method not allowed',
  408: 'Request timeout',
  409: 'Conflict',
  412: 'Precondition failed',
  413: 'Too large',
  415: 'Unsupported media type',
  416: 'Range not satisfiable',
  422: 'Not valid',
  429: 'Too many requests',
  500: 'Internal error',
  503: 'Unavailable',
} as const
type Status = keyof typeof titles

/** What is wrong with the request as such, rather than with what it says. */
const statusByCode: Record<string, Status> = {
  malformed_json: 400,
  malformed_form: 400,
  upload_incomplete: 400,
  body_incomplete: 400,
  upload_too_slow: 408,
  body_too_large: 413,
  file_too_large: 413,
  too_large_to_preview: 413,
  field_too_long: 413,
  too_many_parts: 413,
  unsupported_media_type: 415,
  unsupported_content_encoding: 415,
  range_not_satisfiable: 416,
  wrong_credentials: 401,
  too_many_sign_ins: 429,
  too_many_of_yours: 429,
  precondition_failed: 412,
  // Worth repeating, though nothing is wrong with the service.
  request_under_way: 409,
}

/** An error as an HTTP answer. The only place that knows status codes; what is no AppError is logged whole. */
export function problemResponse(thrown: unknown, log: Logger): Response {
  const error = isDatabaseLost(thrown) ? databaseAway(thrown) : thrown
  if (error !== thrown) log.warn('the database did not answer', { error: thrown })
  const status = statusOf(error)
  const told = status >= 500 ? { [requestIdHeader]: toldAs(error, status, log) } : {}
  if (!(error instanceof AppError))
    return problem(status, 'internal_error', 'Something went wrong here; the log has the details.', told)
  // What is still to come of the request is not waited for.
  if (status === 408) return problem(status, error.code, error.message, { connection: 'close' })
  return problem(status, error.code, error.message, { ...told, ...retryAfter(error) })
}

/**
 * Under what the log tells of a request that was not answered although nothing is wrong with it. Of what is wrong with
 * a request its answer says all there is to say, and nothing is logged.
 */
export const requestIdHeader = 'x-request-id'

/** Tells the log. @returns the request's id there */
function toldAs(error: unknown, status: Status, log: Logger): string {
  const requestId = randomBytes(6).toString('hex')
  if (status === 500) log.error('request failed', { requestId, error })
  else log.info('request not answered', { requestId, error })
  return requestId
}

/** An answer for requests that no route takes, or that break a route's schema. */
export function problem(
  status: Status,
  code: string,
  detail: string,
  headers: Record<string, string> = {},
): Response {
  const body: Problem = { type: 'about:blank', title: titles[status], status, code, detail }
  return Response.json(body, {
    status,
    headers: { ...headers, 'content-type': 'application/problem+json' },
  })
}

const databaseAway = (cause: unknown) =>
  new UnavailableError(
    'database_unreachable',
    'The database does not answer, or cannot work at the moment; try again. The log says what is wrong with it.',
    { cause, retryAfterMs: 5000 },
  )

function statusOf(error: unknown): Status {
  const ownStatus = error instanceof AppError ? statusByCode[error.code] : undefined
  if (ownStatus !== undefined) return ownStatus
  if (error instanceof InvalidError) return 422
  if (error instanceof NotFoundError) return 404
  if (error instanceof ConflictError) return 409
  if (error instanceof ForbiddenError) return 403
  if (error instanceof UnavailableError) return 503
  return 500
}

function retryAfter(error: AppError): Record<string, string> {
  if (!(error instanceof UnavailableError) || error.retryAfterMs === null) return {}
  return { 'retry-after': String(Math.ceil(error.retryAfterMs / 1000)) }
}
