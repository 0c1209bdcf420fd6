import { compoundsOf, cut, wordsOf } from './words.ts'

/** One word that is looked for. */
interface Term {
  word: string
  /** Its beginning is enough. */
  isPrefix: boolean
}

/** Every one of the groups must be found; of a group one alternative; of an alternative every term. */
export type WordQuery = Term[][][]

/**
 * What a person types: words in any order, the last of which may be unfinished. "DHP-482/Z" finds what is written like
 * that, or together.
 * @returns null when there is no letter and no digit in it: nothing is found by that
 */
export function wordQuery(search: string): WordQuery | null {
  const compounds = compoundsOf(search)
  if (compounds.length === 0) return null
  // Who types a space behind a word has finished it.
  const isOpen = !/\s$/.test(search)
  return compounds.map((parts, index) => {
    const isLast = isOpen && index === compounds.length - 1
    const apart = parts.map((part, at) => ({ word: cut(part), isPrefix: isLast && at === parts.length - 1 }))
    return parts.length === 1 ? [apart] : [apart, [{ word: cut(parts.join('')), isPrefix: isLast }]]
  })
}

/** What must be so, without alternatives: see facts.ts. */
export const factQuery = (words: readonly string[]): WordQuery =>
  words.map((word) => [[{ word, isPrefix: false }]])

/** Whether texts say what is looked for: what the index is asked, without it. */
export function isFoundIn(query: WordQuery, texts: readonly (string | null)[]): boolean {
  const words = new Set(texts.flatMap((text) => (text === null ? [] : [...wordsOf(text)])))
  const isThere = ({ word, isPrefix }: Term) =>
    words.has(word) || (isPrefix && words.values().some((other) => other.startsWith(word)))
  return query.every((group) => group.some((terms) => terms.every(isThere)))
}

/**
 * As the full-text indexes of both engines understand it: "&" and "|" for PostgreSQL, AND and OR for SQLite. Words hold
 * letters and digits only, so nothing in them means anything.
 * @param before what every word of the index begins with
 */
export function queryText(
  query: WordQuery,
  {
    and,
    or,
    quote,
    prefix,
    before,
  }: { and: string; or: string; quote: string; prefix: string; before: string },
): string {
  const term = ({ word, isPrefix }: Term) => `${quote}${before}${word}${quote}${isPrefix ? prefix : ''}`
  const alternative = (terms: Term[]) => `(${terms.map(term).join(and)})`
  return query.map((group) => `(${group.map(alternative).join(or)})`).join(and)
}
