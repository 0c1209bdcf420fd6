import { mkdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { type AnalyzeOptions, type AnalyzerParts, analyze } from './analyzer/analyze.ts'
import type { ReadLimits } from './analyzer/formats/format.ts'
import { sweepStaging } from './analyzer/staging/sweep.ts'
import type { Config } from './config.ts'
import { abandonedImports } from './courier/abandoned.ts'
import { approve, discard } from './courier/held.ts'
import { type Handover, type IntakeParts, takeIn } from './courier/intake.ts'
import { indexCharacteristics } from './db/characteristics.ts'
import type { Database } from './db/database.ts'
import { migrateUp, requireCurrent } from './db/migrate.ts'
import { openDatabase } from './db/open.ts'
import { openArchive } from './files/archive.ts'
import { type Import, importStore } from './imports/store.ts'
import type { Clock } from './lib/clock.ts'
import { InvalidError, systemErrorCode } from './lib/errors.ts'
import type { Logger } from './lib/log.ts'
import { ownIdentity } from './lib/process-identity.ts'

/** Longer than any copy into the archive takes. */
const copyMs = 24 * 60 * 60 * 1000
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
  discard(importId: string): Promise<Import>
  /** Finishes what a process that has ended left half-done, and clears up after it. */
  resume(options: AnalyzeOptions): Promise<Import[]>
  close(): Promise<void>
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
}

/**
 * Opens the database and wires everything that works on it.
 * @throws AppError when the database cannot be opened, or its schema is not this program's
 */
export async function openApp({ config, clock, log, schema, lockTimeoutMs }: AppOptions): Promise<App> {
  const db = await open(config, log, lockTimeoutMs ?? lockTimeoutDefaultMs)
  try {
    if (schema === 'write') {
      const applied = await migrateUp(db, clock)
      if (applied.length > 0) log.info('schema migrated', { applied })
      await indexCharacteristics(db, config.indexedCharacteristics)
    }
    if (schema === 'read') await requireCurrent(db)
    return wire({ config, clock, log }, db)
  } catch (error) {
    await db.close()
    throw error
  }
}

/** The limits that a configuration sets to what is read. */
export function readLimits(config: Config): ReadLimits {
  return {
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

function wire({ config, clock, log }: Omit<AppOptions, 'schema' | 'lockTimeoutMs'>, db: Database): App {
  const parts: App['parts'] = {
    db,
    clock,
    log: log.child({ module: 'analyzer' }),
    archive: openArchive(join(config.dataDirectory, 'raw')),
    stagingFolder: join(config.dataDirectory, 'staging'),
    fingerprintFolder: join(config.dataDirectory, 'fingerprints'),
    limits: readLimits(config),
    fileBytesMax: config.fileBytesMax,
    defaultCurrency: config.currency,
    worker: ownIdentity(),
  }
  const imports = importStore(db)
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
    async discard(importId) {
      await discard(parts, importId)
      return imports.get(importId)
    },
    async resume(options) {
      const resumed: Import[] = []
      for (const importId of await abandonedImports(parts))
        resumed.push(await analyze(parts, importId, options))
      const now = clock.now()
      const swept = await sweepStaging(db, parts.stagingFolder, now)
      if (swept > 0) log.info('left-over staging deleted', { areas: swept })
      await parts.archive.sweep(new Date(now.getTime() - copyMs))
      return resumed
    },
    close: () => db.close(),
  }
}
