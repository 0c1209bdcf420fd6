import { Elysia } from 'elysia'
import type { Actor } from '../auth/model.ts'
import type { Who } from '../auth/who.ts'
import type { Database, Tx } from '../db/database.ts'
import type { Scanner } from '../db/scanner.ts'
import {
  choiceField,
  cursorField,
  idField,
  keepable,
  limitField,
  noQuery,
  textField,
} from '../http/fields.ts'
import { type Idempotency, takesKey } from '../http/idempotency.ts'
import { jsonBody } from '../http/json-body.ts'
import { runTriggers } from '../imports/model.ts'
import type { Clock } from '../lib/clock.ts'
import { decodeCursor, encodeCursor } from '../lib/cursor.ts'
import { InvalidError } from '../lib/errors.ts'
import { Problem } from '../lib/problem.ts'
import { t, textOrNull } from '../lib/schema.ts'
import { checkSource, type SourceRules } from '../sources/check.ts'
import { draftOf, NewSourceBody } from '../sources/fields.ts'
import { sourceFinder } from '../sources/find.ts'
import type { SourceDraft } from '../sources/make-source.ts'
import { sourceNamed } from '../sources/named.ts'
import { runFinder } from './find.ts'
import { healthFacts } from './health-facts.ts'
import { IngestionHealthView, ingestionHealthView } from './health-view.ts'
import { parseRange } from './instant.ts'
import { runStatuses } from './model.ts'
import { runStore } from './store.ts'
import { requireStarted, type Triggered, TriggeredView, triggeredAnswer } from './triggered.ts'
import { RunDetailView, RunView, runSourceView, runView } from './view.ts'

/** What the routes of runs need. */
export interface RunParts {
  db: Database
  scanner: Scanner
  clock: Clock
  rules: SourceRules
  keyed: Idempotency
  who: Who
  /**
   * Starts a run of these sources, by their ids, and tells whoever works on it.
   * @param also what is written in the same transaction
   * @param force also what has not changed is fetched and read
   */
  start(actor: Actor, sourceIds: string[], also: AlsoTriggered, force?: boolean): Promise<Triggered>
  /** The same for a source that may not be there yet. */
  startInline(actor: Actor, draft: SourceDraft, also: AlsoTriggered, force?: boolean): Promise<Triggered>
}

type AlsoTriggered = (tx: Tx, triggered: Triggered) => Promise<void>

const pageMax = 200
const sourcesPageMax = 1000
/** Most sources that one trigger names. */
const namedMax = 1000
/** Most sources of an installation that one trigger starts. */
const allMax = 10_000

