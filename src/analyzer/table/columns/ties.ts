import type { Row } from '../rows/row.ts'
import { cellText, normalize } from '../text.ts'
import { type ColumnProfile, fill, share } from './columns.ts'
import type { Mapping } from './mapping.ts'

/**
 * Whether another column is as good a SKU (or name) as the one that was taken, so that a person has to choose: it is
 * called as well, is as full and as varied, says something else, and is nothing else.
 */
export function isTie(
  field: 'sku' | 'name',
  mapping: Mapping,
  { profiles, body }: { profiles: readonly ColumnProfile[]; body: readonly Row[] },
): boolean {
  const decided = mapping[field]
  const runnerUp = decided?.runnerUp ?? null
  if (decided === undefined || runnerUp === null || decided.isPinned) return false
  if (isContinuation(decided.header, runnerUp.header)) return false
  if (runnerUp.confidence < decided.confidence - tieMax || runnerUp.confidence < namedMin) return false
  if (Object.values(mapping).some(({ column }) => column === runnerUp.column)) return false
  const [taken, other] = [profiles[decided.column], profiles[runnerUp.column]]
  if (taken === undefined || other === undefined) return false
  // A column with gaps, or the same words again and again, tells articles apart less well.
  const isAsFull = fill(other) >= Math.min(fullMin, fill(taken)) && fill(other) > 0
  const isAsVaried = share(other.distinct, other) >= share(taken.distinct, taken) - variedMax
  return isAsFull && isAsVaried && !saysTheSame(body, decided.column, runnerUp.column)
}

/** "Bezeichnung 2" beside "Bezeichnung 1" or "Bezeichnung" goes on with it. */
function isContinuation(header: string | null, next: string | null): boolean {
  const [first, second] = [header, next].map((text) => /^(.*?)(?: ?(\d))?$/.exec(normalize(text ?? ''))!)
  return first![1] !== '' && first![1] === second![1] && Number(first![2] ?? 1) === 1 && second![2] === '2'
}

const tieMax = 0.02
const namedMin = 0.9
const fullMin = 0.95
const variedMax = 0.05

function saysTheSame(body: readonly Row[], one: number, other: number): boolean {
  const looked = body.slice(0, 200)
  const same = looked.filter(({ cells }) => cellText(cells[one]) === cellText(cells[other])).length
  return same >= looked.length * 0.9
}
