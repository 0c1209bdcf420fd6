import type { AnalyzerKind } from '../imports/model.ts'
import type { Lease } from '../queue/store.ts'

/** One reading of one file, for one attempt of its import's job. */
export interface Task {
  importId: string
  supplierId: string
  lease: Lease
  /** Absolute path in the archive. */
  path: string
  /** Of the file's bytes, lower-case hex: checked before anything parses them. */
  sha256: string
  /** As people know the file. */
  fileName: string
}

/** Where an import stands. */
export interface Progress {
  /** `downloading`: the file comes; `reading` it; `writing`: comparing with the catalog and publishing. */
  phase: 'waiting' | 'downloading' | 'reading' | 'writing'
  rows: number
  /** How many there are; left out or null: that is not known for sure before all of them are read. */
  rowsTotal?: number | null
  /** While it is downloaded: how many have come. */
  bytes?: number
  /** Of the file's bytes, 0 to 100; null where it cannot be told. */
  percent: number | null
}

export interface Following {
  onProgress: (progress: Progress) => void
  /** Aborted: the reading ends at once, whatever it is doing. */
  signal: AbortSignal
}

/**
 * How a reading ended. `done`: the import's end is in the database. `rows`: nothing was written; the rows that were
 * found lie at `resultUrl`. `unsaid`: one of the two, which the database tells. `failed`: why nothing more will be
 * written.
 */
export type TaskEnd =
  | { status: 'done' }
  | { status: 'rows'; resultUrl: URL }
  | { status: 'unsaid'; resultUrl: URL }
  | { status: 'failed'; code: string; message: string }
  | { status: 'cancelled' }

/** Reads files elsewhere than in this process. */
export interface Reader {
  kind: AnalyzerKind
  /**
   * Reads one file and follows it to its end.
   * @throws UnavailableError when it cannot be reached, or ended half-way: worth another try
   * @throws InvalidError when it refuses to take the task, which trying again cannot change
   */
  read(task: Task, following: Following): Promise<TaskEnd>
}

/** A reader behind HTTP. */
export interface RemoteReader extends Reader {
  /** Whether it answers at all. */
  isHealthy(signal: AbortSignal): Promise<boolean>
  /** Asks once more, and ends an analyzer that still hangs, with all that it was doing, if it is ours to end. */
  restart(signal: AbortSignal): Promise<void>
  /**
   * Streams the rows that it found into a new file.
   * @returns false when there are none
   * @throws UnavailableError, InvalidError as `read`
   */
  saveRows(resultUrl: URL, path: string, signal: AbortSignal): Promise<boolean>
}
