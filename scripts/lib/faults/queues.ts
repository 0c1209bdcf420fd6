import type { Database } from '../../../src/db/database.ts'
import type { Logger } from '../../../src/lib/log.ts'
import { openEmbeddedQueue } from '../../../src/queue/embedded.ts'
import type { Queue, QueueOptions } from '../../../src/queue/queue.ts'
import { openRedisQueue } from '../../../src/queue/redis/redis-queue.ts'

/** Says nothing. */
export const silentLog: Logger = {
  debug: () => {},
  info: () => {},
  warn: () => {},
  error: () => {},
  child: () => silentLog,
  isEnabled: () => false,
}

/** Opens the queue on Redis, or, where no Redis is named, the embedded one. */
export function openQueue(options: QueueOptions & { db: Database; redisUrl: string | null }): Promise<Queue> {
  const { redisUrl, ...rest } = options
  if (redisUrl !== null) return openRedisQueue({ ...rest, url: redisUrl, log: silentLog })
  return openEmbeddedQueue({ ...rest, log: silentLog })
}
