import { Elysia } from 'elysia'
import type { Who } from '../auth/who.ts'
import { discardDeadLetters, discardJob } from '../courier/discard-dead.ts'
import { cancelJob, retryJob } from '../courier/operate.ts'
import { retryDeadLetters } from '../courier/retry-dead.ts'
import type { Database } from '../db/database.ts'
import type { Scanner } from '../db/scanner.ts'
import type { Archive } from '../files/archive.ts'
import {
  choiceField,
  cursorField,
  fileAnswer,
  flagField,
  idField,
  keepable,
  limitField,
  noQuery,
  textField,
} from '../http/fields.ts'
import { jsonBody } from '../http/json-body.ts'
import { longAnswer, type Patience } from '../http/long-answer.ts'
import { openPlaces } from '../http/places.ts'
import { jobPhases, jobStates } from '../imports/model.ts'
import type { Clock } from '../lib/clock.ts'
import { decodeCursor, encodeCursor } from '../lib/cursor.ts'
import { Problem } from '../lib/problem.ts'
import { t, textOrNull } from '../lib/schema.ts'
import { parseRange } from '../runs/instant.ts'
import { openJobChanges } from './changed-jobs.ts'
import { openJobEvents, type ToldJob } from './events.ts'
import { jobFinder } from './find.ts'
import { activeMax, jobListing, type ListedJob } from './listing.ts'
import type { Queued } from './store.ts'
import { DeadLettersView, deadLettersView, JobView, jobView, type LiveProgress } from './view.ts'

/** What the routes of jobs need. */
export interface JobParts {
  db: Database
  scanner: Scanner
  archive: Archive
  clock: Clock
  who: Who
  /** Who takes what is tried again. */
  queued: Omit<Queued, 'now'>
  /** Tells whoever works on jobs that some have changed. */
  wake(jobId?: string): void
  /** Where an import stands that is being worked on here; null for any other. */
  progressOf(importId: string): LiveProgress | null
  onError(error: unknown): void
}

const pageMax = 200
/** Most dead letters that one request retries. */
const bulkMax = 500

