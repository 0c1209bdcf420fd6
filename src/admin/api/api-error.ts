/** What a person needs to know of a request that was not answered as hoped. */
export interface ApiFailure {
  /** As in "GET /api/v1/items". */
  request: string
  /** 0: there was no answer. */
  status: number
  /** Stable and for machines. */
  code: string
  title: string
  /** What, where and what to do, in the service's own words. */
  detail: string
  /** Seconds after which it may be asked again; null: nothing was said. */
  retryAfter: number | null
  /** Under what the service's log tells of it; null: nothing is told there. */
  requestId: string | null
}

/** A request that was refused or got no answer. */
export class ApiError extends Error {
  override name = 'ApiError'
  readonly failure: ApiFailure

  constructor(failure: ApiFailure) {
    super(failure.detail)
    this.failure = failure
  }
}

/**
 * The failure that an answer tells of: problem+json as the service writes it, or whatever a proxy in between says.
 * @param body the answer's text
 */
export function failureOf(
  request: string,
  { status, statusText, headers }: Pick<Response, 'status' | 'statusText' | 'headers'>,
  body: string,
): ApiFailure {
  const retry = Number(headers.get('retry-after') ?? 'NaN')
  const known = problemIn(body)
  return {
    request,
    status,
    code: known?.code ?? `http_${status}`,
    title: known?.title ?? (statusText || `Status ${status}`),
    detail:
      known?.detail ??
      'The answer was not from Tallyman; a proxy in between may have refused it. Try again, or ask whoever runs it.',
    retryAfter: Number.isFinite(retry) ? retry : null,
    requestId: headers.get('x-request-id') || null,
  }
}

/** There was no answer at all. */
export function unreachable(request: string): ApiFailure {
  return {
    request,
    status: 0,
    code: 'unreachable',
    title: 'No connection',
    detail:
      'The service did not answer. Check the network and that Tallyman is running; this page tries again by itself.',
    retryAfter: null,
    requestId: null,
  }
}

/** The question was taken, and there was no answer for so long that there will be none. */
export const silent = (request: string): ApiFailure => ({ ...unreachable(request), code: 'no_answer' })

function problemIn(body: string): { code: string; title: string; detail: string } | null {
  try {
    const { code, title, detail } = Object(JSON.parse(body))
    return typeof code === 'string' && typeof detail === 'string'
      ? { code, title: typeof title === 'string' ? title : code, detail }
      : null
  } catch {
    return null
  }
}
