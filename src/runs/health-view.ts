import { jobStates } from '../imports/model.ts'
import { oneOf, type Static, t, textOrNull } from '../lib/schema.ts'
import { healthStatuses, judge } from './health.ts'
import type { KnownHealth } from './health-facts.ts'
import { RunView, runView } from './view.ts'

const Count = t.Integer({ minimum: 0 })
const instantOrNull = (description: string) => textOrNull(description, { format: 'date-time' })

/** Most stale sources that are named. */
const staleShown = 100

/** How fetching and importing goes, over HTTP. */
export const IngestionHealthView = t.Object(
  {
    status: oneOf(healthStatuses, {
      description:
        'degraded: it works, and a person should look; failing: work is due and nobody takes it, or nothing of the ' +
        'last scheduled run came in.',
    }),
    reasons: t.Array(
      t.Object({ code: t.String({ description: 'Stable and for machines.' }), message: t.String() }),
      {
        examples: [[{ code: 'dead_letters', message: '1 job is not tried again by itself, …' }]],
      },
    ),
    queue: t.Object({
      jobs: t.Record(t.String(), Count, {
        description: `Jobs by state: ${jobStates.join(', ')}.`,
        examples: [{ queued: 2, running: 1, succeeded: 240 }],
      }),
      waiting: t.Integer({ minimum: 0, description: 'Due, and not of a paused source.' }),
      put_off: t.Integer({ minimum: 0, description: 'Waiting for their next try.' }),
      running: Count,
      oldest_due_at: instantOrNull('Since when the oldest of those waiting is due.'),
      oldest_due_seconds: t.Union([Count, t.Null()]),
      paused_since: instantOrNull('Null: the queue is not paused.'),
    }),
    dead_letters: t.Array(
      t.Object({
        cause: t.String({ description: 'Hand it in to retry or discard all of them.' }),
        count: Count,
        last_at: t.String({ format: 'date-time' }),
      }),
      { description: 'Those that nobody gave up, by cause, the most frequent first.' },
    ),
    sources: t.Object({
      paused: t.Integer({ minimum: 0, description: 'Those with a schedule that are paused.' }),
      stale_count: Count,
      stale: t.Array(
        t.Object({
          source_id: t.String(),
          source: t.String(),
          supplier: t.String(),
          schedule: t.String(),
          due_at: t.String({
            format: 'date-time',
            description: 'The first time since then that brought no good list.',
          }),
          last_good_at: instantOrNull('When its last good import was triggered; null: it has none yet.'),
        }),
        {
          description: `Sources whose last good list is older than their schedule says; ${staleShown} of them at most.`,
        },
      ),
    }),
    last_run: t.Union([RunView, t.Null()]),
  },
  { title: 'IngestionHealth' },
)

export function ingestionHealthView(known: KnownHealth): Static<typeof IngestionHealthView> {
  const { now, queue, dueSince, deadLetters, stale, lastRun } = known
  return {
    ...judge(known),
    queue: {
      jobs: known.jobs,
      waiting: queue.waiting,
      put_off: queue.putOff,
      running: queue.running,
      oldest_due_at: dueSince?.toISOString() ?? null,
      oldest_due_seconds:
        dueSince === null ? null : Math.max(0, Math.floor((now.getTime() - dueSince.getTime()) / 1000)),
      paused_since: known.pausedSince?.toISOString() ?? null,
    },
    dead_letters: deadLetters.map(({ cause, count, lastAt }) => ({
      cause,
      count: Number(count),
      last_at: lastAt.toISOString(),
    })),
    sources: {
      paused: known.pausedSources,
      stale_count: stale.length,
      stale: stale.slice(0, staleShown).map((each) => ({
        source_id: each.sourceId,
        source: each.source,
        supplier: each.supplier,
        schedule: each.schedule,
        due_at: each.dueAt.toISOString(),
        last_good_at: each.lastGoodAt?.toISOString() ?? null,
      })),
    },
    last_run: lastRun && runView(lastRun),
  }
}
