import { type ColumnProfile, share } from './columns.ts'
import type { HeaderNames } from './header-names.ts'
import type { Mapping } from './mapping.ts'
import type { PriceTable } from './price-columns.ts'

/**
 * Which column says the currency of which column of prices, where several do: "Preis | Währung | Listenpreis |
 * Währung". They stand behind their prices or before them, all in the same way; one that stands behind several prices
 * speaks for all of them.
 * @param prices the columns of prices, the price itself among them
 * @returns price column → currency column; empty with less than two columns of currencies, for one is that of all
 */
export function currencyColumns(
  table: PriceTable,
  names: HeaderNames,
  mapping: Mapping,
  prices: readonly number[],
): ReadonlyMap<number, number> {
  const { currency, ...others } = mapping
  const taken = new Set([...prices, ...Object.values(others).map(({ column }) => column)])
  const currencies = table.profiles.flatMap((profile) => {
    const { column } = profile
    if (taken.has(column)) return []
    return column === currency?.column || isCurrency(profile, table.texts, names) ? [column] : []
  })
  if (currencies.length < 2) return new Map()
  const numbers = table.profiles.filter(({ priced }) => priced > 0).map(({ column }) => column)
  return pairs(prices, currencies, numbers) ?? new Map()
}

const codesMin = 0.5
/** Without a header that says so. */
const surelyCodesMin = 0.9
const nameScoreMin = 0.68

function isCurrency(profile: ColumnProfile, texts: readonly string[], names: HeaderNames): boolean {
  const codes = share(profile.currencyCodes, profile)
  const isNamed = (names.quick(texts[profile.column] ?? '').currency ?? 0) >= nameScoreMin
  return codes > surelyCodesMin || (isNamed && codes >= codesMin)
}

/** @returns null: "Price | Currency | Price | Currency | Price" may be read either way, and so may what fits neither */
function pairs(
  prices: readonly number[],
  currencies: readonly number[],
  numbers: readonly number[],
): Map<number, number> | null {
  const isBehind = Math.min(...prices) < currencies[0]!
  if (isBehind === Math.max(...prices) > currencies.at(-1)!) return null
  const currencyOf = (column: number) =>
    isBehind ? currencies.find((each) => each > column) : currencies.findLast((each) => each < column)
  // A column of currencies may also belong to what is no price, such as the costs of delivery.
  const spokenFor = new Set(numbers.map(currencyOf))
  if (!currencies.every((each) => spokenFor.has(each))) return null
  // Every price has one, since all of them stand on the same side.
  return new Map(prices.map((price) => [price, currencyOf(price)!]))
}
