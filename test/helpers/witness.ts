import { type Json, type JsonObject, schemaFaults } from './json-schema.ts'

/** What an operation of the document says, as far as tests look at it. */
export interface Operation {
  operationId: string
  tags: string[]
  'x-role': string
  security?: Json[]
  parameters?: { name: string; in: string; required: boolean; schema: JsonObject }[]
  requestBody?: { content: Record<string, { schema: JsonObject }> }
  responses: Record<string, Answer>
}

interface Answer {
  content?: Record<string, { schema: JsonObject }>
  headers?: Record<string, { required: boolean }>
}

export interface Document {
  paths: Record<string, Record<string, Operation>>
  components: { schemas: JsonObject }
}

/** One operation, and where it is. */
export interface Place {
  /** `GET`. */
  method: string
  /** `/api/v1/items/{id}`. */
  template: string
  operation: Operation
}

export const placesOf = ({ paths }: Document): Place[] =>
  Object.entries(paths).flatMap(([template, operations]) =>
    Object.entries(operations).map(([method, operation]) => ({
      method: method.toUpperCase(),
      template,
      operation,
    })),
  )

/** What an answer says to programs; the document has to speak of each that is sent. */
const tellingHeaders = [
  'accept-ranges',
  'content-disposition',
  'content-range',
  'etag',
  'idempotency-replayed',
  'link',
  'location',
  'retry-after',
  'set-cookie',
  'www-authenticate',
]

/** A body that has been read: JSON, or how many bytes it has; null: none. */
export type AnswerBody = { json: Json } | { bytes: number } | null

/**
 * Reads an answer to its end; of events, which have none, the beginning.
 * @param whole false: it goes on for ever
 */
export async function bodyOf(response: Response): Promise<AnswerBody> {
  const type = typeOf(response)
  if (type === 'text/event-stream') {
    await response.body?.cancel()
    return { bytes: 1 }
  }
  if (/[/+]json$/.test(type) && !response.headers.has('content-disposition'))
    // Whatever it is, it is looked at below.
    return { json: (await response.json()) as Json }
  const { length } = await response.bytes()
  return length === 0 ? null : { bytes: length }
}

/** What about an answer is not as the document says, as sentences. */
export function answerFaults(
  { components }: Document,
  { responses }: Operation,
  response: Response,
  body: AnswerBody,
): string[] {
  const told = responses[response.status]
  if (told === undefined) return [`the status ${response.status} is not documented`]
  return [
    ...bodyFaults(told, typeOf(response), body, components.schemas),
    ...headerFaults(told, response.headers),
  ]
}

function bodyFaults({ content }: Answer, type: string, body: AnswerBody, schemas: JsonObject): string[] {
  if (content === undefined) return body === null ? [] : ['there is a body, and none is documented']
  const schema = content[type]?.schema
  if (schema === undefined) return [`the type ${type} is not documented`]
  if (body === null) return ['there is no body']
  if ('bytes' in body)
    return schema.format === 'binary' || type === 'text/event-stream' ? [] : ['it is a file']
  return schemaFaults(schema, body.json, schemas)
}

function headerFaults({ headers = {} }: Answer, sent: Headers): string[] {
  const missing = Object.entries(headers)
    .filter(([name, { required }]) => required && !sent.has(name))
    .map(([name]) => `the header ${name} is missing`)
  const known = new Set(Object.keys(headers).map((name) => name.toLowerCase()))
  const untold = tellingHeaders
    .filter((name) => sent.has(name) && !known.has(name))
    .map((name) => `the header ${name} is not documented`)
  return [...missing, ...untold]
}

const typeOf = ({ headers }: Response) => (headers.get('content-type') ?? '').split(';')[0]!.trim()
