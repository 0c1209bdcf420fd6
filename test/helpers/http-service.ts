import { analyze } from '../../src/analyzer/analyze.ts'
import { openApp, readLimits } from '../../src/app.ts'
import { loadConfig } from '../../src/config.ts'
import { openScanner, type Scanner } from '../../src/db/scanner.ts'
import { createServer, listening, type ServerParts } from '../../src/http/server.ts'
import type { ImportProgress } from '../../src/imports/view.ts'
import { type Clock, systemClock } from '../../src/lib/clock.ts'
import { openRejects, openSamples } from '../../src/roles/readers.ts'
import { openSchedules } from '../../src/schedules/schedules.ts'
import { openSourceTests } from '../../src/trials/source-tests.ts'
import { openProgram, type TestProgram } from './cli.ts'
import type { Engine } from './engines.ts'
import { silentLog } from './open-database.ts'

/** The HTTP service on loopback, on a database and a folder of its own; no import is worked on unless a test says so. */
export interface TestService extends AsyncDisposable {
  program: TestProgram
  /** `http://127.0.0.1:PORT` */
  url: string
  port: number
  scanner: Scanner
  /** Its routes are what there is. */
  server: ReturnType<typeof createServer>
  /** Ids of imports that were being worked on, as the courier would tell. */
  progress: Map<string, ImportProgress>
  /** How often the courier was woken. */
  woken(): number
  fetch(path: string, init?: RequestInit): Promise<Response>
  /** The answer as JSON, whatever its status. */
  json<Json = unknown>(
    path: string,
    init?: RequestInit,
  ): Promise<{ status: number; body: Json; headers: Headers }>
  /** Sees an import through, as the courier would have done. */
  analyze(importId: string): Promise<void>
}

export interface TestServiceOptions {
  env?: Record<string, string>
  access?: Partial<ServerParts['access']>
  /** Host and port where it finds its PostgreSQL, instead of the server's own. */
  databaseHost?: string
  log?: ServerParts['log']
  /** How it listens otherwise than as usual. */
  listening?: { idleTimeout: number }
  /** How quickly uploads have to come. */
  uploadPace?: ServerParts['uploadPace']
  /** The machine's own unless said: for what is reckoned from the time of lists that a command took in. */
  clock?: Clock
  /** How patient searches are. */
  scan?: { timeoutMs: number; waitMs: number }
}

/**
 * Opens a service.
 *
 *     await using service = await openService(engine)
 *     await service.json('/api/v1/items')
 */
export async function openService(engine: Engine, options: TestServiceOptions = {}): Promise<TestService> {
  const { env = {}, access = {}, log = silentLog, scan = {}, clock = systemClock } = options
  const program = await openProgram(engine, env)
  const host = options.databaseHost
  const elsewhere = host !== undefined && { DATABASE_URL: program.url.replace(/@[^/]+\//, `@${host}/`) }
  const config = loadConfig({ ...program.env, ...elsewhere }, program.folder)
  const app = await openApp({ config, clock, log, schema: 'write' })
  const scanner = await openScanner({
    url: program.url,
    log,
    ...scan,
  })
  const progress = new Map<string, ImportProgress>()
  let woken = 0
  const server = createServer({
    intake: { ...app.parts, carrier: null },
    scanner,
    log,
    access: { host: '127.0.0.1', token: null, allowedHosts: [], ...access },
    rejects: openRejects({ config, log, env: { ...process.env, ...program.env }, cwd: program.folder }),
    tests: openSourceTests({
      ...app.parts,
      limits: readLimits(config),
      temporaryFolder: program.folder,
      read: openSamples({ config, env: { ...process.env, ...program.env }, cwd: program.folder }),
    }),
    rules: {
      fetchSettings: app.parts.fetchSettings,
      sealer: app.parts.sealer,
      timeZone: config.timeZone,
    },
    schedules: openSchedules(app.db, config),
    cleanups: app.cleanups,
    rawMs: app.parts.rawMs,
    ...(options.uploadPace && { uploadPace: options.uploadPace }),
    courier: { wake: () => void woken++, progressOf: (id) => progress.get(id) ?? null },
  })
  server.listen({ hostname: '127.0.0.1', port: 0, ...listening, ...options.listening })
  const port = server.server?.port ?? 0
  const address = `http://127.0.0.1:${port}`
  const service: TestService = {
    program,
    url: address,
    port,
    scanner,
    server,
    progress,
    woken: () => woken,
    fetch: (path, init) => fetch(address + path, init),
    async json<Json>(path: string, init?: RequestInit) {
      const response = await service.fetch(path, init)
      // What the test expects is what its assertions check.
      return { status: response.status, body: (await response.json()) as Json, headers: response.headers }
    },
    async analyze(importId) {
      await analyze(app.parts, importId, { signal: new AbortController().signal, onProgress: () => {} })
    },
    async [Symbol.asyncDispose]() {
      await server.server?.stop(true)
      await scanner.close()
      await app.close()
      await program[Symbol.asyncDispose]()
    },
  }
  return service
}
