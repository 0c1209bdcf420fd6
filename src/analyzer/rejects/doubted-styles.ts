import type { DecimalDecision, DecimalStyle, TableDecision } from '../table/decision.ts'
import type { ProvedDecimals } from '../table/rows/reader.ts'

/**
 * The few prices of a file of corrections, some of them typed by hand, say nothing about how the supplier writes the
 * others: where they speak against it, those that can be read in two ways are rejected again.
 * @param proved by table
 * @returns null when nothing speaks against the styles
 */
export function doubtedStyles(
  tables: readonly TableDecision[],
  proved: readonly (ProvedDecimals | null)[],
): TableDecision[] | null {
  const doubted = tables.map((table, index) => {
    const found = proved[index] ?? null
    if (found === null) return table
    const style =
      table.decimal.isPinned === true ? table.decimal.style : doubtedStyle(table.decimal.style, found.price)
    const tiers = table.tiers.map((tier, at) => {
      const own = found.tiers[at]
      return own === undefined ? tier : { ...tier, decimal: doubtedStyle(tier.decimal, own) }
    })
    const isSame =
      style === table.decimal.style && tiers.every(({ decimal }, at) => decimal === table.tiers[at]!.decimal)
    return isSame ? table : { ...table, tiers, decimal: { ...table.decimal, style } }
  })
  return doubted.some((table, index) => table !== tables[index]) ? doubted : null
}

/** @param known what the list that is corrected writes; null: it never had to say */
function doubtedStyle(known: DecimalStyle | null, found: DecimalDecision): DecimalStyle | null {
  if (found.ambiguousCount === 0 || found.style === known) return known
  const isProved = found.from === 'column'
  if (known === null) return isProved ? found.style : 'mixed'
  return isProved ? 'mixed' : known
}
