import type { Sql, SqlValue } from '../db/database.ts'
import type { JobPhase, JobState } from '../imports/model.ts'
import { type JobErrorKind, manualRetriesMax } from './model.ts'

/** Which jobs are looked for; what is left out does not matter. */
export interface JobFilter {
  state?: JobState
  supplierId?: string
  sourceId?: string
  phase?: JobPhase
  /** Made then or later … */
  from?: Date
  /** … and before then. */
  to?: Date
  cause?: string
  /** Dead ones that a person gave up, or those that nobody did. */
  isDiscarded?: boolean
  /** Those that a person may still have tried again, or those that were too often. */
  hasRetriesLeft?: boolean
  /** Only older ones than this. */
  before?: string
}

/** Dead letters that have one cause. */
export interface DeadLetters {
  cause: string
  kind: JobErrorKind
  code: string
  count: number
  firstAt: Date
  lastAt: Date
  /** The one that failed last. */
  lastJobId: string
}

/** How full the queue is. */
export interface QueueDepth {
  /** By state; a state that no job is in is missing. */
  jobs: Partial<Record<JobState, number>>
  /** Dead ones that nobody gave up. */
  deadLetters: number
  /** When the first of those that are queued was or will be due; null: none is. */
  nextAt: Date | null
}

/** Most causes that are told apart. */
const causesMax = 200

/**
 * Finds jobs, and counts them. A filter that few jobs pass may have to walk past very many, so these reads are kept
 * apart from those that fetch what was found: see db/scanner.ts.
 */
export function jobFinder(sql: Pick<Sql, 'all'>) {
  return {
    /** Ids, newest first. */
    async jobs(filter: JobFilter, limit: number): Promise<string[]> {
      const { where, parameters } = conditions(filter)
      const rows = await sql.all<{ id: string }>(
        `select j.id from jobs as j ${filter.supplierId === undefined && filter.sourceId === undefined ? '' : 'join imports as i on i.id = j.import_id'}
         ${where} order by j.id desc limit ${limit}`,
        parameters,
      )
      return rows.map(({ id }) => id)
    },

    /** Dead letters by cause, the most frequent first. */
    async deadLetters(): Promise<DeadLetters[]> {
      const rows = await sql.all<Record<'firstAt' | 'lastAt', string | number> & DeadLetters>(
        `select cause, error_kind as kind, error_code as code, count(*) as count, min(finished_at) as "firstAt",
                max(finished_at) as "lastAt", max(id) as "lastJobId"
         from jobs where state = 'dead' and discarded_at is null
         group by cause, error_kind, error_code order by count(*) desc, cause limit ${causesMax}`,
      )
      return rows.map((row) => ({ ...row, firstAt: new Date(row.firstAt), lastAt: new Date(row.lastAt) }))
    },

    async depth(): Promise<QueueDepth> {
      // The index has the states; only dead ones are looked at themselves, and those are few beside the others.
      const [states, [dead], [oldest]] = await Promise.all([
        sql.all<{ state: JobState; count: number }>(
          `select state, count(*) as count from jobs group by state`,
        ),
        sql.all<{ count: number }>(
          `select count(*) as count from jobs where state = 'dead' and discarded_at is null`,
        ),
        sql.all<{ since: string | number | null }>(
          `select min(run_at) as since from jobs where "state" in ('queued', 'running') and state = 'queued'`,
        ),
      ])
      return {
        jobs: Object.fromEntries(states.map(({ state, count }) => [state, count])),
        deadLetters: Number(dead?.count ?? 0),
        nextAt: oldest?.since == null ? null : new Date(oldest.since),
      }
    },
  }
}

/** What is undefined is no condition. */
function conditions(filter: JobFilter) {
  const { state, supplierId, sourceId, phase, from, to, cause, isDiscarded, hasRetriesLeft, before } = filter
  const parameters: SqlValue[] = []
  const texts = (
    [
      ['j.state =', state],
      ['j.phase =', phase],
      ['i.supplier_id =', supplierId],
      ['i.source_id =', sourceId],
      ['j.created_at >=', from],
      ['j.created_at <', to],
      ['j.cause =', cause],
      ['j.id <', before],
    ] as const
  ).flatMap(([column, value]) => (value === undefined ? [] : [`${column} $${parameters.push(value)}`]))
  if (isDiscarded !== undefined) texts.push(`j.discarded_at is ${isDiscarded ? 'not ' : ''}null`)
  if (hasRetriesLeft !== undefined)
    texts.push(`j.manual_retry_count ${hasRetriesLeft ? '<' : '>='} ${manualRetriesMax}`)
  return { where: texts.length === 0 ? '' : `where ${texts.join(' and ')}`, parameters }
}
