import type { Sql } from '../db/database.ts'

/** How much work there is, without what has ended well: quick however many jobs have. */
export interface QueueLoad {
  /** Due, and nobody has taken them yet. */
  waiting: number
  running: number
  /** Due later. */
  putOff: number
  /** Dead ones that nobody gave up. */
  dead: number
  /** For how long the first of those that wait has been due, in seconds; null: none waits. */
  oldestDueSeconds: number | null
}

export async function queueLoad(sql: Pick<Sql, 'all'>, now: Date): Promise<QueueLoad> {
  // As the index on what may still run is written.
  const [active] = await sql.all<
    Record<'waiting' | 'running' | 'queued', number> & { first: string | number }
  >(
    `select count(case when state = 'queued' and run_at <= $1 then 1 end) as waiting,
            count(case when state = 'running' then 1 end) as running,
            count(case when state = 'queued' then 1 end) as queued,
            min(case when state = 'queued' then run_at end) as first
     from jobs where "state" in ('queued', 'running')`,
    [now],
  )
  const [dead] = await sql.all<{ count: number }>(
    `select count(*) as count from jobs where state = 'dead' and discarded_at is null`,
  )
  const { waiting, running, queued, first } = active!
  return {
    waiting: Number(waiting),
    running: Number(running),
    putOff: Number(queued) - Number(waiting),
    dead: Number(dead!.count),
    oldestDueSeconds:
      Number(waiting) === 0 ? null : Math.floor((now.getTime() - new Date(first).getTime()) / 1000),
  }
}
