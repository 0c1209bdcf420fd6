import {
  FormatRegistry,
  type SchemaOptions,
  type Static,
  type StringOptions,
  type TSchema,
  Type,
} from '@sinclair/typebox'

/**
 * TypeBox under the name the whole program uses. One schema gives the check at the border, the OpenAPI document
 * and the TypeScript type.
 */
export const t = Type
export type { Static }

/** One of these words. */
export function oneOf<const Word extends string>(words: readonly Word[], options: SchemaOptions = {}) {
  // Each word under itself: that is what the type says.
  return Type.Enum(Object.fromEntries(words.map((word) => [word, word])) as Record<Word, Word>, options)
}

/** A text, or null where there is none. */
export function textOrNull(description: string, options: SchemaOptions = {}) {
  return Type.Union([Type.String(options), Type.Null()], { description })
}

/** What marks a secret in a schema, for us; `writeOnly` and `format: password` say it to everybody else. */
const secretMark = 'x-secret'

// TypeBox refuses every text of a format that it does not know.
FormatRegistry.Set('password', () => true)

/**
 * A text that nobody is shown again: a password, a token, a key. As a property of what a kind of source is configured
 * with, it is sealed before it is kept, and "***" wherever it is shown: see sources/secrets.ts.
 */
export function secretText(options: StringOptions = {}) {
  return Type.String({
    minLength: 1,
    maxLength: secretCharactersMax,
    ...options,
    ...secretWords,
    format: 'password',
  })
}

/** Names with texts that are all secret, such as headers that hold keys. The names are shown. */
export function secretRecord(options: SchemaOptions = {}) {
  const text = Type.String({ maxLength: secretCharactersMax, ...secretWords, format: 'password' })
  return Type.Record(Type.String({ minLength: 1, maxLength: 200 }), text, {
    maxProperties: 50,
    ...options,
    ...secretWords,
  })
}

/** Whether a schema is one of these, optional or not. */
export function isSecretSchema(schema: TSchema): boolean {
  return schema[secretMark] === true
}

const secretWords = { writeOnly: true, [secretMark]: true }
/** A private key of a service account has about 2,400. */
const secretCharactersMax = 20_000
