import { Elysia } from 'elysia'
import type { Database } from '../db/database.ts'
import { cursorField, limitField, noQuery } from '../http/fields.ts'
import type { Clock } from '../lib/clock.ts'
import { decodeCursor, encodeCursor, instantInCursor } from '../lib/cursor.ts'
import { Problem } from '../lib/problem.ts'
import { t, textOrNull } from '../lib/schema.ts'
import { scheduleList } from './schedule-list.ts'
import { ScheduleView, TickView, tickView } from './schedule-view.ts'
import type { Schedules } from './schedules.ts'

const pageMax = 500

/** Schedules over HTTP: when they are due, and what they did. */
export function scheduleRoutes({
  db,
  clock,
  schedules,
}: {
  db: Database
  clock: Clock
  schedules: Schedules
}) {
  const list = scheduleList(db, schedules)
  return new Elysia({ prefix: '/api/v1/schedules' })
    .get('', async () => ({ schedules: await list.list(clock.now()) }), {
      query: noQuery,
      response: {
        200: t.Object({ schedules: t.Array(ScheduleView) }, { title: 'ScheduleList' }),
        503: Problem,
      },
      detail: {
        operationId: 'listSchedules',
        'x-role': 'viewer',
        summary: 'List what is done by itself, and when',
        description:
          'The daily run, the look at watched sources, the clean-ups, and every source that has a schedule of its own.',
        tags: ['Schedules'],
      },
    })
    .get(
      '/:name/ticks',
      async ({ params, query }) => {
        const limit = query.limit ?? 50
        const before = query.cursor === undefined ? null : minuteIn(query.cursor)
        const found = await list.ticks(params.name, { limit: limit + 1, ...(before !== null && { before }) })
        const page = found.slice(0, limit)
        return {
          ticks: page.map(tickView),
          next_cursor: found.length > limit ? encodeCursor([page.at(-1)!.minute.getTime()]) : null,
        }
      },
      {
        params: t.Object({
          name: t.String({
            minLength: 1,
            maxLength: 200,
            pattern: '^[^\\u0000]*$',
            description: 'The name of the schedule, percent-encoded: `daily-run`, `source%2FID`.',
            error: 'the name of a schedule must have 1 to 200 characters, and no NUL among them',
          }),
        }),
        query: t.Object(
          { limit: limitField({ max: pageMax, default: 50 }), cursor: cursorField() },
          { additionalProperties: false },
        ),
        response: {
          200: t.Object(
            {
              ticks: t.Array(TickView),
              next_cursor: textOrNull('Hand it in as `cursor` to go on; null: this was the last page.'),
            },
            { title: 'ScheduleTickPage' },
          ),
          404: Problem,
          422: Problem,
          503: Problem,
        },
        detail: {
          operationId: 'listScheduleTicks',
          'x-role': 'viewer',
          summary: 'Show what a schedule did, newest first',
          description: 'One entry for each minute that it was due in, kept for 30 days.',
          tags: ['Schedules'],
        },
      },
    )
}

/** @throws InvalidError `invalid_cursor` also where it holds no instant */
function minuteIn(cursor: string): Date {
  const [minute] = decodeCursor(cursor, ['integer'])
  return instantInCursor(minute)
}
