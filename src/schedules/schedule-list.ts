import type { Database } from '../db/database.ts'
import { NotFoundError } from '../lib/errors.ts'
import { suggestion } from '../lib/nearest.ts'
import { type ScheduleView, scheduleView } from './schedule-view.ts'
import type { Schedules } from './schedules.ts'
import { lastTicks, listTicks, type Tick } from './ticks.ts'

/** What people ask about schedules. */
export function scheduleList(db: Pick<Database, 'all' | 'engine'>, schedules: Schedules) {
  const all = async () => {
    const { known, broken } = await schedules.all()
    return [...known, ...broken]
  }
  return {
    /** Each with what it did last and when it is due next. */
    async list(now: Date): Promise<ScheduleView[]> {
      const found = await all()
      const last = await lastTicks(
        db,
        found.map(({ name }) => name),
      )
      return found.map((schedule) => scheduleView(schedule, last.get(schedule.name) ?? null, now))
    },

    /**
     * What a schedule did, newest first; also one of a source that was deleted.
     * @param name its name, or the title of one
     * @throws NotFoundError `unknown_schedule`
     */
    async ticks(name: string, page: { before?: Date; limit: number }): Promise<Tick[]> {
      const ticks = await listTicks(db, { schedule: name, ...page })
      if (ticks.length > 0) return ticks
      const found = await all()
      if (found.some((schedule) => schedule.name === name)) return []
      const titled = found.find(({ title }) => title === name)
      if (titled !== undefined) return listTicks(db, { schedule: titled.name, ...page })
      const near = suggestion(
        name,
        found.flatMap((schedule) => [schedule.name, schedule.title]),
      )
      throw new NotFoundError(
        'unknown_schedule',
        `There is no schedule "${name}"${near}${near === '' ? '.' : ''} "tallyman schedules list" lists them.`,
      )
    },
  }
}
