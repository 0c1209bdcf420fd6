/** Exact sum of decimal texts with at most four decimals; null counts as nothing. "1.5" and "2.25" → "3.75". */
export function sumOf(prices: readonly (string | null)[]): string {
  const total = prices.reduce((sum, price) => sum + (price === null ? 0n : tenThousandths(price)), 0n)
  const text = total.toString().padStart(5, '0')
  return `${text.slice(0, -4)}.${text.slice(-4)}`.replace(/\.?0+$/, '')
}

/** Whether two decimal texts are the same number: "12.5" and "12.50"; null is the same as null alone. */
export function isSameDecimal(one: string | null, other: string | null): boolean {
  if (one === null || other === null) return one === other
  return tenThousandths(one) === tenThousandths(other)
}

function tenThousandths(price: string): bigint {
  const [whole = '0', decimals = ''] = price.split('.')
  return BigInt(whole) * 10_000n + BigInt(decimals.padEnd(4, '0'))
}
