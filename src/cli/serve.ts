import { once } from 'node:events'
import { setTimeout as delay } from 'node:timers/promises'
import { openService } from '../app.ts'
import { openScanner } from '../db/scanner.ts'
import { isLoopback } from '../http/access.ts'
import { createServer, listening } from '../http/server.ts'
import { InvalidError } from '../lib/errors.ts'
import { defineCommand, exitCodes } from './command.ts'

/** How long requests that are under way may still take when the service ends. */
const requestGraceMs = 1000
/** The same for imports: with it the service has ended within 10 s. */
const importGraceMs = 6000

/** `tallyman serve`. */
export const serve = defineCommand({
  name: 'serve',
  summary: 'Take lists in, keep the catalog and serve both over HTTP',
  options: {},
  positionals: {},
  isService: true,
  async run(_args, context) {
    const { config, log, io } = context
    const { host, port } = config
    if (!isLoopback(host) && config.apiToken === null)
      throw new InvalidError(
        'token_missing',
        `HOST is ${host}, which others can reach, so every request needs a token: set TALLYMAN_API_TOKEN, or unset HOST.`,
      )
    // Undone in the opposite order, however far it came.
    await using ends = new AsyncDisposableStack()
    const service = await openService({ config, clock: io.clock, log, env: io.env, cwd: io.cwd })
    ends.defer(() => service.stop({ graceMs: importGraceMs }))
    const scanner = await openScanner({ url: config.databaseUrl, log: log.child({ module: 'db' }) })
    ends.defer(() => scanner.close())
    const server = createServer({
      intake: service.parts,
      scanner,
      log: log.child({ module: 'http' }),
      access: { host, token: config.apiToken, allowedHosts: config.allowedHosts },
      courier: service.courier,
      rejects: service.rejects,
    })
    ends.defer(() => stop(server.server))
    server.listen({ hostname: host, port, ...listening })
    const url = server.server?.url.href ?? ''
    service.announce(url)
    log.info('listening', { url })
    if (!io.signal.aborted) await once(io.signal, 'abort')
    log.info('stopping')
    return exitCodes.done
  },
})

/** @param listening null: it never came to that (and Elysia's own `stop` would print a stack) */
async function stop(listening: ReturnType<typeof createServer>['server']): Promise<void> {
  if (listening === null) return
  // Without a deadline a client that never finishes its request would keep the service alive.
  await Promise.race([listening.stop(), delay(requestGraceMs, null, { ref: false })])
  await listening.stop(true)
}
