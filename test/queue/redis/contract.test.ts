import { afterAll, beforeAll } from 'bun:test'
import { startRedis } from '../../../scripts/lib/redis.ts'
import type { Server } from '../../../scripts/lib/server.ts'
import { openRedisQueue } from '../../../src/queue/redis/redis-queue.ts'
import { engines } from '../../helpers/engines.ts'
import { silentLog } from '../../helpers/open-database.ts'
import { queueContract } from '../contract.ts'

let redis: Server
beforeAll(async () => {
  redis = await startRedis(process.env.TALLYMAN_TEST_REDIS_URL || null)
}, 180_000)
afterAll(() => redis[Symbol.asyncDispose]())

for (const engine of engines)
  queueContract(
    'the queue on Redis',
    engine,
    (options) => openRedisQueue({ ...options, url: redis.url, log: silentLog }),
    () => redis.url,
  )
