import { and, asc, count, desc, eq, gt, inArray, max } from 'drizzle-orm'
import type { Query } from '../db/database.ts'
import type { Tables } from '../db/schema.ts'
import type {
  ChangeCounts,
  ImportStatus,
  JobPhase,
  JobState,
  RowCounts,
  RunTrigger,
} from '../imports/model.ts'
import { NotFoundError } from '../lib/errors.ts'
import { type ImportTally, type RunStatus, runStatus } from './model.ts'

/** One trigger, for one or many sources. */
export interface Run {
  id: string
  trigger: RunTrigger
  /** The name of the schedule that started it; null: somebody did. */
  schedule: string | null
  status: RunStatus
  imports: ImportTally
  createdAt: Date
  /** When the last of its imports ended; null: one has not. */
  finishedAt: Date | null
}

/** What became of one source in a run. */
export interface RunSource {
  importId: string
  sourceId: string
  source: string
  supplierId: string
  supplier: string
  status: ImportStatus
  fileName: string
  counts: RowCounts
  changes: ChangeCounts
  /** Why it failed, or why it waits for its next try. */
  error: { code: string; message: string } | null
  createdAt: Date
  startedAt: Date | null
  finishedAt: Date | null
  /** Null: its job is no longer kept. */
  job: RunJob | null
}

export interface RunJob {
  id: string
  state: JobState
  phase: JobPhase | null
  retryCount: number
  manualRetryCount: number
  runAt: Date
}

/** Runs. Takes a database for reads, a transaction for writes. */
export function runStore({ query, tables }: { query: Query; tables: Tables }) {
  const { ingestionRuns, imports, jobs, sources, suppliers } = tables

  return {
    /** @throws NotFoundError `unknown_run` */
    async get(id: string): Promise<Run> {
      const [run] = await this.byIds([id])
      if (run === undefined)
        throw new NotFoundError(
          'unknown_run',
          `There is no run ${id}; "tallyman runs list" lists them. A run goes with the last of its sources that is deleted.`,
        )
      return run
    },

    /** Those of the ids that there are, newest first. */
    async byIds(ids: readonly string[]): Promise<Run[]> {
      if (ids.length === 0) return []
      const found = await query
        .select()
        .from(ingestionRuns)
        .where(inArray(ingestionRuns.id, [...ids]))
        .orderBy(desc(ingestionRuns.id))
      const tallies = await query
        .select({
          runId: imports.runId,
          status: imports.status,
          count: count(),
          lastAt: max(imports.finishedAt),
        })
        .from(imports)
        .where(inArray(imports.runId, [...ids]))
        .groupBy(imports.runId, imports.status)
      const byRun = Map.groupBy(tallies, ({ runId }) => runId)
      return found.map((run) => {
        const parts = byRun.get(run.id) ?? []
        const tally = Object.fromEntries(parts.map((part) => [part.status, part.count])) as ImportTally // Their columns' types.
        const status = runStatus(tally)
        const ends = parts.flatMap(({ lastAt }) => (lastAt === null ? [] : [lastAt.getTime()]))
        const hasEnded = status !== 'running' && status !== 'held' && ends.length > 0
        return { ...run, status, imports: tally, finishedAt: hasEnded ? new Date(Math.max(...ends)) : null }
      })
    },

    /**
     * What became of each source, in the order in which their imports were made.
     * @param page.after only those behind this import
     */
    async sources(runId: string, page: { limit: number; after?: string }): Promise<RunSource[]> {
      const rows = await query
        .select({
          importId: imports.id,
          sourceId: imports.sourceId,
          source: sources.name,
          supplierId: imports.supplierId,
          supplier: suppliers.name,
          status: imports.status,
          fileName: imports.fileName,
          rowsRead: imports.rowsRead,
          rowsAccepted: imports.rowsAccepted,
          rowsPriced: imports.rowsPriced,
          rowsUnchanged: imports.rowsUnchanged,
          rowsRejected: imports.rowsRejected,
          rowsIgnored: imports.rowsIgnored,
          changes: imports.changes,
          errorCode: imports.errorCode,
          errorMessage: imports.errorMessage,
          createdAt: imports.createdAt,
          finishedAt: imports.finishedAt,
          job: {
            id: jobs.id,
            state: jobs.state,
            phase: jobs.phase,
            retryCount: jobs.retryCount,
            manualRetryCount: jobs.manualRetryCount,
            runAt: jobs.runAt,
          },
          startedAt: jobs.startedAt,
          jobErrorCode: jobs.errorCode,
          jobErrorMessage: jobs.errorMessage,
        })
        .from(imports)
        .innerJoin(sources, eq(sources.id, imports.sourceId))
        .innerJoin(suppliers, eq(suppliers.id, imports.supplierId))
        .leftJoin(jobs, eq(jobs.importId, imports.id))
        .where(
          and(eq(imports.runId, runId), page.after === undefined ? undefined : gt(imports.id, page.after)),
        )
        .orderBy(asc(imports.id))
        .limit(page.limit)
      return rows.map((row) => ({
        importId: row.importId,
        sourceId: row.sourceId,
        source: row.source,
        supplierId: row.supplierId,
        supplier: row.supplier,
        status: row.status,
        fileName: row.fileName,
        counts: {
          read: row.rowsRead,
          accepted: row.rowsAccepted,
          priced: row.rowsPriced,
          unchanged: row.rowsUnchanged,
          rejected: row.rowsRejected,
          ignored: row.rowsIgnored,
        },
        changes: row.changes as ChangeCounts, // Written from this type only.
        error: errorOf(row.errorCode, row.errorMessage) ?? errorOf(row.jobErrorCode, row.jobErrorMessage),
        createdAt: row.createdAt,
        startedAt: row.startedAt,
        finishedAt: row.finishedAt,
        job: row.job,
      }))
    },
  }
}

const errorOf = (code: string | null, message: string | null) =>
  code === null ? null : { code, message: message ?? '' }
