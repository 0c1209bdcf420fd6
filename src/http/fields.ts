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
 * A text without NUL and half characters, which no database keeps.
 * @param options.isPrintable a name that people see: without line breaks, and without what turns the direction of writing
 */
export function textField(name: string, options: TextOptions) {
  return http.Optional(requiredText(name, options))
}

interface TextOptions {
  min?: number
  max: number
  isPrintable?: boolean
  description: string
  examples?: string[]
}

/** The same where it must be said. */
export function requiredText(name: string, options: TextOptions) {
  const { min = 1, max, isPrintable = false, description, examples } = options
  const exceptions = isPrintable ? 'all of them printable' : 'with no NUL and no half character among them'
  return http.String({
    minLength: min,
    maxLength: max,
    pattern: isPrintable ? printable : keepable,
    ...(description !== '' && { description }),
    ...(examples && { examples }),
    error: `${name} must be a text of ${min} to ${max} characters, ${exceptions}`,
  })
}

/** The same, or null where there is none; a field that is left out stays as it is. */
export function textOrNullField(name: string, options: TextOptions) {
  const { description, examples: _, ...text } = options
  return http.Optional(
    http.Union([requiredText(name, { description: '', ...text }), http.Null()], {
      description,
      ...(options.examples && { examples: options.examples }),
      error: `${name} must be a text of ${options.min ?? 1} to ${options.max} characters, or null`,
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
    pattern: keepable,
    description: `The id of ${of}.`,
    error: `the id of ${of} must have 1 to 100 characters, with no NUL and no half character among them`,
  })
}

/** The query of a route that takes none: an unknown parameter is refused by name. */
export const noQuery = http.Object({}, { additionalProperties: false })

/**
 * Texts without some characters, and without half characters, which no database keeps either. JSON can say one half of
 * a surrogate pair by itself. Read by UTF-16 units, as here, or by code points, as elsewhere, a pattern says the same.
 */
const wholeTextWithout = (left: string) =>
  `^(?:[^${left}\\ud800-\\udfff]|[\\ud800-\\udbff][\\udc00-\\udfff])*$`
const printable = wholeTextWithout('\\u0000-\\u001f\\u007f-\\u009f\\u2028-\\u202e\\u2066-\\u2069')
/** What a database can keep, as the `pattern` of a text in a request. */
export const keepable = wholeTextWithout('\\u0000')

/** Where a schema says of which types an answer is, if it is no JSON. */
export const contentTypesKey = 'x-content-types'

/** An answer that is a file; nothing looks into it. */
export function fileAnswer(contentTypes: readonly string[]) {
  return http.Any({ type: 'string', format: 'binary', [contentTypesKey]: contentTypes })
}
