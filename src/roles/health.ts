import { requireCurrent } from '../db/migrate.ts'
import { createHealthServer } from '../http/health.ts'
import { listening } from '../http/server.ts'
import { ConflictError, systemErrorCode } from '../lib/errors.ts'
import type { Ground, RoleOptions } from './role.ts'

/**
 * Answers whether a role without an API is well, where the settings name a port for that.
 * @param ends what ends it is put there
 * @throws ConflictError `port_in_use`
 */
export function openHealth(
  { config, log }: Pick<RoleOptions, 'config' | 'log'>,
  { db, redis, parts }: Pick<Ground, 'db' | 'redis' | 'parts'>,
  ends: AsyncDisposableStack,
): void {
  if (config.healthPort === null) return
  const server = createHealthServer({
    check: () => requireCurrent(db),
    redis,
    room: parts.room,
    log: log.child({ module: 'http' }),
  })
  ends.defer(async () => {
    // Null: it never came to listening.
    await server.server?.stop(true)
  })
  const { host: hostname, healthPort: port } = config
  try {
    server.listen({ hostname, port, ...listening })
  } catch (error) {
    // PORT, which the general message names, is another one's.
    if (systemErrorCode(error) !== 'EADDRINUSE') throw error
    throw new ConflictError(
      'port_in_use',
      `Port ${port} of ${hostname} is in use already; set TALLYMAN_HEALTH_PORT to another one.`,
      { cause: error },
    )
  }
  log.info('listening for health checks', { url: server.server?.url.href ?? '' })
}
