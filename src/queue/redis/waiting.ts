import type { KeptSql } from '../../db/database.ts'
import { jsonElements } from '../../db/dialect.ts'
import { isActive, isFirstInLane, isUnexpired, isUnpaused } from '../claim-sql.ts'
import { clockOf } from '../clock.ts'
import type { Announced } from './ids.ts'

/** Most rows that are read at once. */
export const pageMax = 500

/**
 * Which rows a queue that carries ids has to know of. It decides nothing: whether a job may run is said when it is
 * claimed.
 */
export function waitingJobs(sql: KeptSql) {
  const { engine } = sql
  const { now, after, msUntil } = clockOf(engine)
  // As an array it is known before the rows are looked for, so that they are found by their keys.
  const isOneOf = (column: string, list: string) =>
    engine === 'sqlite'
      ? `${column} in (${jsonElements(engine, list)})`
      : `${column} = any(array(${jsonElements(engine, list)}))`
  const dueAt = `case when j.state = 'queued' or j.run_at > j.lease_until then j.run_at else j.lease_until end`

  return {
    /**
     * Lets go of what workers held that have ended, so that it is due for everybody: of a process on this machine
     * those on others cannot know.
     */
    async release(endedWorkers: readonly string[]): Promise<void> {
      if (endedWorkers.length === 0) return
      await sql.run(
        `update jobs set lease_until = ${now}
         where "state" in ('queued', 'running') and ${isOneOf('worker', '$1')}
           and (lease_until is null or lease_until > ${now})`,
        [JSON.stringify(endedWorkers)],
      )
    },

    /**
     * What follows from changes of these jobs: those that are queued are to be announced, and what goes next in their
     * lanes, so that the end of one brings another.
     */
    async after(jobIds: readonly string[]): Promise<Announced[]> {
      const rows = await sql.all<Row>(
        `select w.id, w.place, ${msUntil('w.run_at')} as ms from jobs as w
         where w.id in (
           select j.id from jobs as j
           where ${isOneOf('j.id', '$1')} and j.state = 'queued' and ${isFirstInLane(engine)}
           union
           select (select j.id from jobs as j
                   where j.lane = c.lane and ${isActive('j')} and j.state = 'queued' and j.run_at <= ${now}
                     and ${isFirstInLane(engine)}
                   order by j.id limit 1)
           from jobs as c
           where ${isOneOf('c.id', '$1')} and c.lane is not null
             and not exists (select 1 from jobs as r
                             where r.lane = c.lane and ${isActive('r')} and r.state = 'running'))
         order by w.id`,
        [JSON.stringify(jobIds)],
      )
      return rows.map(announcedOf)
    },

    /**
     * Jobs that may be taken now or within the time given, in the order of their ids and no more than a page; of a
     * lane those that nobody has to wait for.
     * @param page.after the last id of the page before; null: from the start
     */
    async due(page: {
      place: string | null
      workersLostMax: number
      withinMs: number
      after: string | null
    }): Promise<Announced[]> {
      const rows = await sql.all<Row>(
        `select j.id, j.place, ${msUntil(dueAt)} as ms
         from jobs as j
         where ${isActive('j')} and j.id > $1 and (j.place is null or j.place = $2)
           and ${dueAt} <= ${after(engine === 'sqlite' ? '$3' : '$3::int')}
           and (j.state = 'running' and j.takeovers + 1 < $4
             or j.state = 'queued' and ${isUnexpired(engine)} and (j.worker is null or j.lease_until <= ${now}))
           and ${isFirstInLane(engine)} and ${isUnpaused()}
         order by j.id limit ${pageMax}`,
        [page.after ?? '', page.place, page.withinMs, page.workersLostMax],
      )
      return rows.map(announcedOf)
    },
  }
}

interface Row {
  id: string
  place: string | null
  /** As text on PostgreSQL. */
  ms: number | string
}

const announcedOf = ({ ms, ...row }: Row): Announced => ({ ...row, delayMs: Math.ceil(Number(ms)) })
