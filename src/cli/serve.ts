import { once } from 'node:events'
import { openApp } from '../app.ts'
import { createServer } from '../http/server.ts'
import { InvalidError } from '../lib/errors.ts'
import { defineCommand, exitCodes } from './command.ts'

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
    const app = await openApp({ config, clock: io.clock, log, schema: 'write' })
    const server = createServer({ db: app.db, log: log.child({ module: 'http' }), isLoopback: true })
    try {
      server.listen({ hostname: host, port, maxRequestBodySize: 1024 * 1024 })
      log.info('listening', { url: server.server?.url.href })
      if (!io.signal.aborted) await once(io.signal, 'abort')
      log.info('stopping')
      return exitCodes.done
    } finally {
      await server.stop()
      await app.close()
    }
  },
})
