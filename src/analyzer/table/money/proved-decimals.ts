import { provedAgain } from '../card/proving-cells.ts'
import type { DecimalDecision, DecimalStyle, TableDecision } from '../decision.ts'
import type { ProvedDecimals } from '../rows/reader.ts'
import { sureMin } from '../verdict/sure.ts'
import { ambiguousText } from '../verdict/verdict.ts'
import { contradicts } from './decimal-style.ts'

/**
 * The decision with what the whole columns proved about their decimal signs; the same one when nothing speaks against it.
 * What turned out to be open is for a person to say.
 * @param proved null: the table was not read
 */
export function correctedTable(table: TableDecision, proved: ProvedDecimals | null): TableDecision {
  if (proved === null) return table
  const tiers = table.tiers.map((tier, at) => {
    const own = proved.tiers[at]
    return own !== undefined && contradictsTier(tier.decimal, own) ? { ...tier, decimal: own.style } : tier
  })
  const hasNewTiers = tiers.some((tier, at) => tier !== table.tiers[at])
  if (!contradicts(table.decimal, proved.price)) return hasNewTiers ? { ...table, tiers } : table
  const decimal = proved.price
  return {
    ...table,
    tiers,
    decimal,
    cells: provedAgain(table.cells, decimal.style),
    ...judgedAgain(table, decimal),
  }
}

/** The verdict, in which the doubt about how the prices are written has come or gone. */
function judgedAgain(
  { verdict, reasons: before, decimal: sampled }: TableDecision,
  decimal: DecimalDecision,
): Pick<TableDecision, 'verdict' | 'reasons'> {
  if (verdict === 'not-a-price-list') return { verdict, reasons: before }
  const reasons = before.filter((reason) => reason !== ambiguousText(sampled))
  if (decimal.confidence < sureMin) reasons.push(ambiguousText(decimal))
  return { verdict: reasons.length === 0 ? 'price-list' : 'review', reasons }
}

/**
 * Whether the rows that were read prove another decimal style than the one in use. Recognised rows were not looked
 * at, and some of them may follow the column's style, so any other proof means reading them all.
 */
export function hasOtherProof({ decimal, tiers }: TableDecision, proved: ProvedDecimals | null): boolean {
  // A sample that proves both signs proves them whatever else is found.
  const isOther = (style: DecimalStyle | null, other: DecimalStyle | null) =>
    other !== null && style !== 'mixed' && other !== style
  if (proved === null) return false
  if (decimal.isPinned !== true && isOther(decimal.style, proved.price.style)) return true
  return tiers.some((tier, at) => isOther(tier.decimal, proved.tiers[at]?.style ?? null))
}

/** What usage says of a further price outweighs nothing; proofs do. */
function contradictsTier(provisional: DecimalStyle | null, proved: DecimalDecision): boolean {
  if (proved.ambiguousCount === 0 || proved.style === provisional) return false
  return proved.from === 'column' || provisional === null
}
