import { once } from 'node:events'
import { setTimeout as delay } from 'node:timers/promises'
import { offerSetup } from '../auth/setup.ts'
import type { Config } from '../config.ts'
import type { Database } from '../db/database.ts'
import { openScanner } from '../db/scanner.ts'
import type { Archive } from '../files/archive.ts'
import { type Access, isLoopback } from '../http/access.ts'
import { createServer, listening } from '../http/server.ts'
import { workGraceMs } from '../roles/role.ts'
import { openService } from '../roles/service.ts'
import { openSchedules } from '../schedules/schedules.ts'
import { defineCommand, exitCodes, type Io } from './command.ts'
import { endInTime } from './ending.ts'

/** How long requests that are under way may still take when the service ends. */
const requestGraceMs = 1000

/** `tallyman serve`. */
export const serve = defineCommand({
  name: 'serve',
  summary: 'Take lists in, keep the catalog and serve both over HTTP',
  description:
    'One process does everything, unless it is told to leave that to others: then "tallyman worker" works on the jobs, in\n' +
    'as many processes as you like, and "tallyman scheduler" starts what is due. All of them share its database and its\n' +
    'data folder.',
  options: {
    only: {
      kind: 'text',
      placeholder: 'ROLE',
      choices: ['api'],
      summary: 'Only take lists in and answer; workers and a scheduler do the rest',
    },
  },
  positionals: {},
  isService: true,
  async run({ options }, context) {
    const { config, log, io } = context
    const { host, port } = config
    // Undone in the opposite order, however far it came.
    const ends = new AsyncDisposableStack()
    try {
      const service = await openService({
        config,
        clock: io.clock,
        log,
        env: io.env,
        cwd: io.cwd,
        only: options.only,
      })
      ends.defer(() => service.stop({ graceMs: workGraceMs }))
      const scanner = await openScanner({ url: config.databaseUrl, log: log.child({ module: 'db' }) })
      ends.defer(() => scanner.close())
      const server = createServer({
        intake: service.parts,
        scanner,
        log: log.child({ module: 'http' }),
        access: accessOf(config),
        courier: service.courier,
        rejects: service.rejects,
        tests: service.tests,
        rules: {
          fetchSettings: service.parts.fetchSettings,
          sealer: service.parts.sealer,
          timeZone: config.timeZone,
        },
        schedules: openSchedules(service.db, config),
        cleanups: service.cleanups,
        rawMs: service.parts.rawMs,
        redis: service.redis,
      })
      ends.defer(() => stop(server.server, service.parts.archive))
      server.listen({ hostname: host, port, ...listening })
      const url = calledUrl(server.server?.url)
      service.announce(url)
      if (config.needsLogin || (config.apiToken === null && !isLoopback(host)))
        await showSetup(io, service.db, url)
      log.info('listening', { url })
      if (!io.signal.aborted) await once(io.signal, 'abort')
      log.info('stopping')
      return exitCodes.done
    } finally {
      await endInTime(ends.disposeAsync(), log)
    }
  },
})

function accessOf(config: Config): Access {
  const { host, apiToken, allowedHosts, needsLogin, trustedProxies, sessionHours, sessionDays } = config
  const sessions = { silenceMs: sessionHours * hourMs, ageMs: sessionDays * 24 * hourMs }
  return { host, token: apiToken, allowedHosts, needsLogin, trustedProxies, sessions }
}

/** An address that a browser on this machine opens: nobody is called by one that stands for all of them. */
function calledUrl(url: URL | undefined): string {
  if (url === undefined) return ''
  const called = new URL(url)
  if (['0.0.0.0', '[::]'].includes(called.hostname)) called.hostname = 'localhost'
  return called.href
}

/** To the console only, never to the log, which is kept and sent to others. */
async function showSetup({ stderr, clock }: Io, db: Database, url: string): Promise<void> {
  const token = await offerSetup(db, clock.now())
  if (token === null) return
  stderr.write(
    'Nobody can sign in yet. The first administrator is made with this token, once and within a day,\n' +
      `at ${url}setup, or by "tallyman users add NAME --role admin":\n\n  ${token}\n\n`,
  )
}

const hourMs = 60 * 60 * 1000

/**
 * @param listening null: it never came to that (and Elysia's own `stop` would print a stack)
 * @param archive what is cut off on its way there is taken away again
 */
async function stop(
  listening: ReturnType<typeof createServer>['server'],
  archive: Pick<Archive, 'settled'>,
): Promise<void> {
  if (listening === null) return
  // Without a deadline a client that never finishes its request would keep the service alive.
  await Promise.race([listening.stop(), delay(requestGraceMs, null, { ref: false })])
  await listening.stop(true)
  await Promise.race([archive.settled(), delay(requestGraceMs, null, { ref: false })])
}
