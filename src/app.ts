import { mkdirSync } from 'node:fs'
import { hostname } from 'node:os'
import { dirname, join } from 'node:path'
import { type AnalyzeOptions, type AnalyzerParts, analyze } from './analyzer/analyze.ts'
import type { ApartLimits } from './analyzer/formats/apart/reader-process.ts'
import type { ReadLimits } from './analyzer/formats/format.ts'
import { type RejectsSource, rejectsProcesses } from './analyzer/rejects/rejects-process.ts'
import { type ChildPool, openChildPool } from './analyzer/service/child-pool.ts'
import { superviseAnalyzer } from './analyzer/service/supervised.ts'
import { discardStaging, sweepStaging } from './analyzer/staging/sweep.ts'
import { type Config, type Environment, secretNames } from './config.ts'
import { abandonedImports } from './courier/abandoned.ts'
import { type AnalyzerAddress, analyzerClient } from './courier/analyzer-client.ts'
import { childReader } from './courier/child-reader.ts'
import { type Courier, openCourier } from './courier/courier.ts'
import { approve, correct, discard } from './courier/held.ts'
import { type Handover, type IntakeParts, takeIn } from './courier/intake.ts'
import type { Pins } from './courier/pins.ts'
import { indexCharacteristics } from './db/characteristics.ts'
import type { Database } from './db/database.ts'
import { migrateUp, requireCurrent } from './db/migrate.ts'
import { openDatabase } from './db/open.ts'
import { openArchive } from './files/archive.ts'
import { lockFolder } from './files/folder-lock.ts'
import { type Import, importStore } from './imports/store.ts'
import type { Clock } from './lib/clock.ts'
import { InvalidError, systemErrorCode } from './lib/errors.ts'
import type { Logger } from './lib/log.ts'
import { dependentEnvironment, ownCommand } from './lib/own-process.ts'
import { ownIdentity } from './lib/process-identity.ts'
import { jobStore } from './queue/store.ts'

/** Longer than any copy into the archive takes. */
const copyMs = 24 * 60 * 60 * 1000
/** What an analyzer may take beyond its own time limit before the courier stops asking. */
const analyzerSlackMs = 60_000
/** A file that is being read and says nothing for so long hangs, and so does a process that does not begin. */
const silenceMs = 60_000
/** How long a command waits for another process's write lock, unless it says so itself. */
const lockTimeoutDefaultMs = 30_000

/** The parts of the program, wired together for one process. */
export interface App {
  db: Database
  parts: AnalyzerParts & IntakeParts
  /** Takes a file in and sees it through to the catalog. */
  ingest(handover: Handover, options: AnalyzeOptions): Promise<Import>
  /** Publishes a held import. */
  approve(importId: string, options: AnalyzeOptions): Promise<Import>
  /** Reads an import that is held or failed once more, as a person says. */
  correct(importId: string, pins: Pins, options: AnalyzeOptions): Promise<Import>
  discard(importId: string): Promise<Import>
  /** Finishes what a process that has ended left half-done, and clears up after it. */
  resume(options: AnalyzeOptions): Promise<Import[]>
  /** Deletes what killed processes have left behind. */
  sweep(): Promise<void>
  close(): Promise<void>
}

/** The parts of a program that goes on serving. */
export interface Service extends Pick<App, 'db' | 'parts'> {
  /** Sees imports through that `takeIn` and `approve` have queued. */
  courier: Courier
  /** Gives rejected rows back. */
  rejects: RejectsSource
  /** Says where it can be reached, to whoever starts a second one. */
  announce(url: string): void
  /** Ends everything; what is under way may end within the grace, and the rest is taken up at the next start. */
  stop(options: { graceMs: number }): Promise<void>
}

/** How patient a service is with its analyzer. Tests are less so. */
export interface Patience {
  /** How long the analyzer may take for one small answer. */
  requestMs: number
  /** Pauses before each further try of it. */
  retryDelaysMs: readonly number[]
}

const patienceDefault: Patience = { requestMs: 10_000, retryDelaysMs: [1000, 2000, 4000] }

/** What the processes that a process starts are given of its own. */
export interface Surroundings {
  env: Environment
  /** Absolute. */
  cwd: string
}

export interface AppOptions {
  config: Config
  clock: Clock
  log: Logger
  /**
   * `write`: brings the schema up to date first. `read`: demands a current schema. `none`: leaves it alone, for
   * `migrate` itself.
   */
  schema: 'write' | 'read' | 'none'
  /** How long to wait for another process's write lock; default 30 s. */
  lockTimeoutMs?: number
  /** For a process that outlives the files it reads: formats that may run away are read in processes of their own. */
  apart?: Surroundings
}

