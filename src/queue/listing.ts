import { asc, desc, eq, inArray, sql } from 'drizzle-orm'
import type { Query } from '../db/database.ts'
import type { Tables } from '../db/schema.ts'
import type { AnalyzerKind, ImportStatus, JobPhase, JobState } from '../imports/model.ts'
import { NotFoundError } from '../lib/errors.ts'
import { type JobError, manualRetriesMax } from './model.ts'

/** A job as people see it, with what it is about. */
export interface ListedJob {
  id: string
  importId: string
  supplierId: string
  supplier: string
  sourceId: string
  source: string
  fileName: string
  importStatus: ImportStatus
  analyzedBy: AnalyzerKind | null
  /** Rows that the import has read; 0 until it has ended. */
  rowsRead: number
  state: JobState
  phase: JobPhase | null
  /** Goes up with every change that people see. */
  revision: number
  attempt: number
  retryCount: number
  manualRetryCount: number
  error: JobError | null
  cause: string | null
  downloadPercent: number | null
  downloadedBytes: number | null
  itemsProcessed: number | null
  itemsTotal: number | null
  worker: string | null
  runAt: Date
  createdAt: Date
  startedAt: Date | null
  finishedAt: Date | null
  discardedAt: Date | null
}

/** States that a person may have a job tried again from. */
export const retriableStates: readonly JobState[] = ['dead', 'failed', 'cancelled', 'expired', 'drained']

type Retriable = Pick<ListedJob, 'state' | 'manualRetryCount' | 'finishedAt'>

/** Drained while it waited, and not when it had ended as a dead letter: to put it back is no further try. */
export const hasWaited = ({ state, finishedAt }: Pick<ListedJob, 'state' | 'finishedAt'>): boolean =>
  state === 'drained' && finishedAt === null

/** Whether a person may have it tried again. */
export const canRetry = (job: Retriable): boolean =>
  hasWaited(job) || (retriableStates.includes(job.state) && job.manualRetryCount < manualRetriesMax)

/** Most active jobs that are told at once. */
export const activeMax = 500

/** Jobs with what they are about, for people. */
export function jobListing({ query, tables }: { query: Query; tables: Tables }) {
  const { jobs, imports, suppliers, sources } = tables
  const select = () =>
    query
      .select({
        job: jobs,
        supplierId: imports.supplierId,
        supplier: suppliers.name,
        sourceId: imports.sourceId,
        source: sources.name,
        fileName: imports.fileName,
        importStatus: imports.status,
        analyzedBy: imports.analyzedBy,
        rowsRead: imports.rowsRead,
      })
      .from(jobs)
      .innerJoin(imports, eq(imports.id, jobs.importId))
      .innerJoin(suppliers, eq(suppliers.id, imports.supplierId))
      .innerJoin(sources, eq(sources.id, imports.sourceId))

  return {
    /** @throws NotFoundError `unknown_job` */
    async get(id: string): Promise<ListedJob> {
      const [job] = await this.byIds([id])
      if (job === undefined)
        throw new NotFoundError(
          'unknown_job',
          `There is no job ${id}; "tallyman jobs list" lists them. When a source is deleted its jobs go with it.`,
        )
      return job
    },

    /** Those of the ids that there are, newest first. */
    async byIds(ids: string[]): Promise<ListedJob[]> {
      if (ids.length === 0) return []
      const rows = await select().where(inArray(jobs.id, ids)).orderBy(desc(jobs.id))
      return rows.map(listed)
    },

    /** Those that are queued or running, oldest first, and no more than some hundreds. */
    async active(): Promise<ListedJob[]> {
      const rows = await select()
        .where(inArray(jobs.state, ['queued', 'running']))
        .orderBy(asc(jobs.id))
        .limit(activeMax)
      return rows.map(listed)
    },

    /**
     * Marks dead letters as given up. They stay, and may be retried all the same.
     * @param which of one cause, certain ones, or all of them
     * @returns how many there were
     */
    async discard(which: { cause?: string; ids?: string[] }, now: Date): Promise<number> {
      const discarded = await query
        .update(jobs)
        .set({ discardedAt: now, revision: sql`revision + 1` })
        .where(
          sql`${eq(jobs.state, 'dead')} and ${jobs.discardedAt} is null
            and ${which.cause === undefined ? sql`true` : eq(jobs.cause, which.cause)}
            and ${which.ids === undefined ? sql`true` : inArray(jobs.id, which.ids)}`,
        )
        .returning({ id: jobs.id })
      return discarded.length
    },
  }
}

type Row = Pick<
  ListedJob,
  'supplierId' | 'supplier' | 'sourceId' | 'source' | 'fileName' | 'importStatus' | 'analyzedBy' | 'rowsRead'
> & { job: Tables['jobs']['$inferSelect'] }

function listed({ job, ...about }: Row): ListedJob {
  const { errorKind, errorCode, errorMessage, retryDelays: _, ...rest } = job
  const error =
    errorKind === null || errorCode === null
      ? null
      : { kind: errorKind, code: errorCode, message: errorMessage ?? '' }
  return { ...rest, ...about, error }
}
