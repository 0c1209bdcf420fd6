import { Elysia } from 'elysia'
import { catalogRoutes } from '../catalog/routes.ts'
import type { Database } from '../db/database.ts'
import { requireCurrent } from '../db/migrate.ts'
import type { Logger } from '../lib/log.ts'
import { problem, problemResponse } from './problem.ts'

/** What a page of ours may load: nothing from elsewhere. Answers are data, so nothing at all. */
const headers = {
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cache-control': 'no-store',
}

/** Names under which this machine speaks to itself; a page on another site cannot make a browser say them. */
const loopbackNames = new Set(['localhost', '127.0.0.1', '[::1]'])

/**
 * The HTTP service, not listening yet.
 * @param options.isLoopback it listens on this machine only: then requests that name another host are refused, so
 *   that no web page reaches it through a rebound name
 */
export function createServer(options: { db: Database; log: Logger; isLoopback: boolean }) {
  const { db, log, isLoopback } = options
  return new Elysia({ normalize: false })
    .onRequest(({ request, set }) => {
      Object.assign(set.headers, headers)
      if (isLoopback && !loopbackNames.has(new URL(request.url).hostname))
        return problem(400, 'wrong_host', 'This service answers to localhost only.')
      return undefined
    })
    .onError(({ error, code }) => {
      if (code === 'NOT_FOUND') return problem(404, 'no_such_address', 'There is nothing at this address.')
      if (code === 'VALIDATION' && error.type !== 'response')
        return problem(422, 'invalid_request', validationText(error))
      return problemResponse(error, log)
    })
    .get('/livez', () => ({ status: 'ok' }))
    .get('/readyz', async () => {
      await requireCurrent(db)
      return { status: 'ok' }
    })
    .use(catalogRoutes(db))
}

function validationText(error: { all: unknown[]; customError?: unknown }): string {
  if (typeof error.customError === 'string') return error.customError
  const texts = error.all.map((fault) => {
    if (typeof fault !== 'object' || fault === null) return ''
    const path = 'path' in fault && typeof fault.path === 'string' ? fault.path.slice(1) : ''
    const text = 'summary' in fault && typeof fault.summary === 'string' ? fault.summary : 'is not valid'
    return path === '' ? text : `${path}: ${text}`
  })
  return texts.filter((text) => text !== '').join('; ') || 'The request is not valid.'
}