/**
 * Opens the database and wires everything that works on it.
 * @throws AppError when the database cannot be opened, or its schema is not this program's
 */
export async function openApp({
  config,
  clock,
  log,
  schema,
  lockTimeoutMs,
  apart,
}: AppOptions): Promise<App> {
  const db = await open(config, log, lockTimeoutMs ?? lockTimeoutDefaultMs)
  try {
    if (schema === 'write') {
      const applied = await migrateUp(db, clock)
      if (applied.length > 0) log.info('schema migrated', { applied })
      await indexCharacteristics(db, config.indexedCharacteristics)
    }
    if (schema === 'read') await requireCurrent(db)
    return wire({ config, clock, log, limits: readLimits(config, apart) }, db)
  } catch (error) {
    await db.close()
    throw error
  }
}

/**
 * The same for a process that serves: it has the data folder to itself, and reads files in processes of their own.
 * What was left queued or abandoned is taken up.
 * @throws ConflictError `already_served`
 */
export async function openService(
  options: Pick<AppOptions, 'config' | 'clock' | 'log'> & Surroundings & { patience?: Patience },
): Promise<Service> {
  const { config, clock, log, env, cwd, patience = patienceDefault } = options
  makeFolder(config.dataDirectory)
  const worker = ownIdentity()
  const lock = lockFolder(config.dataDirectory, {
    pid: process.pid,
    host: hostname(),
    since: clock.now().toISOString(),
  })
  try {
    const app = await openApp({ config, clock, log, schema: 'write' })
    const parts = { ...app.parts, isQueueKept: true, worker }
    await app.db.tx(({ query }) => jobStore({ query, tables: app.db.tables }).adopt(worker))
    await app.sweep()
    const { analyzer, stop: stopAnalyzer } = startAnalyzer({ config, log, env, cwd, patience })
    // Beside an analyzer it is the fallback, and need not be quick.
    const children = openChildren({ config, env, cwd, log, hasSpare: !config.usesAnalyzer })
    const courier = openCourier({
      ...parts,
      log: log.child({ module: 'courier' }),
      concurrency: config.concurrency,
      analyzer,
      child: childReader(children),
      usesAnalyzer: config.usesAnalyzer,
      hasFallback: config.analyzerFallback,
      retryDelaysMs: patience.retryDelaysMs,
      clearUp: (area, waitMs) => discardStaging(app.db, { ...area, folder: parts.stagingFolder }, waitMs),
    })
    return {
      db: app.db,
      parts,
      courier,
      rejects: openRejects({ config, log, env, cwd }),
      announce: lock.announce,
      async stop({ graceMs }) {
        await courier.stop({ graceMs })
        await Promise.all([stopAnalyzer(), children.close()])
        await app.close()
        lock.release()
      },
    }
  } catch (error) {
    lock.release()
    throw error
  }
}

/** Processes of this program that read one file each. */
export function openChildren({
  config,
  log,
  env,
  cwd,
  hasSpare,
}: Pick<AppOptions, 'config' | 'log'> & Surroundings & { hasSpare: boolean }): ChildPool {
  return openChildPool({
    command: [...ownCommand(), 'analyze-child'],
    // A hostile file that takes a child over finds no secret there but the database's.
    env: dependentEnvironment(env, secretNames({ except: ['databaseUrl'] })),
    cwd,
    memoryBytesMax: config.analyzerMemoryBytesMax,
    timeMs: config.analyzerSecondsMax * 1000,
    startMs: silenceMs,
    silenceMs,
    hasSpare,
    log: log.child({ module: 'analyzer' }),
  })
}

/** Processes of this program that write rejected rows; they may take what reading a file may take. */
export function openRejects({
  config,
  log,
  env,
  cwd,
}: Pick<AppOptions, 'config' | 'log'> & Surroundings): RejectsSource {
  return rejectsProcesses({
    command: ownCommand(),
    env: dependentEnvironment(env, secretNames({ except: ['databaseUrl'] })),
    cwd,
    memoryBytesMax: config.analyzerMemoryBytesMax,
    timeMs: config.analyzerSecondsMax * 1000,
    log: log.child({ module: 'rejects' }),
  })
}

