import type { Database } from '../../db/database.ts'
import type { Archive } from '../../files/archive.ts'
import type { OrphanRule } from '../model.ts'
import type { TaskReport } from '../report.ts'

/**
 * A clean-up. It deletes what is old and what nothing needs any more, a batch at a time in transactions of their own;
 * each looks again at what it is about to delete, so that several may run at once, beside all other work, and one that
 * is killed leaves nothing half-done.
 */
export interface Task {
  name: string
  /** One line, for people. */
  description: string
  /** How old what it deletes is at the least; absent: it goes by something else. */
  period?: {
    /** In milliseconds; null: it is off. */
    of(retention: Retention): number | null
    /** The setting that says it; null: the program itself. */
    setting: string | null
  }
  /** @throws AppError when the database or the disk fails; what was deleted until then stays deleted */
  run(parts: TaskParts, options: TaskOptions): Promise<TaskReport>
}

/** What clean-ups work on. */
export interface TaskParts {
  db: Database
  archive: Archive
  /** Where the fingerprints of each source's last list lie. */
  fingerprintFolder: string
  /** What killed processes have left of their staging: see analyzer/staging/sweep.ts. */
  leftOverStaging(now: Date): Promise<LeftOver[]>
  retention: Retention
}

/** Of one import. */
export interface LeftOver {
  names: string[]
  sizeBytes: number
  discard(): Promise<void>
}

/** How long things are kept, in milliseconds. */
export interface Retention {
  /** Null: for ever. */
  auditMs: number | null
  uploadsMs: number
  rawMs: number
  /** After how long raw files are packed; null: never. */
  packMs: number | null
  jobsMs: number
  deletedItemsMs: number
  ticksMs: number
  /** How long somebody who signed in may be silent. */
  sessionSilenceMs: number
  /** Which orphans are deleted. */
  orphans: readonly OrphanRule[]
}

export interface TaskOptions {
  /** Only says what would be deleted, and writes nothing at all. */
  dryRun: boolean
  now: Date
  /** Aborted: it ends after the batch that it is at. */
  signal: AbortSignal
}
