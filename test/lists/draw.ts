/** A reproducible row of numbers (mulberry32): the same seed gives the same list on every machine. */
export function drawing(seed: number): {
  below(limit: number): number
  pick<Item>(items: readonly Item[]): Item
} {
  let state = seed
  const below = (limit: number) => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) % limit
  }
  return {
    below,
    pick(items) {
      const item = items[below(items.length)]
      if (item === undefined) throw new Error('nothing to pick from')
      return item
    },
  }
}

/** A GTIN-13 with a right check digit from its first twelve. */
export function gtin13(twelve: string): string {
  const sum = [...twelve].reduce(
    (total, digit, index) => total + Number(digit) * (index % 2 === 0 ? 1 : 3),
    0,
  )
  return `${twelve}${(10 - (sum % 10)) % 10}`
}

/** Whole cents as a decimal string: 1250 → "12.50". */
export function fromCents(cents: number): string {
  return `${Math.floor(cents / 100)}.${String(cents % 100).padStart(2, '0')}`
}

/** Whole cents with a decimal comma: 125000 → "1250,00", grouped "1.250,00". */
export function withComma(cents: number, grouping = ''): string {
  const whole = String(Math.floor(cents / 100)).replace(/\B(?=(\d{3})+$)/g, grouping)
  return `${whole},${String(cents % 100).padStart(2, '0')}`
}
