import type { Engine, Sql } from '../db/database.ts'
import { jsonElements } from '../db/dialect.ts'
import type { TickOutcome } from './model.ts'

/** What a schedule did in one of its minutes. */
export interface Tick {
  schedule: string
  minute: Date
  outcome: TickOutcome
  /** The run that it started; null: none. */
  runId: string | null
  /** What it did instead, or why not; null: there is nothing to say. */
  note: string | null
  createdAt: Date
}

/**
 * Takes one minute of a schedule. It belongs into the transaction of what is done in it: so of several nodes one does
 * it, and one that is killed has done either all of it or nothing.
 * @returns false: somebody else has had it
 */
export async function claimTick(tx: Pick<Sql, 'run'>, tick: Tick): Promise<boolean> {
  const { schedule, minute, outcome, runId, note, createdAt } = tick
  const written = await tx.run(
    `insert into schedule_ticks (schedule, minute, outcome, run_id, note, created_at)
     values ($1, $2, $3, $4, $5, $6) on conflict (schedule, minute) do nothing`,
    [schedule, minute, outcome, runId, cut(note), createdAt],
  )
  return written === 1
}

/** Says how it came out, for whoever has claimed it. */
export async function settleTick(
  sql: Pick<Sql, 'run'>,
  { schedule, minute, outcome, runId, note }: Omit<Tick, 'createdAt'>,
): Promise<void> {
  await sql.run(
    `update schedule_ticks set outcome = $3, run_id = $4, note = $5 where schedule = $1 and minute = $2`,
    [schedule, minute, outcome, runId, cut(note)],
  )
}

/** The latest minute of a schedule that is not after an instant; null: there is none. */
export async function lastMinute(
  sql: Pick<Sql, 'all'>,
  schedule: string,
  notAfter: Date,
): Promise<Date | null> {
  const [row] = await sql.all<{ minute: string | number | null }>(
    'select max(minute) as minute from schedule_ticks where schedule = $1 and minute <= $2',
    [schedule, notAfter],
  )
  return row?.minute == null ? null : new Date(row.minute)
}

/** What a schedule did, newest first. */
export async function listTicks(
  sql: Pick<Sql, 'all'>,
  { schedule, before, limit }: { schedule: string; before?: Date; limit: number },
): Promise<Tick[]> {
  const rows = await sql.all<TickRow>(
    `select ${columns} from schedule_ticks as t
     where schedule = $1 ${before === undefined ? '' : 'and minute < $2'} order by minute desc limit ${limit}`,
    before === undefined ? [schedule] : [schedule, before],
  )
  return rows.map(tickOf)
}

/** The last thing that each of some schedules did, by their names; those that never did anything are missing. */
export async function lastTicks(
  { engine, all }: Pick<Sql, 'all'> & { engine: Engine },
  schedules: readonly string[],
): Promise<Map<string, Tick>> {
  const rows = await all<TickRow>(
    `select ${columns} from (${jsonElements(engine, '$1')}) as n
     join schedule_ticks as t on t.schedule = n.value
      and t.minute = (select max(minute) from schedule_ticks where schedule = n.value)`,
    [JSON.stringify(schedules)],
  )
  return new Map(rows.map((row) => [row.schedule, tickOf(row)]))
}

const columns = 't.schedule, t.minute, t.outcome, t.run_id, t.note, t.created_at'
const noteLengthMax = 1000

const cut = (note: string | null) => (note === null ? null : note.slice(0, noteLengthMax))

interface TickRow {
  schedule: string
  minute: string | number
  outcome: TickOutcome
  run_id: string | null
  note: string | null
  created_at: string | number
}

const tickOf = ({ run_id, created_at, minute, ...rest }: TickRow): Tick => ({
  ...rest,
  minute: new Date(minute),
  runId: run_id,
  createdAt: new Date(created_at),
})
