import { instant } from '../../db/dialect.ts'
import { Tally } from '../report.ts'
import type { Task } from './task.ts'

const batchSize = 1000

/**
 * The last tick of a schedule says how far it has come, and a schedule may be due once a year: it stays, unless it is
 * that of a source that was deleted.
 */
const isNeeded = `(
  exists (select 1 from schedule_ticks as later where later.schedule = t.schedule and later.minute > t.minute) is not true
  and (t.schedule not like 'source/%' or exists (select 1 from sources as s where 'source/' || s.id = t.schedule)))`

/** What schedules did long ago. */
export const ticks: Task = {
  name: 'ticks',
  description: 'What schedules did long ago; the last entry of each stays',
  period: { of: ({ ticksMs }) => ticksMs, setting: null },
  async run({ db, retention }, { dryRun, now, signal }) {
    const tally = new Tally()
    const before = new Date(now.getTime() - retention.ticksMs)
    const isOld = `t.created_at < ${instant(db.engine, '$1')}`
    const count = async (condition: string) => {
      const [found] = await db.all<{ n: number }>(
        `select count(*) as n from schedule_ticks as t where ${isOld} and ${condition}`,
        [before],
      )
      return Number(found?.n ?? 0)
    }
    tally.kept('last_of_its_schedule', await count(isNeeded))
    if (dryRun) {
      const found = await count(`not ${isNeeded}`)
      if (found > 0) tally.took({ kind: 'ticks', count: found })
      return tally.report
    }
    while (!tally.isOver(signal)) {
      const deleted = await db.tx((tx) =>
        tx.run(
          `delete from schedule_ticks where (schedule, minute) in (
             select t.schedule, t.minute from schedule_ticks as t
             where ${isOld} and not ${isNeeded} order by t.created_at limit ${batchSize})`,
          [before],
        ),
      )
      if (deleted > 0) tally.took({ kind: 'ticks', count: deleted })
      if (deleted < batchSize) break
    }
    return tally.report
  },
}
