import {
  AppError,
  ConflictError,
  ForbiddenError,
  InvalidError,
  NotFoundError,
  UnavailableError,
} from '../lib/errors.ts'
import type { Logger } from '../lib/log.ts'

/** The body of an error answer (RFC 9457), with a stable code for machines. */
export interface Problem {
  type: 'about:blank'
  title: string
  status: number
  code: string
  detail: string
}

const titles: Record<number, string> = {
  400: 'Bad request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not found',
  409: 'Conflict',
  422: 'Not valid',
  500: 'Internal error',
  503: 'Unavailable',
}

/** An error as an HTTP answer. The only place that knows status codes; what is no AppError is logged whole. */
export function problemResponse(error: unknown, log: Logger): Response {
  const problem = problemOf(error)
  if (problem.status === 500) log.error('request failed', { error })
  return respond(problem)
}

/** An answer for requests that no route takes, or that break a route's schema. */
export function problem(status: 400 | 401 | 404 | 422, code: string, detail: string): Response {
  return respond({ type: 'about:blank', title: titles[status] ?? 'Error', status, code, detail })
}

function respond(body: Problem): Response {
  return Response.json(body, {
    status: body.status,
    headers: { 'content-type': 'application/problem+json' },
  })
}

function problemOf(error: unknown): Problem {
  const status = statusOf(error)
  const shown =
    error instanceof AppError
      ? { code: error.code, detail: error.message }
      : { code: 'internal_error', detail: 'Something went wrong here; the log has the details.' }
  return { type: 'about:blank', title: titles[status] ?? 'Error', status, ...shown }
}

function statusOf(error: unknown): number {
  if (error instanceof InvalidError) return 422
  if (error instanceof NotFoundError) return 404
  if (error instanceof ConflictError) return 409
  if (error instanceof ForbiddenError) return 403
  if (error instanceof UnavailableError) return 503
  return 500
}
