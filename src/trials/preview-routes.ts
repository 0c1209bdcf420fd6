import { Elysia } from 'elysia'
import { readingFields, readingPins } from '../courier/reading-fields.ts'
import type { Database } from '../db/database.ts'
import { bodyOf } from '../files/body.ts'
import { displayName } from '../files/file-name.ts'
import { type Pace, uploadPace } from '../files/paced.ts'
import { textField } from '../http/fields.ts'
import { withoutHurry } from '../http/long-answer.ts'
import { Problem } from '../lib/problem.ts'
import { t } from '../lib/schema.ts'
import type { SourceRules } from '../sources/check.ts'
import { defaultSettings } from '../sources/model.ts'
import { pinnedSettings } from '../sources/pins.ts'
import { sourceStore } from '../sources/store.ts'
import { supplierStore } from '../suppliers/store.ts'
import { PreviewView, previewRows, previewView } from './preview-view.ts'
import type { SourceTests } from './source-tests.ts'
import { testOfDraft } from './test-request.ts'

interface PreviewParts {
  db: Database
  rules: SourceRules
  /** Assumed where neither the list nor its supplier says one. */
  defaultCurrency: string | null
  tests: SourceTests
  /** How quickly bodies have to come; as `uploadPace` unless said. */
  pace?: Pace
}

const PreviewOptions = t.Object(
  {
    supplier: textField('supplier', {
      max: 200,
      description: 'Whose list it is: it is read with what is known of this supplier and its source.',
    }),
    source: textField('source', {
      max: 200,
      isPrintable: true,
      description: "Which of the supplier's lists it is; `upload` unless said.",
    }),
    file_name: textField('file_name', { max: 2000, description: 'The name to show. Never a path.' }),
    link: textField('link', {
      max: 4000,
      description: 'Where the list is, over HTTP or HTTPS; then the request has no body.',
    }),
    ...readingFields,
  },
  { additionalProperties: false },
)

/** What a list would be, before anything of it is kept. */
export function previewRoutes({ db, rules, defaultCurrency, tests, pace = uploadPace }: PreviewParts) {
  return new Elysia({ prefix: '/api/v1' }).post(
    '/uploads/preview',
    async ({ request, query, server }) => {
      const { supplier: name, source: sourceName = 'upload', file_name, link, ...reading } = query
      const pins = readingPins(reading)
      const supplier = name === undefined ? null : await supplierStore(db).find(name)
      const source = supplier && (await sourceStore(db).find(supplier.id, sourceName))
      const settings = pinnedSettings(source ?? defaultSettings, pins)
      const currency = settings.currency ?? supplier?.currency ?? defaultCurrency
      const how = { settings, currency, tableRows: previewRows }
      if (link !== undefined) {
        const asked = await testOfDraft({ db, rules, defaultCurrency }, draftOf(link))
        return previewView(await tests.test({ ...asked, ...how }, request.signal))
      }
      return withoutHurry({ request, server }, async () => {
        const pieces = bodyOf(request, pace)
        return previewView(
          await tests.preview({ fileName: displayName(file_name ?? null), pieces, ...how }, request.signal),
        )
      })
    },
    {
      // The body is not Elysia's to read: it would hold it whole.
      parse: 'none',
      query: PreviewOptions,
      response: {
        200: PreviewView,
        400: Problem,
        403: Problem,
        408: Problem,
        413: Problem,
        422: Problem,
        503: Problem,
      },
      detail: {
        operationId: 'previewUpload',
        'x-role': 'operator',
        summary: 'Show how a list would be read',
        description:
          'The decision card, and the first 100 rows of each table as the file has them beside what would be read from ' +
          'them. The body is the file itself, up to 64 MiB, or the beginning of a text file up to the end of a line; or ' +
          'a link says where it is. Nothing is kept: no supplier, no import, no file.',
        tags: ['Imports'],
        requestBody: {
          required: false,
          content: {
            'application/octet-stream': {
              schema: { type: 'string', format: 'binary', description: 'The list, or its beginning.' },
            },
          },
        },
      },
    },
  )
}

/** A source that is kept nowhere, for whatever may be fetched from an address. */
function draftOf(link: string) {
  return {
    supplier: 'preview',
    name: 'preview',
    kind: 'http' as const,
    config: { url: link },
    schedule: null,
    timeZone: null,
    listMode: 'partial' as const,
    currency: null,
    retryDelaysMs: null,
  }
}
