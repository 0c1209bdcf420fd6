import type { Engine, Sql } from '../db/database.ts'
import { jsonElements } from '../db/dialect.ts'
import type { ImportStatus, JobState } from '../imports/model.ts'
import { untouchedSet } from './claim-sql.ts'
import { clockOf } from './clock.ts'
import type { DrainedJob } from './drained-file.ts'
import type { JobErrorKind } from './model.ts'

/** A job that a file of drained ones names, as it is now. */
export interface NamedJob {
  id: string
  importId: string
  importStatus: ImportStatus
  state: JobState
}

/** How many jobs are fetched at a time. */
const pageSize = 1000

/** Takes jobs out of the queue and puts them back, many at a time. Everything here wants a transaction around it. */
export function drainedJobs(sql: Sql, engine: Engine) {
  const { now } = clockOf(engine)
  const ids = (parameter: string) => `(${jsonElements(engine, parameter)})`

  return {
    /**
     * Takes jobs out that wait or are put off, so that nobody takes them; they stay rows.
     * @param which.withDead dead letters that nobody gave up, too
     * @returns their ids, oldest first
     */
    async takeOut({ withDead, limit }: { withDead: boolean; limit: number }): Promise<string[]> {
      // What a command is just about to do itself is its own, and what a worker is just taking is no longer waiting.
      const isWaiting = `state = 'queued' and (worker is null or lease_until <= ${now})`
      const isDead = `state = 'dead' and discarded_at is null`
      const found = await sql.all<{ id: string }>(
        `select id from jobs where (${isWaiting}) ${withDead ? `or (${isDead})` : ''} order by id limit $1
         ${engine === 'postgres' ? 'for update skip locked' : ''}`,
        [limit],
      )
      const taken = found.map(({ id }) => id)
      await sql.run(
        `update jobs set state = 'drained', phase = null, worker = null, lease_token = null, lease_until = null,
           revision = revision + 1
         where id in ${ids('$1')}`,
        [JSON.stringify(taken)],
      )
      return taken
    },

    /** What people are told of these jobs. */
    async *pages(of: readonly string[]): AsyncGenerator<DrainedJob[]> {
      for (let start = 0; start < of.length; start += pageSize) {
        const rows = await sql.all<Row>(
          `select j.id, j.import_id as "importId", j.finished_at as "finishedAt", s.name as supplier,
                  f.name as source, i.file_name as "fileName", i.sha256, j.created_at as "createdAt",
                  j.run_at as "runAt", j.retry_count as "retryCount", j.error_kind as "errorKind",
                  j.error_code as "errorCode", j.error_message as "errorMessage"
           from jobs as j join imports as i on i.id = j.import_id join suppliers as s on s.id = i.supplier_id
             join sources as f on f.id = i.source_id
           where j.id in ${ids('$1')} order by j.id`,
          [JSON.stringify(of.slice(start, start + pageSize))],
        )
        yield rows.map(told)
      }
    },

    /**
     * Those of the ids that there still are, and nobody changes them until the transaction ends.
     * @param of at most some hundreds
     */
    async named(of: readonly string[]): Promise<NamedJob[]> {
      const given = [JSON.stringify(of)]
      // The import first, as everybody does who writes both; always in one order, or two would wait for each other.
      if (engine === 'postgres')
        await sql.all(
          `select id from imports where id in (select import_id from jobs where id in ${ids('$1')})
           order by id for update`,
          given,
        )
      return sql.all<NamedJob>(
        `select j.id, j.import_id as "importId", i.status as "importStatus", j.state
         from jobs as j join imports as i on i.id = j.import_id where j.id in ${ids('$1')}`,
        given,
      )
    },

    /**
     * Puts jobs back that were taken out: at once, since they have waited long enough, and however late it is for a
     * scheduled one. One that was dead has all its tries again; an operator decides that, so it is none of the few
     * retries that people have.
     */
    async putBack(of: readonly string[]): Promise<void> {
      await sql.run(
        `update jobs set state = 'queued', run_at = ${now}, queued_at = ${now}, expires_at = null, takeovers = 0,
           retry_count = case when finished_at is null then retry_count else 0 end, finished_at = null,
           ${untouchedSet}, revision = revision + 1
         where state = 'drained' and id in ${ids('$1')}`,
        [JSON.stringify(of)],
      )
    },
  }
}

interface Row {
  id: string
  importId: string
  finishedAt: string | number | null
  supplier: string
  source: string
  fileName: string
  sha256: string | null
  createdAt: string | number
  runAt: string | number
  retryCount: number
  errorKind: JobErrorKind | null
  errorCode: string | null
  errorMessage: string | null
}

function told(row: Row): DrainedJob {
  const { errorKind, errorCode, errorMessage } = row
  return {
    job_id: row.id,
    import_id: row.importId,
    // Only what had ended has an end.
    was: row.finishedAt === null ? 'queued' : 'dead',
    supplier: row.supplier,
    source: row.source,
    file_name: row.fileName,
    sha256: row.sha256,
    created_at: new Date(row.createdAt).toISOString(),
    run_at: new Date(row.runAt).toISOString(),
    retry_count: row.retryCount,
    error:
      errorKind === null || errorCode === null
        ? null
        : { kind: errorKind, code: errorCode, message: errorMessage ?? '' },
  }
}
