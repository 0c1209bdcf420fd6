import { redacted } from './redact.ts'

/** Takes known secrets out of what is about to be shown. */
export interface Withhold {
  text(text: string): string
  /** The same for every text in plain JSON, however deep; names of members stay. */
  value<Value>(value: Value): Value
  /** The same for what was thrown: messages and stacks of an error, and of those that caused it. @returns it */
  error(error: unknown): unknown
}

/**
 * Keeps these secrets out of texts, in whatever form they are usually written: as they are, in a URL, in JSON, as
 * base64 alone or behind a user (Basic); of a key of several lines, each line too. For the one place that has seen
 * them: a server may send back what it was sent, and a library may put into a message what it was given.
 * @param user who they are the passwords of, for Basic; null: nobody is named
 */
export function withhold(secrets: readonly string[], user: string | null = null): Withhold {
  const forms = formsOf(secrets, user)
  const text = (said: string) => forms.reduce((rest, form) => rest.replaceAll(form, redacted), said)
  const walk = (value: unknown): unknown => {
    if (typeof value === 'string') return text(value)
    if (Array.isArray(value)) return value.map(walk)
    if (typeof value !== 'object' || value === null) return value
    return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, walk(each)]))
  }
  return {
    text,
    // Each branch gives back what it was given: a text for a text, and so on.
    value: <Value>(value: Value) => (forms.length === 0 ? value : (walk(value) as Value)),
    error(error) {
      if (forms.length > 0) clean(error, text, causesMax)
      return error
    },
  }
}

/** Shorter ones are in half of all words: whoever has such a password has none. */
const secretLengthMin = 4
/** A line of a key, at least; shorter ones are its head and its end. */
const lineLengthMin = 24
/** Characters of base64 that no other text has by chance. */
const withinMin = 10
/** Causes of causes that are looked at. */
const causesMax = 10

/** Longest first, so that no part of one is replaced before the whole. */
function formsOf(secrets: readonly string[], user: string | null): string[] {
  const forms = new Set<string>()
  for (const secret of secrets) {
    const lines = secret.split(/\r?\n|\\n/).map((line) => line.replace(/["{}\s]+$/, ''))
    for (const part of [secret, secret.trim(), ...lines.filter(({ length }) => length >= lineLengthMin)]) {
      for (const form of [
        part,
        JSON.stringify(part).slice(1, -1),
        inUrl(part),
        inForm(part),
        ...base64(part),
      ])
        forms.add(form)
    }
    if (user !== null) for (const form of base64(`${user}:${secret}`)) forms.add(form)
  }
  return [...forms].filter((form) => form.length >= secretLengthMin).sort((a, b) => b.length - a.length)
}

const inUrl = (text: string) => encodeURIComponent(text.toWellFormed())
const inForm = (text: string) => new URLSearchParams({ '': text }).toString().slice(1)
/**
 * With its padding, and without; and, for what is long enough to be known by it, the part of it that does not depend on
 * what stands before and after.
 */
function base64(text: string): string[] {
  const bytes = Buffer.from(text)
  const padded = bytes.toString('base64')
  const within = [0, 1, 2].map((blanks) => {
    const shifted = Buffer.concat([Buffer.alloc(blanks), bytes]).toString('base64')
    return shifted.slice(blanks === 0 ? 0 : 4, -4)
  })
  return [padded, padded.replace(/=+$/, ''), ...within.filter(({ length }) => length >= withinMin)]
}

/** In place: whoever caught it has to find the same error. */
function clean(error: unknown, text: (said: string) => string, depth: number): void {
  if (!(error instanceof Error) || depth === 0) return
  const { message, stack, cause } = error
  if (text(message) !== message) replace(error, 'message', text(message))
  if (typeof stack === 'string' && text(stack) !== stack) replace(error, 'stack', text(stack))
  clean(cause, text, depth - 1)
  if (error instanceof AggregateError) for (const each of error.errors) clean(each, text, depth - 1)
}

function replace(error: Error, key: 'message' | 'stack', value: string): void {
  Object.defineProperty(error, key, { value, configurable: true, writable: true, enumerable: false })
}
