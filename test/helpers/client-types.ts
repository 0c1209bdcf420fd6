import type { Json, JsonObject } from './json-schema.ts'

/**
 * TypeScript types of an OpenAPI document, as generators of clients make them: `Routes["GET /api/v1/items"]` with
 * path, query, body and the answers by status. A schema that says nothing which a type could be made of throws, so a
 * document that compiles here is one that clients can be made from.
 */
export function clientTypes(document: {
  paths: Record<string, Record<string, JsonObject>>
  components: { schemas: JsonObject }
}): string {
  const schemas = Object.entries(document.components.schemas).map(
    ([name, schema]) => `export type ${name} = ${typeOf(schema!)}`,
  )
  const routes = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(
      ([method, operation]) => `  '${method.toUpperCase()} ${path}': ${operationType(operation)}`,
    ),
  )
  return `${schemas.join('\n')}\nexport interface Routes {\n${routes.join('\n')}\n}\n`
}

interface Parameter {
  name: string
  in: string
  required: boolean
  schema: Json
}

function operationType(operation: JsonObject): string {
  // As OpenAPI has it.
  const parameters = (operation.parameters ?? []) as unknown as Parameter[]
  const fields = (place: string) =>
    `{ ${parameters
      .filter((parameter) => parameter.in === place)
      .map(({ name, required, schema }) => `'${name}'${required ? '' : '?'}: ${typeOf(schema)}`)
      .join('; ')} }`
  const content = (operation.requestBody as JsonObject | undefined)?.content
  const answers = Object.entries(operation.responses as JsonObject).map(
    ([status, answer]) => `${status}: ${contentType((answer as JsonObject).content)}`,
  )
  return `{ path: ${fields('path')}; query: ${fields('query')}; headers: ${fields('header')}; body: ${
    content === undefined ? 'undefined' : contentType(content)
  }; answers: { ${answers.join('; ')} } }`
}

/** What is no JSON is taken as it comes. */
function contentType(content: Json | undefined): string {
  if (content === undefined) return 'undefined'
  // As OpenAPI has it.
  const given = Object.entries(content as Record<string, JsonObject>)
  const types = given.map(([type, { schema }]) =>
    /json$/.test(type) && (schema as JsonObject).format !== 'binary' ? typeOf(schema!) : 'Blob | string',
  )
  return [...new Set(types)].join(' | ')
}

function typeOf(schema: Json): string {
  // A schema is an object in our documents; another would have no type below, and throw.
  const {
    $ref,
    anyOf,
    enum: words,
    const: constant,
    type,
    items,
    properties,
    required,
    ...rest
  } = schema as JsonObject
  if (typeof $ref === 'string') return $ref.replace('#/components/schemas/', '')
  if (Array.isArray(words)) return words.map((word) => JSON.stringify(word)).join(' | ')
  if (constant !== undefined) return JSON.stringify(constant)
  if (Array.isArray(anyOf)) return `(${anyOf.map(typeOf).join(' | ')})`
  if (type === 'array') return `${items === undefined ? 'unknown' : `(${typeOf(items)})`}[]`
  if (type === 'integer' || type === 'number') return 'number'
  if (type === 'string' || type === 'boolean' || type === 'null') return type
  if (type === undefined) return 'unknown'
  if (type !== 'object') throw new Error(`There is no type for ${JSON.stringify(schema)}.`)
  if (properties === undefined) {
    const values = Object.values((rest.patternProperties ?? {}) as JsonObject)
    return `Record<string, ${values.length === 1 ? typeOf(values[0]!) : 'unknown'}>`
  }
  const members = Object.entries(properties as JsonObject).map(([name, member]) => {
    const isRequired = ((required ?? []) as Json[]).includes(name)
    return `'${name}'${isRequired ? '' : '?'}: ${typeOf(member!)}`
  })
  return `{ ${members.join('; ')} }`
}
