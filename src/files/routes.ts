import { Value } from '@sinclair/typebox/value'
import { Elysia } from 'elysia'
import { readableFormats } from '../analyzer/formats/readable.ts'
import type { Who } from '../auth/who.ts'
import { type AskedIntake, type Handover, takeInReceived } from '../courier/intake.ts'
import { readingFields, readingPins } from '../courier/reading-fields.ts'
import { limitHelp, parseLimits } from '../courier/reading-options.ts'
import { choiceField, textField } from '../http/fields.ts'
import { type Idempotency, takesKey } from '../http/idempotency.ts'
import { withoutHurry } from '../http/long-answer.ts'
import { openPlaces } from '../http/places.ts'
import { importStore } from '../imports/store.ts'
import { ImportView, importView } from '../imports/view.ts'
import { InvalidError, UnavailableError } from '../lib/errors.ts'
import { suggestion } from '../lib/nearest.ts'
import { Problem } from '../lib/problem.ts'
import { type Static, t } from '../lib/schema.ts'
import { listModes } from '../sources/model.ts'
import { supplierNameKey } from '../suppliers/model.ts'
import type { ReceivedFile } from './archive.ts'
import { type Body, bodyOf } from './body.ts'
import { displayName, dispositionName } from './file-name.ts'
import { readForm } from './multipart.ts'
import { begun, type Pace, uploadPace } from './paced.ts'

/** Most uploads at the same time, and of one user; each needs a connection, a file and some hundred kB. */
const uploadsMax = 16
const ownUploadsMax = 12
/** What a form may weigh besides its file. */
const formBytesMax = 1024 * 1024

/** What has to have come of a body, unless it is smaller, before it counts as an upload that is under way. */
const begunBytes = 64 * 1024
const copyBytes = 64 * 1024

/** What may be said about a list, as query parameters and as fields of a form alike: the options of `ingest`. */
const UploadOptions = t.Object(
  {
    supplier: textField('supplier', {
      max: 200,
      description: 'Whose list it is; a new name makes a new supplier. Required, here or in the form.',
    }),
    source: textField('source', {
      max: 200,
      isPrintable: true,
      description: "Which of the supplier's lists it is; `upload` unless said.",
    }),
    file_name: textField('file_name', {
      max: 2000,
      description: 'The name to show, where neither the form nor Content-Disposition says one. Never a path.',
    }),
    mode: choiceField('mode', listModes, 'full: what the list does not name is gone. Partial unless said.'),
    ...readingFields,
    scope: choiceField('scope', ['file', 'sheet'], 'What a full list speaks for.'),
    limits: textField('limits', {
      max: 500,
      description: `When to hold it: \`rejected-share=20%,items-kept=off\`. ${limitHelp}.`,
    }),
    no_hold: choiceField('no_hold', ['true', 'false'], 'Publish even what would be held.'),
    force: choiceField('force', ['true', 'false'], 'Read the file even when it has not changed.'),
    uses_analyzer: choiceField(
      'uses_analyzer',
      ['true', 'false'],
      'Whether the analyzer reads this file, or this service without it; as its source and its supplier say unless said.',
    ),
  },
  { additionalProperties: false },
)
type UploadOptions = Static<typeof UploadOptions>

/** What uploads need. */
export interface UploadParts {
  intake: AskedIntake
  keyed: Idempotency
  who: Who
  /** Tells whoever works on imports that there is one. */
  wake(jobId: string): void
  /** How quickly bodies have to come; as `uploadPace` unless said. */
  pace?: Pace
}

/**
 * Files that people hand in over HTTP. A body goes to the disk as it comes; what is not taken in leaves nothing
 * behind. A file name is kept for people only: see file-name.ts.
 */
