import { Elysia } from 'elysia'
import type { RejectsSource } from '../analyzer/rejects/rejects-process.ts'
import { catalogRoutes } from '../catalog/routes.ts'
import type { IntakeParts } from '../courier/intake.ts'
import { requireCurrent } from '../db/migrate.ts'
import type { Scanner } from '../db/scanner.ts'
import { uploadRoutes } from '../files/routes.ts'
import { importRoutes } from '../imports/routes.ts'
import type { ImportProgress } from '../imports/view.ts'
import { AppError } from '../lib/errors.ts'
import type { Logger } from '../lib/log.ts'
import { Problem } from '../lib/problem.ts'
import { t } from '../lib/schema.ts'
import { supplierRoutes } from '../suppliers/routes.ts'
import { type Access, accessCheck } from './access.ts'
import { faultText } from './faults.ts'
import { noQuery, repeatable } from './fields.ts'
import { openApiDocument } from './openapi.ts'
import { problem, problemResponse } from './problem.ts'
import { schemaRoutes } from './schemas.ts'
import { swaggerRoutes } from './swagger.ts'

/** What the service is made of. */
export interface ServerParts {
  intake: IntakeParts
  scanner: Scanner
  log: Logger
  access: Access
  courier: {
    /** There is an import to work on. */
    wake(): void
    /** Where an import stands that is being worked on here; null for any other. */
    progressOf(importId: string): ImportProgress | null
  }
  /** Gives rejected rows back. */
  rejects: RejectsSource
}

/** What every answer says, unless its route says otherwise. Answers are data, so they may load nothing at all. */
const headers = {
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'cache-control': 'no-store',
}

/** How a server listens, besides where. */
export const listening = {
  // Unless told otherwise Elysia shares the port, and a second service takes half of the requests unnoticed.
  reusePort: false,
  // Each route that reads a body has a limit of its own, and says so in an answer that can be read; Bun's has no words.
  maxRequestBodySize: Number.MAX_SAFE_INTEGER,
  /** Seconds; a sender that is silent for longer is cut off. */
  idleTimeout: 60,
} as const

/** Everything that answers, without what is common to all of it. */
export function apiRoutes({
  intake,
  scanner,
  courier,
  rejects,
}: Pick<ServerParts, 'intake' | 'scanner' | 'courier' | 'rejects'>) {
  const { db, clock, defaultCurrency, worker, isQueueKept = false } = intake
  const wake = () => courier.wake()
  const progressOf = (importId: string) => courier.progressOf(importId)
  return new Elysia({ normalize: false })
    .use(healthRoutes(() => requireCurrent(db)))
    .use(uploadRoutes({ intake, wake }))
    .use(
      importRoutes({ db, scanner, clock, defaultCurrency, worker, isQueueKept, wake, progressOf, rejects }),
    )
    .use(catalogRoutes({ db, scanner }))
    .use(supplierRoutes({ db, scanner }))
    .use(schemaRoutes())
    .use(swaggerRoutes())
}

/** The HTTP service, not listening yet. */
export function createServer({ log, access, ...parts }: ServerParts) {
  const refusal = accessCheck(access)
  const routes = apiRoutes(parts)
  const places = [...routes.routes, { method: 'GET', path: '/api/v1/openapi.json' }]
  let document: ReturnType<typeof openApiDocument> | null = null

  return new Elysia({ normalize: false })
    .onRequest(({ request, set }) => {
      Object.assign(set.headers, headers)
      return refusal(request) ?? repeatedParameter(request) ?? undefined
    })
    .onError(({ error, code, request }) => {
      if (code === 'NOT_FOUND') return noRoute(places, request)
      if (code === 'VALIDATION' && error.type !== 'response')
        return problem(422, 'invalid_request', faultText(error))
      // What a route's own parser throws comes wrapped.
      if (code === 'PARSE') {
        const { cause } = error
        return cause instanceof AppError
          ? problemResponse(cause, log)
          : problem(400, 'malformed_body', 'The body cannot be read.')
      }
      return problemResponse(error, log)
    })
    .use(routes)
    .get(
      '/api/v1/openapi.json',
      () => {
        document ??= openApiDocument(routes)
        return document
      },
      { query: noQuery, detail: { hide: true } },
    )
}

/** @param check throws while the service cannot do its work */
function healthRoutes(check: () => Promise<void>) {
  const ready = async () => {
    await check()
    return { status: 'ok' as const }
  }
  const answer = t.Object({ status: t.Literal('ok') }, { title: 'Health' })
  const readiness = { query: noQuery, response: { 200: answer, 409: Problem, 503: Problem } }
  return new Elysia()
    .get('/livez', () => ({ status: 'ok' as const }), {
      query: noQuery,
      response: { 200: answer },
      detail: { operationId: 'isAlive', summary: 'Whether the service runs', tags: ['Health'], security: [] },
    })
    .get('/readyz', ready, {
      ...readiness,
      detail: {
        operationId: 'isReady',
        summary: 'Whether the service can do its work',
        description: 'The database answers, and its schema is the one of this version.',
        tags: ['Health'],
        security: [],
      },
    })
    .get('/health', ready, {
      ...readiness,
      detail: { operationId: 'isHealthy', summary: 'The same as /readyz', tags: ['Health'], security: [] },
    })
}

/** Elysia would take the last one and say nothing. */
function repeatedParameter(request: Request): Response | null {
  const query = request.url.indexOf('?')
  if (query < 0) return null
  const names = [...new URLSearchParams(request.url.slice(query + 1)).keys()]
  const twice = names.find((name, index) => names.indexOf(name) < index && !repeatable.has(name))
  return twice === undefined ? null : problem(422, 'invalid_request', `${twice} is given twice`)
}

/** Nothing at all, or something that takes other methods. */
function noRoute(places: { method: string; path: string }[], request: Request): Response {
  const { pathname } = new URL(request.url)
  const methods = places.filter(({ path }) => fits(path, pathname)).map(({ method }) => method)
  // With the right method the address itself is broken: it has a fragment, which belongs to browsers.
  if (methods.length === 0 || methods.includes(request.method))
    return problem(404, 'no_such_address', 'There is nothing at this address.')
  if (methods.includes('GET')) methods.push('HEAD')
  return problem(
    405,
    'method_not_allowed',
    `${request.method} is not possible here; ${methods.join(', ')} is.`,
    { allow: [...new Set(methods)].join(', ') },
  )
}

/** Whether an address is one of a route's, such as "/items/:id". */
function fits(path: string, pathname: string): boolean {
  const parts = path.split('/')
  const given = pathname.split('/')
  return (
    parts.length === given.length &&
    parts.every((part, index) => (part.startsWith(':') ? given[index] !== '' : part === given[index]))
  )
}
