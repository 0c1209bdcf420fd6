import { openLogins } from '../auth/logins.ts'
import { consoleActor } from '../auth/model.ts'
import { openWho } from '../auth/who.ts'
import type { Database } from '../db/database.ts'
import type { Scanner } from '../db/scanner.ts'
import { type Archive, openArchive } from '../files/archive.ts'
import { answering, apiRoutes } from '../http/server.ts'
import type { Clock } from '../lib/clock.ts'
import type { Logger } from '../lib/log.ts'
import { openSealer } from '../lib/seal.ts'
import type { Schedules } from '../schedules/schedules.ts'
import { fetchSettingsDefault } from '../sources/kinds/index.ts'

/** What the API's reads are made of; whatever works on jobs or starts processes is left to the service. */
export interface ReadingParts {
  db: Database
  scanner: Scanner
  clock: Clock
  log: Logger
  /** Left out: there is none. */
  archive?: Archive
  schedules?: Schedules
  timeZone?: string
  /** How long every raw file is kept, in milliseconds. */
  rawMs?: number
}

/** The API's routes for a command: to be described, or asked for what they list, by whoever types commands. */
export function readingRoutes(parts: ReadingParts) {
  const { db, scanner, clock, log, archive, schedules, timeZone = 'UTC', rawMs = 0 } = parts
  const who = openWho()
  const none = async (name: string) => {
    throw new Error(`Nothing runs ${name} here.`)
  }
  const routes = apiRoutes({
    intake: {
      db,
      archive: archive ?? openArchive(''),
      clock,
      fileBytesMax: 0,
      defaultCurrency: null,
      place: null,
      carrier: null,
    },
    scanner,
    log,
    who,
    logins: openLogins({ db, clock, log }),
    courier: { wake: () => {}, progressOf: () => null },
    rejects: { open: async () => new ReadableStream() },
    tests: { test: ({ name }) => none(name), preview: ({ fileName }) => none(fileName) },
    rules: {
      fetchSettings: fetchSettingsDefault,
      sealer: openSealer({ key: null, olderKeys: [] }),
      timeZone,
    },
    schedules: schedules ?? { all: async () => ({ known: [], broken: [] }) },
    rawMs,
    cleanups: { tasks: [], last: () => null, run: none },
  })
  const answer = answering(routes, log)
  return {
    routes,
    /** @param path with its query */
    async ask(path: string): Promise<Response> {
      const request = new Request(`http://localhost${path}`)
      who.is(request, consoleActor)
      return answer(request)
    },
  }
}
