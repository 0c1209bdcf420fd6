import { Elysia } from 'elysia'
import {
  importWithRejects,
  ownFormat,
  type RejectsFormat,
  rejectsFileName,
  rejectsFormats,
} from '../analyzer/rejects/export-rejects.ts'
import type { RejectsSource } from '../analyzer/rejects/rejects-process.ts'
import { severities } from '../analyzer/table/rows/issue.ts'
import type { Who } from '../auth/who.ts'
import { approve, correct, decidedState, discard } from '../courier/held.ts'
import type { AskedIntake } from '../courier/intake.ts'
import { readingFields, readingPins } from '../courier/reading-fields.ts'
import type { Database } from '../db/database.ts'
import type { Scanner } from '../db/scanner.ts'
import { checksEtag, etagOf, preconditionOf, readsEtag, type Tagged, tagged, withEtag } from '../http/etag.ts'
import {
  choiceField,
  cursorField,
  fileAnswer,
  idField,
  limitField,
  noQuery,
  textField,
} from '../http/fields.ts'
import { jsonBody } from '../http/json-body.ts'
import { longAnswer, withoutHurry } from '../http/long-answer.ts'
import { openPlaces } from '../http/places.ts'
import { attachment } from '../lib/attachment.ts'
import { decodeCursor, encodeCursor } from '../lib/cursor.ts'
import { NotFoundError } from '../lib/errors.ts'
import { Problem } from '../lib/problem.ts'
import { t } from '../lib/schema.ts'
import { parseRange } from '../runs/instant.ts'
import { ChangeReportView, changeReportView, reportOf } from './change-report-view.ts'
import { ChangedItem, changedItems, itemChangeKinds } from './changed-items.ts'
import { DecisionView, decisionView } from './decision-view.ts'
import { importFinder } from './find.ts'
import { importStatuses } from './model.ts'
import { importStore } from './store.ts'
import { type ImportProgress, ImportView, importView, LogEntryView, logEntryView } from './view.ts'

/** What the routes of imports need. */
export interface ImportParts {
  db: Database
  scanner: Scanner
  /** For what is approved or corrected. */
  intake: AskedIntake
  who: Who
  /** Tells whoever works on imports that there is one. */
  wake(jobId: string): void
  /** Where an import stands that is being worked on here; null for any other. */
  progressOf(importId: string): ImportProgress | null
  /** Gives rejected rows back. */
  rejects: RejectsSource
}

const pageMax = 200
/** Downloads of rejected rows that one user has at once: each is a process. */
const ownDownloadsMax = 2
const logPageMax = 1000

