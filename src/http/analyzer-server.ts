import { timingSafeEqual } from 'node:crypto'
import { Elysia } from 'elysia'
import { analyzerRoutes } from '../analyzer/routes.ts'
import type { AnalyzerJobs } from '../analyzer/service/jobs.ts'
import type { Logger } from '../lib/log.ts'
import { problem, problemResponse } from './problem.ts'

/**
 * The analyzer's HTTP service, not listening yet. Everything but `/health` demands the secret.
 * @param options.secret what callers send as `Authorization: Bearer SECRET`
 */
export function createAnalyzerServer(options: { jobs: AnalyzerJobs; secret: string; log: Logger }) {
  const { jobs, secret, log } = options
  return new Elysia({ normalize: false })
    .onRequest(({ request, set }) => {
      set.headers['x-content-type-options'] = 'nosniff'
      set.headers['cache-control'] = 'no-store'
      // A Host that is none leaves no address; whoever sends it gets no further than anybody without the secret.
      const path = URL.parse(request.url)?.pathname ?? null
      if (path === '/health' || (path !== null && isGiven(secret, request))) return undefined
      return problem(401, 'wrong_secret', 'Send the secret of this analyzer: Authorization: Bearer SECRET.')
    })
    .onError(({ error, code }) => {
      if (code === 'NOT_FOUND') return problem(404, 'no_such_address', 'There is nothing at this address.')
      if (code === 'PARSE') return problem(400, 'invalid_json', 'The body is no JSON.')
      return problemResponse(error, log)
    })
    .use(analyzerRoutes(jobs))
}

/** The time that the comparison takes tells nothing about the secret. */
function isGiven(secret: string, request: Request): boolean {
  const expected = digest(`Bearer ${secret}`)
  return timingSafeEqual(expected, digest(request.headers.get('authorization') ?? ''))
}

const digest = (text: string) => new Bun.CryptoHasher('sha256').update(text).digest()
