import { isWholeSheet } from '../areas/area.ts'
import { tableName } from '../areas/table-name.ts'
import { checkOverrides } from '../columns/overrides.ts'
import type { ColumnDecision, DecimalDecision, TableDecision, Verdict } from '../decision.ts'
import { lostRowsMin } from '../header/lost-rows.ts'
import { columnLetter } from '../letters.ts'
import { normalize } from '../text.ts'
import { sureMin } from './sure.ts'

/**
 * Which file is a price list: one with at least one table that is, and no doubtful one on the same sheet; failing that,
 * one with a doubtful table goes to review.
 * @throws InvalidError `unknown_column` when an override names no column of any table
 */
export function decideFile(all: readonly TableDecision[]): { verdict: Verdict; reasons: string[] } {
  const tables = all.filter(({ isChosen }) => isChosen !== false)
  checkOverrides(tables)
  const read = tables.filter((table) => isRead(table, tables))
  const doubtful = read.filter(({ verdict }) => verdict === 'review')
  if (read.length > 0 && doubtful.length === 0) return { verdict: 'price-list', reasons: [] }
  const verdict = read.length > 0 ? 'review' : 'not-a-price-list'
  const reasons = (read.length > 0 ? doubtful : tables).flatMap((table) =>
    table.reasons.map((reason) => (isAlone(table) ? reason : `${tableName(table)}: ${reason}`)),
  )
  if (tables.length === 0) reasons.push('The file holds no table.')
  return { verdict, reasons: reasons.slice(0, reasonsMax) }
}

/**
 * Whether a table's rows are read. Where a file has sheets that surely are price lists, doubtful sheets are left out,
 * and hidden ones where it has visible ones; the card says so. Doubtful tables beside sure ones of the same sheet are
 * not: they may be the rest of the list. Of the sheets that a person named all are read, and no others.
 */
export function isRead(table: TableDecision, all: readonly TableDecision[]): boolean {
  const lists = all.filter(({ verdict }) => verdict !== 'not-a-price-list')
  const visible = lists.filter(({ isHidden }) => !isHidden)
  if (table.isChosen !== null) return table.isChosen && lists.includes(table)
  const looked = visible.length > 0 ? visible : lists
  if (!looked.includes(table)) return false
  const sure = looked.filter(({ verdict }) => verdict === 'price-list')
  return sure.length === 0 || sure.some(({ sheet }) => sheet === table.sheet)
}

function isAlone({ sheetName, area }: TableDecision): boolean {
  return sheetName === null && isWholeSheet(area)
}

const reasonsMax = 20

/** Why a sheet was not read, in sentences for people. */
export function whyLeftAside({ isChosen, isHidden, reasons }: TableDecision): string {
  if (isChosen === false) return 'It is not among the sheets that were asked for.'
  return isHidden ? 'It is hidden.' : reasons.join(' ')
}

/** Prices in thousands or in coins: "Цена, тыс. руб.", "Price (cents)", "Preis in Tsd. €". */
const multiples =
  /(?:^|[^\p{L}])(?:тыс|тис|млн|коп|копе[йе]\p{L}*|tsd|tausend|thousands?|mio|mill?ions?|tys|tis|mil|miles|milhares|migliaia|milliers|cents?|centimes|c[eé]ntimos|pence|groszy?|[öø]re|halé\p{L}*|kuruş)(?:$|[^\p{L}])|['’]000|[千万萬]/iu

/** Whether a header says that its numbers are articles' numbers, so that they may do without names; "id" does not. */
function namesSku(header: string | null): boolean {
  return header !== null && !/(?:^| )(?:id|no|nr|number|номер)$/.test(normalize(header))
}

/** What reading the sample with the decision gave. */
export interface SampleCounts {
  items: number
  priced: number
  rejected: number
  /** Of the rejected, those whose price is below 0. */
  negative: number
}

/**
 * The verdict on one table, with the reasons in sentences for people.
 * @param header `plain`: its columns need no names; null: it has none
 * @param counts.lost rows above the header that read like articles
 * @param otherwise what else it may be: see `otherDocument`
 */
export function judgeTable(
  decision: Pick<TableDecision, 'mapping' | 'header' | 'decimal' | 'unknownColumns'>,
  header: { confidence: number } | 'plain' | null,
  counts: SampleCounts & { lost: number },
  otherwise: string | null,
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
  // A feed of ids and prices says nothing of what they are.
  if (name === undefined && sku !== undefined && sku.confidence < 1 && !namesSku(sku.header)) {
    const column = sku.header === null ? '' : ` in column "${sku.header.slice(0, 100)}"`
    reasons.push(`No column names the articles in words; there are only their numbers${column}.`)
  }
  if (counts.lost >= lostRowsMin) {
    reasons.push(`${counts.lost} rows above the header read like articles; say where the header is.`)
  }
  if (otherwise !== null) reasons.push(otherwise)
  if (counts.priced === 0) reasons.push('No row of the sample has a readable price.')
  // Whoever said that there is none has looked at the table.
  if (header === null && !decision.header.isPinned)
    reasons.push('The table has no header; the columns were told by what they hold.')
  // Misspelt headers are found by what stands below them; once their columns are sure, so is the header.
  else if (
    header !== null &&
    header !== 'plain' &&
    header.confidence < sureMin &&
    !isSure(price) &&
    !isSure(name ?? sku)
  ) {
    reasons.push('The header is in words that are not known.')
  }
  for (const [label, column] of [
    ['SKU', sku],
    ['name', name],
    ['price', price],
  ] as const) {
    if (column === undefined || isSure(column)) continue
    reasons.push(notSureText(label, column))
  }
  if (price?.header != null && multiples.test(price.header)) {
    reasons.push(
      `Column "${price.header.slice(0, 100)}" seems to hold thousands, or parts, of the currency's unit, and is read as it stands.`,
    )
  }
  if (decision.decimal.confidence < sureMin) {
    reasons.push(ambiguousText(decision.decimal))
  }
  if (counts.negative >= (counts.items + counts.negative) * negativeShareMin && counts.negative > 0) {
    reasons.push(
      `${counts.negative} of ${counts.items + counts.negative} amounts of the sample are below 0, as in accounts and corrections.`,
    )
  }
  if (counts.items < counts.rejected) {
    reasons.push(`Only ${counts.items} of ${counts.items + counts.rejected} rows of the sample can be read.`)
  }
  return { verdict: reasons.length === 0 ? 'price-list' : 'review', reasons }
}

/** A list may take back a bottle or grant a rebate, but not in every fifth row. */
const negativeShareMin = 0.2

/** Why a person must say how the prices are written. */
export function ambiguousText({ evidence }: Pick<DecimalDecision, 'evidence'>): string {
  return `Prices such as "${evidence[0]?.raw ?? ''}" can be read in two ways.`
}

/** 'It is not sure that column "Netto" is the price (45 %).' */
export function notSureText(
  field: 'SKU' | 'name' | 'price',
  { column, header, confidence }: ColumnDecision,
): string {
  const place = header === null ? `column ${columnLetter(column)}` : `column "${header.slice(0, 100)}"`
  return `It is not sure that ${place} is the ${field} (${Math.round(confidence * 100)} %).`
}

function isSure(column: ColumnDecision | undefined): boolean {
  return column !== undefined && column.confidence >= sureMin
}
