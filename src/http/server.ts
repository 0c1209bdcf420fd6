import { type AnyElysia, Elysia, ValidationError } from 'elysia'
import type { RejectsSource } from '../analyzer/rejects/rejects-process.ts'
import { auditRoutes } from '../audit/routes.ts'
import { type Logins, openLogins } from '../auth/logins.ts'
import type { Actor } from '../auth/model.ts'
import { routeRoleKey, routeRoles } from '../auth/route-role.ts'
import { sessionRoutes } from '../auth/routes.ts'
import { tokenRoutes } from '../auth/token-routes.ts'
import { userRoutes } from '../auth/user-routes.ts'
import { openWho, type Who } from '../auth/who.ts'
import { catalogRoutes } from '../catalog/routes.ts'
import type { AskedIntake } from '../courier/intake.ts'
import { type InlineSource, type Triggered, trigger, triggerInline } from '../courier/trigger.ts'
import type { Tx } from '../db/database.ts'
import { requireCurrent } from '../db/migrate.ts'
import type { Scanner } from '../db/scanner.ts'
import { eventRoutes } from '../events/routes.ts'
import type { Pace } from '../files/paced.ts'
import { uploadRoutes } from '../files/routes.ts'
import { importRoutes } from '../imports/routes.ts'
import type { ImportProgress } from '../imports/view.ts'
import { AppError } from '../lib/errors.ts'
import type { Logger } from '../lib/log.ts'
import { archiveRoutes } from '../maintenance/archive-routes.ts'
import { maintenanceRoutes } from '../maintenance/routes.ts'
import type { TaskRuns } from '../maintenance/task-runs.ts'
import { queueRoutes } from '../queue/queue-routes.ts'
import type { RedisHealth } from '../queue/redis/link.ts'
import { jobRoutes } from '../queue/routes.ts'
import { runRoutes } from '../runs/routes.ts'
import { scheduleRoutes } from '../schedules/routes.ts'
import type { Schedules } from '../schedules/schedules.ts'
import type { SourceRules } from '../sources/check.ts'
import { sourceRoutes } from '../sources/routes.ts'
import { supplierActivityRoutes } from '../suppliers/activity-routes.ts'
import { supplierRoutes } from '../suppliers/routes.ts'
import { previewRoutes } from '../trials/preview-routes.ts'
import { importPreviewRoutes } from '../trials/reading-routes.ts'
import { sourceTestRoutes } from '../trials/routes.ts'
import type { SourceTests } from '../trials/source-tests.ts'
import { type Access, pathOf } from './access.ts'
import { adminRoutes } from './admin-pages.ts'
import { exportRoutes } from './exports/export-routes.ts'
import { faultText } from './faults.ts'
import { noQuery, repeatable } from './fields.ts'
import { openGate } from './gate.ts'
import { healthRoutes } from './health.ts'
import { openIdempotency } from './idempotency.ts'
import { idleSeconds } from './long-answer.ts'
import { openApiDocument } from './openapi.ts'
import { problem, problemResponse } from './problem.ts'
import { schemaRoutes } from './schemas.ts'
import { swaggerRoutes } from './swagger.ts'

/** What the service is made of. */
export interface ServerParts {
  intake: AskedIntake
  scanner: Scanner
  log: Logger
  access: Access
  courier: {
    /** There is an import to work on. */
    wake(jobId?: string): void
    /** Where an import stands that is being worked on here; null for any other. */
    progressOf(importId: string): ImportProgress | null
  }
  /** Gives rejected rows back. */
  rejects: RejectsSource
  /** Tests sources. */
  tests: SourceTests
  /** What sources may say here. */
  rules: SourceRules
  /** What is done by itself. */
  schedules: Schedules
  /** Clean-ups. */
  cleanups: TaskRuns
  /** How long every raw file is kept, in milliseconds. */
  rawMs: number
  /** How quickly uploads have to come; as `uploadPace` unless said. */
  uploadPace?: Pace
  /** How Redis is; null or left out: none is used. */
  redis?: (() => RedisHealth) | null
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
  /** Seconds; the body of a request has to be there by then, unless its route has a measure of its own. */
  idleTimeout: idleSeconds,
} as const

