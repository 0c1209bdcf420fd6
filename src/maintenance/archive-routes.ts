import { Elysia } from 'elysia'
import type { Who } from '../auth/who.ts'
import type { AskedIntake } from '../courier/intake.ts'
import { readingFields, readingPins } from '../courier/reading-fields.ts'
import { fileNamed, type ReplayRequest, replay } from '../courier/replay.ts'
import type { Scanner } from '../db/scanner.ts'
import { readsEtag } from '../http/etag.ts'
import {
  choiceField,
  cursorField,
  fileAnswer,
  flagField,
  idField,
  limitField,
  noQuery,
  textField,
} from '../http/fields.ts'
import { type Idempotency, takesKey } from '../http/idempotency.ts'
import { jsonBody } from '../http/json-body.ts'
import { longAnswer } from '../http/long-answer.ts'
import { importStore } from '../imports/store.ts'
import { ImportView, importView } from '../imports/view.ts'
import { decodeCursor, encodeCursor, instantInCursor } from '../lib/cursor.ts'
import { NotFoundError } from '../lib/errors.ts'
import type { Logger } from '../lib/log.ts'
import { Problem } from '../lib/problem.ts'
import { oneOf, t, textOrNull } from '../lib/schema.ts'
import { parseInstant } from '../runs/instant.ts'
import { listModes } from '../sources/model.ts'
import { ArchivedFileView, archivedFileView, downloadName } from './archive/archive-view.ts'
import { type ArchivedFile, type ArchivePlace, listFiles, showFile } from './archive/list-files.ts'
import { sendFile } from './archive/send-file.ts'
import { type FileFault, faultKinds, verifyFiles } from './archive/verify-files.ts'

/** What the routes of the archive need. */
export interface ArchiveRouteParts {
  intake: AskedIntake
  keyed: Idempotency
  who: Who
  scanner: Scanner
  log: Logger
  /** How long every raw file is kept, in milliseconds. */
  rawMs: number
  /** Tells whoever works on imports that there is one. */
  wake(jobId: string): void
}

