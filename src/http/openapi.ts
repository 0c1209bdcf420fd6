import { toOpenAPISchema } from '@elysiajs/openapi'
import type { AnyElysia } from 'elysia'
import { routeRoleKey } from '../auth/route-role.ts'
import { Problem } from '../lib/problem.ts'
import { programVersion } from '../lib/version.ts'
import { type AnswerFacts, answerHeaders } from './answer-headers.ts'
import { examples } from './examples.ts'
import { contentTypesKey, repeatable } from './fields.ts'
import { keyHours } from './idempotency.ts'

/** Anything in JSON. */
type Json = null | boolean | number | string | Json[] | { [key: string]: Json }
type JsonObject = { [key: string]: Json }

/**
 * The OpenAPI 3.1 document of a server, made from its routes: their schemas, summaries and errors.
 *
 * The generator's own plugin would serve it as it is. Here it is completed first: schemas with a title become
 * components, errors become problem+json with every answer that any request may get, and what a parameter means is
 * said where readers look for it.
 */
export function openApiDocument(server: AnyElysia): JsonObject {
  // Through JSON, because TypeBox hangs symbols and functions on its schemas.
  const { paths } = JSON.parse(JSON.stringify(toOpenAPISchema(server))) as { paths: JsonObject }
  const schemas: JsonObject = {}
  for (const { method, path, hooks } of server.routes) {
    const operation = (paths[template(path)] as JsonObject | undefined)?.[method.toLowerCase()]
    if (operation === undefined) continue
    if (hooks.body !== undefined) addJsonBody(operation as JsonObject, hooks.body)
    restoreSchemas(operation as JsonObject, hooks)
    addConditions(operation as JsonObject)
  }
  const problem = named(JSON.parse(JSON.stringify(Problem)), schemas)
  for (const operations of Object.values(paths))
    for (const [method, operation] of Object.entries(operations as JsonObject))
      complete(operation as JsonObject, method, problem)
  return {
    openapi: '3.1.1',
    info: {
      title: 'Tallyman',
      version: programVersion().version,
      license: { name: 'All rights reserved', identifier: 'LicenseRef-Tallyman' },
      description:
        'A trustworthy catalog of what every supplier sells and at what price. Names are snake_case, prices are exact ' +
        'decimal strings, instants are RFC 3339 in UTC. Lists come a page at a time: hand `next_cursor` in as `cursor`. ' +
        'Errors are problem+json with a stable `code`. Parameters and fields that are not known are refused.',
    },
    servers: [{ url: '/' }],
    // Any will do: a service on loopback may ask for nothing.
    security: [{ token: [] }, { session: [], csrf: [] }, {}],
    tags: [
      {
        name: 'Imports',
        description: 'Lists that came in, how they were understood and what became of them.',
      },
      {
        name: 'Archive',
        description: 'The raw files: what is kept and why, its bytes, and replaying a list.',
      },
      { name: 'Sources', description: 'Where lists come from, and when they are fetched.' },
      {
        name: 'Runs',
        description: 'What was triggered, what became of each source, and how it goes on the whole.',
      },
      { name: 'Jobs', description: 'The work on imports: how far it is, retries, dead letters.' },
      { name: 'Schedules', description: 'What is done by itself: when it is due, and what it did.' },
      { name: 'Catalog', description: 'Items, their prices over time, categories.' },
      { name: 'Suppliers', description: 'Whose lists they are.' },
      {
        name: 'Logins',
        description:
          'Signing in and out, users and what they may do, API tokens. Each operation says the least role that it needs as `x-role`.',
      },
      { name: 'Maintenance', description: 'Clean-ups: what they would delete, and what they did.' },
      { name: 'Audit', description: 'Who changed what, and when.' },
      { name: 'Analyzer', description: 'For whoever writes an analyzer: its contract as JSON Schemas.' },
      { name: 'Health', description: 'For whoever watches over the service.' },
    ],
    paths: named(paths, schemas),
    components: {
      schemas: Object.fromEntries(Object.entries(schemas).sort(([a], [b]) => (a < b ? -1 : 1))),
      securitySchemes: {
        token: {
          type: 'http',
          scheme: 'bearer',
          description: 'An API token (POST /api/v1/tokens), or the value of TALLYMAN_API_TOKEN.',
        },
        session: {
          type: 'apiKey',
          in: 'cookie',
          name: '__Host-tallyman',
          description:
            'Set by signing in (POST /api/v1/session); on loopback without TLS it is called `tallyman`.',
        },
        csrf: {
          type: 'apiKey',
          in: 'header',
          name: 'X-Tallyman-CSRF',
          description:
            'Only with a session, and only where something may change: the csrf_token of GET /api/v1/session.',
        },
      },
    },
  }
}