/** Each route with its types, which the admin page asks by. */
export function ownRoutes({
  intake,
  scanner,
  courier,
  rejects,
  tests,
  rules,
  schedules,
  cleanups,
  rawMs,
  uploadPace,
  redis = null,
  log,
  who,
  logins,
}: Omit<ServerParts, 'access'> & { who: Who; logins: Logins }) {
  const { db, archive, clock, place, defaultCurrency, retryDelaysMs } = intake
  const queued = { worker: null, place, ...(retryDelaysMs && { retryDelaysMs }) }
  const onError = (error: unknown) => log.warn('jobs could not be told', { error })
  const wake = (jobId?: string) => courier.wake(jobId)
  const progressOf = (importId: string) => courier.progressOf(importId)
  const { start, startInline } = triggers({ intake, rules, wake })
  const keyed = openIdempotency({ db, clock, who, sealer: rules.sealer })
  return new Elysia({ normalize: false })
    .use(healthRoutes(() => requireCurrent(db), redis, intake.room ?? null))
    .use(uploadRoutes({ intake, keyed, who, wake, ...(uploadPace && { pace: uploadPace }) }))
    .use(importRoutes({ db, scanner, intake, who, wake, progressOf, rejects }))
    .use(jobRoutes({ db, scanner, archive, clock, who, queued, wake, progressOf, onError }))
    .use(eventRoutes({ db, scanner, who, progressOf, onError }))
    .use(queueRoutes({ db, scanner, clock, who, wake }))
    .use(runRoutes({ db, scanner, clock, rules, keyed, who, start, startInline }))
    .use(sourceRoutes({ db, scanner, clock, rules, keyed, who, start, wake }))
    .use(sourceTestRoutes({ db, rules, defaultCurrency, tests }))
    .use(previewRoutes({ db, rules, defaultCurrency, tests, ...(uploadPace && { pace: uploadPace }) }))
    .use(importPreviewRoutes({ intake, tests }))
    .use(scheduleRoutes({ db, clock, schedules }))
    .use(catalogRoutes({ db, scanner, clock, who }))
    .use(supplierRoutes({ db, scanner, clock, keyed, who, wake }))
    .use(supplierActivityRoutes({ db, scanner, clock }))
    .use(maintenanceRoutes({ cleanups, who }))
    .use(archiveRoutes({ intake, keyed, who, scanner, log, rawMs, wake }))
    .use(auditRoutes({ db, scanner }))
    .use(sessionRoutes(logins, who))
    .use(userRoutes(logins, { who, keyed }))
    .use(tokenRoutes(logins, { who, keyed }))
    .use(schemaRoutes())
    .use(swaggerRoutes())
    .use(adminRoutes())
}

/** Everything that answers, without what is common to all of it. */
export function apiRoutes(parts: Omit<ServerParts, 'access'> & { who: Who; logins: Logins }) {
  const { who, log } = parts
  const routes = ownRoutes(parts)
  const ask = answering(routes, log)
  // The exports first: what is used behind something that is still being loaded is there only when that is.
  return new Elysia({ normalize: false })
    .use(exportRoutes({ routes, ask, who, clock: parts.intake.clock, log }))
    .use(routes)
}

/** Answers requests that come from the program itself, for which nobody has to be let in. */
export function answering(routes: AnyElysia, log: Logger): (request: Request) => Promise<Response> {
  const server = new Elysia({ normalize: false })
    .onError(({ error, code }) => (code === 'NOT_FOUND' ? noSuchAddress() : problemFor({ error, code }, log)))
    .use(routes)
  return async (request) => server.handle(request)
}

/** What starts runs, for the routes of runs and of sources alike. */
function triggers({
  intake,
  rules,
  wake,
}: Pick<ServerParts, 'intake' | 'rules'> & { wake(jobId: string): void }) {
  const { db, clock } = intake
  const parts = { ...intake, fetchSettings: rules.fetchSettings, sealer: rules.sealer }
  const told = (triggered: Triggered) => {
    for (const { jobId } of triggered.started) wake(jobId)
    return triggered
  }
  const cause = (force = false) => ({ trigger: 'api' as const, force, now: clock.now() })
  return {
    start: async (actor: Actor, sources: string[], also: Also, force?: boolean) =>
      told(
        await db.tx((tx) =>
          andAlso(tx, also, trigger(tx, { ...parts, actor }, { sources, ...cause(force) })),
        ),
      ),
    startInline: async (actor: Actor, source: InlineSource, also: Also, force?: boolean) =>
      told(
        await db.tx((tx) =>
          andAlso(tx, also, triggerInline(tx, { ...parts, actor }, { source, ...cause(force) })),
        ),
      ),
  }
}

