import { toOpenAPISchema } from '@elysiajs/openapi'
import type { AnyElysia } from 'elysia'
import { Problem } from '../lib/problem.ts'
import { programVersion } from '../lib/version.ts'
import { contentTypesKey, repeatable } from './fields.ts'

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
      description:
        'A trustworthy catalog of what every supplier sells and at what price. Names are snake_case, prices are exact ' +
        'decimal strings, instants are RFC 3339 in UTC. Lists come a page at a time: hand `next_cursor` in as `cursor`. ' +
        'Errors are problem+json with a stable `code`. Parameters and fields that are not known are refused.',
    },
    servers: [{ url: '/' }],
    // Either will do: a service on loopback may have no token.
    security: [{ token: [] }, {}],
    tags: [
      {
        name: 'Imports',
        description: 'Lists that came in, how they were understood and what became of them.',
      },
      { name: 'Catalog', description: 'Items, their prices over time, categories.' },
      { name: 'Suppliers', description: 'Whose lists they are.' },
      { name: 'Analyzer', description: 'For whoever writes an analyzer: its contract as JSON Schemas.' },
      { name: 'Health', description: 'For whoever watches over the service.' },
    ],
    paths: named(paths, schemas),
    components: {
      schemas: Object.fromEntries(Object.entries(schemas).sort(([a], [b]) => (a < b ? -1 : 1))),
      securitySchemes: {
        token: { type: 'http', scheme: 'bearer', description: 'The value of TALLYMAN_API_TOKEN.' },
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

/** Answers that any request may get: a wrong host, an unknown parameter, a mistake of ours. */
const commonErrors = ['400', '422', '500']
const descriptions: Record<string, string> = {
  200: 'Done.',
  202: 'Taken in; the work goes on.',
  400: 'The request is broken, or names another host.',
  401: 'The token is missing or wrong.',
  403: 'A page of another origin asked for it.',
  404: 'There is no such thing.',
  409: 'Not in this state.',
  413: 'Too large.',
  415: 'Not this type of content.',
  422: 'Something in it is not valid; the detail names it.',
  500: 'A mistake of this service; its log has the details.',
  503: 'Not now; try again, after Retry-After seconds where it is said.',
}

function complete(operation: JsonObject, method: string, problem: Json): void {
  const responses = (operation.responses ?? {}) as JsonObject
  const needsToken = operation.security === undefined
  const errors = [
    ...commonErrors,
    ...(needsToken ? ['401', '503'] : []),
    ...(method === 'get' ? [] : ['403']),
  ]
  for (const status of errors) responses[status] ??= {}
  for (const [status, response] of Object.entries(responses)) {
    const description = descriptions[status] ?? 'Something else.'
    responses[status] =
      Number(status) < 400
        ? { ...(response as JsonObject), description }
        : { description, content: { 'application/problem+json': { schema: problem } } }
    if (status === '202')
      Object.assign(responses[status] as JsonObject, {
        headers: { Location: { description: 'Where to follow it.', schema: { type: 'string' } } },
      })
  }
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
  schemas[title as string] = schema
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
