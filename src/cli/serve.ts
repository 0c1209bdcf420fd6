import { once } from 'node:events'
import { setTimeout as delay } from 'node:timers/promises'
import { openService } from '../app.ts'
import { createServer } from '../http/server.ts'
import { InvalidError } from '../lib/errors.ts'
import { defineCommand, exitCodes } from './command.ts'

/** How long requests that are under way may still take when the service ends. */
const requestGraceMs = 1000
/** The same for imports: with it the service has ended within 10 s. */
const importGraceMs = 6000

const loopbackHosts = ['127.0.0.1', 'localhost', '::1']

/** `tallyman serve`. */
export const serve = defineCommand({
  name: 'serve',
  summary: 'Serve the catalog over HTTP on this machine',
  options: {},
  positionals: {},
  isService: true,
  async run(_args, context) {
    const { config, log, io } = context
    const { host, port } = config
    if (!loopbackHosts.includes(host))
      throw new InvalidError(
        'host_not_loopback',
        `HOST is ${host}, but this version knows no logins and serves this machine only; unset it, or set 127.0.0.1.`,
      )
    const service = await openService({ config, clock: io.clock, log, env: io.env, cwd: io.cwd })
    const server = createServer({ db: service.db, log: log.child({ module: 'http' }), isLoopback: true })
    try {
      // Unless told otherwise Elysia shares the port, and a second service takes half of the requests unnoticed.
      server.listen({ hostname: host, port, reusePort: false, maxRequestBodySize: 1024 * 1024 })
      const url = server.server?.url.href ?? ''
      service.announce(url)
      log.info('listening', { url })
      if (!io.signal.aborted) await once(io.signal, 'abort')
      log.info('stopping')
      return exitCodes.done
    } finally {
      await stop(server.server)
      await service.stop({ graceMs: importGraceMs })
    }
  },
})

/** @param listening null: it never came to that (and Elysia's own `stop` would print a stack) */
async function stop(listening: ReturnType<typeof createServer>['server']): Promise<void> {
  if (listening === null) return
  // Without a deadline a client that never finishes its request would keep the service alive.
  await Promise.race([listening.stop(), delay(requestGraceMs, null, { ref: false })])
  await listening.stop(true)
}