/** Runs over HTTP: what was triggered, and what became of each source in it. */
export function runRoutes(parts: RunParts) {
  const { db, scanner, clock, rules, keyed, who, start, startInline } = parts
  const store = runStore(db)
  const finder = runFinder(scanner.scans)

  return new Elysia({ prefix: '/api/v1/ingestion' })
    .post(
      '/trigger',
      (context) =>
        keyed.once<{ triggered: Triggered }, TriggeredView>(context, {
          body: context.body,
          make: async (mark) => ({
            triggered: await triggerAsSaid(who.of(context.request), context.body, (tx, triggered) =>
              mark(tx, { triggered }),
            ),
          }),
          answer: ({ triggered }) => triggeredAnswer(store, triggered),
        }),
      {
        query: noQuery,
        parse: [jsonBody],
        body: TriggerBody,
        response: {
          202: TriggeredView,
          403: Problem,
          404: Problem,
          409: Problem,
          413: Problem,
          415: Problem,
          422: Problem,
        },
        detail: {
          ...takesKey,
          'x-location': 'sometimes',
          operationId: 'triggerIngestion',
          'x-role': 'operator',
          summary: 'Fetch sources now',
          description:
            'All that can be fetched and are not paused, some of them, or one that is described here: it is made, or ' +
            'found if it is there with the same config. One run has an import and a job for each; what is paused or ' +
            'under way is left out, and said.',
          tags: ['Runs'],
        },
      },
    )
    .get(
      '/runs',
      async ({ query }) => {
        const limit = query.limit ?? 50
        const [before] = query.cursor === undefined ? [] : decodeCursor(query.cursor, ['string'])
        const ids = await finder.runs(
          {
            ...(query.status !== undefined && { status: query.status }),
            ...(query.trigger !== undefined && { trigger: query.trigger }),
            ...(query.source_id !== undefined && { sourceId: query.source_id }),
            ...parseRange(query),
            ...(before !== undefined && { before }),
          },
          limit + 1,
        )
        return {
          runs: (await store.byIds(ids.slice(0, limit))).map(runView),
          next_cursor: ids.length > limit ? encodeCursor([ids[limit - 1]!]) : null,
        }
      },
      {
        query: t.Object(
          {
            limit: limitField({ max: pageMax, default: 50 }),
            cursor: cursorField(),
            status: choiceField('status', runStatuses, 'Only runs in this state.'),
            trigger: choiceField('trigger', runTriggers, 'Only runs that were started so.'),
            source_id: textField('source_id', { max: 100, description: 'Only runs with this source.' }),
            from: textField('from', {
              max: 50,
              description: 'Only runs from then on: a day, whose midnight in UTC counts, or an instant.',
            }),
            to: textField('to', { max: 50, description: 'Only runs before then.' }),
          },
          { additionalProperties: false },
        ),
        response: {
          200: t.Object(
            {
              runs: t.Array(RunView),
              next_cursor: textOrNull('Hand it in as `cursor` to go on; null: this was the last page.'),
            },
            { title: 'RunPage' },
          ),
          422: Problem,
          503: Problem,
        },
        detail: {
          operationId: 'listRuns',
          'x-role': 'viewer',
          summary: 'List runs, newest first',
          description: 'Every trigger is a run: a schedule, somebody’s request, an upload.',
          tags: ['Runs'],
        },
      },
    )
    .get(
      '/runs/:id',
      async ({ params, query }) => {
        const run = await store.get(params.id)
        const limit = query.limit ?? sourcesPageMax
        const [after] = query.cursor === undefined ? [] : decodeCursor(query.cursor, ['string'])
        const found = await store.sources(run.id, {
          limit: limit + 1,
          ...(after !== undefined && { after }),
        })
        const page = found.slice(0, limit)
        return {
          ...runView(run),
          sources: page.map(runSourceView),
          next_cursor: found.length > limit ? encodeCursor([page.at(-1)!.importId]) : null,
        }
      },
      {
        params,
        query: t.Object(
          { limit: limitField({ max: sourcesPageMax, default: sourcesPageMax }), cursor: cursorField() },
          { additionalProperties: false },
        ),
        response: { 200: RunDetailView, 404: Problem, 422: Problem },
        detail: {
          operationId: 'getRun',
          'x-role': 'viewer',
          summary: 'Show a run with what became of each source',
          tags: ['Runs'],
        },
      },
    )
    .get(
      '/health',
      async () =>
        ingestionHealthView(
          await healthFacts(scanner.scans, store, { now: clock.now(), timeZone: rules.timeZone }),
        ),
      {
        query: noQuery,
        response: { 200: IngestionHealthView, 503: Problem },
        detail: {
          operationId: 'getIngestionHealth',
          'x-role': 'viewer',
          summary: 'Show how fetching and importing goes',
          description: 'It answers 200 whatever it finds; /readyz says whether the service itself can work.',
          tags: ['Runs'],
        },
      },
    )

  async function triggerAsSaid(
    actor: Actor,
    { all, sources, source, force }: typeof TriggerBody.static,
    also: AlsoTriggered,
  ): Promise<Triggered> {
    const said = [all, sources, source].filter((each) => each !== undefined)
    if (said.length !== 1)
      throw new InvalidError(
        'invalid_trigger',
        'Say what is to be fetched: {"all": true}, {"sources": ["Acme Ltd/weekly list"]}, or {"source": {…}}, and one of them only.',
      )
    if (sources !== undefined) return start(actor, await idsOf(db, sources), also, force)
    if (source === undefined) return start(actor, await fetchableIds(), also, force)
    const draft = draftOf(source)
    // Its configuration is looked at when it is known whether the source is there, and what "***" stands for.
    checkSource({ ...draft, config: null }, rules)
    return startInline(
      actor,
      draft,
      async (tx, triggered) => {
        requireStarted(triggered)
        await also(tx, triggered)
      },
      force,
    )
  }

  /** All but those that are paused, and those that nobody fetches. */
  async function fetchableIds(): Promise<string[]> {
    const found = await sourceFinder(scanner.pages).sources({ isPaused: false, isFetchable: true }, allMax)
    return found.map(({ id }) => id)
  }
}

async function idsOf(db: Database, named: string[]): Promise<string[]> {
  const ids = new Set<string>()
  for (const each of named) ids.add((await sourceNamed(db, each)).id)
  return [...ids]
}

const TriggerBody = t.Object(
  {
    all: t.Optional(
      t.Literal(true, {
        description: 'Every source that can be fetched and is not paused.',
        error: 'all must be true',
      }),
    ),
    sources: t.Optional(
      t.Array(t.String({ minLength: 1, maxLength: 500, pattern: keepable }), {
        minItems: 1,
        maxItems: namedMax,
        description: 'By id, or as supplier/name.',
        error: `sources must be a list of 1 to ${namedMax} ids, or texts such as "Acme Ltd/weekly list"`,
        examples: [['Acme Ltd/weekly list']],
      }),
    ),
    source: t.Optional(NewSourceBody),
    force: t.Optional(
      t.Boolean({
        description:
          'Fetch and read also what has not changed: every row, and without asking the server whether it has.',
        error: 'force must be true or false',
      }),
    ),
  },
  { additionalProperties: false, title: 'Trigger', examples: [{ all: true }] },
)

const params = t.Object({ id: idField('the run') })