/** The analyzer that the settings name, or one of our own. */
function startAnalyzer({
  config,
  log,
  env,
  cwd,
  patience,
}: Pick<AppOptions, 'config' | 'log'> & Surroundings & { patience: Patience }) {
  const jobMs = config.analyzerSecondsMax * 1000 + analyzerSlackMs
  const client = (
    kind: 'analyzer' | 'remote',
    address: () => Promise<AnalyzerAddress | null>,
    restart: (hanging: AnalyzerAddress | null) => Promise<void>,
  ) =>
    analyzerClient({
      kind,
      address,
      restart,
      requestMs: patience.requestMs,
      jobMs,
      rowsMs: jobMs,
      rowsBytesMax: config.fileBytesMax,
    })
  if (config.analyzerUrl !== null) {
    const address = { url: new URL(config.analyzerUrl), secret: config.analyzerSecret }
    const nothing = async () => {}
    return { analyzer: client('remote', async () => address, nothing), stop: nothing }
  }
  const own = superviseAnalyzer({
    command: [...ownCommand(), 'analyzer'],
    env: {
      ...dependentEnvironment(env, secretNames({ except: ['databaseUrl'] })),
      HOST: '127.0.0.1',
      TALLYMAN_ANALYZER_PORT: '0',
    },
    cwd,
    // A supplier may use it where most do not.
    isLazy: !config.usesAnalyzer,
    log: log.child({ module: 'analyzer' }),
  })
  return {
    analyzer: client('analyzer', own.address, async (hanging) => own.restart(hanging?.secret ?? null)),
    stop: own.stop,
  }
}

function apartLimits(config: Config, { env, cwd }: Surroundings): ApartLimits {
  return {
    command: [...ownCommand(), 'read-apart'],
    env: dependentEnvironment(env, secretNames({ except: [] })),
    cwd,
    memoryBytesMax: config.analyzerMemoryBytesMax,
    timeMs: config.analyzerSecondsMax * 1000,
  }
}

/**
 * The limits that a configuration sets to what is read.
 * @param apart where formats that may run away are read in processes of their own; absent: in this one
 */
export function readLimits(config: Config, apart?: Surroundings): ReadLimits {
  return {
    ...(apart === undefined ? {} : { apart: apartLimits(config, apart) }),
    cellCharactersMax: config.cellCharactersMax,
    columnsMax: 16_384,
    unpackedBytesMax: config.unpackedBytesMax,
  }
}

async function open(config: Config, log: Logger, lockTimeoutMs: number): Promise<Database> {
  const url = config.databaseUrl
  if (url.startsWith('sqlite:')) makeFolder(dirname(url.slice('sqlite:'.length)))
  return openDatabase({
    url,
    log: log.child({ module: 'db' }),
    poolSize: config.databasePoolSize,
    lockTimeoutMs,
  })
}

function makeFolder(path: string): void {
  try {
    mkdirSync(path, { recursive: true })
  } catch (error) {
    throw new InvalidError(
      'no_data_folder',
      `The folder ${path} cannot be made (${systemErrorCode(error) ?? 'no reason given'}); check TALLYMAN_DATA_DIR and DATABASE_URL.`,
      { cause: error },
    )
  }
}

function wire(
  { config, clock, log, limits }: Pick<AppOptions, 'config' | 'clock' | 'log'> & { limits: ReadLimits },
  db: Database,
): App {
  const parts: App['parts'] = {
    db,
    clock,
    log: log.child({ module: 'analyzer' }),
    archive: openArchive(join(config.dataDirectory, 'raw')),
    stagingFolder: join(config.dataDirectory, 'staging'),
    fingerprintFolder: join(config.dataDirectory, 'fingerprints'),
    limits,
    fileBytesMax: config.fileBytesMax,
    defaultCurrency: config.currency,
    worker: ownIdentity(),
  }
  const imports = importStore(db)
  const sweep = async () => {
    const now = clock.now()
    const swept = await sweepStaging(db, parts.stagingFolder, now)
    if (swept > 0) log.info('left-over staging deleted', { areas: swept })
    await parts.archive.sweep(new Date(now.getTime() - copyMs))
  }
  return {
    db,
    parts,
    async ingest(handover, options) {
      const { importId, isUnchanged } = await takeIn(parts, handover)
      return isUnchanged ? imports.get(importId) : analyze(parts, importId, options)
    },
    async approve(importId, options) {
      await approve(parts, importId, parts.worker)
      return analyze(parts, importId, options)
    },
    async correct(importId, pins, options) {
      await correct(parts, importId, { pins, worker: parts.worker })
      return analyze(parts, importId, options)
    },
    async discard(importId) {
      await discard(parts, importId)
      return imports.get(importId)
    },
    async resume(options) {
      const resumed: Import[] = []
      for (const importId of await abandonedImports(parts))
        resumed.push(await analyze(parts, importId, options))
      await sweep()
      return resumed
    },
    sweep,
    close: () => db.close(),
  }
}
