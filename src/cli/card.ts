import { isWholeSheet } from '../analyzer/table/area.ts'
import type { ColumnDecision, TableDecision, Verdict } from '../analyzer/table/decision.ts'
import { tableName } from '../analyzer/table/table-name.ts'
import type { FileDecision, IgnoredCounts, RowCounts } from '../imports/model.ts'
import { printLine, printTable } from './output.ts'
import type { Writer } from './writer.ts'

/** A column as spreadsheets name it: 0 → "A", 26 → "AA". */
export function columnLetter(column: number): string {
  let letters = ''
  for (let rest = column + 1; rest > 0; rest = Math.floor((rest - 1) / 26))
    letters = String.fromCharCode(65 + ((rest - 1) % 26)) + letters
  return letters
}

/** "St", or "100 St" where the price is for a hundred. */
export function unitText(unit: string | null, priceQuantity: string | null): string | null {
  return priceQuantity === null ? unit : [priceQuantity, unit].filter((part) => part !== null).join(' ')
}

const verdictText: Record<Verdict, string> = {
  'price-list': 'A price list',
  review: 'Perhaps a price list; a person should look',
  'not-a-price-list': 'Not a price list',
}

const percent = (share: number) => `${Math.round(share * 100)} %`

/** Prints what was found out about a file, as a buyer would like to check it (R2.9). */
export function printCard(
  writer: Writer,
  card: FileDecision,
  counts: RowCounts,
  ignored: IgnoredCounts,
): void {
  const parts = [formatText(card), card.encoding, delimiterText(card.delimiter)]
  printLine(writer, `${verdictText[card.verdict]} (${parts.filter((part) => part !== null).join(', ')}).`)
  for (const reason of card.reasons) printLine(writer, `  ${reason}`)
  for (const { name, reason } of card.wrapping?.leftAside ?? [])
    printLine(writer, `  Left aside in the archive: ${name} ${reason.replace(/\.$/, '')}.`)
  printLine(writer, countsText(counts, ignored))
  for (const table of card.tables) printDecision(writer, table, card.tables.length > 1)
}

/** "120 rows: 110 accepted (108 with a price), 2 rejected, 8 ignored (1 header, 7 section)." */
export function countsText(counts: RowCounts, ignored: IgnoredCounts): string {
  const reasons = Object.entries(ignored).map(([reason, count]) => `${count} ${reason.replaceAll('_', ' ')}`)
  const parts = [
    `${counts.accepted} accepted${counts.accepted === counts.priced ? '' : ` (${counts.priced} with a price)`}`,
    counts.unchanged > 0 ? `${counts.unchanged} unchanged` : '',
    `${counts.rejected} rejected`,
    `${counts.ignored} ignored${reasons.length > 0 ? ` (${reasons.join(', ')})` : ''}`,
  ]
  return `${counts.read} rows: ${parts.filter((part) => part !== '').join(', ')}.`
}

/** "CSV", or "CSV in a ZIP archive". */
function formatText({ format, wrapping }: FileDecision): string {
  const text = format.toUpperCase().replaceAll(' AND ', ' and ')
  if (wrapping === null) return text
  return `${text} ${wrapping.kind === 'zip' ? 'in a ZIP archive' : 'packed with gzip'}`
}

function delimiterText(delimiter: string | null): string | null {
  if (delimiter === null) return null
  return delimiter === '\t' ? 'tab-separated' : `separated by "${delimiter}"`
}

function printDecision(writer: Writer, table: FileDecision['tables'][number], isOneOfMany: boolean): void {
  printLine(writer, '')
  const isPlain = table.sheetName === null && isWholeSheet(table.area)
  const where = isPlain ? 'Table' : tableName(table)
  const { headerRows, counts } = table
  if (table.verdict === 'not-a-price-list' || (table.ignored.not_a_list ?? 0) > 0) {
    const why = table.isHidden ? 'It is hidden.' : table.reasons.join(' ')
    printLine(writer, `${where}: no price list, ${counts.read} rows left aside. ${why}`)
    return
  }
  const header =
    headerRows.length === 0
      ? table.headers.length === 0
        ? 'no header'
        : 'named values'
      : `header in row ${headerRows.map((row) => row + 1).join(' and ')}`
  printLine(writer, `${where}: ${header}.${isOneOfMany ? ` ${countsText(counts, table.ignored)}` : ''}`)
  if (isOneOfMany) for (const reason of table.reasons) printLine(writer, `  ${reason}`)
  printTable(writer, {
    columns: [
      { header: 'FIELD' },
      { header: 'COLUMN', canShrink: true },
      { header: 'SURE', align: 'right' },
      { header: 'RUNNER-UP', canShrink: true },
    ],
    rows: Object.entries(table.mapping).map(([field, column]) => [
      field,
      columnText(column),
      percent(column.confidence),
      column.runnerUp === null
        ? ''
        : `${columnText(column.runnerUp)} (${percent(column.runnerUp.confidence)})`,
    ]),
  })
  printLine(writer, `Prices: ${decimalText(table)}; ${currencyText(table)}.`)
  if (!table.identity.includes('sku'))
    printLine(writer, `The list has no SKUs: an item is known by its ${table.identity.join(' and ')}.`)
  const others = table.characteristics.map(({ key }) => key)
  if (others.length > 0) printLine(writer, `Further columns, kept as characteristics: ${others.join(', ')}.`)
}

const columnText = ({ column, header }: Pick<ColumnDecision, 'column' | 'header'>) =>
  `${columnLetter(column)}${header === null || header === '' ? '' : `  ${header}`}`

function decimalText({ decimal }: TableDecision): string {
  if (decimal.style === null) return 'no decimal sign needed'
  if (decimal.style === 'mixed') return 'decimal commas and points mixed; every cell is read by itself'
  const sign = decimal.style === 'comma' ? 'decimal comma' : 'decimal point'
  const proof = decimal.evidence[0]
  return `${sign}, ${percent(decimal.confidence)} sure${proof === undefined ? '' : ` (row ${proof.row + 1}: ${proof.raw})`}`
}

const currencyPlace = {
  symbol: 'from a symbol',
  code: 'from a code',
  header: 'from the header',
  column: 'from a column',
  title: 'from a title or note',
  configuration: 'as configured',
} as const

function currencyText({ currency }: TableDecision): string {
  if (currency.code === null && currency.from !== 'column')
    return 'the currency is not stated; say it with --currency'
  const place = currency.from === null ? '' : ` ${currencyPlace[currency.from]}`
  return currency.code === null ? `currency row by row${place}` : `${currency.code}${place}`
}
