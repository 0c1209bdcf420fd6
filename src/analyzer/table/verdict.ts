import type { ColumnDecision, TableDecision, Verdict } from './decision.ts'
import { checkOverrides } from './overrides.ts'

/**
 * Which file is a price list: one with at least one table that is; failing that, one with a doubtful table goes to
 * review.
 * @throws InvalidError `unknown_column` when an override names no column of any table
 */
export function decideFile(all: readonly TableDecision[]): { verdict: Verdict; reasons: string[] } {
  const tables = all.filter(({ isChosen }) => isChosen !== false)
  checkOverrides(tables)
  // Sheets that a person named are all read, so one doubtful sheet makes the file doubtful.
  const isNamed = tables.some(({ isChosen }) => isChosen === true)
  const kinds = isNamed ? (['review', 'price-list'] as const) : (['price-list', 'review'] as const)
  const verdict = kinds.find((kind) => tables.some((table) => table.verdict === kind))
  if (verdict === 'price-list') return { verdict, reasons: [] }
  const reasons = tables
    .filter((table) => verdict === undefined || table.verdict === verdict)
    .flatMap((table) =>
      table.reasons.map((reason) =>
        table.sheetName === null ? reason : `Sheet "${table.sheetName}": ${reason}`,
      ),
    )
  if (tables.length === 0) reasons.push('The file holds no table.')
  return { verdict: verdict ?? 'not-a-price-list', reasons: reasons.slice(0, reasonsMax) }
}

const reasonsMax = 20

/** Why a sheet was not read, in sentences for people. */
export function whyLeftAside({ isChosen, isHidden, reasons }: TableDecision): string {
  if (isChosen === false) return 'It is not among the sheets that were asked for.'
  return isHidden ? 'It is hidden.' : reasons.join(' ')
}

/** Below this, a decision about a chief field is a guess that a person should look at. */
export const sureMin = 0.6

/** Prices in thousands or in coins: "Цена, тыс. руб.", "Price (cents)", "Preis in Tsd. €". */
const multiples =
  /(?:^|[^\p{L}])(?:тыс|тис|млн|коп|копе[йе]\p{L}*|tsd|tausend|thousands?|mio|mill?ions?|tys|tis|mil|miles|milhares|migliaia|milliers|cents?|centimes|c[eé]ntimos|pence|groszy?|[öø]re|halé\p{L}*|kuruş)(?:$|[^\p{L}])|['’]000|[千万萬]/iu

/** What reading the sample with the decision gave. */
export interface SampleCounts {
  items: number
  priced: number
  rejected: number
}

/** The verdict on one table, with the reasons in sentences for people. */
export function judgeTable(
  decision: Pick<TableDecision, 'mapping' | 'header' | 'decimal' | 'unknownColumns'>,
  header: { confidence: number } | null,
  counts: SampleCounts,
): { verdict: Verdict; reasons: string[] } {
  const { sku, name, price } = decision.mapping
  const reasons: string[] = []
  if (decision.unknownColumns.length > 0) {
    const missing = decision.unknownColumns.map(({ field, value }) => `"${value.slice(0, 100)}" for ${field}`)
    return { verdict: 'not-a-price-list', reasons: [`The table has no column ${missing.join(', ')}.`] }
  }
  if (price === undefined) reasons.push('No column holds prices.')
  if (sku === undefined && name === undefined) reasons.push('No column names articles.')
  if (reasons.length > 0) return { verdict: 'not-a-price-list', reasons }
  if (counts.items + counts.rejected === 0) {
    return { verdict: 'not-a-price-list', reasons: ['There are no rows below the header.'] }
  }
  if (counts.priced === 0) reasons.push('No row of the sample has a readable price.')
  // Whoever said that there is none has looked at the table.
  if (header === null && !decision.header.isPinned)
    reasons.push('The table has no header; the columns were told by what they hold.')
  // Misspelt headers are found by what stands below them; once their columns are sure, so is the header.
  else if (header !== null && header.confidence < sureMin && !isSure(price) && !isSure(name ?? sku)) {
    reasons.push('The header is in words that are not known.')
  }
  for (const [label, column] of [
    ['SKU', sku],
    ['name', name],
    ['price', price],
  ] as const) {
    if (column === undefined || isSure(column)) continue
    const place =
      column.header === null ? `column ${column.column + 1}` : `column "${column.header.slice(0, 100)}"`
    reasons.push(`It is not sure that ${place} is the ${label} (${Math.round(column.confidence * 100)} %).`)
  }
  if (price?.header != null && multiples.test(price.header)) {
    reasons.push(
      `Column "${price.header.slice(0, 100)}" seems to hold thousands, or parts, of the currency's unit, and is read as it stands.`,
    )
  }
  if (decision.decimal.confidence < sureMin) {
    const example = decision.decimal.evidence[0]?.raw ?? ''
    reasons.push(`Prices such as "${example}" can be read in two ways.`)
  }
  if (counts.items < counts.rejected) {
    reasons.push(`Only ${counts.items} of ${counts.items + counts.rejected} rows of the sample can be read.`)
  }
  return { verdict: reasons.length === 0 ? 'price-list' : 'review', reasons }
}

function isSure(column: ColumnDecision | undefined): boolean {
  return column !== undefined && column.confidence >= sureMin
}
