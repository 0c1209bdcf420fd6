export type Json = null | boolean | number | string | Json[] | { [key: string]: Json }
export type JsonObject = { [key: string]: Json }

/** What says nothing about a value. */
const annotations = new Set([
  'title',
  'description',
  'examples',
  'default',
  'writeOnly',
  'uniqueItems',
  'x-secret',
])

/**
 * What in a value breaks a JSON Schema, each as "where: what"; members that an object's schema does not list are
 * faults as well, so that a document that leaves something out is found out. Knows the keywords that our documents
 * use, and throws at any other.
 * @param schemas what `#/components/schemas/…` leads to
 */
export function schemaFaults(schema: Json, value: Json, schemas: JsonObject, at = '$'): string[] {
  // Schemas are objects here; a document that has others fails below.
  const { $ref, anyOf, enum: words, const: constant, ...rest } = schema as JsonObject
  if (typeof $ref === 'string') {
    const target = schemas[$ref.replace('#/components/schemas/', '')]
    return target === undefined ? [`${at}: ${$ref} leads nowhere`] : schemaFaults(target, value, schemas, at)
  }
  const faults: string[] = []
  if (anyOf !== undefined) {
    const each = (anyOf as Json[]).map((one) => schemaFaults(one, value, schemas, at))
    if (each.every((found) => found.length > 0)) faults.push(...each.flat())
  }
  if (words !== undefined && !(words as Json[]).includes(value)) faults.push(`${at}: ${value} is no choice`)
  if (constant !== undefined && constant !== value) faults.push(`${at}: ${value} is not ${constant}`)
  for (const [keyword, rule] of Object.entries(rest)) {
    if (annotations.has(keyword)) continue
    const check = keywords[keyword]
    if (check === undefined) throw new Error(`${at}: the schema has a "${keyword}", which nobody checks.`)
    faults.push(...check(rule, value, { schema: rest, schemas, at }))
  }
  return faults
}

interface Place {
  schema: JsonObject
  schemas: JsonObject
  at: string
}

const keywords: Record<string, (rule: Json, value: Json, place: Place) => string[]> = {
  type: (rule, value, { at }) =>
    isOfType(value, rule) ? [] : [`${at}: ${JSON.stringify(value)} is no ${rule}`],
  minimum: (rule, value, { at }) => (Number(value) >= Number(rule) ? [] : [`${at}: ${value} < ${rule}`]),
  maximum: (rule, value, { at }) => (Number(value) <= Number(rule) ? [] : [`${at}: ${value} > ${rule}`]),
  pattern: (rule, value, { at }) =>
    typeof value !== 'string' || new RegExp(String(rule)).test(value)
      ? []
      : [`${at}: ${value} is not ${rule}`],
  format: (rule, value, { at }) =>
    typeof value !== 'string' || formats[String(rule)]?.test(value) ? [] : [`${at}: ${value} is no ${rule}`],
  required: (rule, value, { at }) =>
    (rule as string[]).filter((name) => !hasMember(value, name)).map((name) => `${at}.${name}: is missing`),
  minLength: (rule, value, { at }) =>
    typeof value !== 'string' || value.length >= Number(rule) ? [] : [`${at}: is shorter than ${rule}`],
  maxLength: (rule, value, { at }) =>
    typeof value !== 'string' || value.length <= Number(rule) ? [] : [`${at}: is longer than ${rule}`],
  minItems: (rule, value, { at }) =>
    !Array.isArray(value) || value.length >= Number(rule) ? [] : [`${at}: has fewer than ${rule}`],
  minProperties: (rule, value, { at }) =>
    Object.keys(value as JsonObject).length >= Number(rule) ? [] : [`${at}: says fewer than ${rule}`],
  maxItems: (rule, value, { at }) =>
    !Array.isArray(value) || value.length <= Number(rule) ? [] : [`${at}: has more than ${rule}`],
  items: (rule, value, { schemas, at }) =>
    Array.isArray(value)
      ? value.flatMap((one, index) => schemaFaults(rule, one, schemas, `${at}[${index}]`))
      : [],
  properties: (rule, value, { schema, schemas, at }) =>
    membersOf(value).flatMap(([name, member]) => {
      const known = (rule as JsonObject)[name]
      if (known !== undefined) return schemaFaults(known, member, schemas, `${at}.${name}`)
      return schema.patternProperties === undefined ? [`${at}.${name}: is not in the schema`] : []
    }),
  patternProperties: (rule, value, { schemas, at }) =>
    Object.entries(rule as JsonObject).flatMap(([pattern, schema]) =>
      membersOf(value)
        .filter(([name]) => new RegExp(pattern).test(name))
        .flatMap(([name, member]) => schemaFaults(schema, member, schemas, `${at}.${name}`)),
    ),
  // Seen to by `properties`.
  additionalProperties: () => [],
}

const formats: Record<string, RegExp> = {
  'date-time': /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/,
  // How it is shown, not what it may be.
  password: /^/,
  date: /^\d{4}-\d\d-\d\d$/,
}

function isOfType(value: Json, type: Json): boolean {
  if (type === 'null') return value === null
  if (type === 'array') return Array.isArray(value)
  if (type === 'integer') return Number.isInteger(value)
  if (type === 'object') return typeof value === 'object' && value !== null && !Array.isArray(value)
  return typeof value === type
}

const membersOf = (value: Json) => (isOfType(value, 'object') ? Object.entries(value as JsonObject) : [])
const hasMember = (value: Json, name: string) => membersOf(value).some(([own]) => own === name)
