/** As much of a price point as is drawn. Prices are decimal text; drawing them needs no more than a float has. */
interface Point {
  tier: string | null
  min_quantity: string | null
  price: string | null
  currency: string | null
  price_quantity: string | null
  recorded_at: string
}

export interface Chart {
  /** Seconds, ascending. */
  times: number[]
  /** Null: on request. */
  prices: (number | null)[]
  currency: string | null
}

/**
 * What is drawn of a history, newest first as the API gives it: prices in the latest currency and for the latest
 * quantity, since others cannot be held against them.
 */
export function chartOf(history: readonly Point[]): Chart {
  const latest = history.find(({ price }) => price !== null)
  const currency = latest?.currency ?? null
  const points = history
    .filter(
      (point) =>
        point.tier === null &&
        (point.price === null ||
          (point.currency === currency && point.price_quantity === latest?.price_quantity)),
    )
    .toReversed()
  return {
    times: points.map(({ recorded_at: at }) => Date.parse(at) / 1000),
    prices: points.map(({ price }) => (price === null ? null : Number(price))),
    currency,
  }
}

/**
 * How far a price moved from the one before it, as a share of that one.
 * @param history newest first
 * @returns null where there is none before it, or none that it can be held against
 */
export function moveBefore(point: Point, history: readonly Point[]): number | null {
  const at = history.indexOf(point)
  const before = history
    .slice(at + 1)
    .find(({ tier, min_quantity: from }) => tier === point.tier && from === point.min_quantity)
  if (!before || before.price === null || point.price === null) return null
  if (before.currency !== point.currency || before.price_quantity !== point.price_quantity) return null
  const old = Number(before.price)
  return old === 0 ? null : Number(point.price) / old - 1
}
