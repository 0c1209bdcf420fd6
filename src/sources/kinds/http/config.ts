import { type Static, secretRecord, secretText, t } from '../../../lib/schema.ts'

/** Longest time that a download may take where nothing is said; a job has an hour. */
export const timeoutSecondsDefault = 1800
export const idleSecondsDefault = 60

/** What HTTP lets a header be called. */
export const headerName = "^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,200}$"
/** What fits into one header, and into no second one. */
export const headerValue = '^[\\t\\x20-\\x7e\\x80-\\xff]{0,8192}$'

const headers = (options: object) =>
  t.Record(t.String({ pattern: headerName }), t.String({ pattern: headerValue }), {
    additionalProperties: false,
    maxProperties: 50,
    ...options,
  })

const parameters = (options: object) =>
  t.Record(t.String({ minLength: 1, maxLength: 200 }), t.String({ maxLength: 8192 }), {
    maxProperties: 100,
    ...options,
  })

/** What a source of kind http is configured with. */
export const HttpConfig = t.Object(
  {
    url: t.String({
      minLength: 8,
      maxLength: 4096,
      pattern: '^[Hh][Tt][Tt][Pp][Ss]?://[^\\s\\u0000-\\u001f]+$',
      description:
        'Address of the list, http:// or https://. User and password have keys of their own; what is secret in its query belongs into secret_query.',
      examples: ['https://shop.example/prices/today.csv'],
    }),
    query: t.Optional(
      parameters({
        description: 'Parameters that are added to the query of the address.',
        examples: [{ lang: 'de' }],
      }),
    ),
    secret_query: t.Optional(
      secretRecord({
        description: 'The same, and kept secret: keys and tokens that an address has to carry.',
      }),
    ),
    method: t.Optional(
      t.Union([t.Literal('GET'), t.Literal('POST')], {
        description: 'POST for an API that wants one; GET when left out.',
      }),
    ),
    headers: t.Optional(
      headers({
        description: 'Further headers of the request; what is secret belongs into secret_headers.',
        examples: [{ Accept: 'text/csv' }],
      }),
    ),
    secret_headers: t.Optional(
      secretRecord({
        description: 'The same, and kept secret: X-Api-Key, Cookie, an Authorization of its own.',
      }),
    ),
    body: t.Optional(
      t.Union([t.Record(t.String(), t.Unknown()), t.Array(t.Unknown())], {
        description: 'Sent as JSON, with method POST.',
        examples: [{ report: 'prices' }],
      }),
    ),
    secret_body: t.Optional(
      secretRecord({
        description: 'Further members of that body, which are kept secret, such as a password.',
      }),
    ),
    form: t.Optional(
      parameters({ description: 'Sent as a form, with method POST.', examples: [{ report: 'prices' }] }),
    ),
    secret_form: t.Optional(
      secretRecord({ description: 'Further fields of the form, which are kept secret, such as a password.' }),
    ),
    username: t.Optional(
      t.String({
        minLength: 1,
        maxLength: 500,
        pattern: '^[^:\\u0000-\\u001f]*$',
        description: 'For servers that ask for user and password (Basic).',
      }),
    ),
    password: t.Optional(secretText({ maxLength: 2000, description: 'The password of that user.' })),
    token: t.Optional(
      secretText({
        maxLength: 8192,
        pattern: '^[\\x21-\\x7e]+$',
        description: 'For servers that ask for a token (Authorization: Bearer).',
      }),
    ),
    file_name: t.Optional(
      t.String({
        minLength: 1,
        maxLength: 255,
        pattern: '^[^/\\\\\\u0000-\\u001f]+$',
        description: 'What its lists are called; when left out, as the server says, or as the address ends.',
        examples: ['prices.csv'],
      }),
    ),
    accept_html: t.Optional(
      t.Boolean({
        description:
          'Whether a web page may be the list. If not, a page in place of the list, such as a login, is refused.',
      }),
    ),
    timeout_seconds: t.Optional(
      t.Number({
        minimum: 1,
        maximum: 3600,
        description: `How long all of it may take; ${timeoutSecondsDefault} when left out.`,
      }),
    ),
    idle_seconds: t.Optional(
      t.Number({
        minimum: 1,
        maximum: 600,
        description: `How long the server may send nothing; ${idleSecondsDefault} when left out.`,
      }),
    ),
  },
  { additionalProperties: false, title: 'HttpSource' },
)
export type HttpConfig = Static<typeof HttpConfig>
