import { Elysia } from 'elysia'
import type { Who } from '../auth/who.ts'
import { setQueuePaused } from '../courier/pause-queue.ts'
import type { Database } from '../db/database.ts'
import type { Scanner } from '../db/scanner.ts'
import { noQuery } from '../http/fields.ts'
import { jobStates } from '../imports/model.ts'
import type { Clock } from '../lib/clock.ts'
import { Problem } from '../lib/problem.ts'
import { t, textOrNull } from '../lib/schema.ts'
import { jobFinder } from './find.ts'
import { installationStore } from './installation.ts'

/** What the routes of the queue as a whole need. */
export interface QueueParts {
  db: Database
  scanner: Scanner
  clock: Clock
  who: Who
  /** Tells whoever works on jobs that there may be some to take. */
  wake(): void
}

const Count = t.Integer({ minimum: 0 })
const QueueView = t.Object(
  {
    jobs: t.Object(Object.fromEntries(jobStates.map((state) => [state, Count])), {
      description:
        'How many are in each state; drained: taken out of the queue into a file (`tallyman queue drain`).',
    }),
    dead_letters: t.Integer({ minimum: 0, description: 'Dead ones that nobody gave up.' }),
    next_at: textOrNull('When the first of those that are queued was or will be due; null: none is.', {
      format: 'date-time',
    }),
    paused_at: textOrNull('Since when no job is begun; null: the queue is not paused.', {
      format: 'date-time',
    }),
  },
  { title: 'Queue' },
)

/** The queue as a whole over HTTP: how full it is, and whether it is paused. */
export function queueRoutes({ db, scanner, clock, who, wake }: QueueParts) {
  const shown = async () => {
    const [depth, installation] = await Promise.all([
      jobFinder(scanner.scans).depth(),
      installationStore(db).get(),
    ])
    return {
      jobs: Object.fromEntries(jobStates.map((state) => [state, depth.jobs[state] ?? 0])),
      dead_letters: depth.deadLetters,
      next_at: depth.nextAt?.toISOString() ?? null,
      paused_at: installation?.queuePausedAt?.toISOString() ?? null,
    }
  }
  const action = (operationId: string, summary: string, description: string) => ({
    query: noQuery,
    // There is nothing to read, so nothing is.
    parse: 'none' as const,
    response: { 200: QueueView, 503: Problem },
    detail: { operationId, 'x-role': 'operator', summary, description, tags: ['Jobs'] },
  })

  return new Elysia()
    .get('/api/v1/queue', shown, {
      query: noQuery,
      response: { 200: QueueView, 503: Problem },
      detail: {
        operationId: 'getQueue',
        'x-role': 'viewer',
        summary: 'Show how full the queue is',
        tags: ['Jobs'],
      },
    })
    .post(
      '/api/v1/queue/pause',
      async ({ request }) => {
        await setQueuePaused({ db, clock, actor: who.of(request) }, true)
        wake()
        return shown()
      },
      action(
        'pauseQueue',
        'Begin no job any more',
        'What runs goes on, and lists are still taken in. Paused already, it stays so.',
      ),
    )
    .post(
      '/api/v1/queue/resume',
      async ({ request }) => {
        await setQueuePaused({ db, clock, actor: who.of(request) }, false)
        wake()
        return shown()
      },
      action('resumeQueue', 'Begin jobs again', 'Those that have waited begin at once.'),
    )
}
