import type { Engine, KeptSql } from '../db/database.ts'

/** What two readings of the database's clock may differ by without it having been set back. */
const slackMs = 1000

/**
 * The database's own clock, in its words. Who may do what is decided by it alone, so machines whose clocks disagree
 * agree about leases.
 */
export function clockOf(engine: Engine) {
  const isSqlite = engine === 'sqlite'
  // To the millisecond that is stored: rounded up, what is due now would not be due yet. On PostgreSQL the time that
  // the statement began: one that moves on while it runs could not be looked up in an index.
  const now = isSqlite
    ? `cast(unixepoch('subsec') * 1000 as integer)`
    : `date_trunc('milliseconds', statement_timestamp())`
  return {
    now,
    /** @param ms SQL for a number of milliseconds */
    after: (ms: string) =>
      isSqlite ? `${now} + ${ms}` : `${now} + ${ms}::bigint * interval '1 millisecond'`,
    /** Milliseconds, which PostgreSQL gives as text. */
    msUntil: (instant: string) =>
      isSqlite ? `${instant} - ${now}` : `1000 * extract(epoch from ${instant} - ${now})`,
  }
}

/** What a clock that was set back keeps waiting. Takes what a transaction hands out. */
export function jobClock(sql: KeptSql) {
  const { now, after, msUntil } = clockOf(sql.engine)
  const isActive = `"state" in ('queued', 'running')`
  const isQueuedAhead = `queued_at > ${after(String(slackMs))}`
  const isLeasedAhead = `(state = 'running' and ${msUntil('lease_until')} > lease_ms + ${slackMs})`

  return {
    /** How many jobs there are to repair. */
    async faults(): Promise<number> {
      const [found] = await sql.all<{ count: number }>(
        `select count(*) as count from jobs where ${isActive} and (${isQueuedAhead} or ${isLeasedAhead})`,
      )
      return found?.count ?? 0
    },

    /**
     * Leases that would hold for longer than any lease, and jobs that were put off, are moved, so that they neither
     * hold nor wait for the time to come round again.
     */
    async repair(): Promise<void> {
      await sql.run(
        `update jobs set lease_until = ${after('lease_ms')} where ${isActive} and ${isLeasedAhead}`,
      )
      await sql.run(
        `update jobs set
           run_at = run_at - (queued_at - ${now}),
           expires_at = expires_at - (queued_at - ${now}),
           lease_until = case when state = 'queued' then lease_until - (queued_at - ${now}) else lease_until end,
           queued_at = ${now}
         where ${isActive} and ${isQueuedAhead}`,
      )
    },
  }
}
