import type { Answer } from '../../../lib/outbound/way-out.ts'

/** The object that an answer is, of whose values nothing is assumed; where it is none, an empty one. */
export function jsonIn({ body }: Pick<Answer, 'body'>): Record<string, unknown> {
  try {
    return objectOf(JSON.parse(new TextDecoder().decode(body)))
  } catch {
    return {}
  }
}

export function objectOf(value: unknown): Record<string, unknown> {
  // An object, of whose values nothing is assumed.
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
}
