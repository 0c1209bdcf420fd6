import { isWholeSheet } from '../analyzer/table/areas/area.ts'
import { tableName } from '../analyzer/table/areas/table-name.ts'
import type { Choice } from '../analyzer/table/card/choice.ts'
import { correctionsOf } from '../analyzer/table/card/corrections.ts'
import type { LayoutChange } from '../analyzer/table/card/layout.ts'
import type { ProvingCell } from '../analyzer/table/card/proving-cells.ts'
import { fieldText, whyNotRunnerUp } from '../analyzer/table/card/runner-up.ts'
import {
  type ColumnDecision,
  type DecimalSource,
  type Field,
  fields,
  type Verdict,
} from '../analyzer/table/decision.ts'
import { columnLetter } from '../analyzer/table/letters.ts'
import { sureMin } from '../analyzer/table/verdict/sure.ts'
import { isRead, whyLeftAside } from '../analyzer/table/verdict/verdict.ts'
import type { FileDecision, IgnoredCounts, RowCounts } from '../imports/model.ts'
import { formatE4 } from '../lib/money.ts'
import { printLine, printProse, printTable } from './output.ts'
import type { Writer } from './writer.ts'

export { columnLetter } from '../analyzer/table/letters.ts'

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

type CountedTable = FileDecision['tables'][number]

interface CardContext {
  counts: RowCounts
  ignored: IgnoredCounts
  hasSaidDoubts?: boolean
}

/**
 * Prints what was found out about a file, as a buyer would like to check it (R2.9): the doubts first.
 * @param hasSaidDoubts whether they stand above already, with what to type
 */
