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
  409: 'Conflict',
  413: 'Too large',
  415: 'Unsupported media type',
  422: 'Not valid',
  500: 'Internal error',
  503: 'Unavailable',
} as const
type Status = keyof typeof titles

/** What is wrong with the request as such, rather than with what it says. */
const statusByCode: Record<string, Status> = {
  malformed_json: 400,
  malformed_form: 400,
  upload_incomplete: 400,
  body_too_large: 413,
  file_too_large: 413,
  field_too_long: 413,
  too_many_parts: 413,
  unsupported_media_type: 415,
  unsupported_content_encoding: 415,
}

/** An error as an HTTP answer. The only place that knows status codes; what is no AppError is logged whole. */
export function problemResponse(error: unknown, log: Logger): Response {
  const status = statusOf(error)
  if (status === 500) log.error('request failed', { error })
  if (!(error instanceof AppError))
    return problem(status, 'internal_error', 'Something went wrong here; the log has the details.')
  return problem(status, error.code, error.message, retryAfter(error))
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

function statusOf(error: unknown): Status {
  if (error instanceof InvalidError) return statusByCode[error.code] ?? 422
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