/** "/items/:id" → "/items/{id}". */
const template = (path: string) => path.replace(/:([^/]+)/g, '{$1}')

/** Ours is read by a parser of our own, of which the generator can say nothing. */
function addJsonBody(operation: JsonObject, schema: unknown): void {
  operation.requestBody = {
    required: true,
    content: { 'application/json': { schema: JSON.parse(JSON.stringify(schema)) } },
  }
}

/** The generator loses what stands beside a choice of words, such as its description: here are ours. */
function restoreSchemas(
  operation: JsonObject,
  hooks: { query?: { properties?: Record<string, unknown> }; response?: Record<string, unknown> },
): void {
  for (const parameter of (operation.parameters ?? []) as JsonObject[]) {
    const schema = hooks.query?.properties?.[String(parameter.name)]
    if (parameter.in === 'query' && schema !== undefined)
      parameter.schema = JSON.parse(JSON.stringify(schema))
  }
  for (const [status, schema] of Object.entries(hooks.response ?? {})) {
    const { [contentTypesKey]: types = ['application/json'], ...rest } = JSON.parse(JSON.stringify(schema))
    Object.assign((operation.responses as JsonObject)[status] as JsonObject, {
      content: Object.fromEntries((types as string[]).map((type) => [type, { schema: rest }])),
    })
  }
}

/** What a route says of entity tags, and of keys: see etag.ts and idempotency.ts. */
function addConditions(operation: JsonObject): void {
  const { 'x-etag': kind, 'x-idempotent': isKeyed } = operation
  const responses = operation.responses as JsonObject
  const header = (name: string, description: string, schema: JsonObject = {}) => ({
    name,
    in: 'header',
    required: false,
    description,
    schema: { type: 'string', ...schema },
  })
  const given = (operation.parameters ?? []) as Json[]
  if (isKeyed === true) {
    responses['409'] ??= {}
    const description = `Sent again with the same key within ${keyHours} hours, the request is not carried out again, and gets the same answer: 409 while it is under way, 422 when it is another request.`
    operation.parameters = [...given, header('Idempotency-Key', description, { maxLength: 255 })]
  }
  if (kind === undefined || kind === 'made') return
  const own =
    kind === 'read'
      ? header('If-None-Match', 'The ETag of an earlier answer: 304 when nothing has changed.')
      : header(
          'If-Match',
          'The ETag of what was read: 412 when somebody has changed it since. Without it, it goes ahead.',
        )
  operation.parameters = [...given, own]
  responses[kind === 'read' ? '304' : '412'] ??= {}
}

/** Answers that any request may get: a wrong host, an unknown parameter. */
const commonErrors = ['400', '422']
/** What routes say to this file only. */
const ownKeys = ['x-etag', 'x-idempotent', 'x-location', 'x-cookie', 'x-unfailing']
const descriptions: Record<string, string> = {
  200: 'Done.',
  201: 'Made.',
  202: 'Taken in; the work goes on.',
  206: 'The part that was asked for.',
  304: 'It is what If-None-Match says.',
  400: 'The request is broken, or names another host.',
  401: 'Nobody is known to ask: sign in, or show a token. It may be wrong, or have ended.',
  403: 'Your role does not allow it, nor do the settings; or a page of another origin asked for it.',
  404: 'There is no such thing.',
  408: 'It came too slowly.',
  409: 'Not in this state.',
  412: 'It is no longer what If-Match says.',
  413: 'Too large.',
  415: 'Not this type of content.',
  416: 'The file does not have that part.',
  422: 'Something in it is not valid; the detail names it.',
  429: 'Too many of yours, or too often; try again after Retry-After seconds.',
  500: 'A mistake of this service; its log has the details.',
  503: 'Not now; try again, after Retry-After seconds where it is said.',
}

