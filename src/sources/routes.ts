import { Elysia } from 'elysia'
import type { Actor } from '../auth/model.ts'
import type { Who } from '../auth/who.ts'
import { readingFields, readingPins } from '../courier/reading-fields.ts'
import { parseLimits } from '../courier/reading-options.ts'
import type { Database, Tx } from '../db/database.ts'
import type { Scanner } from '../db/scanner.ts'
import {
  checksEtag,
  endsEtag,
  etagOf,
  givesEtag,
  preconditionOf,
  readsEtag,
  tagged,
  withEtag,
} from '../http/etag.ts'
import {
  choiceField,
  cursorField,
  flagField,
  idField,
  limitField,
  noQuery,
  textField,
} from '../http/fields.ts'
import { type Idempotency, takesKey } from '../http/idempotency.ts'
import { jsonBody } from '../http/json-body.ts'
import type { Clock } from '../lib/clock.ts'
import { decodeCursor, encodeCursor } from '../lib/cursor.ts'
import { ConflictError, NotFoundError } from '../lib/errors.ts'
import { Problem } from '../lib/problem.ts'
import { t, textOrNull } from '../lib/schema.ts'
import { runStore } from '../runs/store.ts'
import { requireStarted, type Triggered, TriggeredView, triggeredAnswer } from '../runs/triggered.ts'
import type { SourceRules } from './check.ts'
import { deleteSource, historyText, sourceHistory } from './delete-source.ts'
import { draftOf, editOf, NewSourceBody, SourceChangeBody } from './fields.ts'
import { sourceFinder } from './find.ts'
import { connectors } from './kinds/index.ts'
import { changeSource, makeSource, setSourcePaused } from './make-source.ts'
import { type Pins, sourceKinds } from './model.ts'
import { pinnedSettings } from './pins.ts'
import { type Source, sourceStore } from './store.ts'
import { SourceView, sourceState, sourceView } from './view.ts'

/** What the routes of sources need. */
export interface SourceParts {
  db: Database
  scanner: Scanner
  clock: Clock
  rules: SourceRules
  keyed: Idempotency
  who: Who
  /** Starts a run of these sources, by their ids, and tells whoever works on it. @param also in the same transaction */
  start(
    actor: Actor,
    sourceIds: string[],
    also: (tx: Tx, triggered: Triggered) => Promise<void>,
  ): Promise<Triggered>
  /** Tells whoever works on jobs that some have changed. */
  wake(jobId?: string): void
}

const pageMax = 200

