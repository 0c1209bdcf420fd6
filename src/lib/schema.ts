import { type SchemaOptions, type Static, Type } from '@sinclair/typebox'

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
