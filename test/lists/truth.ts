import { sumOf } from '../../scripts/lib/score/decimal.ts'
import type { ListTruth, SampleTruth } from '../../scripts/lib/score/truth.ts'
import type { Draft } from './draft.ts'

export interface Opinion
  extends Pick<
    ListTruth,
    'file' | 'note' | 'verdict' | 'tables' | 'currency' | 'currencyNote' | 'pitfalls'
  > {}

/** The truth of a drafted list: the opinion, and counts and samples of what was drafted. */
export function truthOf(opinion: Opinion, drafts: readonly Draft[]): ListTruth {
  const several = drafts.filter((each) => each.items.length > 0).length > 1
  const all: SampleTruth[] = drafts.flatMap((each) =>
    each.items.map(({ row, item }) => ({
      ...(several && each.name !== null ? { sheet: each.name } : {}),
      row,
      ...item,
    })),
  )
  const prices = drafts.flatMap(({ items }) => items.map(({ item }) => item.price))
  const bySku = Object.fromEntries(
    drafts.flatMap(({ items }) => items.map(({ item }) => [item.sku, item.price])),
  )
  return {
    ...opinion,
    items: all.length,
    priced: prices.filter((price) => price !== null).length,
    rejected: drafts.reduce((sum, each) => sum + each.rejectedRows.length, 0),
    samples: dozen(all),
    prices: bySku,
    priceSum: sumOf(prices),
  }
}

/** The truth as JSON that a person can look through: one line a table and a sample. */
export function truthText(truth: ListTruth): string {
  const fields = Object.entries(truth).map(([key, value]) => {
    const lines = (key === 'samples' || key === 'tables') && Array.isArray(value) && value.length > 0
    const text = lines
      ? `[\n  ${value.map((each) => JSON.stringify(each)).join(',\n  ')}\n ]`
      : JSON.stringify(value)
    return ` "${key}": ${text}`
  })
  return `{\n${fields.join(',\n')}\n}\n`
}

/** Up to a dozen, evenly spread, with the first, the last and the first that has no price. */
function dozen(all: readonly SampleTruth[]): SampleTruth[] {
  const chosen = new Set<number>()
  for (let step = 0; step < 11; step++) chosen.add(Math.round((step * (all.length - 1)) / 10))
  const onRequest = all.findIndex((each) => each.price === null)
  if (onRequest >= 0) chosen.add(onRequest)
  return [...chosen]
    .sort((one, other) => one - other)
    .map((index) => all[index])
    .filter((each) => each !== undefined)
}
