import { type App, type AppOptions, openApp, type Surroundings } from '../app.ts'
import type { AttemptLimits } from '../courier/limits.ts'
import { openEmbeddedQueue } from '../queue/embedded.ts'
import type { Queue, QueueOptions } from '../queue/queue.ts'
import type { RedisHealth } from '../queue/redis/link.ts'
import { openRedisQueue } from '../queue/redis/redis-queue.ts'

/**
 * What a process of ours that goes on running is there for:
 *
 *   service     takes files in and answers over HTTP: service.ts
 *   worker      works on the jobs of the queue: worker.ts
 *   scheduler   starts what is due: scheduler.ts
 *
 * `serve` is all of them in one process.
 */
export interface RoleOptions extends Pick<AppOptions, 'config' | 'clock' | 'log'>, Surroundings {
  patience?: Patience
}

/** How patient a role is with its analyzer. Tests are less so. */
export interface Patience {
  /** How long the analyzer may take for one small answer. */
  requestMs: number
  /** Pauses before each further try of it. */
  retryDelaysMs: readonly number[]
  /** Pauses before a job is tried again by itself; left out: the usual ones. */
  jobRetryDelaysMs?: readonly number[]
  /** How long one attempt at a job may take; left out: as long as is usual. */
  attemptLimits?: AttemptLimits
  /** How long a worker's lease holds without a heartbeat, and how often it looks for others' that ran out. */
  queue?: Pick<QueueOptions, 'leaseMs' | 'lookMs'>
}

/** How long what is under way may still take when a role ends: with all the rest it has ended within 10 s. */
export const workGraceMs = 6000

export const patienceDefault: Patience = { requestMs: 10_000, retryDelaysMs: [1000, 2000, 4000] }

/** What every role stands on. */
export interface Ground extends Pick<App, 'db' | 'parts' | 'sweep' | 'cleanups'> {
  queue: Queue
  /** How Redis is; null: none is used. */
  redis: (() => RedisHealth) | null
}

/**
 * Opens the database, brought up to date, the files and the queue.
 * @param ends what closes them again is put there
 * @throws AppError as `openApp` does
 */
export async function openGround(
  { config, clock, log, patience = patienceDefault }: RoleOptions,
  ends: AsyncDisposableStack,
): Promise<Ground> {
  const app = await openApp({ config, clock, log, schema: 'write' })
  ends.defer(() => app.close())
  const { jobRetryDelaysMs: retryDelaysMs } = patience
  const parts = { ...app.parts, carrier: null, ...(retryDelaysMs && { retryDelaysMs }) }
  const queued = {
    db: app.db,
    log: log.child({ module: 'queue' }),
    worker: parts.worker,
    place: parts.place,
    ...patience.queue,
  }
  const onRedis = config.redisUrl === null ? null : await openRedisQueue({ ...queued, url: config.redisUrl })
  const queue = onRedis ?? (await openEmbeddedQueue(queued))
  ends.defer(() => queue.close())
  return {
    db: app.db,
    parts,
    queue,
    redis: onRedis?.health ?? null,
    sweep: app.sweep,
    cleanups: app.cleanups,
  }
}
