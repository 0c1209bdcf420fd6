import { addressOf, type QueryValue } from './address.ts'
import { ApiError, type ApiFailure, failureOf, silent, unreachable } from './api-error.ts'
import type { openCredentials } from './credentials.ts'
import { curlOf } from './curl.ts'
import type { EarlyAnswers } from './early-answers.ts'
import type {
  Answer,
  ChangeBody,
  Changed,
  ChangeMethod,
  ChangePath,
  ChangeQuery,
  ParamsPart,
  Query,
  ReadPath,
} from './routes.ts'

/** What a change may say besides its body. */
export interface ChangeOptions {
  /** The ETag of what was seen: it is refused (412) when somebody has changed it meanwhile. */
  ifMatch?: string | undefined
  /** The same key makes the same thing once only, however often it is sent. */
  idempotencyKey?: string | undefined
  signal?: AbortSignal | undefined
}

export type ReadRequest<Path extends ReadPath> = ParamsPart<Path> & { query?: Query<Path> | undefined }
export type ChangeRequest<Method extends ChangeMethod, Path extends string> = ParamsPart<Path> & {
  query?: ChangeQuery<Method, Path> | undefined
  body?: ChangeBody<Method, Path> | undefined
}

/** An answer with the tag that a change of it can be bound to. */
export interface Answered<Data> {
  data: Data
  etag: string | null
}

interface LooseRequest {
  params?: Record<string, string> | undefined
  query?: object | undefined
  body?: unknown
}

/** Asks the service. All of it throws ApiError. */
export interface Api {
  /** `read('/api/v1/items/:id', { params: { id } })` */
  read<Path extends ReadPath>(
    path: Path,
    request: ReadRequest<Path>,
    signal?: AbortSignal,
  ): Promise<Answered<Answer<Path>>>
  /** `change('PATCH', '/api/v1/items/:id', { params: { id }, body: { name } }, { ifMatch })` */
  change<Method extends ChangeMethod, Path extends ChangePath<Method>>(
    method: Method,
    path: Path,
    request: ChangeRequest<Method, Path>,
    options?: ChangeOptions,
  ): Promise<Answered<Changed<Method, Path>>>
  /** Sends anything to an address of the service with this tab's credentials: uploads, downloads, streams. */
  send(address: string, init?: RequestInit): Promise<Response>
  /** A refusal as an error; what it says of the session is taken note of. For what is not asked by `send`. */
  refused(failure: ApiFailure): Promise<ApiError>
  /** A request as a command line. @param method GET unless said */
  curl(path: string, request?: LooseRequest, method?: string): string
  credentials: ReturnType<typeof openCredentials>
}

export interface ApiParts {
  credentials: ReturnType<typeof openCredentials>
  /** Somebody has to sign in. */
  onUnauthorized(): void
  /**
   * Somebody has signed in anew in this browser: what is known of the session is that of the one before. Awaited, so
   * that whoever is told of it can press again at once.
   */
  onOtherSession(): Promise<void>
  /** Answers that are on their way already. */
  early: EarlyAnswers
}

/** A read that has no answer by then gets none: the service itself gives each of them up far earlier. */
const readMsMax = 45_000

export function openApi({ credentials, onUnauthorized, onOtherSession, early }: ApiParts): Api {
  async function send(address: string, init: RequestInit = {}): Promise<Response> {
    const method = init.method ?? 'GET'
    const { csrf, token } = credentials.read()
    const headers = new Headers(init.headers)
    if (token !== null) headers.set('authorization', `Bearer ${token}`)
    else if (csrf !== null && method !== 'GET') headers.set('x-tallyman-csrf', csrf)
    const named = `${method} ${address.split('?')[0]}`
    if (method !== 'GET') early.forget()
    let response: Response
    try {
      response =
        (method === 'GET' ? await early.take(address) : null) ??
        // A token speaks for itself: a cookie beside it could only be somebody else's.
        (await fetch(address, {
          ...init,
          headers,
          credentials: token === null ? 'same-origin' : 'omit',
        }))
    } catch (error) {
      if (init.signal?.aborted) throw error
      throw new ApiError(unreachable(named))
    }
    if (response.ok) return response
    throw await refused(failureOf(named, response, await response.text()))
  }

  async function refused(failure: ApiFailure): Promise<ApiError> {
    if (failure.status === 401) early.forget()
    if (failure.status === 401 && failure.code === 'not_authorized') onUnauthorized()
    if (failure.code === 'precondition_failed')
      return new ApiError({
        ...failure,
        detail:
          'Somebody has changed it meanwhile. Nothing was changed now; close this, see how it is, and try again.',
      })
    if (failure.code !== 'csrf_token_missing') return new ApiError(failure)
    await onOtherSession()
    // Not sent again by itself: it would be in the name of whoever that is.
    return new ApiError({
      ...failure,
      detail:
        'Somebody has signed in anew in this browser. Nothing was changed; see who you are, and try again.',
    })
  }

  async function answered<Data>(response: Response): Promise<Answered<Data>> {
    // What the route's schema says, to which the service holds its answers.
    const data = (response.status === 204 ? null : await response.json()) as Data
    // A proxy that packs answers makes a tag weak, and a weak one proves nothing in If-Match.
    return { data, etag: response.headers.get('etag')?.replace(/^W\//, '') ?? null }
  }

  const address = (path: string, request: LooseRequest) =>
    // Every query is made of such values, as its schema says.
    addressOf(path, request.params, request.query as Record<string, QueryValue>)

  return {
    credentials,
    send,
    refused,
    async read(path, request, signal) {
      const late = new AbortController()
      const silence = Promise.withResolvers<never>()
      const timer = setTimeout(() => {
        silence.reject(new ApiError(silent(`GET ${addressOf(path, request.params, {})}`)))
        late.abort()
      }, readMsMax)
      const signals = signal ? [signal, late.signal] : [late.signal]
      const asked = send(address(path, request), { signal: AbortSignal.any(signals) })
      try {
        return await Promise.race([
          asked.then((response) => answered<Answer<typeof path>>(response)),
          silence.promise,
        ])
      } finally {
        clearTimeout(timer)
      }
    },
    async change(method, path, request, { ifMatch, idempotencyKey, signal } = {}) {
      const headers: Record<string, string> = {}
      if (ifMatch !== undefined) headers['if-match'] = ifMatch
      if (idempotencyKey !== undefined) headers['idempotency-key'] = idempotencyKey
      const body = request.body === undefined ? null : JSON.stringify(request.body)
      if (body !== null) headers['content-type'] = 'application/json'
      return answered(
        await send(address(path, request), { method, headers, body, ...(signal && { signal }) }),
      )
    },
    curl: (path, request = {}, method = 'GET') =>
      curlOf({
        method,
        url: new URL(address(path, request), location.href).href,
        body: request.body === undefined ? null : JSON.stringify(request.body),
      }),
  }
}