/** The raw files over HTTP: what is kept and why, its bytes, and replaying it. */
export function archiveRoutes({ intake, keyed, who, scanner, log, rawMs, wake }: ArchiveRouteParts) {
  const { db, archive, clock } = intake
  const parts = { db, archive, clock, rawMs }
  const shown = async (given: string): Promise<ArchivedFile> => {
    const sha256 = await fileNamed(db, given)
    const file = await showFile(parts, sha256)
    if (file !== null) return file
    throw new NotFoundError('raw_file_missing', `The raw file ${sha256} is no longer in the archive.`)
  }

  return new Elysia({ prefix: '/api/v1/archive' })
    .get(
      '',
      async ({ query }) => {
        const limit = query.limit ?? 50
        const { files, next } = await listFiles(
          { ...parts, sql: scanner.scans },
          {
            ...(query.supplier_id !== undefined && { supplierId: query.supplier_id }),
            ...(query.source_id !== undefined && { sourceId: query.source_id }),
            ...(query.since !== undefined && { since: parseInstant(query.since, 'since') }),
          },
          { limit, after: query.cursor === undefined ? null : placeIn(query.cursor) },
        )
        return {
          files: files.map(archivedFileView),
          next_cursor: next && encodeCursor([next.keptAt.getTime(), next.sha256]),
        }
      },
      {
        query: t.Object(
          {
            limit: limitField({ max: 200, default: 50 }),
            cursor: cursorField(),
            supplier_id: textField('supplier_id', { max: 100, description: 'Only lists of this supplier.' }),
            source_id: textField('source_id', { max: 100, description: 'Only lists of this source.' }),
            since: textField('since', {
              max: 50,
              description:
                'Only what was kept or fetched from then on: a day, whose midnight in UTC counts, or an instant.',
            }),
          },
          { additionalProperties: false },
        ),
        response: {
          200: t.Object(
            {
              files: t.Array(ArchivedFileView),
              next_cursor: textOrNull('Hand it in as `cursor` to go on; null: this was the last page.'),
            },
            { title: 'ArchivedFilePage' },
          ),
          422: Problem,
          503: Problem,
        },
        detail: {
          operationId: 'listArchive',
          'x-role': 'viewer',
          summary: 'List the raw files that are kept, newest first',
          description:
            'With what each was, why it is kept still and until when. A page may have fewer files than it may hold.',
          tags: ['Archive'],
        },
      },
    )
    .get('/:sha256', async ({ params }) => archivedFileView(await shown(params.sha256)), {
      params,
      query: noQuery,
      response: { 200: ArchivedFileView, 404: Problem, 422: Problem },
      detail: {
        operationId: 'getArchived',
        'x-role': 'viewer',
        summary: 'Show a raw file',
        tags: ['Archive'],
      },
    })
    .get(
      '/:sha256/content',
      async ({ params, request, server }) => {
        const file = await shown(params.sha256)
        return sendFile(archive, { ...file, fileName: downloadName(file) }, request, {
          answering: (bytes) => longAnswer(bytes, { request, server, who, isWhole: false }),
          onDamage: (error) => log.error('a raw file is damaged', { sha256: file.sha256, error }),
        })
      },
      {
        params,
        query: noQuery,
        response: {
          200: fileAnswer(['application/octet-stream']),
          206: fileAnswer(['application/octet-stream']),
          404: Problem,
          416: Problem,
          422: Problem,
          503: Problem,
        },
        detail: {
          ...readsEtag,
          operationId: 'downloadArchived',
          'x-role': 'operator',
          summary: 'Download a raw file',
          description:
            'The exact bytes as they came. ETag is their SHA-256; If-None-Match, and Range with one range, are heeded. They are hashed on the way: an answer with bytes that were damaged breaks off before its end.',
          tags: ['Archive'],
        },
      },
    )
    .post(
      '/:sha256/verify',
      async ({ params, request }) => {
        const sha256 = await fileNamed(db, params.sha256)
        const faults: FileFault[] = []
        const options = { signal: request.signal, onFault: (fault: FileFault) => void faults.push(fault) }
        const { files, storedBytes } = await verifyFiles(parts, sha256, options)
        const [fault] = faults
        // One that is gone because nothing needs it is no fault, and not there all the same.
        const state = fault?.kind ?? (files === 0 ? ('gone' as const) : ('ok' as const))
        return { sha256, state, message: fault?.message ?? null, stored_bytes: storedBytes }
      },
      {
        params,
        query: noQuery,
        parse: 'none',
        response: {
          200: t.Object(
            {
              sha256: t.String(),
              state: oneOf(['ok', 'gone', ...faultKinds], {
                description: 'gone: nothing needs it, and a clean-up has deleted it.',
              }),
              message: textOrNull('What is wrong with it.'),
              stored_bytes: t.Integer({ minimum: 0 }),
            },
            { title: 'VerifiedFile' },
          ),
          404: Problem,
          422: Problem,
          503: Problem,
        },
        detail: {
          operationId: 'verifyArchived',
          'x-role': 'operator',
          summary: 'Read a raw file, and compare it with its hash',
          description: 'Repairs nothing. "tallyman archive verify" does so with all of them.',
          tags: ['Archive'],
        },
      },
    )
    .post(
      '/:sha256/replay',
      async (context) => {
        const { supplier = null, source = null, publish = false, mode = null, ...reading } = context.body
        const request: ReplayRequest = {
          sha256: await fileNamed(db, context.params.sha256),
          supplier,
          source,
          publish,
          pins: { ...readingPins(reading), listMode: mode },
          trigger: 'api',
        }
        return keyed.once<{ importId: string }, ImportView>(context, {
          body: context.body,
          make: async (mark) => {
            const { importId, jobId } = await replay(
              { ...intake, actor: who.of(context.request) },
              request,
              (tx, made) => mark(tx, { importId: made.importId }),
            )
            wake(jobId)
            return { importId }
          },
          answer: async ({ importId }) => {
            const view = importView(await importStore(db).get(importId), null)
            return { status: 202, headers: { location: view.links.self }, view }
          },
        })
      },
      {
        params,
        query: noQuery,
        parse: [jsonBody],
        body: t.Object(
          {
            supplier: textField('supplier', {
              max: 200,
              description:
                'Whose list it is, where that is not known or not the only one; a new name makes a new supplier.',
            }),
            source: textField('source', {
              max: 200,
              isPrintable: true,
              description: "Which of the supplier's lists it is.",
            }),
            mode: choiceField(
              'mode',
              listModes,
              'full: what the list does not name is gone. As it was, unless said.',
            ),
            publish: flagField('publish', 'Publish it like any list, instead of holding it to be looked at.'),
            ...readingFields,
          },
          { additionalProperties: false, title: 'Replay' },
        ),
        response: { 202: ImportView, 404: Problem, 409: Problem, 413: Problem, 415: Problem, 422: Problem },
        detail: {
          ...takesKey,
          operationId: 'replayArchived',
          'x-role': 'operator',
          summary: "Read an archived list again, with today's parser or as you say",
          description:
            'An import of the same source, as of when the list was fetched. It is held (`replayed`) with its change report against the catalog of today; approve it, and what was said about how it is read becomes the source’s own, or discard it. A list that is older than the last one of its source can only be looked at. An earlier replay of the same list that is still held is given up.',
          tags: ['Archive'],
        },
      },
    )
}

const params = t.Object({ sha256: idField('the file: its SHA-256, or the first digits of it, at least 6') })

function placeIn(cursor: string): ArchivePlace {
  const [keptAt, sha256] = decodeCursor(cursor, ['integer', 'string'])
  return { keptAt: instantInCursor(keptAt), sha256 }
}
