import { connectors } from '../kinds/index.ts'
import { otherKeys, placeKeyOf, placeWords, sourceKeys, topKeys } from './keys.ts'
import type { Shape } from './value.ts'

/** The JSON Schema (draft 7) of a file of sources, for editors: made of the schemas that it is checked by. */
export function sourcesFileSchema(): Record<string, unknown> {
  const sources = {
    description: 'Sources, as a list or by name.',
    anyOf: [
      { type: 'array', items: { $ref: '#/definitions/source' } },
      { type: 'object', additionalProperties: { $ref: '#/definitions/source' } },
    ],
  }
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'Sources of Tallyman',
    type: 'object',
    properties: Object.fromEntries(topKeys.map((key) => [key, sources])),
    patternProperties: { '^x-': {} },
    additionalProperties: false,
    definitions: { source: { anyOf: connectors.map(ofKind) } },
  }
}

/** A source of one kind: what any source can be told, and what its kind needs, beside that or below `config`. */
function ofKind({ name, config }: (typeof connectors)[number]): Record<string, unknown> {
  const { properties, required = [] } = config
  const common = mapped(sourceKeys)
  const own = mapped(properties)
  const place = placeKeyOf(properties, required)
  const places = place === null ? [] : placeWords.map((word) => [word, own[place]])
  const kind = { ...common.kind, anyOf: undefined, enum: name === 'http' ? [name, 'remote'] : [name] }
  const known: Record<string, unknown> = {
    ...common,
    ...Object.fromEntries(places),
    ...own,
    kind,
    config: { type: 'object', properties: own, additionalProperties: false },
  }
  for (const [other, key] of Object.entries(otherKeys)) known[other] = known[key]
  return {
    type: 'object',
    title: `A source of kind ${name}`,
    properties: known,
    anyOf: [{ required: ['kind'] }, { required: ['source_type'] }, { required: ['type'] }],
    additionalProperties: false,
  }
}

const mapped = (schemas: Readonly<Record<string, unknown>>): Record<string, Record<string, unknown>> =>
  Object.fromEntries(
    // A TypeBox schema is the JSON Schema that it describes, with symbols that JSON leaves out.
    Object.entries(schemas).map(([key, schema]) => [
      key,
      written(JSON.parse(JSON.stringify(schema)) as Shape),
    ]),
  )

/** What a value may look like in a file: yes and no have several words, and a placeholder may stand for anything. */
function written(shape: Shape): Record<string, unknown> {
  const { type, anyOf, items, properties, ...others } = shape
  const placeholder = { type: 'string', pattern: '\\$\\{' }
  if (type === 'boolean')
    return { ...others, anyOf: [{ enum: [true, false, 'on', 'off', 'yes', 'no'] }, placeholder] }
  if (type === 'number' || type === 'integer') return { ...others, anyOf: [{ ...shape }, placeholder] }
  if (type === 'string') return { ...others, anyOf: [{ ...shape }, placeholder, { type: 'number' }] }
  return {
    ...others,
    ...(type !== undefined && { type }),
    ...(anyOf !== undefined && { anyOf: [...anyOf.map(written), placeholder] }),
    ...(items !== undefined && { items: written(items) }),
    ...(properties !== undefined && { properties: mapped(properties) }),
  }
}
