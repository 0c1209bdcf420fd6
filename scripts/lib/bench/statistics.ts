/** Half of the values are at most this. @throws RangeError without values */
export function median(values: readonly number[]): number {
  const sorted = ascending(values)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2
}

/**
 * The smallest value that this share of all values does not exceed (nearest rank): `percentile(values, 0.99)`.
 * @throws RangeError without values, or when `share` is not above 0 and at most 1
 */
export function percentile(values: readonly number[], share: number): number {
  if (!(share > 0 && share <= 1))
    throw new RangeError(`A percentile's share is above 0 and at most 1, not ${share}`)
  const sorted = ascending(values)
  return sorted[Math.ceil(share * sorted.length) - 1]!
}

/** How one program's times compare with another's that was run in alternation with it. */
export interface Ratio {
  /** Of the medians. */
  ratio: number
  /** The extremes of the ratios of each round. */
  min: number
  max: number
  /** How many rounds had both. */
  rounds: number
}

/**
 * @param ours times, one a round
 * @param theirs a slow program may have fewer rounds; only common ones are compared
 * @throws RangeError without a common round
 */
export function ratioOf(ours: readonly number[], theirs: readonly number[]): Ratio {
  const rounds = Math.min(ours.length, theirs.length)
  const ratios = Array.from({ length: rounds }, (_, round) => ours[round]! / theirs[round]!)
  return {
    ratio: median(ours.slice(0, rounds)) / median(theirs.slice(0, rounds)),
    min: Math.min(...ratios),
    max: Math.max(...ratios),
    rounds,
  }
}

/** The same the other way round: how many times as long they take. */
export function inverse({ ratio, min, max, rounds }: Ratio): Ratio {
  return { ratio: 1 / ratio, min: 1 / max, max: 1 / min, rounds }
}

function ascending(values: readonly number[]): number[] {
  if (values.length === 0) throw new RangeError('There are no values')
  return values.toSorted((a, b) => a - b)
}
