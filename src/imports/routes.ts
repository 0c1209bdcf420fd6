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
import { approve, correct, discard } from '../courier/held.ts'
import { readingFields, readingPins } from '../courier/reading-fields.ts'
import type { Database } from '../db/database.ts'
import type { Scanner } from '../db/scanner.ts'
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
import { attachment } from '../lib/attachment.ts'
import type { Clock } from '../lib/clock.ts'
import { decodeCursor, encodeCursor } from '../lib/cursor.ts'
import { NotFoundError } from '../lib/errors.ts'
import { Problem } from '../lib/problem.ts'
import { t } from '../lib/schema.ts'
import { DecisionView, decisionView } from './decision-view.ts'
import { importFinder } from './find.ts'
import { importStatuses } from './model.ts'
import { importStore } from './store.ts'
import { type ImportProgress, ImportView, importView, LogEntryView, logEntryView } from './view.ts'

/** What the routes of imports need. */
export interface ImportParts {
  db: Database
  scanner: Scanner
  clock: Clock
  /** Assumed where neither the list nor its supplier says one. */
  defaultCurrency: string | null
  /** Who will work on what is approved, and whether it stays queued until then: see courier/held.ts. */
  worker: string
  isQueueKept: boolean
  /** Tells whoever works on imports that there is one. */
  wake(): void
  /** Where an import stands that is being worked on here; null for any other. */
  progressOf(importId: string): ImportProgress | null
  /** Gives rejected rows back. */
  rejects: RejectsSource
}

const pageMax = 200
const logPageMax = 1000

/** Imports over HTTP: what became of a list, how it was understood, which rows were not taken. */
export function importRoutes(parts: ImportParts) {
  const { db, scanner, clock, defaultCurrency, worker, isQueueKept, wake, progressOf, rejects } = parts
  const store = importStore(db)
  const finder = importFinder(scanner.scans)
  const shown = async (id: string) => importView(await store.get(id), progressOf(id))

  return new Elysia({ prefix: '/api/v1/imports' })
    .get(
      '',
      async ({ query }) => {
        const limit = query.limit ?? 50
        const [before] = query.cursor === undefined ? [] : decodeCursor(query.cursor, ['string'])
        const ids = await finder.imports(
          {
            ...(query.supplier_id !== undefined && { supplierId: query.supplier_id }),
            ...(query.status !== undefined && { status: query.status }),
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
            status: choiceField('status', importStatuses, 'Only imports in this state.'),
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
        detail: { operationId: 'listImports', summary: 'List imports, newest first', tags: ['Imports'] },
      },
    )
    .get('/:id', ({ params }) => shown(params.id), {
      params,
      query: noQuery,
      response: { 200: ImportView, 404: Problem },
      detail: {
        operationId: 'getImport',
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
          summary: 'Show how the file was understood',
          description:
            'The decision card: format, header, columns, prices and currency, how surely, and what proves it.',
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
          summary: 'Show the parse log',
          description: 'Every row that is not in the catalog with its reason, and what was done to others.',
          tags: ['Imports'],
        },
      },
    )
    .get(
      '/:id/rejects',
      async ({ params, query, request }) => {
        const { made } = await importWithRejects(db, params.id)
        const format = query.format ?? ownFormat(made)
        const file = await rejects.open(made.id, format, request.signal)
        return new Response(file, {
          headers: {
            'content-type': contentTypes[format],
            'content-disposition': attachment(rejectsFileName(made, format)),
          },
        })
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
          503: Problem,
        },
        detail: {
          operationId: 'downloadRejects',
          summary: 'Download the rejected rows, to be corrected',
          description:
            "They come in the layout of the supplier's own file, with the reason of each behind the last column. The corrected file is uploaded like any list: the header of the reason column says what it corrects, and only its rows are brought in, read as the list was. Rows that are in the catalog by now are left out.",
          tags: ['Imports'],
        },
      },
    )
    .post(
      '/:id/approve',
      async ({ params, set }) => {
        await approve({ db, clock, isQueueKept }, params.id, worker)
        wake()
        set.status = 202
        const view = await shown(params.id)
        set.headers.location = view.links.self
        return view
      },
      {
        params,
        query: noQuery,
        // There is nothing to read, so nothing is.
        parse: 'none',
        response: { 202: ImportView, 404: Problem, 409: Problem },
        detail: {
          operationId: 'approveImport',
          summary: 'Publish a held import',
          description: 'Its rows are read again and compared with the catalog as it is by then.',
          tags: ['Imports'],
        },
      },
    )
    .post(
      '/:id/correct',
      async ({ params, body, set }) => {
        await correct({ db, clock, isQueueKept, defaultCurrency }, params.id, {
          pins: readingPins(body),
          worker,
        })
        wake()
        set.status = 202
        const view = await shown(params.id)
        set.headers.location = view.links.self
        return view
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
          operationId: 'correctImport',
          summary: 'Read a held or failed import again, as you say',
          description:
            'It is decided anew with what is said here, and published or held again. Once it is published the source remembers it for its next lists.',
          tags: ['Imports'],
        },
      },
    )
    .post(
      '/:id/discard',
      async ({ params }) => {
        await discard({ db, clock }, params.id)
        return shown(params.id)
      },
      {
        params,
        query: noQuery,
        parse: 'none',
        response: { 200: ImportView, 404: Problem, 409: Problem },
        detail: {
          operationId: 'discardImport',
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