export function uploadRoutes({ intake, keyed, who, wake, pace = uploadPace }: UploadParts) {
  const places = openPlaces({
    who,
    perAsker: ownUploadsMax,
    inAll: { max: uploadsMax, refusal: tooMany },
    what: 'uploads',
  })
  const store = importStore(intake.db)

  return new Elysia({ prefix: '/api/v1' }).post(
    '/uploads',
    async ({ request, query, set, server }) => {
      // Before a body is read that could not be kept.
      await intake.room?.require()
      // Bun would end whatever takes longer than a silence may, however quickly it comes; see paced.ts.
      return withoutHurry({ request, server }, async () => {
        const body = await beginningOf(intake, request, query, pace)
        const leave = places.take(request)
        try {
          const { received, handover } = await receive(intake, body, request, query)
          try {
            return await keyed.once<{ importId: string }, ImportView>(
              { request, set },
              {
                body: { ...handover, sha256: received.sha256 },
                make: async (mark) => {
                  const { importId, jobId, isUnchanged } = await takeInReceived(
                    { ...intake, actor: who.of(request) },
                    handover,
                    received,
                    (tx, taken) => mark(tx, { importId: taken.importId }),
                  )
                  if (!isUnchanged) wake(jobId)
                  return { importId }
                },
                answer: async ({ importId }) => {
                  const view = importView(await store.get(importId), null)
                  return { status: 202, headers: { location: view.links.self }, view }
                },
              },
            )
          } finally {
            // What was not taken in, or had been before.
            await received.discard()
          }
        } finally {
          leave()
        }
      })
    },
    {
      // The body is not Elysia's to read: it would hold it whole.
      parse: 'none',
      query: UploadOptions,
      response: {
        202: ImportView,
        400: Problem,
        408: Problem,
        409: Problem,
        413: Problem,
        415: Problem,
        422: Problem,
        429: Problem,
        503: Problem,
      },
      detail: {
        ...takesKey,
        operationId: 'uploadFile',
        'x-role': 'operator',
        summary: 'Hand in a price list',
        description:
          'The file is kept, and its import begins: follow it under the address in Location. The file is the body ' +
          'itself, of whatever type, with everything else in the query; or the part `file` of a form, whose other ' +
          'fields may stand before or after it. A body of type application/x-www-form-urlencoded, as `curl ' +
          '--data-binary` sends it, is taken when `file_name` is given.',
        tags: ['Imports'],
        requestBody: { required: true, content: requestContent() },
      },
    },
  )
}

const tooMany = () =>
  new UnavailableError('too_many_uploads', 'Too many uploads at once; try again in a moment.', {
    retryAfterMs: 5000,
  })

/** The body, once it has begun to come. */
async function beginningOf(
  intake: AskedIntake,
  request: Request,
  query: UploadOptions,
  pace: Pace,
): Promise<Body> {
  const { contentType, isForm } = contentOf(request)
  refuseOtherContent(request, contentType, query)
  refuseLongBody(request, intake.fileBytesMax + (isForm ? formBytesMax : 0))
  // What is wrong already is said before the file is sent.
  if (!isForm || query.supplier !== undefined) handoverOf(query)
  return begun(bodyOf(request, pace), begunBytes)
}

/** The file, on the disk, and what is said of it. */
async function receive(
  intake: AskedIntake,
  body: Body,
  request: Request,
  query: UploadOptions,
): Promise<{ received: ReceivedFile; handover: Omit<Handover, 'path'> }> {
  const { contentType, isForm } = contentOf(request)
  const { received, fileName, options } = isForm
    ? await receiveForm(intake, body, contentType, query)
    : await receiveRaw(intake, body, request, query)
  try {
    if (received.sizeBytes === 0) throw new InvalidError('empty_file', 'The file is empty.')
    const shownName = displayName(options.file_name ?? fileName)
    return { received, handover: { ...handoverOf(options), fileName: shownName, trigger: 'api' } }
  } catch (error) {
    await received.discard()
    throw error
  }
}

function contentOf({ headers }: Request): { contentType: string; isForm: boolean } {
  const contentType = headers.get('content-type') ?? ''
  return { contentType, isForm: /^multipart\/form-data\b/i.test(contentType) }
}

interface Received {
  received: ReceivedFile
  /** As the request names it. */
  fileName: string | null
  options: UploadOptions
}

async function receiveRaw(
  intake: AskedIntake,
  body: Body,
  request: Request,
  query: UploadOptions,
): Promise<Received> {
  const received = await intake.archive.receive(body, { sizeBytesMax: intake.fileBytesMax })
  return {
    received,
    fileName: dispositionName(request.headers.get('content-disposition')),
    options: query,
  }
}

async function receiveForm(
  intake: AskedIntake,
  body: Body,
  contentType: string,
  query: UploadOptions,
): Promise<Received> {
  let received: ReceivedFile | null = null
  try {
    const form = await readForm(copiesOf(body), contentType, async (pieces, fileName) => {
      received = await intake.archive.receive(pieces, { sizeBytesMax: intake.fileBytesMax })
      return { received, fileName }
    })
    if (form.file === null)
      throw new InvalidError('no_file', 'The form has no file; send it as the part "file", with a file name.')
    return { ...form.file, options: withFields(query, form.fields) }
  } catch (error) {
    // Assigned in the callback above, which the compiler does not see.
    await (received as ReceivedFile | null)?.discard()
    throw error
  }
}

/** The same where pieces are still read after the next one was asked for: as copies, which the collector knows. */
async function* copiesOf(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  for await (const piece of pieces)
    for (let at = 0; at < piece.length; at += copyBytes) yield piece.slice(at, at + copyBytes)
}

