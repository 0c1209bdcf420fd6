import type { Engine } from '../db/database.ts'
import { jsonElements } from '../db/dialect.ts'
import { clockOf } from './clock.ts'
import { jobColumns } from './job.ts'
import { laneWaitMs, takeoverPause } from './model.ts'

/** What an attempt that has not begun knows. */
export const untouchedSet = `
    download_percent = null, downloaded_bytes = null, items_processed = null, items_total = null,
    error_kind = null, error_code = null, error_message = null, cause = null`

// Says that it is one look for each job: without it PostgreSQL makes a join of it, which reads all.
const oneLook = 'limit 1 offset 0'

/**
 * What claim.ts asks, in each engine's words. Parameters: $1 worker, $2 place, $3 ended workers as JSON, $4 how many
 * workers may be lost, $5 limit; to take them also $6 token, $7 lease in milliseconds, $8 ids as JSON.
 */
export const claimSql = { sqlite: write('sqlite'), postgres: write('postgres') }

function write(engine: Engine) {
  const { now, msUntil } = clockOf(engine)
  const isSqlite = engine === 'sqlite'
  const due = `
    ${isActive('j')} and j.run_at <= ${now} and (j.place is null or j.place = $2)
    and ((j.state = 'queued' and ${isUnexpired(engine)}
          and (j.worker is null or j.worker = $1 or ${isLost(engine, 'j', '$3')}))
      or (j.state = 'running' and j.takeovers + 1 < $4 and ${isLost(engine, 'j', '$3')}))
    and ${isUnpaused()} and ${isFirstInLane(engine)}`
  // In the order in which they are due, so that no more are looked at than are taken: the planners rather sort all.
  const jobs = isSqlite ? 'jobs as j indexed by jobs_due' : 'jobs as j'
  const find = `select j.id from ${jobs} where ${due} order by j.run_at, j.id limit $5`
  // By their keys. Asked the other way round SQLite would look through all that are due.
  const findOf = isSqlite
    ? `select j.id from json_each($8) as given cross join jobs as j where j.id = given.value and ${due}
       order by j.id limit $5`
    : `select j.id from jobs as j where j.id = any(${textsOf(engine, '$8')}) and ${due} order by j.id limit $5`
  const take = (found: string) => `
    update jobs set ${begunSet(engine, { worker: '$1', phase: `'downloading'`, token: '$6', leaseMs: '$7' })}
    where ${
      isSqlite
        ? `id in (${found})`
        : // As an array it is looked for once, and no more rows are locked than are taken. What another worker is just
          // taking is not waited for.
          `id = any(array(${found} for update of j skip locked))`
    }
    returning ${jobColumns}`

  return {
    find,
    take: take(find),
    takeOf: take(findOf),
    // Each is one look into an index, however much is waiting.
    next: `
      select
        (select ${msUntil('j.run_at')} from ${jobs}
         where ${isActive('j')} and j.run_at > ${now} order by j.run_at limit 1) as due,
        (select ${msUntil('min(j.lease_until)')} from jobs as j
         where j.state = 'running' and j.lease_until > ${now}) as lost`,
  }
}

/**
 * What beginning an attempt writes. A job that is running already was its worker's, who is lost; if this worker is lost
 * with it too, it is not taken again before its pause is over.
 * @param given SQL for each
 */
export function begunSet(
  engine: Engine,
  given: { worker: string; phase: string; token: string; leaseMs: string },
): string {
  const { now, after } = clockOf(engine)
  const { atOnce, firstMs, maxMs } = takeoverPause
  const doublings = Math.ceil(Math.log2(maxMs / firstMs))
  const pauseMs = `(case
      when takeovers < ${atOnce} then 0
      when takeovers < ${atOnce + doublings} then ${firstMs} << cast(takeovers - ${atOnce} as integer)
      else ${maxMs} end)`
  return `
    run_at = case when state = 'running' then ${after(pauseMs)} else run_at end,
    state = 'running', phase = ${given.phase}, attempt = attempt + 1,
    takeovers = takeovers + case when state = 'running' then 1 else 0 end,
    worker = ${given.worker}, lease_token = ${given.token}, lease_ms = ${given.leaseMs},
    lease_until = ${after(given.leaseMs)}, started_at = coalesce(started_at, ${now}), finished_at = null,
    ${untouchedSet}, revision = revision + 1`
}

/** As it is written in the schema, or neither engine sees that the small index will do. */
export function isActive(table: string): string {
  return `${table}."state" in ('queued', 'running')`
}

/** Nobody is left who holds it. @param ended a parameter: a JSON array of workers that have ended */
export function isLost(engine: Engine, table: string, ended: string): string {
  const { now } = clockOf(engine)
  const isEnded =
    engine === 'sqlite' ? `in (${jsonElements(engine, ended)})` : `= any(${textsOf(engine, ended)})`
  return `(${table}.lease_until <= ${now} or ${table}.worker ${isEnded})`
}

/** Of a job `j`: neither the queue nor its source is paused. */
export function isUnpaused(): string {
  return `not exists (select 1 from installation where queue_paused_at is not null) and ${isOfUnpaused('j')}`
}

/** Its source is not paused. */
function isOfUnpaused(table: string): string {
  return `
    not exists (select 1 from imports as i join sources as s on s.id = i.source_id
      where i.id = ${table}.import_id and s.paused_at is not null ${oneLook})`
}

/** Of a job `j`: one that was begun once is seen through. */
export function isUnexpired(engine: Engine): string {
  return `(j.expires_at is null or j.expires_at > ${clockOf(engine).now} or j.started_at is not null)`
}

/**
 * Nobody of its lane is at work, and no older one will be soon. One that was put off for longer than `laneWaitMs`, or
 * whose source is paused, lets others go first. If one of these was a later list of the same source, then what had
 * been fetched by then is refused as stale, as it should be: it would take prices back. What had not been fetched yet
 * is fetched later than that list was, and is as good as any.
 */
export function isFirstInLane(engine: Engine): string {
  const { after } = clockOf(engine)
  // Few are running, and a lane may be long.
  const runsInLane = engine === 'sqlite' ? '+other.lane = j.lane' : 'other.lane = j.lane'
  return `
    not exists (select 1 from jobs as older
      where older.lane = j.lane and older.id < j.id and older.state in ('queued', 'running')
        and (older.state = 'running' or (older.run_at <= ${after(String(laneWaitMs))} and ${isOfUnpaused('older')}))
        ${oneLook})
    and not exists (select 1 from jobs as other
      where ${runsInLane} and other.id > j.id and other.state = 'running' ${oneLook})`
}

/** A JSON list as PostgreSQL's array, which is made once: a select would be a join. */
function textsOf(engine: Engine, list: string): string {
  return `array(${jsonElements(engine, list)})`
}