/** Sources over HTTP: where lists come from, and when. */
export function sourceRoutes(parts: SourceParts) {
  const { db, scanner, clock, rules, keyed, who, start, wake } = parts
  const store = sourceStore(db)
  const finder = sourceFinder(scanner.pages)
  const shown = async (sources: Source[]) => {
    const context = await finder.context(sources.map(({ id }) => id))
    const at = { now: clock.now(), timeZone: rules.timeZone }
    // One that was deleted between the two reads is left out.
    return sources.flatMap((source) => {
      const own = context.get(source.id)
      return own === undefined ? [] : [sourceView(source, own, at)]
    })
  }
  const found = async (id: string) => {
    const source = await store.get(id)
    const [view] = source === null ? [] : await shown([source])
    if (source === null || view === undefined)
      throw new NotFoundError('unknown_source', `There is no source ${id}.`)
    return { view, etag: etagOf(sourceState(source), view) }
  }
  const shownById = async (id: string) => (await found(id)).view
  const askedBy = (request: Request) => ({ ...parts, actor: who.of(request) })
  const setPaused = async (id: string, request: Request, isPaused: boolean) => {
    await setSourcePaused(askedBy(request), id, isPaused)
    wake()
    return shownById(id)
  }

  return new Elysia({ prefix: '/api/v1' })
    .get('/source-kinds', () => ({ kinds }), {
      query: noQuery,
      response: {
        200: t.Object(
          {
            kinds: t.Array(
              t.Object({
                kind: t.String(),
                is_fetchable: t.Boolean({ description: 'Whether its lists are fetched, and not handed in.' }),
                config: t.Record(t.String(), t.Unknown(), { description: 'JSON Schema of its `config`.' }),
              }),
            ),
          },
          { title: 'SourceKindList' },
        ),
      },
      detail: {
        operationId: 'listSourceKinds',
        'x-role': 'viewer',
        summary: 'List the kinds of sources, with what each needs',
        tags: ['Sources'],
      },
    })
    .get(
      '/sources',
      async ({ query }) => {
        const limit = query.limit ?? 50
        const found = await finder.sources(
          {
            ...(query.supplier_id !== undefined && { supplierId: query.supplier_id }),
            ...(query.name !== undefined && { name: query.name }),
            ...(query.kind !== undefined && { kind: query.kind }),
            ...(query.paused !== undefined && { isPaused: query.paused }),
            ...(query.scheduled !== undefined && { isScheduled: query.scheduled }),
            ...(query.cursor !== undefined && { after: decodeCursor(query.cursor, ['string', 'string']) }),
          },
          limit + 1,
        )
        const ids = found.slice(0, limit).map(({ id }) => id)
        const byId = new Map((await store.byIds(ids)).map((source) => [source.id, source]))
        return {
          sources: await shown(ids.flatMap((id) => byId.get(id) ?? [])),
          next_cursor: found.length > limit ? encodeCursor(found[limit - 1]!.place) : null,
        }
      },
      {
        query: t.Object(
          {
            limit: limitField({ max: pageMax, default: 50 }),
            cursor: cursorField(),
            supplier_id: textField('supplier_id', {
              max: 100,
              description: 'Only sources of this supplier.',
            }),
            name: textField('name', { max: 200, description: 'Only sources of just this name.' }),
            kind: choiceField('kind', sourceKinds, 'Only sources of this kind.'),
            paused: flagField('paused', 'Only those that are paused, or only the others.'),
            scheduled: flagField('scheduled', 'Only those with a schedule, or only the others.'),
          },
          { additionalProperties: false },
        ),
        response: {
          200: t.Object(
            {
              sources: t.Array(SourceView),
              next_cursor: textOrNull('Hand it in as `cursor` to go on; null: this was the last page.'),
            },
            { title: 'SourcePage' },
          ),
          422: Problem,
          503: Problem,
        },
        detail: {
          operationId: 'listSources',
          'x-role': 'viewer',
          summary: 'List sources by supplier and name',
          tags: ['Sources'],
        },
      },
    )
    .post(
      '/sources',
      (context) =>
        keyed.once<{ id: string }, SourceView>(context, {
          body: context.body,
          make: async (mark) => {
            const { id } = await makeSource(askedBy(context.request), draftOf(context.body), (tx, source) =>
              mark(tx, { id: source.id }),
            )
            return { id }
          },
          answer: async ({ id }) => {
            const { view, etag } = await found(id)
            return { status: 201, headers: { location: view.links.self, etag }, view }
          },
        }),
      {
        query: noQuery,
        parse: [jsonBody],
        body: NewSourceBody,
        response: { 201: SourceView, 403: Problem, 409: Problem, 413: Problem, 415: Problem, 422: Problem },
        detail: {
          ...takesKey,
          ...givesEtag,
          operationId: 'addSource',
          'x-role': 'operator',
          summary: 'Add a source',
          description: 'Nothing is fetched until it is triggered, or its schedule is due.',
          tags: ['Sources'],
        },
      },
    )
    .get('/sources/:id', async (context) => tagged(context, await found(context.params.id)), {
      params,
      query: noQuery,
      response: { 200: SourceView, 404: Problem },
      detail: {
        ...readsEtag,
        operationId: 'getSource',
        'x-role': 'viewer',
        summary: 'Show a source',
        description: 'With its next runs, its latest import, and how its lists are read.',
        tags: ['Sources'],
      },
    })
    .patch(
      '/sources/:id',
      async ({ params, body, request, set }) => {
        const { reading, ...rest } = body
        const pins = reading === undefined ? null : pinsOf(reading)
        await changeSource(
          askedBy(request),
          params.id,
          (source) => ({ ...(pins !== null && pinnedSettings(source, pins)), ...editOf(rest) }),
          preconditionOf(request),
        )
        return withEtag(set, await found(params.id))
      },
      {
        params,
        query: noQuery,
        parse: [jsonBody],
        body: ChangeBody,
        response: {
          200: SourceView,
          403: Problem,
          404: Problem,
          409: Problem,
          413: Problem,
          415: Problem,
          422: Problem,
        },
        detail: {
          ...checksEtag,
          operationId: 'changeSource',
          'x-role': 'operator',
          summary: 'Change a source',
          description:
            'What is not named stays as it is. What is fetched from now on is fetched accordingly.',
          tags: ['Sources'],
        },
      },
    )
    .delete(
      '/sources/:id',
      async ({ params, query, request }) => {
        const { name } = await shownById(params.id)
        const history = await sourceHistory(scanner.scans, params.id)
        if (history.imports > 0 && query.with_history !== true)
          throw new ConflictError(
            'source_has_history',
            `Source "${name}" has a history: ${historyText(history)} Ask with with_history=true if that is right.`,
          )
        const asked = askedBy(request)
        for (const jobId of await deleteSource(asked, params.id, preconditionOf(request))) wake(jobId)
        wake()
        return { id: params.id, imports: history.imports, items_kept: history.items }
      },
      {
        params,
        query: t.Object(
          { with_history: flagField('with_history', 'Delete it although it has imports.') },
          { additionalProperties: false },
        ),
        response: {
          200: t.Object(
            {
              id: t.String(),
              imports: t.Integer({ minimum: 0, description: 'Imports that went with it.' }),
              items_kept: t.Integer({ minimum: 0, description: 'Items that stay, without a source.' }),
            },
            { title: 'SourceDeletion' },
          ),
          404: Problem,
          409: Problem,
          422: Problem,
        },
        detail: {
          ...endsEtag,
          operationId: 'deleteSource',
          'x-role': 'operator',
          summary: 'Delete a source',
          description:
            'Its imports go with it: their change reports, parse logs and jobs. Its items stay, with their prices. ' +
            'What is under way for it is ended first.',
          tags: ['Sources'],
        },
      },
    )
    .post('/sources/:id/pause', ({ params, request }) => setPaused(params.id, request, true), {
      params,
      query: noQuery,
      // There is nothing to read, so nothing is.
      parse: 'none',
      response: { 200: SourceView, 404: Problem },
      detail: {
        operationId: 'pauseSource',
        'x-role': 'operator',
        summary: 'Pause a source',
        description: 'Nothing of it is begun until it is resumed. What is under way goes on.',
        tags: ['Sources'],
      },
    })
    .post('/sources/:id/resume', ({ params, request }) => setPaused(params.id, request, false), {
      params,
      query: noQuery,
      parse: 'none',
      response: { 200: SourceView, 404: Problem },
      detail: {
        operationId: 'resumeSource',
        'x-role': 'operator',
        summary: 'Resume a paused source',
        description: 'What was waiting is begun, and its schedule counts again.',
        tags: ['Sources'],
      },
    })
    .post(
      '/sources/:id/trigger',
      async ({ params, request, set }) => {
        await shownById(params.id)
        return keyed.once<{ triggered: Triggered }, TriggeredView>(
          { request, set },
          {
            body: null,
            make: async (mark) => ({
              triggered: await start(who.of(request), [params.id], async (tx, triggered) => {
                requireStarted(triggered)
                await mark(tx, { triggered })
              }),
            }),
            answer: ({ triggered }) => triggeredAnswer(runStore(db), triggered),
          },
        )
      },
      {
        params,
        query: noQuery,
        parse: 'none',
        response: { 202: TriggeredView, 404: Problem, 409: Problem },
        detail: {
          ...takesKey,
          operationId: 'triggerSource',
          'x-role': 'operator',
          summary: 'Fetch a source now',
          description: 'It is refused while it is paused or under way, and where its lists are handed in.',
          tags: ['Sources'],
        },
      },
    )
}

