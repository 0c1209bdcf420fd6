import { Elysia } from 'elysia'
import { correctedReading } from '../courier/corrected-reading.ts'
import type { AskedIntake } from '../courier/intake.ts'
import { readingFields, readingPins } from '../courier/reading-fields.ts'
import { idField, noQuery } from '../http/fields.ts'
import { optionalJsonBody } from '../http/json-body.ts'
import { withoutHurry } from '../http/long-answer.ts'
import { type Import, importStore, rawFileOf } from '../imports/store.ts'
import { Problem } from '../lib/problem.ts'
import { t } from '../lib/schema.ts'
import { supplierStore } from '../suppliers/store.ts'
import { PreviewView, previewRows, previewView } from './preview-view.ts'
import type { SourceTests } from './source-tests.ts'

interface ImportPreviewParts {
  intake: Pick<AskedIntake, 'db' | 'archive' | 'defaultCurrency'>
  tests: SourceTests
}

/** What a list that came in would be if it were read as a person says, before it is. */
export function importPreviewRoutes({ intake, tests }: ImportPreviewParts) {
  const { db, archive, defaultCurrency } = intake
  return new Elysia({ prefix: '/api/v1' }).post(
    '/imports/:id/preview',
    async ({ params, body, request, server }) => {
      const found = await importStore(db).get(params.id)
      const supplier = await supplierStore(db).find(found.supplier)
      const { settings, currency } = correctedReading(found, readingPins(body), { supplier, defaultCurrency })
      const { sha256, format } = readBytes(found)
      const { fileName } = found
      return withoutHurry({ request, server }, async () => {
        const how = {
          settings: format === null ? settings : { ...settings, reading: { ...settings.reading, format } },
          currency,
          tableRows: previewRows,
          isBeginningEnough: true,
        }
        const pieces = archive.read(sha256, request.signal)
        return previewView(await tests.preview({ fileName, pieces, ...how }, request.signal))
      })
    },
    {
      params: t.Object({ id: idField('the import') }),
      query: noQuery,
      parse: [optionalJsonBody],
      body: t.Object(readingFields, { additionalProperties: false, title: 'ImportReading' }),
      response: {
        200: PreviewView,
        404: Problem,
        409: Problem,
        413: Problem,
        415: Problem,
        422: Problem,
        503: Problem,
      },
      detail: {
        operationId: 'previewImport',
        'x-role': 'operator',
        summary: 'Show how a held or failed import would be read',
        description:
          'Its raw file, read with what is said here on top of how the import was read: what `correct` would make of it, ' +
          'as the preview of an upload shows it. Of a long text the beginning is read. Nothing is changed.',
        tags: ['Imports'],
      },
    },
  )
}

/** The bytes that an import reads: the file, or the rows that a foreign analyzer found in it. */
function readBytes(found: Import): { sha256: string; format: 'ndjson' | null } {
  const { rowsSha256 } = found
  return rowsSha256 === null
    ? { sha256: rawFileOf(found), format: null }
    : { sha256: rowsSha256, format: 'ndjson' }
}