/** Jobs over HTTP: how far they are, and what people do about them. */
export function jobRoutes(parts: JobParts) {
  const { scanner, who, wake, progressOf } = parts
  const listing = jobListing(parts.db)
  const finder = jobFinder(scanner.scans)
  const view = (job: ListedJob) => jobView(job, progressOf(job.importId))
  const shown = async (id: string) => view(await listing.get(id))
  const changes = openJobChanges(scanner.scans)
  const events = openJobEvents({
    onError: parts.onError,
    onRest: () => changes.forget(),
    async read(ids) {
      // First: what changes from now on is found at the next look.
      const { changed, gone } = await changes.look()
      const active = await listing.active()
      const isKnown = new Set(active.map(({ id }) => id))
      const others = [...new Set([...ids, ...changed])].filter((id) => !isKnown.has(id))
      const jobs = [...active]
      for (let n = 0; n < others.length; n += pageMax)
        jobs.push(...(await listing.byIds(others.slice(n, n + pageMax))))
      return {
        gone,
        jobs: jobs.map(
          (job): ToldJob => ({
            id: job.id,
            text: JSON.stringify(view(job)),
            isActive: isKnown.has(job.id),
          }),
        ),
      }
    },
  })
  const places = openPlaces({ who, perAsker: ownStreamsMax, inAll: null, what: 'event streams' })
  const eventStream = (
    { request, server }: { request: Request; server: Patience | null },
    jobId: string | null,
  ) => {
    const leave = places.take(request)
    try {
      const body = events.open(jobId)
      return new Response(longAnswer(body, { request, server, who, isWhole: true, onEnd: leave }), {
        headers: { 'content-type': 'text/event-stream; charset=utf-8', 'x-accel-buffering': 'no' },
      })
    } catch (error) {
      leave()
      throw error
    }
  }
  const askedBy = (request: Request) => ({ ...parts, actor: who.of(request) })
  const retry = async (id: string, request: Request) => {
    await retryJob(askedBy(request), id)
    wake(id)
    return shown(id)
  }
  const retryRoute = (operationId: string) => ({
    params,
    query: noQuery,
    // There is nothing to read, so nothing is.
    parse: 'none' as const,
    response: { 202: JobView, 404: Problem, 409: Problem },
    detail: {
      operationId,
      'x-role': 'operator',
      summary: 'Have a job tried again',
      description: 'From its beginning, with the file that is kept: at most three times.',
      tags: ['Jobs'],
    },
  })

  return new Elysia()
    .get(
      '/api/v1/jobs',
      async ({ query }) => {
        const limit = query.limit ?? 50
        const [before] = query.cursor === undefined ? [] : decodeCursor(query.cursor, ['string'])
        const ids = await finder.jobs(
          {
            ...(query.status !== undefined && { state: query.status }),
            ...(query.phase !== undefined && { phase: query.phase }),
            ...(query.supplier_id !== undefined && { supplierId: query.supplier_id }),
            ...(query.source_id !== undefined && { sourceId: query.source_id }),
            ...parseRange(query),
            ...(query.cause !== undefined && { cause: query.cause }),
            ...(query.discarded !== undefined && { isDiscarded: query.discarded }),
            ...(before !== undefined && { before }),
          },
          limit + 1,
        )
        return {
          jobs: (await listing.byIds(ids.slice(0, limit))).map(view),
          next_cursor: ids.length > limit ? encodeCursor([ids[limit - 1]!]) : null,
        }
      },
      {
        query: t.Object(
          {
            limit: limitField({ max: pageMax, default: 50 }),
            cursor: cursorField(),
            status: choiceField('status', jobStates, 'Only jobs in this state.'),
            phase: choiceField('phase', jobPhases, 'Only jobs in this phase.'),
            supplier_id: textField('supplier_id', { max: 100, description: 'Only jobs of this supplier.' }),
            source_id: textField('source_id', { max: 100, description: 'Only jobs of this source.' }),
            from: textField('from', {
              max: 50,
              description: 'Only jobs made from then on: a day, whose midnight in UTC counts, or an instant.',
            }),
            to: textField('to', { max: 50, description: 'Only jobs made before then.' }),
            cause: textField('cause', { max: 200, description: 'Only jobs that failed for this cause.' }),
            discarded: flagField('discarded', 'Only those that a person gave up, or only the others.'),
          },
          { additionalProperties: false },
        ),
        response: {
          200: t.Object(
            {
              jobs: t.Array(JobView),
              next_cursor: textOrNull('Hand it in as `cursor` to go on; null: this was the last page.'),
            },
            { title: 'JobPage' },
          ),
          422: Problem,
          503: Problem,
        },
        detail: {
          operationId: 'listJobs',
          'x-role': 'viewer',
          summary: 'List jobs, newest first',
          tags: ['Jobs'],
        },
      },
    )
    .get('/api/v1/jobs/events', (context) => eventStream(context, null), {
      query: noQuery,
      response: { 200: EventStream, 429: Problem, 503: Problem },
      detail: {
        operationId: 'followJobs',
        'x-role': 'viewer',
        summary: 'Follow all jobs',
        description: `${eventsText} First those that are queued or running, the oldest ${activeMax} of them. One that begins and ends within a moment is told once, as it ended.`,
        tags: ['Jobs'],
      },
    })
    .get('/api/v1/jobs/:id', ({ params }) => shown(params.id), {
      params,
      query: noQuery,
      response: { 200: JobView, 404: Problem },
      detail: {
        operationId: 'getJob',
        'x-role': 'viewer',
        summary: 'Show a job',
        description: 'How far it is, why it failed and whether it can be tried again.',
        tags: ['Jobs'],
      },
    })
    .get(
      '/api/v1/jobs/:id/events',
      async (context) => {
        const { id } = context.params
        // Says so when there is no such job.
        await listing.get(id)
        return eventStream(context, id)
      },
      {
        params,
        query: noQuery,
        response: { 200: EventStream, 404: Problem, 429: Problem, 503: Problem },
        detail: {
          operationId: 'followJob',
          'x-role': 'viewer',
          summary: 'Follow a job',
          description: `${eventsText} First how it stands.`,
          tags: ['Jobs'],
        },
      },
    )
    .post(
      '/api/v1/jobs/:id/retry',
      async ({ params, request, set }) => {
        const view = await retry(params.id, request)
        set.status = 202
        set.headers.location = view.links.self
        return view
      },
      retryRoute('retryJob'),
    )
    .post(
      '/api/v1/admin/jobs/:id/retry',
      async ({ params, request, set }) => {
        const view = await retry(params.id, request)
        set.status = 202
        set.headers.location = view.links.self
        return view
      },
      retryRoute('retryJobAsAdmin'),
    )
    .post(
      '/api/v1/jobs/:id/cancel',
      async ({ params, request }) => {
        await cancelJob(askedBy(request), params.id)
        wake(params.id)
        return shown(params.id)
      },
      {
        params,
        query: noQuery,
        parse: 'none',
        response: { 200: JobView, 404: Problem, 409: Problem },
        detail: {
          operationId: 'cancelJob',
          'x-role': 'operator',
          summary: 'Cancel a job',
          description:
            'Queued, waiting for its next try, running or held: its reading is ended, and nothing of it is published.',
          tags: ['Jobs'],
        },
      },
    )
    .post(
      '/api/v1/jobs/:id/discard',
      async ({ params, request }) => {
        await discardJob(askedBy(request), params.id)
        return shown(params.id)
      },
      {
        params,
        query: noQuery,
        parse: 'none',
        response: { 200: JobView, 404: Problem, 409: Problem },
        detail: {
          operationId: 'discardJob',
          'x-role': 'operator',
          summary: 'Give a dead letter up',
          description: 'It is marked, and not deleted: it can still be tried again.',
          tags: ['Jobs'],
        },
      },
    )
    .get(
      '/api/v1/dead-letters',
      async () => {
        const groups = await finder.deadLetters()
        const examples = await listing.byIds(groups.map(({ lastJobId }) => lastJobId))
        return {
          dead_letters: groups.flatMap((group) => {
            const example = examples.find(({ id }) => id === group.lastJobId)
            return example === undefined ? [] : [deadLettersView(group, example)]
          }),
        }
      },
      {
        query: noQuery,
        response: {
          200: t.Object({ dead_letters: t.Array(DeadLettersView) }, { title: 'DeadLetterList' }),
          503: Problem,
        },
        detail: {
          operationId: 'listDeadLetters',
          'x-role': 'viewer',
          summary: 'Show dead letters by cause',
          description: 'Jobs that are not tried again by themselves, other than those that were discarded.',
          tags: ['Jobs'],
        },
      },
    )
    .post(
      '/api/v1/dead-letters/retry',
      async ({ body, request }) => {
        const which = { cause: body.cause, max: bulkMax }
        const { retried, refused, hasMore } = await retryDeadLetters(askedBy(request), finder, which)
        for (const id of retried) wake(id)
        return {
          retried: retried.length,
          refused: refused.map(({ jobId, code, message }) => ({ job_id: jobId, code, message })),
          has_more: hasMore,
        }
      },
      {
        query: noQuery,
        parse: [jsonBody],
        body: OfCause,
        response: {
          200: t.Object(
            {
              retried: t.Integer({ minimum: 0 }),
              refused: t.Array(t.Object({ job_id: t.String(), code: t.String(), message: t.String() }), {
                description: 'Those that cannot be tried again, and why; the others are.',
              }),
              has_more: t.Boolean({ description: `There are more than ${bulkMax}: ask again.` }),
            },
            { title: 'DeadLetterRetry' },
          ),
          413: Problem,
          415: Problem,
          422: Problem,
        },
        detail: {
          operationId: 'retryDeadLetters',
          'x-role': 'operator',
          summary: 'Have dead letters of one cause tried again',
          tags: ['Jobs'],
        },
      },
    )
    .post(
      '/api/v1/dead-letters/discard',
      async ({ body, request }) => ({
        discarded: await discardDeadLetters(askedBy(request), { cause: body.cause }),
      }),
      {
        query: noQuery,
        parse: [jsonBody],
        body: OfCause,
        response: {
          200: t.Object({ discarded: t.Integer({ minimum: 0 }) }, { title: 'DeadLetterDiscard' }),
          413: Problem,
          415: Problem,
          422: Problem,
        },
        detail: {
          operationId: 'discardDeadLetters',
          'x-role': 'operator',
          summary: 'Give dead letters of one cause up',
          description: 'They are marked, and not deleted: each can still be tried again by its id.',
          tags: ['Jobs'],
        },
      },
    )
}

const params = t.Object({ id: idField('the job') })
const OfCause = t.Object(
  {
    cause: t.String({
      minLength: 1,
      maxLength: 200,
      pattern: keepable,
      description: 'As `GET /api/v1/dead-letters` names it.',
      error: 'cause must have 1 to 200 characters, with no NUL and no half character among them',
    }),
  },
  { additionalProperties: false, title: 'DeadLetterCause' },
)

/** Streams that one user has at once: a page or a program needs one. */
const ownStreamsMax = 20
const EventStream = fileAnswer(['text/event-stream'])
const eventsText =
  'Server-sent events: `event: job` with a Job as JSON whenever it changes, whichever process changed it, `event: gone` with its `job_id` when it is ' +
  'deleted with its source, and an empty comment every 15 seconds.'