const params = t.Object({ id: idField('the source') })
const limitsField = textField('limits', {
  max: 500,
  description: 'When a list is held, as LIMIT=SHARE between commas; off switches one off.',
  examples: ['items-kept=80%,moved-share=off'],
})

function pinsOf({ limits, ...reading }: Parameters<typeof readingPins>[0] & { limits?: string }): Pins {
  return {
    ...readingPins(reading),
    limits: limits === undefined ? {} : parseLimits(limits.split(','), 'limits'),
  }
}

/** With what is pinned about how its lists are read: the same words as for one list that is handed in. */
const ChangeBody = t.Object(
  {
    ...SourceChangeBody.properties,
    reading: t.Optional(
      t.Object(
        { ...readingFields, limits: limitsField },
        {
          additionalProperties: false,
          title: 'ReadingChange',
          description:
            'How its lists are read from now on, as for an upload: columns, identity, limits and the rest. What is not named ' +
            'stays, and `auto` leaves it to the lists again.',
        },
      ),
    ),
  },
  { additionalProperties: false, minProperties: 1, title: 'SourceChange' },
)
const kinds = connectors.map(({ name, fetch, config }) => ({
  kind: name,
  is_fetchable: fetch !== null,
  // Through JSON, because TypeBox hangs symbols on its schemas.
  config: JSON.parse(JSON.stringify(config)) as Record<string, unknown>,
}))