export function printCard(
  writer: Writer,
  card: FileDecision,
  { counts, ignored, hasSaidDoubts = false }: CardContext,
): void {
  const parts = [formatText(card), card.encoding, delimiterText(card.delimiter)]
  printLine(writer, `${verdictText[card.verdict]} (${parts.filter((part) => part !== null).join(', ')}).`)
  if (!hasSaidDoubts) {
    for (const reason of card.reasons) printProse(writer, `  ${reason}`)
    printCorrections(writer, card, 'To make it sure, or to put it right, add what is true:')
  }
  printLayoutChanges(writer, card.layoutChanges)
  const { encoding, delimiter } = card.choices
  if (encoding !== null && isGuess(encoding)) printProse(writer, `Encoding: ${choiceText(encoding)}.`)
  if (delimiter !== null && isGuess(delimiter)) printProse(writer, `Delimiter: ${choiceText(delimiter)}.`)
  const aside = (card.wrapping?.leftAside ?? []).map(
    ({ name, reason }) => `${name} ${reason.replace(/\.$/, '')}`,
  )
  if (aside.length > 0) printProse(writer, `Left aside in the archive: ${listText(aside, '; ')}.`)
  printProse(writer, countsText(counts, ignored))
  const read = card.tables.filter((table) => isRead(table, card.tables))
  for (const table of read) printDecision(writer, table, card)
  const left = card.tables.filter((table) => !read.includes(table))
  if (left.length > 0) printLine(writer, '')
  for (const table of left) printLeftAside(writer, table)
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

/** What to type where something is not sure: one flag a line, with what it says. */
export function printCorrections(writer: Writer, card: FileDecision, introduction: string): void {
  const corrections = correctionsOf(card)
  if (corrections.length === 0) return
  printLine(writer, introduction)
  const flags = corrections.map(({ option, value }) => `--${option.replaceAll('_', '-')} ${shellWord(value)}`)
  const width = Math.max(...flags.map((flag) => Bun.stringWidth(flag)))
  for (const [index, { means }] of corrections.entries()) {
    const flag = flags[index]!
    printLine(writer, `  ${flag}${' '.repeat(width - Bun.stringWidth(flag))}  ${means}`)
  }
}

function printLayoutChanges(writer: Writer, changes: readonly LayoutChange[]): void {
  if (changes.length === 0) return
  printLine(writer, "Changed since this source's last list:")
  for (const change of changes.slice(0, listedMax)) printLine(writer, `  ${changeText(change)}`)
  if (changes.length > listedMax) printLine(writer, `  … and ${changes.length - listedMax} more.`)
}

/** '? SKU: "Artikelnr" is now "Part no" (96 % known)' */
function changeText({ kind, sheet, field, from, to, overlap, doubt }: LayoutChange): string {
  const mark = doubt === null ? ' ' : '?'
  const what = field === null ? '' : `${fieldText(field)}: `
  const known = overlap === null ? '' : ` (${percent(overlap)} known)`
  const place = sheet === null ? '' : ` on sheet "${sheet}"`
  const said = {
    renamed: `"${from}" is now "${to}"`,
    moved: from === to ? `"${to}" stands in another place` : `"${to}" is taken instead of "${from}"`,
    added: `"${to}" is new`,
    removed: to === null ? `"${from}" is gone` : `"${from}" is gone; it may be "${to}"`,
  }[kind]
  return `${mark} ${what}${said}${known}${place}`
}

/** As a shell reads it back. */
function shellWord(text: string): string {
  if (/^[\p{L}\p{N}_=.,:+-]+$/u.test(text)) return text
  return /["$`\\!]/.test(text) ? `'${text.replaceAll("'", "'\\''")}'` : `"${text}"`
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

/** Whether there is something to tell: nobody asks why plain text is plain text. */
function isGuess({ confidence, runnerUp, isPinned }: Choice): boolean {
  return isPinned === true || confidence < 1 || runnerUp !== null
}

function choiceText({ value, confidence, why, runnerUp, isPinned }: Choice): string {
  const sure = isPinned ? `, ${why}` : `, ${percent(confidence)} sure${why === null ? '' : `: ${why}`}`
  if (runnerUp === null) return `${signText(value)}${sure}`
  const rest = runnerUp.why === null ? '' : `: ${runnerUp.why}`
  return `${signText(value)}${sure}; not ${signText(runnerUp.value)} (${percent(runnerUp.confidence)})${rest}`
}

function signText(value: string): string {
  return value === '\t' ? 'tab' : value.length === 1 ? `"${value}"` : value
}

function printLeftAside(writer: Writer, table: CountedTable): void {
  const { counts } = table
  const why = whyLeftAside(table)
  printProse(writer, `${placeText(table)}: left aside, ${counts.read} rows. ${why}`.trimEnd())
}

function placeText(table: CountedTable): string {
  return table.sheetName === null && isWholeSheet(table.area) ? 'Table' : tableName(table)
}

function printDecision(writer: Writer, table: CountedTable, { tables, verdict }: FileDecision): void {
  printLine(writer, '')
  const { counts } = table
  const isOneOfMany = tables.length > 1
  const rows = isOneOfMany ? ` ${countsText(counts, table.ignored)}` : ''
  printProse(writer, `${placeText(table)}: ${headerText(table)}.${rows}`)
  // A doubtful file has said them above.
  if (verdict !== 'review') for (const reason of table.reasons) printProse(writer, `  ${reason}`)
  printMapping(writer, table)
  printProse(
    writer,
    `Prices: ${[decimalText(table), currencyText(table), taxText(table)].filter(Boolean).join('; ')}.`,
  )
  const tiers = table.tiers.map(tierText)
  if (tiers.length > 0) printProse(writer, `Further prices: ${listText(tiers)}.`)
  if (table.otherLists.length > 0)
    printProse(
      writer,
      `An article that has no price in ${columnLetter(table.mapping.price?.column ?? 0)} takes that of ${table.otherLists.map(columnLetter).join(', else ')}.`,
    )
  if (!table.identity.includes('sku'))
    printProse(writer, `The list has no SKUs: an item is known by its ${identityText(table)}.`)
  const others = furtherColumns(table)
  if (others.length > 0) printProse(writer, `Further columns, kept with each item: ${listText(others)}.`)
}

/** The fields in their own order; what is not sure is marked. */
function printMapping(writer: Writer, table: CountedTable): void {
  printTable(writer, {
    columns: [
      { header: '' },
      { header: 'FIELD' },
      { header: 'COLUMN', canShrink: true },
      { header: 'SURE', align: 'right' },
      { header: 'READ AS', canShrink: true },
      { header: 'OTHERWISE', canShrink: true },
    ],
    rows: fields.flatMap((field) => {
      const decided = table.mapping[field]
      if (decided === undefined) return []
      return [
        [
          isChief(field) && decided.confidence < sureMin ? '?' : '',
          field,
          columnText(decided),
          decided.isPinned ? 'said' : percent(decided.confidence),
          cellsText(table.cells[field] ?? [], field),
          runnerUpText(table, field),
        ],
      ]
    }),
  })
}

const isChief = (field: Field) => field === 'sku' || field === 'name' || field === 'price'

const columnText = ({ column, header }: Pick<ColumnDecision, 'column' | 'header'>) =>
  `${columnLetter(column)}${header === null || header === '' ? '' : `  ${header}`}`

/** "C7  13,75 → 13.75" */
function cellsText(cells: readonly ProvingCell[], field: Field): string {
  const shown = cells.slice(0, field === 'price' ? 2 : 1)
  return shown.map((cell) => cellText(cell)).join(', ')
}

function cellText({ row, column, raw, read }: ProvingCell): string {
  const cut = raw.length > shownMax ? `${raw.slice(0, shownMax - 1)}…` : raw
  const isPlain = read === '' || read === raw || (/^\d+(?:\.\d+)?$/.test(raw) && Number(raw) === Number(read))
  const reading = isPlain ? '' : ` → ${read.slice(0, shownMax)}`
  return `${columnLetter(column)}${row + 1} ${cut}${reading}`
}

const shownMax = 30

function runnerUpText(table: CountedTable, field: Field): string {
  const runnerUp = table.mapping[field]?.runnerUp ?? null
  if (runnerUp === null) return ''
  const why = whyNotRunnerUp(table, field)
  // The share first: what comes last is cut where the terminal is narrow.
  return `${percent(runnerUp.confidence).padStart(4)}  ${columnText(runnerUp)}${why === null ? '' : `; ${why}`}`
}

function headerText({ headerRows, headers, header }: CountedTable): string {
  const said = header.isPinned ? ', as it was said' : ''
  if (headerRows.length === 0)
    return headers.length === 0 ? `no header${said}` : 'every value comes with its name'
  const place = `header in row ${headerRows.map((row) => row + 1).join(' and ')}${said}`
  const sure = header.isPinned || header.confidence === null ? '' : `, ${percent(header.confidence)} sure`
  const { runnerUp } = header
  return `${place}${sure}${runnerUp === null ? '' : ` (otherwise row ${runnerUp.row + 1})`}`
}

function decimalText({ decimal }: CountedTable): string {
  const proof = decimal.evidence[0]
  const shown = proof === undefined ? '' : ` (row ${proof.row + 1}: ${proof.raw})`
  if (decimal.style === null) return 'no decimal sign needed'
  if (decimal.style === 'mixed') return 'decimal commas and points mixed; every cell is read by itself'
  const sign = decimal.style === 'comma' ? 'decimal comma' : 'decimal point'
  if (decimal.isPinned) return `${sign}, as it was said`
  const why = decimal.from === null ? '' : decimalWhy[decimal.from]
  return `${sign}, ${percent(decimal.confidence)} sure${why}${shown}`
}

const decimalWhy: Record<DecimalSource, string> = {
  column: '',
  file: ' by other numbers of the file',
  currency: ' by the coins of the currency',
  usage: ' by what most lists write',
}

const currencyPlace: Record<string, string> = {
  symbol: 'from a symbol',
  code: 'from a code',
  header: 'from the header',
  column: 'from a column',
  title: 'from a title or note',
  configuration: 'as configured',
}

function currencyText({ currency, cells }: CountedTable): string {
  if (currency.code === null && currency.from !== 'column') return 'the currency is not stated'
  const place = currency.from === null ? '' : ` ${currencyPlace[currency.from] ?? currency.from}`
  const [proof] = cells.currency ?? []
  const shown = proof === undefined ? '' : ` (${columnLetter(proof.column)}${proof.row + 1} ${proof.raw})`
  return `${currency.code ?? 'currency row by row'}${place}${shown}`
}

function taxText({ priceTax }: CountedTable): string {
  if (priceTax === null) return ''
  return priceTax === 'net' ? 'without VAT' : 'with VAT'
}

function tierText({
  column,
  name,
  minQuantityE4,
  currency,
  currencyColumn,
  tax,
}: CountedTable['tiers'][number]) {
  const parts = [
    minQuantityE4 === null ? '' : `from ${formatE4(minQuantityE4)} on`,
    currency ?? (currencyColumn === null ? '' : `currency in ${columnLetter(currencyColumn)}`),
    tax === null ? '' : tax === 'net' ? 'without VAT' : 'with VAT',
  ].filter((part) => part !== '')
  return `${columnLetter(column)} ${name}${parts.length === 0 ? '' : ` (${parts.join(', ')})`}`
}

/** As the file calls them; those that are fields are told of above. */
function furtherColumns({ characteristics, mapping, headers }: CountedTable): string[] {
  const mapped = new Set(Object.values(mapping).map(({ column }) => column))
  return characteristics
    .filter(({ column }) => !mapped.has(column))
    .map(({ column, key }) => headers[column] || key)
}

/** "name", or "name, unit and variant": of the fields that identify an item those that the list has. */
function identityText({ identity, mapping }: CountedTable): string {
  const there = identity.filter((field) => mapping[field] !== undefined).map(fieldText)
  const last = there.pop() ?? fieldText('name')
  return there.length === 0 ? last : `${there.join(', ')} and ${last}`
}

function listText(texts: readonly string[], between = ', '): string {
  const shown = texts.slice(0, listedMax).join(between)
  return texts.length > listedMax ? `${shown} and ${texts.length - listedMax} more` : shown
}

const listedMax = 20