/**
 * curl says of any body (`--data-binary`) that it is what an HTML form sends. Taken for a file it would be a surprise
 * to whoever sends such a form, unless the request says by a file name that the body is one.
 */
function refuseOtherContent(request: Request, contentType: string, query: UploadOptions): void {
  if (/^multipart\/(?!form-data\b)/i.test(contentType))
    throw new InvalidError(
      'unsupported_media_type',
      `A list is sent as multipart/form-data, or as the body itself with its own type (text/csv, application/octet-stream, …), not as ${contentType.slice(0, 100)}.`,
    )
  if (/^application\/x-www-form-urlencoded\b/i.test(contentType) && query.file_name === undefined)
    throw new InvalidError(
      'unsupported_media_type',
      'This says that it is application/x-www-form-urlencoded, as curl does of every body. If it is a list, name it with file_name in the query, or send it with its own type (text/csv, application/octet-stream, …).',
    )
  const encoding = request.headers.get('content-encoding') ?? 'identity'
  if (encoding.toLowerCase() !== 'identity')
    throw new InvalidError(
      'unsupported_content_encoding',
      `The bytes are kept as they are sent; send the list without Content-Encoding ${encoding.slice(0, 100)}.`,
    )
}

/** Before a single byte is read; a length that is not said, or is wrong, is found out while reading. */
function refuseLongBody(request: Request, bytesMax: number): void {
  if (Number(request.headers.get('content-length') ?? 0) > bytesMax)
    throw new InvalidError(
      'file_too_large',
      `The file is larger than ${bytesMax} bytes; raise TALLYMAN_FILE_BYTES_MAX if that is right.`,
    )
}

/** @throws InvalidError `invalid_request` that names the field */
function withFields(query: UploadOptions, fields: [string, string][]): UploadOptions {
  const names = Object.keys(UploadOptions.properties)
  const given = new Map<string, string>(Object.entries(query))
  for (const [name, value] of fields) {
    if (!names.includes(name))
      throw new InvalidError(
        'invalid_request',
        `There is no field "${name}"${suggestion(name, names)}. Fields: ${names.join(', ')}`,
      )
    if (given.has(name)) throw new InvalidError('invalid_request', `${name} is given twice`)
    // A form that people fill in sends what they left blank, too.
    if (value !== '') given.set(name, value)
  }
  const options = Object.fromEntries(given)
  const [fault] = Value.Errors(UploadOptions, options)
  if (fault === undefined) return options as UploadOptions // It was checked just now.
  throw new InvalidError(
    'invalid_request',
    String(fault.schema.error ?? `${fault.path.slice(1)}: ${fault.message}`),
  )
}

/** @throws InvalidError `missing_supplier`, `invalid_supplier`, `invalid_option`, `unknown_encoding` */
function handoverOf(options: UploadOptions): Omit<Handover, 'path' | 'fileName' | 'trigger'> {
  const { supplier } = options
  if (supplier === undefined)
    throw new InvalidError('missing_supplier', 'Whose list is it? Name the supplier in `supplier`.')
  supplierNameKey(supplier)
  const limits = options.limits?.split(',') ?? []
  return {
    supplier,
    source: options.source ?? 'upload',
    ...readingPins(options),
    listMode: options.mode ?? null,
    scope: options.scope ?? null,
    limits: parseLimits(limits, 'limits'),
    mayHold: options.no_hold !== 'true',
    force: options.force === 'true',
    ...(options.uses_analyzer !== undefined && { usesAnalyzer: options.uses_analyzer === 'true' }),
  }
}

/**
 * Said by hand, since no schema of ours reads the body: so that Swagger UI offers a file chooser for both. In a form
 * every field but two may stay blank, and says so; otherwise Swagger UI would make up texts that fit the patterns.
 */
function requestContent() {
  const file = {
    type: 'string' as const,
    format: 'binary',
    description: `The list: ${readableFormats('or')}.`,
  }
  const { supplier, file_name: _, ...options } = UploadOptions.properties
  const blank = Object.entries(options).map(([name, { description, anyOf }]) => {
    const words = anyOf?.map((word: { const: string }) => word.const)
    return [
      name,
      { type: 'string' as const, description, default: '', ...(words && { enum: ['', ...words] }) },
    ]
  })
  const whose = { type: 'string' as const, description: supplier.description, example: 'Acme Ltd' }
  return {
    'multipart/form-data': {
      schema: {
        type: 'object' as const,
        required: ['file', 'supplier'],
        properties: { file, supplier: whose, ...Object.fromEntries(blank) },
        additionalProperties: false,
      },
    },
    'application/octet-stream': { schema: file },
    'text/csv': { schema: file },
  }
}
