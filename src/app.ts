import { mkdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { type AnalyzeOptions, type AnalyzerParts, analyze } from './analyzer/analyze.ts'
import type { ApartLimits } from './analyzer/formats/apart/reader-process.ts'
import type { ReadLimits } from './analyzer/formats/format.ts'
import { leftOverStaging, sweepStaging } from './analyzer/staging/sweep.ts'
import { consoleActor } from './auth/model.ts'
import { type Config, type Environment, secretNames } from './config.ts'
import { abandonedImports } from './courier/abandoned.ts'
import { approve, correct, discard } from './courier/held.ts'
import { hostStore } from './courier/hosts.ts'
import { type Handover, type IntakeParts, takeIn } from './courier/intake.ts'
import type { Pins } from './courier/pins.ts'
import { type ReplayRequest, replay } from './courier/replay.ts'
import { type TriggerCause, type Triggered, trigger } from './courier/trigger.ts'
import type { Database } from './db/database.ts'
import { migrateUp, requireCurrent } from './db/migrate.ts'
import { openDatabase } from './db/open.ts'
import { type Archive, openArchive } from './files/archive.ts'
import { isServed } from './files/folder-lock.ts'
import { localStore } from './files/local-store.ts'
import { openRoom, type Room } from './files/room.ts'
import { bucketOf, s3Store } from './files/s3-store.ts'
import { type Import, importStore } from './imports/store.ts'
import type { Clock } from './lib/clock.ts'
import { InvalidError, systemErrorCode } from './lib/errors.ts'
import type { Logger } from './lib/log.ts'
import { openWayOut, type WayOut } from './lib/outbound/way-out.ts'
import { dependentEnvironment, ownCommand } from './lib/own-process.ts'
import { ownIdentity } from './lib/process-identity.ts'
import { openSealer, type Sealer } from './lib/seal.ts'
import { programVersion } from './lib/version.ts'
import { openTaskRuns, type TaskRuns } from './maintenance/task-runs.ts'
import type { Retention } from './maintenance/tasks/task.ts'
import { announceJobs } from './queue/announce.ts'
import { ensureInstallation, installationStore } from './queue/installation.ts'
import type { FetchSettings } from './sources/kinds/index.ts'

const hourMs = 60 * 60 * 1000
/** How long it is told what schedules did. */
const tickDays = 30
/** How long a command waits for another process's write lock, unless it says so itself. */
const lockTimeoutDefaultMs = 30_000

/** The parts of the program, wired together for one process. */
export interface App {
  db: Database
  parts: AnalyzerParts &
    IntakeParts & {
      room: Room
      fetchSettings: FetchSettings
      sealer: Sealer
      out: WayOut
      /** How long every raw file is kept, in milliseconds. */
      rawMs: number
    }
  /** Takes a file in and sees it through to the catalog. */
  ingest(handover: Handover, options: AnalyzeOptions): Promise<Import>
  /** Publishes a held import. */
  approve(importId: string, options: AnalyzeOptions): Promise<Import>
  /** Reads an import that is held or failed once more, as a person says. */
  correct(importId: string, pins: Pins, options: AnalyzeOptions): Promise<Import>
  discard(importId: string): Promise<Import>
  /** Reads an archived list once more, and holds it unless it is to be published. */
  replay(request: ReplayRequest, options: AnalyzeOptions): Promise<{ ended: Import; replaced: string[] }>
  /** Has sources fetched by whoever works on jobs. */
  trigger(request: TriggerCause & { sources: readonly string[] }): Promise<Triggered>
  /** Finishes what a process that has ended left half-done, and clears up after it. */
  resume(options: AnalyzeOptions): Promise<Import[]>
  /** Tells queues in other processes that these jobs have changed; null: any may have. */
  announce(jobIds: readonly string[] | null): Promise<void>
  /** Deletes what killed processes have left behind. */
  sweep(): Promise<void>
  /** Deletes what is old. */
  cleanups: TaskRuns
  close(): Promise<void>
}

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
      await ensureInstallation(db, clock.now())
      makeFolder(config.dataDirectory)
      makeFolder(config.uploadsDirectory)
    }
    if (schema === 'read') await requireCurrent(db)
    const installation = schema === 'none' ? null : await installationStore(db).get()
    const files = openFiles(config, db, installation?.id ?? null)
    const place = schema === 'write' ? await files.archive.store.placeId() : null
    return wire({ config, clock, log, place, limits: readLimits(config, apart), ...files }, db)
  } catch (error) {
    await db.close()
    throw error
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

/** @throws InvalidError `no_data_folder` */
export function makeFolder(path: string): void {
  try {
    mkdirSync(path, { recursive: true })
  } catch (error) {
    throw new InvalidError(
      'no_data_folder',
      `The folder ${path} cannot be made (${systemErrorCode(error) ?? 'no reason given'}); check TALLYMAN_DATA_DIR, TALLYMAN_UPLOADS_DIR and DATABASE_URL.`,
      { cause: error },
    )
  }
}

/** The raw files, and the room for what comes in. */
function openFiles(
  config: Config,
  db: Database,
  installationId: string | null,
): { archive: Archive; room: Room } {
  const { uploadsDirectory, dataDirectory, diskFreeBytesMin } = config
  const room = openRoom({ folder: uploadsDirectory, freeBytesMin: diskFreeBytesMin })
  const bucket = bucketOf(config)
  const isWhereItWas = uploadsDirectory === join(dataDirectory, 'raw')
  const archive = openArchive(uploadsDirectory, {
    store:
      bucket === null ? localStore(uploadsDirectory, isWhereItWas ? dataDirectory : null) : s3Store(bucket),
    installationId,
    async sizeOf(sha256) {
      const [row] = await db.all<{ size_bytes: number | string }>(
        'select size_bytes from raw_files where sha256 = $1',
        [sha256],
      )
      return row === undefined ? null : Number(row.size_bytes)
    },
    onFull: () => room.wasFull(),
  })
  return { archive, room }
}

/** How long things are kept. */
function retentionOf({
  uploadHours,
  rawDays,
  packDays,
  jobDays,
  deletedItemDays,
  sessionHours,
  auditDays,
  orphans,
}: Config): Retention {
  return {
    auditMs: auditDays === 'off' ? null : auditDays * 24 * hourMs,
    uploadsMs: uploadHours * hourMs,
    rawMs: rawDays * 24 * hourMs,
    packMs: packDays === 'off' ? null : packDays * 24 * hourMs,
    jobsMs: jobDays * 24 * hourMs,
    deletedItemsMs: deletedItemDays * 24 * hourMs,
    ticksMs: tickDays * 24 * hourMs,
    sessionSilenceMs: sessionHours * hourMs,
    orphans,
  }
}

function wire(
  {
    config,
    clock,
    log,
    place,
    archive,
    room,
    limits,
  }: Pick<AppOptions, 'config' | 'clock' | 'log'> & {
    place: string | null
    limits: ReadLimits
    archive: Archive
    room: Room
  },
  db: Database,
): App {
  const worker = ownIdentity()
  const parts: App['parts'] = {
    db,
    // Commands; a service says for each request who asks.
    actor: consoleActor,
    clock,
    log: log.child({ module: 'analyzer' }),
    archive,
    room,
    stagingFolder: join(config.dataDirectory, 'staging'),
    fingerprintFolder: join(config.dataDirectory, 'fingerprints'),
    limits,
    fileBytesMax: config.fileBytesMax,
    defaultCurrency: config.currency,
    fetchSettings: {
      localFolders: config.localFolders,
      keyFolders: config.keyFolders,
      google: { url: config.googleUrl, tokenUrl: config.googleTokenUrl },
    },
    sealer: openSealer({ key: config.secretKey, olderKeys: config.secretKeysOld ?? [] }),
    out: openWayOut({
      allow: config.privateHosts,
      clock,
      userAgent: `Tallyman/${programVersion().version}`,
      hosts: hostStore(db),
      log: log.child({ module: 'outbound' }),
    }),
    rawMs: config.rawDays * 24 * hourMs,
    worker,
    carrier: worker,
    place,
  }
  const imports = importStore(db)
  const sweep = async () => {
    const now = clock.now()
    const swept = await sweepStaging(db, parts.stagingFolder, now)
    if (swept > 0) log.info('left-over staging deleted', { areas: swept })
    await parts.archive.sweep(new Date(now.getTime() - config.uploadHours * hourMs))
  }
  const announce = (jobIds: readonly string[] | null) =>
    announceJobs({ db, redisUrl: config.redisUrl }, jobIds)
  return {
    db,
    parts,
    announce,
    async ingest(handover, options) {
      const { importId, isUnchanged } = await takeIn(parts, handover)
      return isUnchanged ? imports.get(importId) : analyze(parts, importId, options)
    },
    async approve(importId, options) {
      await approve(parts, importId)
      return analyze(parts, importId, options)
    },
    async correct(importId, pins, options) {
      await correct(parts, importId, pins)
      return analyze(parts, importId, options)
    },
    async discard(importId) {
      await discard(parts, importId)
      return imports.get(importId)
    },
    async replay(request, options) {
      const { importId, replaced } = await replay(parts, request)
      return { ended: await analyze(parts, importId, options), replaced }
    },
    async trigger(request) {
      const triggered = await db.tx((tx) => trigger(tx, parts, request))
      await announce(triggered.started.map(({ jobId }) => jobId))
      return triggered
    },
    async resume(options) {
      const resumed: Import[] = []
      // A service takes what waits by itself.
      const withWaiting = !isServed(config.dataDirectory)
      for (const importId of await abandonedImports(parts, { place, withWaiting }))
        resumed.push(await analyze(parts, importId, options))
      await sweep()
      return resumed
    },
    sweep,
    cleanups: openTaskRuns({
      ...parts,
      log: log.child({ module: 'maintenance' }),
      leftOverStaging: (now) => leftOverStaging(db, parts.stagingFolder, now),
      retention: retentionOf(config),
    }),
    close: () => db.close(),
  }
}
