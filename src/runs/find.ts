import type { Sql, SqlValue } from '../db/database.ts'
import type { ImportStatus, RunTrigger } from '../imports/model.ts'
import { goodStatuses, type RunStatus } from './model.ts'

/** Which runs are looked for; what is left out does not matter. */
export interface RunFilter {
  status?: RunStatus
  trigger?: RunTrigger
  /** With an import of this source. */
  sourceId?: string
  /** Begun then or later … */
  from?: Date
  /** … and before then. */
  to?: Date
  /** Only older ones than this. */
  before?: string
}

/**
 * Finds which runs a page shows. A status is derived, so a filter that few runs pass walks past the others: these
 * reads are kept apart from those that fetch what was found. See db/scanner.ts.
 */
export function runFinder(sql: Pick<Sql, 'all'>) {
  return {
    /** Ids, newest first. */
    async runs(filter: RunFilter, limit: number): Promise<string[]> {
      const { where, parameters } = conditions(filter)
      const rows = await sql.all<{ id: string }>(
        `select r.id from ingestion_runs as r ${where} order by r.id desc limit ${limit}`,
        parameters,
      )
      return rows.map(({ id }) => id)
    },
  }
}

const countOf = (...statuses: ImportStatus[]) =>
  `count(case when m.status in (${statuses.map((status) => `'${status}'`).join(', ')}) then 1 end)`

/** How run `r` stands: `runStatus` of runs/model.ts. */
const statusSql = `(
  select case
    when ${countOf('pending', 'running')} > 0 then 'running'
    when ${countOf('held')} > 0 then 'held'
    when count(*) > 0 and ${countOf(...goodStatuses)} = count(*) then 'completed'
    when ${countOf(...goodStatuses, 'partial_success')} > 0 then 'partial_success'
    when ${countOf('failed')} > 0 then 'failed'
    when ${countOf('expired')} > 0 then 'expired'
    else 'cancelled' end
  from imports as m where m.run_id = r.id)`

/** What is undefined is no condition. */
function conditions({ status, trigger, sourceId, from, to, before }: RunFilter) {
  const parameters: SqlValue[] = []
  const all: [text: (place: string) => string, value: SqlValue | undefined][] = [
    [(place) => `r.id < ${place}`, before],
    [(place) => `r.trigger = ${place}`, trigger],
    [(place) => `r.created_at >= ${place}`, from],
    [(place) => `r.created_at < ${place}`, to],
    [
      (place) => `exists (select 1 from imports as m where m.run_id = r.id and m.source_id = ${place})`,
      sourceId,
    ],
    [(place) => `${statusSql} = ${place}`, status],
  ]
  const texts = all.flatMap(([text, value]) =>
    value === undefined ? [] : [text(`$${parameters.push(value)}`)],
  )
  return { where: texts.length === 0 ? '' : `where ${texts.join(' and ')}`, parameters }
}
