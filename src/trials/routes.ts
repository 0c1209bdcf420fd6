import { Elysia } from 'elysia'
import type { Database } from '../db/database.ts'
import { idField, noQuery } from '../http/fields.ts'
import { jsonBody } from '../http/json-body.ts'
import { NotFoundError } from '../lib/errors.ts'
import { Problem } from '../lib/problem.ts'
import { t } from '../lib/schema.ts'
import type { SourceRules } from '../sources/check.ts'
import { draftOf, NewSourceBody } from '../sources/fields.ts'
import { sourceStore } from '../sources/store.ts'
import type { SourceTests } from './source-tests.ts'
import { testOfDraft, testOfSource } from './test-request.ts'
import { SourceTestView, sourceTestView } from './test-view.ts'

/** Tests of sources over HTTP. */
export function sourceTestRoutes(parts: {
  db: Database
  rules: SourceRules
  defaultCurrency: string | null
  tests: SourceTests
}) {
  const { db, tests } = parts
  return new Elysia({ prefix: '/api/v1' })
    .post(
      '/sources/test',
      async ({ body, request }) => {
        const asked = await testOfDraft(parts, draftOf(body))
        return sourceTestView(await tests.test(asked, request.signal), asked.settings.listMode)
      },
      {
        query: noQuery,
        parse: [jsonBody],
        body: NewSourceBody,
        response: {
          200: SourceTestView,
          403: Problem,
          413: Problem,
          415: Problem,
          422: Problem,
          503: Problem,
        },
        detail: {
          operationId: 'testNewSource',
          'x-role': 'operator',
          summary: 'Try a source before it is added',
          description,
          tags: ['Sources'],
        },
      },
    )
    .post(
      '/sources/:id/test',
      async ({ params, request }) => {
        const source = await sourceStore(db).get(params.id)
        if (source === null) throw new NotFoundError('unknown_source', `There is no source ${params.id}.`)
        const asked = await testOfSource(parts, source)
        return sourceTestView(await tests.test(asked, request.signal), source.listMode)
      },
      {
        params: t.Object({ id: idField('the source') }),
        query: noQuery,
        parse: 'none',
        response: {
          200: SourceTestView,
          403: Problem,
          404: Problem,
          422: Problem,
          503: Problem,
        },
        detail: {
          operationId: 'testSource',
          'x-role': 'operator',
          summary: 'Try a source',
          description,
          tags: ['Sources'],
        },
      },
    )
}

const description =
  'Fetches a little of its list and shows how that would be read: format, columns, the first rows, what would be rejected. ' +
  'Nothing is kept: no import, no job, no file. It takes up to a minute; a few can be tried at the same time.'
