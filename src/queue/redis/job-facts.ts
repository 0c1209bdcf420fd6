import type { KeptSql } from '../../db/database.ts'
import { jsonElements } from '../../db/dialect.ts'
import type { JobErrorKind } from '../model.ts'
import type { JobFacts } from '../view.ts'

/** What a job's copy is made of. */
export interface CopiedFacts extends JobFacts {
  /** Goes up with every change. */
  revision: number
}

interface Row extends Omit<CopiedFacts, 'error' | 'finishedAt'> {
  finishedAt: string | number | null
  errorKind: JobErrorKind | null
  errorCode: string | null
  errorMessage: string | null
}

/**
 * Reads what is copied of jobs, in no order; those that are gone are left out. It is asked for each job several times:
 * with the tables that people's lists need beside it, reading was a third of what a job on Redis cost.
 */
export async function jobFacts(sql: KeptSql, jobIds: readonly string[]): Promise<CopiedFacts[]> {
  const rows = await sql.all<Row>(
    `select j.id, j.state, j.phase, j.revision, i.analyzed_by as "analyzedBy", i.rows_read as "rowsRead",
            j.download_percent as "downloadPercent", j.downloaded_bytes as "downloadedBytes",
            j.items_processed as "itemsProcessed", j.items_total as "itemsTotal",
            j.error_kind as "errorKind", j.error_code as "errorCode", j.error_message as "errorMessage",
            j.retry_count as "retryCount", j.manual_retry_count as "manualRetryCount",
            j.finished_at as "finishedAt"
     from jobs as j join imports as i on i.id = j.import_id
     where j.id in (${jsonElements(sql.engine, '$1')})`,
    [JSON.stringify(jobIds)],
  )
  return rows.map(({ errorKind, errorCode, errorMessage, finishedAt, ...facts }) => ({
    ...facts,
    finishedAt: finishedAt === null ? null : new Date(finishedAt),
    error:
      errorKind === null || errorCode === null
        ? null
        : { kind: errorKind, code: errorCode, message: errorMessage ?? '' },
  }))
}
