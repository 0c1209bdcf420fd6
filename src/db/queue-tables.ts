import { sql } from 'drizzle-orm'
import type { AnyPgColumn } from 'drizzle-orm/pg-core'
import { jobPhases, jobStates } from '../imports/model.ts'
import { jobErrorKinds } from '../queue/model.ts'
import { tickOutcomes } from '../schedules/model.ts'
import type { postgresKit } from './kit.ts'

/** Jobs, what schedules have done, and what holds for the whole installation: see queue and schedules. */
export function makeQueueTables(kit: typeof postgresKit, imports: { id: AnyPgColumn }) {
  const { table, text, integer, json, instant, index, primaryKey, check, jsonCheck } = kit

  // SQLite takes no name of a table here.
  const isActive = sql.raw(`"state" in ('queued', 'running')`)
  const jobs = table(
    'jobs',
    {
      id: text('id').primaryKey(),
      importId: text('import_id')
        .notNull()
        .references(() => imports.id, { onDelete: 'cascade' }),
      /** Jobs of one lane follow each other, oldest first; null: it waits for nobody. */
      lane: text('lane'),
      state: text('state', { enum: jobStates }).notNull(),
      phase: text('phase', { enum: jobPhases }),
      /** Counts how often it was taken; with the token, what every commit has to show. */
      attempt: integer('attempt').notNull(),
      leaseToken: text('lease_token'),
      /** Every instant that decides who may do what is of the database's own clock: see queue/store.ts. */
      leaseUntil: instant('lease_until'),
      leaseMs: integer('lease_ms').notNull(),
      /** Who holds the lease: host, process id and the process's start, so that a dead one is recognised. */
      worker: text('worker'),
      /** The data folder that holds its file: only workers that share it may take the job; null: any worker may. */
      place: text('place'),
      /** How often a worker was lost with it since it was queued by somebody. */
      takeovers: integer('takeovers').notNull().default(0),
      /** Not before then. */
      runAt: instant('run_at').notNull(),
      /** When that was decided, so that a clock that is set back is noticed. */
      queuedAt: instant('queued_at').notNull(),
      /** A scheduled job that was never begun by then is not begun any more; null: it may wait for ever. */
      expiresAt: instant('expires_at'),
      /** How often it was tried again by itself since it was queued by somebody. */
      retryCount: integer('retry_count').notNull().default(0),
      /** Pauses in milliseconds before it is tried again by itself; null: a command's, whose end is told to a person. */
      retryDelays: json('retry_delays'),
      manualRetryCount: integer('manual_retry_count').notNull().default(0),
      errorKind: text('error_kind', { enum: jobErrorKinds }),
      errorCode: text('error_code'),
      errorMessage: text('error_message'),
      /** What dead letters are grouped by; null: nothing failed. */
      cause: text('cause'),
      downloadPercent: integer('download_percent'),
      downloadedBytes: integer('downloaded_bytes'),
      itemsProcessed: integer('items_processed'),
      itemsTotal: integer('items_total'),
      /** Goes up with every change that people see. */
      revision: integer('revision').notNull().default(0),
      createdAt: instant('created_at').notNull(),
      startedAt: instant('started_at'),
      finishedAt: instant('finished_at'),
      /** When a person gave a dead one up. */
      discardedAt: instant('discarded_at'),
    },
    (c) => [
      index('jobs_import').on(c.importId),
      index('jobs_state').on(c.state, c.id),
      index('jobs_finished').on(c.finishedAt),
      // What may still run is little beside what has ended.
      index('jobs_due').on(c.runAt, c.id).where(isActive),
      index('jobs_lane').on(c.lane, c.id).where(isActive),
      check('jobs_retry_delays_json', jsonCheck('retry_delays')),
    ],
  )

  /** What schedules did: the key makes each of their minutes one, however many nodes run. */
  const scheduleTicks = table(
    'schedule_ticks',
    {
      /** `source/ID`, or the name of a task: see schedules. */
      schedule: text('schedule').notNull(),
      /** The minute that it was due in. */
      minute: instant('minute').notNull(),
      outcome: text('outcome', { enum: tickOutcomes }).notNull(),
      /** The run that it started; null: it started none, and the note says why or what it did instead. */
      runId: text('run_id'),
      note: text('note'),
      createdAt: instant('created_at').notNull(),
    },
    (c) => [primaryKey({ columns: [c.schedule, c.minute] }), index('schedule_ticks_created').on(c.createdAt)],
  )

  /** One row: who this installation is, and what holds for all of it. */
  const installation = table('installation', {
    /** Always `this`. */
    name: text('name').primaryKey(),
    /** Made at random when the database is set up; what is taken out of the queue is put back only there. */
    id: text('id').notNull(),
    /** Since when no job is begun; null: the queue is not paused. */
    queuePausedAt: instant('queue_paused_at'),
    createdAt: instant('created_at').notNull(),
  })

  return { jobs, scheduleTicks, installation }
}