type Also = (tx: Tx, triggered: Triggered) => Promise<void>

async function andAlso(tx: Tx, also: Also, triggering: Promise<Triggered>): Promise<Triggered> {
  const { runId, started, skipped } = await triggering
  await also(tx, { runId, started, skipped })
  return { runId, started, skipped }
}

/** A year of TLS only, where we know that there is any. */
const transportSecurity = 'max-age=31536000'

/** The document's own route, which is not in it. */
const documentPlace = {
  method: 'GET',
  path: '/api/v1/openapi.json',
  hooks: { query: noQuery, detail: { hide: true, [routeRoleKey]: 'none' } },
} as const

/**
 * The HTTP service, not listening yet.
 * @throws Error when a route does not say who may call it
 */
export function createServer({ log, access, ...parts }: ServerParts) {
  const who = openWho()
  const { db, clock } = parts.intake
  const logins = openLogins({ db, clock, log, ...(access.sessions && { limits: access.sessions }) })
  const routes = apiRoutes({ ...parts, log, who, logins })
  const places = [...routes.routes, documentPlace]
  const gate = openGate({ access, identities: logins.identities, who, roleAsked: routeRoles(places) })
  let document: ReturnType<typeof openApiDocument> | null = null

  return new Elysia({ normalize: false })
    .onRequest(async ({ request, set, server }) => {
      Object.assign(set.headers, headers)
      const passed = await gate(request, server?.requestIP(request)?.address ?? null)
      if (passed.isHttps) set.headers['strict-transport-security'] = transportSecurity
      if (passed.refusal !== null) return passed.refusal
      // What no role is known for reaches no route.
      return passed.isKnown ? (repeatedParameter(request) ?? undefined) : noRoute(places, request)
    })
    .onError(({ error, code, request }) => {
      if (code === 'NOT_FOUND') return noRoute(places, request)
      return problemFor({ error, code }, log.child({ method: request.method, path: pathOf(request) }))
    })
    .use(routes)
    .get(
      documentPlace.path,
      () => {
        document ??= openApiDocument(routes)
        return document
      },
      documentPlace.hooks,
    )
}

/** What went wrong in a route, as an answer. */
function problemFor({ error, code }: { error: unknown; code: unknown }, log: Logger): Response {
  if (code === 'VALIDATION' && error instanceof ValidationError && error.type !== 'response')
    return problem(422, 'invalid_request', faultText(error))
  // What a route's own parser throws comes wrapped.
  if (code === 'PARSE') {
    const cause = error instanceof Error ? error.cause : null
    return cause instanceof AppError
      ? problemResponse(cause, log)
      : problem(400, 'malformed_body', 'The body cannot be read.')
  }
  return problemResponse(error, log)
}

/** Elysia would take the last one and say nothing. */
function repeatedParameter(request: Request): Response | null {
  const query = request.url.indexOf('?')
  // Most have one parameter at most.
  if (query < 0 || !request.url.includes('&', query)) return null
  const names = [...new URLSearchParams(request.url.slice(query + 1)).keys()]
  const twice = names.find((name, index) => names.indexOf(name) < index && !repeatable.has(name))
  return twice === undefined ? null : problem(422, 'invalid_request', `${twice} is given twice`)
}

/** Nothing at all, or something that takes other methods. */
function noRoute(places: { method: string; path: string }[], request: Request): Response {
  const { pathname } = new URL(request.url)
  const methods = places.filter(({ path }) => fits(path, pathname)).map(({ method }) => method)
  // With the right method the address itself is broken: it has a fragment, which belongs to browsers.
  if (methods.length === 0 || methods.includes(request.method)) return noSuchAddress()
  if (methods.includes('GET')) methods.push('HEAD')
  return problem(
    405,
    'method_not_allowed',
    `${request.method} is not possible here; ${methods.join(', ')} is.`,
    { allow: [...new Set(methods)].join(', ') },
  )
}

const noSuchAddress = () => problem(404, 'no_such_address', 'There is nothing at this address.')

/** Whether an address is one of a route's, such as "/items/:id". */
function fits(path: string, pathname: string): boolean {
  const parts = path.split('/')
  const given = pathname.split('/')
  return (
    parts.length === given.length &&
    parts.every((part, index) => (part.startsWith(':') ? given[index] !== '' : part === given[index]))
  )
}
