/** A field of a form, as a JSON schema describes it. */
export interface SchemaField {
  /** Where its value is in the object. */
  name: string
  label: string
  hint: string | null
  isRequired: boolean
  input: SchemaInput
}

export type SchemaInput =
  | { kind: 'text'; isSecret: boolean; isLong: boolean; example: string | null }
  | { kind: 'number'; isInteger: boolean; min: number | null; max: number | null }
  | { kind: 'flag' }
  | { kind: 'choice'; choices: readonly string[] }
  /** One text a line. */
  | { kind: 'texts' }
  /** Names with texts, one a line: `name: text`. */
  | { kind: 'pairs'; isSecret: boolean }
  | { kind: 'object'; fields: readonly SchemaField[] }
  /** Whatever else: JSON as text. */
  | { kind: 'json' }

/** As much of JSON Schema as the service's schemas use. */
export interface JsonSchema {
  type?: string
  properties?: Record<string, JsonSchema>
  required?: readonly string[]
  description?: string
  examples?: readonly unknown[]
  format?: string
  enum?: readonly unknown[]
  const?: unknown
  anyOf?: readonly JsonSchema[]
  items?: JsonSchema
  patternProperties?: Record<string, JsonSchema>
  additionalProperties?: boolean | JsonSchema
  minimum?: number
  maximum?: number
  maxLength?: number
  writeOnly?: boolean
}

/** The fields of a form for an object; those that must be said first, each group in the schema's order. */
export function schemaFields(schema: JsonSchema): SchemaField[] {
  const required = new Set(schema.required ?? [])
  const fields = Object.entries(schema.properties ?? {}).map(([name, property]) => ({
    name,
    label: labelOf(name),
    hint: hintOf(property),
    isRequired: required.has(name),
    input: inputOf(property),
  }))
  return fields.sort((a, b) => Number(b.isRequired) - Number(a.isRequired))
}

/** "timeout_seconds" → "Timeout (seconds)", "url" → "URL". */
function labelOf(name: string): string {
  const unit = /_(seconds|bytes|hours|days)$/.exec(name)?.[1]
  const words = (unit === undefined ? name : name.slice(0, -unit.length - 1)).split('_')
  const text = words.map((word) => (acronyms.has(word) ? word.toUpperCase() : word)).join(' ')
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}${unit === undefined ? '' : ` (${unit})`}`
}

const acronyms = new Set(['url', 'id', 'tls', 'api', 'html'])

function hintOf({ description, examples }: JsonSchema): string | null {
  const example = examples?.[0]
  const shown = typeof example === 'string' || typeof example === 'number' ? `For example ${example}` : null
  if (description === undefined || description === '') return shown
  return shown === null ? description : `${description.replace(/([^.])$/, '$1.')} ${shown}`
}

/** From here on a text has several lines, as certificates do; paths and addresses of 4096 characters have one. */
const longText = 10_000

function inputOf(schema: JsonSchema): SchemaInput {
  const choices = choicesOf(schema)
  if (choices !== null) return { kind: 'choice', choices }
  const isSecret = schema.writeOnly === true || schema.format === 'password'
  const inner = withoutNull(schema)
  if (inner !== schema) return inputOf(inner)
  switch (schema.type) {
    case 'string': {
      const isLong = (schema.maxLength ?? 0) >= longText && !isSecret
      const example = schema.examples?.[0]
      return { kind: 'text', isSecret, isLong, example: typeof example === 'string' ? example : null }
    }
    case 'number':
    case 'integer':
      return {
        kind: 'number',
        isInteger: schema.type === 'integer',
        min: schema.minimum ?? null,
        max: schema.maximum ?? null,
      }
    case 'boolean':
      return { kind: 'flag' }
    case 'array':
      return schema.items?.type === 'string' ? { kind: 'texts' } : { kind: 'json' }
    case 'object': {
      if (schema.properties && Object.keys(schema.properties).length > 0)
        return { kind: 'object', fields: schemaFields(schema) }
      const [values] = Object.values(schema.patternProperties ?? {})
      return values?.type === 'string' ? { kind: 'pairs', isSecret } : { kind: 'json' }
    }
    default:
      return { kind: 'json' }
  }
}

/** The words of an enum, or of a union of constants. */
function choicesOf({ enum: words, anyOf }: JsonSchema): string[] | null {
  const given = words ?? anyOf?.map((each) => each.const)
  return given && given.length > 0 && given.every((word) => typeof word === 'string') ? [...given] : null
}

function withoutNull(schema: JsonSchema): JsonSchema {
  const others = schema.anyOf?.filter(({ type }) => type !== 'null')
  return schema.anyOf && others?.length === 1 && others[0] ? others[0] : schema
}

/** What stands for a secret that is kept: sent back as it came it stays as it is. */
export const keptSecret = '***'

/** "name: text" a line → names with texts; a line without a colon is a name without text. */
export function pairsOf(text: string): Record<string, string> {
  const lines = text.split('\n').filter((line) => line.trim() !== '')
  return Object.fromEntries(
    lines.map((line) => {
      const colon = line.indexOf(':')
      return colon < 0 ? [line.trim(), ''] : [line.slice(0, colon).trim(), line.slice(colon + 1).trim()]
    }),
  )
}

export const pairsText = (pairs: unknown): string =>
  Object.entries(Object(pairs))
    .map(([name, value]) => `${name}: ${value}`)
    .join('\n')

/**
 * Which field a message of the service is about: `config.url must be …` → "url". Null: it names none of these.
 * @param names those of the form
 */
export function fieldOfMessage(message: string, names: readonly string[]): string | null {
  const places = names
    .map((name) => ({ name, at: message.search(new RegExp(`(^|[^\\w])${name}([^\\w]|$)`)) }))
    .filter(({ at }) => at >= 0)
    .sort((a, b) => a.at - b.at || b.name.length - a.name.length)
  return places[0]?.name ?? null
}
