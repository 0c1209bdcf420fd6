import { ValueErrorType } from '@sinclair/typebox/errors'
import { suggestion } from '../lib/nearest.ts'

/** What is wrong with a request, as Elysia reports it. */
interface InvalidRequest {
  /** Which part of the request: query, body, params. */
  type: string
  /** Faults of TypeBox. */
  all: unknown[]
}

interface Schema {
  type?: unknown
  /** The field's own message. */
  error?: unknown
  properties?: Record<string, unknown>
  anyOf?: Schema[]
}

interface Fault {
  type: ValueErrorType
  schema: Schema
  /** A JSON pointer: "/currency". */
  path: string
  message: string
}

/** Longest name that is repeated to whoever sent it, in characters. */
const nameLengthMax = 100
const faultsMax = 5

/** Says what breaks a route's schema as a person would: by the names of the fields, and with what is there instead. */
export function faultText({ type, all }: InvalidRequest): string {
  const texts = all.slice(0, faultsMax).map((fault) => textOf(fault as Fault, type)) // TypeBox made them.
  return [...new Set(texts)].join('; ') || 'The request is not valid.'
}

function textOf({ type, schema, path, message }: Fault, part: string): string {
  const name = path.slice(1).replaceAll('~1', '/').replaceAll('~0', '~').slice(0, nameLengthMax)
  if (type === ValueErrorType.ObjectAdditionalProperties)
    return unknownText(name, Object.keys(schema.properties ?? {}), part)
  if (typeof schema.error === 'string') return schema.error
  const subject = name === '' ? `the ${part}` : name
  if (type === ValueErrorType.ObjectMinProperties)
    return `${subject} must say at least one of ${Object.keys(schema.properties ?? {}).join(', ')}`
  const expected = typeText(schema)
  return expected === null ? `${subject}: ${message}` : `${subject} must be ${expected}`
}

function unknownText(name: string, known: string[], part: string): string {
  const kind = part === 'query' ? 'parameter' : 'field'
  if (known.length === 0) return `There is no ${kind} "${name}"; this address takes none`
  return `There is no ${kind} "${name}"${suggestion(name, known)} (${kind}s: ${known.join(', ')})`
}

const typeTexts: Record<string, string> = {
  object: 'an object',
  array: 'a list',
  string: 'a text',
  number: 'a number',
  integer: 'a whole number',
  boolean: 'true or false',
  null: 'null',
}

/** What a value must be; null: more than its type is wrong. */
function typeText({ type, anyOf }: Schema): string | null {
  const types = (anyOf ?? [{ type }]).map((each) => typeTexts[String(each.type)])
  return types.includes(undefined) ? null : types.join(' or ')
}
