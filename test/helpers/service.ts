import { loadConfig } from '../../src/config.ts'
import { type Handover, takeIn } from '../../src/courier/intake.ts'
import { type Import, importStore } from '../../src/imports/store.ts'
import type { LogFields, Logger } from '../../src/lib/log.ts'
import type { Patience } from '../../src/roles/role.ts'
import { openService, type Service } from '../../src/roles/service.ts'
import { openProgram, type TestProgram } from './cli.ts'
import type { Engine } from './engines.ts'
import { plainHandover } from './handover.ts'
import { until } from './until.ts'

/** Quick, and still with every step. */
export const impatient: Patience = {
  requestMs: 20_000,
  retryDelaysMs: [1, 2, 4],
  jobRetryDelaysMs: [1, 2, 4],
}

/** What `serve` runs, in this process; the analyzer and the children are processes of their own. */
export interface TestService extends AsyncDisposable {
  program: TestProgram
  service: Service
  /** Every event that was logged, those of the other processes too. */
  events: { message: string; fields: LogFields }[]
  /** Takes a list in, as an upload does. @returns the import's id */
  take(content: string | Uint8Array, differences?: Partial<Handover>): Promise<string>
  /** Waits until an import has an end, or is held. */
  ended(importId: string): Promise<Import>
  get(importId: string): Promise<Import>
}

/**
 * Opens a service on a database and a folder of its own.
 *
 *     await using bench = await openTestService(engine)
 *     const found = await bench.ended(await bench.take(priceList(3)))
 *
 * @param started a program that an earlier service of the test has worked on; `env` is its own then
 */
export async function openTestService(
  engine: Engine,
  env: Record<string, string> = {},
  patience: Patience = impatient,
  started?: TestProgram,
): Promise<TestService> {
  const program = started ?? (await openProgram(engine, env))
  const events: TestService['events'] = []
  const config = loadConfig(program.env, program.folder)
  const service = await openService({
    config,
    clock: { now: () => new Date() },
    log: recorder(events, {}),
    env: { ...process.env, ...program.env },
    cwd: program.folder,
    patience,
  })
  const get = (importId: string) => importStore(service.db).get(importId)
  let files = 0
  return {
    program,
    service,
    events,
    get,
    async take(content, differences = {}) {
      const path = await program.write(`${files++}.csv`, content)
      const { importId, jobId } = await takeIn(service.parts, { ...plainHandover, path, ...differences })
      service.courier.wake(jobId)
      return importId
    },
    async ended(importId) {
      return until(async () => {
        const found = await get(importId)
        return found.status === 'pending' || found.status === 'running' ? null : found
      })
    },
    async [Symbol.asyncDispose]() {
      await service.stop({ graceMs: 0 })
      await program[Symbol.asyncDispose]()
    },
  }
}

function recorder(events: TestService['events'], context: LogFields): Logger {
  const record = (message: string, fields: LogFields = {}) =>
    void events.push({ message, fields: { ...context, ...fields } })
  return {
    debug: () => {},
    info: record,
    warn: record,
    error: record,
    child: (more) => recorder(events, { ...context, ...more }),
    isEnabled: () => true,
  }
}
