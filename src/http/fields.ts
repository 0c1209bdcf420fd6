import { t as http } from 'elysia'
import { oneOf } from '../lib/schema.ts'

/**
 * Fields that many routes share. Elysia's own types, because plain ones leave the numbers of a query as text; each
 * with a message of its own, because Elysia's do not always name the field.
 */

/** Parameters that may be given several times; their routes read them from the address itself. */
export const repeatable: ReadonlySet<string> = new Set(['characteristic'])

/** How many rows a page may have. */
export function limitField(options: { max: number; default: number }) {
  return http.Optional(
    http.Integer({
      minimum: 1,
      maximum: options.max,
      error: `limit must be a whole number from 1 to ${options.max}`,
      description: `How many at most, 1 to ${options.max}; ${options.default} unless said.`,
    }),
  )
}

/** Where an earlier page ended. */
export function cursorField() {
  return textField('cursor', { max: 2000, description: 'The `next_cursor` of the page before.' })
}

/**
 * A text without NUL, which no database keeps.
 * @param options.isPrintable a name that people see: without line breaks, and without what turns the direction of writing
 */
export function textField(
  name: string,
  options: { min?: number; max: number; isPrintable?: boolean; description: string; examples?: string[] },
) {
  const { min = 1, max, isPrintable = false, description, examples } = options
  const exceptions = isPrintable ? 'all of them printable' : 'and no NUL among them'
  return http.Optional(
    http.String({
      minLength: min,
      maxLength: max,
      pattern: isPrintable ? printable : noNul,
      description,
      ...(examples && { examples }),
      error: `${name} must be a text of ${min} to ${max} characters, ${exceptions}`,
    }),
  )
}

/** Yes or no. */
export function flagField(name: string, description: string) {
  return http.Optional(http.Boolean({ description, error: `${name} must be true or false` }))
}

/** One of a few words. */
export function choiceField<const Choice extends string>(
  name: string,
  choices: readonly Choice[],
  description: string,
) {
  return http.Optional(oneOf(choices, { description, error: `${name} must be one of ${choices.join(', ')}` }))
}

/** The id of a supplier or an import in an address. */
export function idField(of: string) {
  return http.String({
    minLength: 1,
    maxLength: 100,
    pattern: noNul,
    description: `The id of ${of}.`,
    error: `the id of ${of} must have 1 to 100 characters, and no NUL among them`,
  })
}

/** The query of a route that takes none: an unknown parameter is refused by name. */
export const noQuery = http.Object({}, { additionalProperties: false })

const printable = '^[^\\u0000-\\u001f\\u007f-\\u009f\\u2028-\\u202e\\u2066-\\u2069]*$'
const noNul = '^[^\\u0000]*$'

/** Where a schema says of which types an answer is, if it is no JSON. */
export const contentTypesKey = 'x-content-types'

/** An answer that is a file; nothing looks into it. */
export function fileAnswer(contentTypes: readonly string[]) {
  return http.Any({ type: 'string', format: 'binary', [contentTypesKey]: contentTypes })
}
