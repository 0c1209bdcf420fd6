import { type ColumnProfile, fill, share } from '../columns/columns.ts'
import { coreOf } from './header-names.ts'

/**
 * How well a column is the SKU or the name whose header is a word that may mean the article or its kind: "Art." over
 * "4711" is short for its number, and over "Hammer" for the article; "Typ" over "GX-100" is what it is ordered by. Where
 * the same words come again and again they are kinds. 0: the header is no such word, or the cells speak against it.
 */
export function looseScore(field: 'sku' | 'name', header: string, profile: ColumnProfile): number {
  if (profile.filled < rowsMin || fill(profile) < 0.9 || share(profile.distinct, profile) < 0.95) return 0
  const word = coreOf(header)
  if (!articleWords.has(word) && !typeWords.has(word)) return 0
  const isCode =
    share(profile.codeLike + profile.spacedCodes, profile) > 0.9 && share(profile.withDecimals, profile) < 0.1
  if (field === 'sku') return isCode ? (articleWords.has(word) ? articleScore : typeScore) : 0
  return !isCode && share(profile.withLetters, profile) > 0.9 ? nameScore : 0
}

const rowsMin = 3
/** Above an EAN, which serves as a SKU where nothing else does; types stay below it. */
const articleScore = 0.75
const typeScore = 0.68
const nameScore = 0.62

const articleWords: ReadonlySet<string> = new Set(['art', 'арт'])
const typeWords: ReadonlySet<string> = new Set(['typ', 'type', 'tipo', 'тип'])
