import { Elysia } from 'elysia'
import type { Who } from '../auth/who.ts'
import type { Database } from '../db/database.ts'
import type { Scanner } from '../db/scanner.ts'
import { fileAnswer, textField } from '../http/fields.ts'
import { longAnswer } from '../http/long-answer.ts'
import { openPlaces } from '../http/places.ts'
import type { ImportProgress } from '../imports/view.ts'
import { InvalidError } from '../lib/errors.ts'
import { Problem } from '../lib/problem.ts'
import { t } from '../lib/schema.ts'
import { changesOf } from './changes.ts'
import { type EventKind, eventKinds, openEventFeed } from './feed.ts'

/** Streams that one user has at once, of a hundred in all: a page or a program needs one. */
const ownStreamsMax = 20

/** What the route of events needs. */
export interface EventParts {
  db: Database
  scanner: Scanner
  who: Who
  /** Where an import stands that is being worked on here; null for any other. */
  progressOf(importId: string): ImportProgress | null
  onError(error: unknown): void
}

/** Everything that goes on, as one stream of server-sent events. */
export function eventRoutes({ db, scanner, who, progressOf, onError }: EventParts) {
  const feed = openEventFeed({ ...changesOf({ db, scans: scanner.scans }, progressOf), onError })
  const places = openPlaces({ who, perAsker: ownStreamsMax, inAll: null, what: 'event streams' })
  return new Elysia().get(
    '/api/v1/events',
    ({ query, request, server }) => {
      const kinds = kindsIn(query.kinds)
      const leave = places.take(request)
      try {
        const events = feed.open(kinds, request.headers.get('last-event-id'))
        return new Response(longAnswer(events, { request, server, who, isWhole: true, onEnd: leave }), {
          headers: { 'content-type': 'text/event-stream; charset=utf-8', 'x-accel-buffering': 'no' },
        })
      } catch (error) {
        leave()
        throw error
      }
    },
    {
      query: t.Object(
        {
          kinds: textField('kinds', {
            max: 100,
            description: `Only events of these kinds, with commas between them: ${eventKinds.join(', ')}. All of them unless said.`,
            examples: ['run,import'],
          }),
        },
        { additionalProperties: false },
      ),
      response: { 200: fileAnswer(['text/event-stream']), 422: Problem, 429: Problem, 503: Problem },
      detail: {
        'x-role': 'viewer',
        operationId: 'followEvents',
        summary: 'Follow runs, imports and jobs',
        description:
          'Server-sent events: `run`, `import` and `job` with a Run, an Import or a Job as JSON whenever it changes, whichever process changed it, ' +
          'within a second or two; `gone` with `kind` and `id` when it is deleted. `reset` comes first: read what you show then, since only changes follow. ' +
          'A listener that comes back with `Last-Event-ID` hears what it missed instead, or `reset` when that is no longer known. ' +
          'One that reads too slowly hears `dropped`, and the stream ends. An empty comment every 15 seconds says that it is alive. ' +
          'It ends within seconds after the session or token with which it was asked for.',
        tags: ['Jobs'],
      },
    },
  )
}

/** @throws InvalidError `invalid_request` */
function kindsIn(given: string | undefined): ReadonlySet<EventKind> {
  if (given === undefined) return new Set(eventKinds)
  const kinds = given.split(',').map((word) => {
    const kind = eventKinds.find((each) => each === word.trim())
    if (kind === undefined)
      throw new InvalidError(
        'invalid_request',
        `kinds takes ${eventKinds.join(', ')}, not "${word.slice(0, 50)}"`,
      )
    return kind
  })
  return new Set(kinds)
}