function complete(operation: JsonObject, method: string, problem: Json): void {
  const responses = (operation.responses ?? {}) as JsonObject
  const needsToken = operation.security === undefined
  const errors = [
    ...commonErrors,
    ...(needsToken ? ['401'] : []),
    // Whatever asks the database may find it broken, or away.
    ...(operation['x-unfailing'] === true ? [] : ['500', '503']),
    // The least role may read most things.
    ...(method === 'get' && (!needsToken || operation[routeRoleKey] === 'viewer') ? [] : ['403']),
  ]
  for (const status of errors) responses[status] ??= {}
  for (const [status, response] of Object.entries(responses)) {
    const description = descriptions[status] ?? 'Something else.'
    const headers = answerHeaders({ status, ...answerFacts(operation, response as JsonObject) })
    responses[status] = {
      ...(Number(status) < 400
        ? (response as JsonObject)
        : { content: { 'application/problem+json': { schema: problem } } }),
      description,
      // Plain JSON, whatever its type says.
      ...(Object.keys(headers).length > 0 && { headers: headers as unknown as JsonObject }),
    }
  }
  for (const key of ownKeys) delete operation[key]
  operation.responses = responses
  for (const parameter of (operation.parameters ?? []) as JsonObject[]) {
    // No example: Swagger UI would fill it in, and people would send it.
    const { description, examples: _, ...schema } = plain(parameter.schema ?? {}) as JsonObject
    Object.assign(parameter, {
      schema: repeatable.has(String(parameter.name)) ? { type: 'array', items: schema } : schema,
      ...(description !== undefined && { description }),
    })
  }
}

/** What an operation says of its answers. */
function answerFacts(operation: JsonObject, response: JsonObject): Omit<AnswerFacts, 'status'> {
  const responses = operation.responses as JsonObject
  const bodies = Object.entries((response.content ?? {}) as JsonObject)
  const { 'x-etag': etag, 'x-cookie': cookie } = operation
  return {
    hasEtag: etag === 'read' || etag === 'edit' || etag === 'made',
    mayHaveLocation: operation['x-location'] === 'sometimes',
    isKeyed: operation['x-idempotent'] === true,
    needsIdentity: operation.security === undefined,
    setsCookie: cookie === 'always' || cookie === 'sometimes' ? cookie : 'never',
    isFile: bodies.some(
      ([type, body]) =>
        type !== 'text/event-stream' && ((body as JsonObject).schema as JsonObject).format === 'binary',
    ),
    hasRanges: responses['206'] !== undefined,
  }
}

/** Elysia's number of a query is "text like a number, or a number"; for readers it is a number. */
function plain(schema: Json): Json {
  const { anyOf, ...rest } = schema as JsonObject
  const number = (anyOf as JsonObject[] | undefined)?.find(
    ({ type }) => type === 'integer' || type === 'boolean',
  )
  return number === undefined ? schema : { ...rest, ...number }
}

/** The same value with every titled schema replaced by a reference to it. @param schemas gets the schemas by title */
function named(value: Json, schemas: JsonObject): Json {
  if (Array.isArray(value)) return value.map((element) => named(element, schemas))
  if (value === null || typeof value !== 'object') return value
  // `error` is the message for a request, no part of JSON Schema.
  const isSchema = 'type' in value || 'anyOf' in value
  const entries = Object.entries(value).filter(
    ([key]) => !(isSchema && key === 'error' && typeof value.error === 'string'),
  )
  const inner = words(Object.fromEntries(entries.map(([key, member]) => [key, named(member, schemas)])))
  if (typeof inner.title !== 'string' || inner.type !== 'object') return inner
  const { title, ...schema } = inner
  const example = examples[String(title)]
  // In JSON like all else here.
  schemas[title as string] = example === undefined ? schema : { ...schema, examples: [example as Json] }
  return { $ref: `#/components/schemas/${title}` }
}

/** "one of these constants" as an enumeration, which readers show as a list to choose from. */
function words(schema: JsonObject): JsonObject {
  const { anyOf, ...rest } = schema
  if (!Array.isArray(anyOf) || anyOf.length === 0) return schema
  const constants = (anyOf as JsonObject[]).flatMap((each) =>
    typeof each.const === 'string' ? [each.const] : [],
  )
  return constants.length === anyOf.length ? { ...rest, type: 'string', enum: constants } : schema
}
