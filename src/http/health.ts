import { Elysia } from 'elysia'
import type { Room } from '../files/room.ts'
import { UnavailableError } from '../lib/errors.ts'
import type { Logger } from '../lib/log.ts'
import { Problem } from '../lib/problem.ts'
import { oneOf, t, textOrNull } from '../lib/schema.ts'
import type { RedisHealth } from '../queue/redis/link.ts'
import { noQuery } from './fields.ts'
import { problem, problemResponse } from './problem.ts'

/**
 * @param check throws while the service cannot do its work
 * @param redis how Redis is, without which it can
 * @param room whether there is room for what comes in; while there is none all else goes on
 */
export function healthRoutes(
  check: () => Promise<void>,
  redis: (() => RedisHealth) | null,
  room: Pick<Room, 'lack'> | null,
) {
  const ready = async () => {
    await inTime(check)
    const lack = (await room?.lack()) ?? null
    const health = redis?.() ?? null
    const isWell = lack === null && (health === null || health.status === 'ok')
    return {
      status: isWell ? ('ok' as const) : ('degraded' as const),
      ...(health !== null && { redis: health }),
      ...(lack !== null && { disk: { status: 'full' as const, message: lack } }),
    }
  }
  const answer = t.Object({ status: t.Literal('ok') }, { title: 'Alive' })
  const readyAnswer = t.Object(
    {
      status: oneOf(['ok', 'degraded'], {
        description: 'degraded: the service does its work, but something that should help it does not.',
      }),
      redis: t.Optional(
        t.Object(
          {
            status: oneOf(['ok', 'unavailable']),
            message: textOrNull('What is wrong, and what to do; null: nothing is.'),
          },
          {
            description:
              'Only where REDIS_URL is set. While it is unavailable the database serves the queue.',
          },
        ),
      ),
      disk: t.Optional(
        t.Object(
          { status: t.Literal('full'), message: t.String({ description: 'What to do.' }) },
          {
            description:
              'Only while there is no room where files come in: nothing is taken in or fetched until there is.',
          },
        ),
      ),
    },
    { title: 'Health' },
  )
  const readiness = { query: noQuery, response: { 200: readyAnswer, 409: Problem, 503: Problem } }
  return new Elysia()
    .get('/livez', () => ({ status: 'ok' as const }), {
      query: noQuery,
      response: { 200: answer },
      detail: {
        operationId: 'isAlive',
        'x-unfailing': true,
        'x-role': 'none',
        summary: 'Whether the service runs',
        tags: ['Health'],
        security: [],
      },
    })
    .get('/readyz', ready, {
      ...readiness,
      detail: {
        operationId: 'isReady',
        'x-role': 'none',
        summary: 'Whether the service can do its work',
        description:
          'The database answers, and its schema is the one of this version. Where Redis should carry the queue, it says how that is; and where there is no room for files, that.',
        tags: ['Health'],
        security: [],
      },
    })
    .get('/health', ready, {
      ...readiness,
      detail: {
        operationId: 'isHealthy',
        'x-role': 'none',
        summary: 'The same as /readyz',
        tags: ['Health'],
        security: [],
      },
    })
}

/** Whoever asks waits for an answer, and a database may have none for as long as it likes. */
const checkMs = 5000

/** @throws UnavailableError `database_unreachable` when nothing is known in time */
async function inTime(check: () => Promise<void>): Promise<void> {
  const late = Promise.withResolvers<never>()
  const timer = setTimeout(
    () =>
      late.reject(
        new UnavailableError(
          'database_unreachable',
          `The database has not answered within ${checkMs / 1000} seconds.`,
          { retryAfterMs: 5000 },
        ),
      ),
    checkMs,
  )
  try {
    await Promise.race([check(), late.promise])
  } finally {
    clearTimeout(timer)
  }
}

/** Answers no more than whether a process without an API is well; not listening yet. */
export function createHealthServer({
  check,
  redis = null,
  room = null,
  log,
}: {
  check: () => Promise<void>
  redis?: (() => RedisHealth) | null
  room?: Pick<Room, 'lack'> | null
  log: Logger
}) {
  return new Elysia({ normalize: false })
    .onRequest(({ set }) => {
      set.headers['x-content-type-options'] = 'nosniff'
      set.headers['cache-control'] = 'no-store'
    })
    .onError(({ error, code }) =>
      code === 'NOT_FOUND'
        ? problem(404, 'no_such_address', 'Only /livez and /readyz are answered here.')
        : problemResponse(error, log),
    )
    .use(healthRoutes(check, redis, room))
}
