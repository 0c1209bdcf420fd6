import { type ColumnProfile, share } from '../columns/columns.ts'

/** Finds the columns that hold currencies, and tells which speaks for which column of prices. */
export interface CurrencyColumns {
  /**
   * The column that names the currency of these prices; null: none does.
   * @param prices all columns of prices
   */
  of(price: number, prices: readonly number[]): number | null
}

/**
 * "Price 2" goes with "Currency 2" and "price[net]" with "cur[net]"; otherwise each currency stands right behind its
 * prices, or, where the first one precedes all prices, right before them.
 * @param texts headers by column, '' where blank
 */
export function currencyColumns(
  texts: readonly string[],
  profiles: readonly ColumnProfile[],
): CurrencyColumns {
  const columns = profiles
    .filter((profile) => profile.filled > 0 && share(profile.currencyCodes, profile) > codesMin)
    .map(({ column }) => column)
  return {
    of(price, prices) {
      if (columns.length === 0) return null
      const mark = markOf(texts[price] ?? '')
      const marked = mark === '' ? [] : columns.filter((column) => markOf(texts[column] ?? '') === mark)
      if (marked.length === 1) return marked[0]!
      const step = columns[0]! < Math.min(...prices) ? -1 : 1
      const beside = columns.find((column) => column === price + step) ?? null
      // One that is marked as another's is not taken for being near.
      return beside !== null && [mark, ''].includes(markOf(texts[beside] ?? '')) ? beside : null
    },
  }
}

const codesMin = 0.8

/** What a header of a pair has in common with its partner: a number at its end, or what stands in brackets. */
function markOf(header: string): string {
  const cut = header.slice(0, headerLengthMax)
  return /\[([^\]]+)\]/.exec(cut)?.[1] ?? /(?<![\d.,])\d{1,2}$/.exec(cut.trimEnd())?.[0] ?? ''
}

const headerLengthMax = 100