/** Imports over HTTP: what became of a list, how it was understood, which rows were not taken. */
export function importRoutes(parts: ImportParts) {
  const { db, scanner, intake, who, wake, progressOf, rejects } = parts
  const store = importStore(db)
  const finder = importFinder(scanner.scans)
  const downloads = openPlaces({ who, perAsker: ownDownloadsMax, inAll: null, what: 'downloads' })
  const shown = async (id: string): Promise<Tagged<ImportView>> => {
    const found = await store.get(id)
    const view = importView(found, progressOf(id))
    return { view, etag: etagOf(decidedState(found), view) }
  }

  return new Elysia({ prefix: '/api/v1/imports' })
    .get(
      '',
      async ({ query }) => {
        const limit = query.limit ?? 50
        const [before] = query.cursor === undefined ? [] : decodeCursor(query.cursor, ['string'])
        const ids = await finder.imports(
          {
            ...(query.supplier_id !== undefined && { supplierId: query.supplier_id }),
            ...(query.source_id !== undefined && { sourceId: query.source_id }),
            ...(query.run_id !== undefined && { runId: query.run_id }),
            ...(query.status !== undefined && { status: query.status }),
            ...parseRange(query),
            ...(before !== undefined && { before }),
          },
          limit + 1,
        )
        const found = await store.byIds(ids.slice(0, limit))
        return {
          imports: found.map((each) => importView(each, progressOf(each.id))),
          next_cursor: ids.length > limit ? encodeCursor([ids[limit - 1]!]) : null,
        }
      },
      {
        query: t.Object(
          {
            limit: limitField({ max: pageMax, default: 50 }),
            cursor: cursorField(),
            supplier_id: textField('supplier_id', {
              max: 100,
              description: 'Only imports of this supplier.',
            }),
            source_id: textField('source_id', { max: 100, description: 'Only imports of this source.' }),
            run_id: textField('run_id', { max: 100, description: 'Only imports of this run.' }),
            status: choiceField('status', importStatuses, 'Only imports in this state.'),
            from: textField('from', {
              max: 50,
              description:
                'Only imports begun from then on: a day, whose midnight in UTC counts, or an instant.',
            }),
            to: textField('to', { max: 50, description: 'Only imports begun before then.' }),
          },
          { additionalProperties: false },
        ),
        response: {
          200: t.Object(
            {
              imports: t.Array(ImportView),
              next_cursor: t.Union([t.String(), t.Null()], { description: nextPage }),
            },
            { title: 'ImportPage' },
          ),
          422: Problem,
          503: Problem,
        },
        detail: {
          operationId: 'listImports',
          'x-role': 'viewer',
          summary: 'List imports, newest first',
          tags: ['Imports'],
        },
      },
    )
    .get('/:id', async (context) => tagged(context, await shown(context.params.id)), {
      params,
      query: noQuery,
      response: { 200: ImportView, 404: Problem },
      detail: {
        ...readsEtag,
        operationId: 'getImport',
        'x-role': 'viewer',
        summary: 'Show an import',
        description: 'With its counts and changes, why it is held or failed, and its progress while it runs.',
        tags: ['Imports'],
      },
    })
    .get(
      '/:id/decision',
      async ({ params }) => {
        const { decision, status } = await store.get(params.id)
        if (decision === null)
          throw new NotFoundError(
            'no_decision',
            `Import ${params.id} is ${status} and has no decision card${status === 'unchanged' ? '; the import that it repeats has' : ''}.`,
          )
        return decisionView(decision)
      },
      {
        params,
        query: noQuery,
        response: { 200: DecisionView, 404: Problem },
        detail: {
          operationId: 'getDecision',
          'x-role': 'viewer',
          summary: 'Show how the file was understood',
          description:
            'The decision card: format, header, columns, prices and currency, how surely, and what proves it.',
          tags: ['Imports'],
        },
      },
    )
    .get(
      '/:id/changes',
      async ({ params }) => {
        const found = await store.get(params.id)
        const report = reportOf(found)
        if (report === null)
          throw new NotFoundError(
            'no_changes',
            `Import ${params.id} is ${found.status} and has no change report: its list has not been compared with the catalog.`,
          )
        return changeReportView(report)
      },
      {
        params,
        query: noQuery,
        response: { 200: ChangeReportView, 404: Problem },
        detail: {
          operationId: 'getChanges',
          'x-role': 'viewer',
          summary: 'Show what an import changed',
          description:
            'The change report: new, dearer, cheaper and gone items, how far prices moved, and what was rejected. Of a held import what it would change, against the catalog as it was when the list was read.',
          tags: ['Imports'],
        },
      },
    )
    .get(
      '/:id/changes/items',
      async ({ params, query }) => {
        const { limit = 100, kind = 'changed', cursor } = query
        const [after = 0] = cursor === undefined ? [] : decodeCursor(cursor, ['integer'])
        // Says so when there is no such import.
        await store.get(params.id)
        const found = await changedItems(scanner.scans, db.engine, params.id, {
          kind,
          after,
          limit: limit + 1,
        })
        const items = found.slice(0, limit)
        return {
          items,
          next_cursor: found.length > limit ? encodeCursor([Number(items.at(-1)!.item_id)]) : null,
        }
      },
      {
        params,
        query: t.Object(
          {
            limit: limitField({ max: logPageMax, default: 100 }),
            cursor: cursorField(),
            kind: choiceField(
              'kind',
              itemChangeKinds,
              'Only items to which it did this; `changed` unless said.',
            ),
          },
          { additionalProperties: false },
        ),
        response: {
          200: t.Object(
            {
              items: t.Array(ChangedItem),
              next_cursor: t.Union([t.String(), t.Null()], { description: nextPage }),
            },
            { title: 'ChangedItemPage' },
          ),
          404: Problem,
          422: Problem,
          503: Problem,
        },
        detail: {
          operationId: 'listChangedItems',
          'x-role': 'viewer',
          summary: 'List the items that an import changed',
          description:
            'New, changed, returned or gone ones, each as it was before and with the price that the import brought. An import that is not in the catalog has changed none.',
          tags: ['Imports'],
        },
      },
    )
    .get(
      '/:id/log',
      async ({ params, query }) => {
        const limit = query.limit ?? 100
        const [after] = query.cursor === undefined ? [] : decodeCursor(query.cursor, ['integer'])
        // Says so when there is no such import.
        await store.get(params.id)
        const ids = await finder.log(
          {
            importId: params.id,
            ...(query.severity !== undefined && { severity: query.severity }),
            ...(query.code !== undefined && { code: query.code }),
            ...(after !== undefined && { after }),
          },
          limit + 1,
        )
        return {
          entries: (await store.logByIds(ids.slice(0, limit))).map(logEntryView),
          next_cursor: ids.length > limit ? encodeCursor([ids[limit - 1]!]) : null,
        }
      },
      {
        params,
        query: t.Object(
          {
            limit: limitField({ max: logPageMax, default: 100 }),
            cursor: cursorField(),
            severity: choiceField('severity', severities, 'Only entries of this kind.'),
            code: textField('code', {
              max: 100,
              description: 'Only entries with this code.',
              examples: ['price_unreadable'],
            }),
          },
          { additionalProperties: false },
        ),
        response: {
          200: t.Object(
            {
              entries: t.Array(LogEntryView),
              next_cursor: t.Union([t.String(), t.Null()], { description: nextPage }),
            },
            { title: 'LogPage' },
          ),
          404: Problem,
          422: Problem,
          503: Problem,
        },
        detail: {
          operationId: 'listLog',
          'x-role': 'viewer',
          summary: 'Show the parse log',
          description: 'Every row that is not in the catalog with its reason, and what was done to others.',
          tags: ['Imports'],
        },
      },
    )
    .get(
      '/:id/rejects',
      async ({ params, query, request, server }) => {
        const { made } = await importWithRejects(db, params.id)
        const format = query.format ?? ownFormat(made)
        const leave = downloads.take(request)
        try {
          // The kept file is read up to its first rejected row before anything is sent.
          const file = await withoutHurry({ request, server }, () =>
            rejects.open(made.id, format, request.signal),
          )
          return new Response(longAnswer(file, { request, server, who, isWhole: false, onEnd: leave }), {
            headers: {
              'content-type': contentTypes[format],
              'content-disposition': attachment(rejectsFileName(made, format)),
            },
          })
        } catch (error) {
          leave()
          throw error
        }
      },
      {
        params,
        query: t.Object(
          {
            format: choiceField(
              'format',
              rejectsFormats,
              "csv or xlsx; unless said, the list's own, or xlsx.",
            ),
          },
          { additionalProperties: false },
        ),
        response: {
          200: fileAnswer(Object.values(contentTypes)),
          404: Problem,
          422: Problem,
          429: Problem,
          503: Problem,
        },
        detail: {
          operationId: 'downloadRejects',
          'x-role': 'viewer',
          summary: 'Download the rejected rows, to be corrected',
          description:
            "They come in the layout of the supplier's own file, with the reason of each behind the last column. The corrected file is uploaded like any list: the header of the reason column says what it corrects, and only its rows are brought in, read as the list was. Rows that are in the catalog by now are left out.",
          tags: ['Imports'],
        },
      },
    )
    .post(
      '/:id/approve',
      async ({ params, request, set }) => {
        wake(await approve({ ...intake, actor: who.of(request) }, params.id, preconditionOf(request)))
        set.status = 202
        const now = await shown(params.id)
        set.headers.location = now.view.links.self
        return withEtag(set, now)
      },
      {
        params,
        query: noQuery,
        // There is nothing to read, so nothing is.
        parse: 'none',
        response: { 202: ImportView, 404: Problem, 409: Problem },
        detail: {
          ...checksEtag,
          operationId: 'approveImport',
          'x-role': 'operator',
          summary: 'Publish a held import',
          description: 'Its rows are read again and compared with the catalog as it is by then.',
          tags: ['Imports'],
        },
      },
    )
    .post(
      '/:id/correct',
      async ({ params, body, request, set }) => {
        const parts = { ...intake, actor: who.of(request) }
        wake(await correct(parts, params.id, readingPins(body), preconditionOf(request)))
        set.status = 202
        const now = await shown(params.id)
        set.headers.location = now.view.links.self
        return withEtag(set, now)
      },
      {
        params,
        query: noQuery,
        parse: [jsonBody],
        body: t.Object(readingFields, {
          additionalProperties: false,
          minProperties: 1,
          title: 'ImportCorrection',
        }),
        response: { 202: ImportView, 404: Problem, 409: Problem, 413: Problem, 415: Problem, 422: Problem },
        detail: {
          ...checksEtag,
          operationId: 'correctImport',
          'x-role': 'operator',
          summary: 'Read a held or failed import again, as you say',
          description:
            'It is decided anew with what is said here, and published or held again. Once it is published the source remembers it for its next lists.',
          tags: ['Imports'],
        },
      },
    )
    .post(
      '/:id/discard',
      async ({ params, request, set }) => {
        await discard({ ...intake, actor: who.of(request) }, params.id, preconditionOf(request))
        return withEtag(set, await shown(params.id))
      },
      {
        params,
        query: noQuery,
        parse: 'none',
        response: { 200: ImportView, 404: Problem, 409: Problem },
        detail: {
          ...checksEtag,
          operationId: 'discardImport',
          'x-role': 'operator',
          summary: 'Give a held import up',
          description: 'The catalog stays as it is.',
          tags: ['Imports'],
        },
      },
    )
}

const contentTypes: Record<RejectsFormat, string> = {
  csv: 'text/csv',
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
}

const params = t.Object({ id: idField('the import') })
const nextPage = 'Hand it in as `cursor` to go on; null: this was the last page.'
