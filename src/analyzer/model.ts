import { type Static, t } from '../lib/schema.ts'

/** What may be asked to be read. Told by the caller from the name; what is read is decided by the content. */
export const fileTypes = ['pdf', 'excel', 'csv', 'json'] as const
export type FileType = (typeof fileTypes)[number]

const Id = (description: string) =>
  t.String({ minLength: 1, maxLength: 100, pattern: '^[A-Za-z0-9_.:-]+$', description })
const Sha256 = t.String({ pattern: '^[0-9a-f]{64}$' })
const Count = (description: string) => t.Integer({ minimum: 0, description })

/** The body of `POST /analyze/file`. */
export const AnalyzeRequest = t.Object(
  {
    file_url: t.String({
      minLength: 1,
      maxLength: 4096,
      description:
        '`file:` URL of the raw file, below the folder of raw files that analyzer and caller share; there until the job has ended.',
    }),
    supplier_id: Id('Whose list it is.'),
    file_type: t.Union(
      fileTypes.map((type) => t.Literal(type)),
      { description: "What the file's name says that it is; the content decides." },
    ),
    job_id: t.Optional(
      Id('Names the job; the same job_id and attempt again is the same job. Made up when missing.'),
    ),
    import_id: Id('The import that the file belongs to.'),
    sha256: t.String({
      pattern: '^[0-9a-f]{64}$',
      description: "SHA-256 of the file's bytes, checked before anything parses them.",
    }),
    attempt: t.Integer({ minimum: 1, description: 'Counts the tries; a later one replaces an earlier one.' }),
    lease_token: Id(
      'With the attempt, what every write to the database must show: see "leases" in docs/analyzer.md. An analyzer that answers rows does not need it.',
    ),
  },
  { additionalProperties: false, title: 'AnalyzeRequest' },
)
export type AnalyzeRequest = Static<typeof AnalyzeRequest>

/** The answer to `POST /analyze/file`. */
export const AnalyzeAccepted = t.Object(
  { job_id: Id('As it was sent, or as it was made up.') },
  { title: 'AnalyzeAccepted' },
)
export type AnalyzeAccepted = Static<typeof AnalyzeAccepted>

export const analyzeStates = ['pending', 'processing', 'completed', 'failed'] as const

export const AnalyzeError = t.Object(
  {
    code: t.String({ maxLength: 100, description: 'Stable, for machines: letters, digits and _.' }),
    message: t.String({ maxLength: 4000, description: 'For people.' }),
  },
  { title: 'AnalyzeError' },
)

/** The answer to `GET /analyze/status/{job_id}`. */
export const AnalyzeStatus = t.Object(
  {
    job_id: Id('Whose status it is.'),
    status: t.Union(
      analyzeStates.map((state) => t.Literal(state)),
      { description: '`completed`: the import has an end in the database, or rows are there to be fetched.' },
    ),
    progress_percentage: t.Number({ minimum: 0, maximum: 100 }),
    items_processed: Count('Rows so far.'),
    items_total: t.Union([Count('Rows there are.'), t.Null()], { description: 'Null: not known yet.' }),
    errors: t.Array(AnalyzeError, { maxItems: 100, description: 'Why it failed; empty unless it did.' }),
    phase: t.Optional(
      t.String({ maxLength: 100, description: '`reading` or `writing`, where it is known.' }),
    ),
    result_url: t.Optional(
      t.String({
        maxLength: 4096,
        description:
          'Where the rows are, as application/x-ndjson; relative or of the same origin. Without it: the analyzer has written the database itself, or the rows are at /analyze/result/{job_id}.',
      }),
    ),
  },
  { title: 'AnalyzeStatus' },
)
export type AnalyzeStatus = Static<typeof AnalyzeStatus>

/** What a child process is handed: one file to read, and the right to write its import's end. */
export const JobMessage = t.Object(
  {
    import_id: Id('The import that the file belongs to.'),
    attempt: t.Integer({ minimum: 1 }),
    lease_token: Id('With the attempt, what every commit must show.'),
    path: t.String({ minLength: 1, maxLength: 4096, description: 'Absolute path of the raw file.' }),
    sha256: Sha256,
  },
  { additionalProperties: false, title: 'JobMessage' },
)
export type JobMessage = Static<typeof JobMessage>

/** What it says at its end. The import itself is in the database by then. */
export const JobResult = t.Object(
  {
    import_id: Id('The import that it was handed.'),
    status: t.Union([t.Literal('ended'), t.Literal('failed')], {
      description:
        '`ended`: the import has an end in the database, a failure too. `failed`: nothing was written.',
    }),
    rows: Count('Rows that were read.'),
    error: t.Union([AnalyzeError, t.Null()]),
  },
  { additionalProperties: false, title: 'JobResult' },
)
export type JobResult = Static<typeof JobResult>

/** One line of the rows that a foreign analyzer answers. */
export const ResultRow = t.Object(
  {
    _row: t.Optional(
      t.Integer({
        minimum: 1,
        maximum: 1_000_000_000,
        description: 'Where the row stands in its file, from 1 on; ascending within a sheet.',
      }),
    ),
    _sheet: t.Optional(
      t.String({ maxLength: 255, description: 'The sheet or page that the row stands on.' }),
    ),
  },
  {
    title: 'ResultRow',
    description:
      'One row of the list, as a flat object. The keys are the names of its columns, in any language that a list may use: "SKU", "Bezeichnung", "price". Write prices as strings to say just how they are printed; a number keeps its text too.',
    additionalProperties: t.Union([t.String(), t.Number(), t.Boolean(), t.Null()]),
  },
)

/** Every published schema by the name under which it is served. */
export const schemas = {
  'analyze-request': AnalyzeRequest,
  'analyze-accepted': AnalyzeAccepted,
  'analyze-status': AnalyzeStatus,
  'job-message': JobMessage,
  'job-result': JobResult,
  'result-row': ResultRow,
} as const
export type SchemaName = keyof typeof schemas

export const schemaNames = Object.keys(schemas) as readonly SchemaName[]

/**
 * A published schema as a JSON Schema document.
 * @param name as in `analyze-request`
 * @returns null: there is none of that name
 */
export function jsonSchema(name: string): Record<string, unknown> | null {
  if (!Object.hasOwn(schemas, name)) return null
  // The text leaves TypeBox's own symbols out.
  const text = JSON.stringify(schemas[name as SchemaName])
  return { $schema: 'https://json-schema.org/draft/2020-12/schema', $id: name, ...JSON.parse(text) }
}
