import type { FileDecision } from '../../../imports/model.ts'
import { formatPrice } from '../../../lib/money.ts'
import type { Field, TableDecision } from '../decision.ts'
import { columnLetter } from '../letters.ts'
import { priceReader } from '../money/price.ts'
import { sureMin } from '../verdict/sure.ts'
import { isRead } from '../verdict/verdict.ts'
import { fieldText } from './runner-up.ts'

/** Something that a person may say about a list, because the list leaves it open. */
export interface Correction {
  /** The field of an upload; on the command line its option: `header_row` is `--header-row`. */
  option: 'map' | 'header_row' | 'sheet' | 'decimal' | 'currency' | 'encoding' | 'delimiter'
  value: string
  /** What it says, in words for people. */
  means: string
}

/** What is not sure about a file, as what to say if it is wrong; and what to say so that it is sure. */
export function correctionsOf({ choices, tables }: Pick<FileDecision, 'choices' | 'tables'>): Correction[] {
  const found: Correction[] = []
  for (const option of ['encoding', 'delimiter'] as const) {
    const choice = choices[option]
    if (choice === null || choice.runnerUp === null || choice.confidence >= choiceSureMin) continue
    const { value, why, confidence } = choice.runnerUp
    if (confidence < choiceLikelyMin) continue
    const written = value === '\t' ? 'tab' : value
    found.push({ option, value: written, means: meansOf(option, written, why) })
  }
  const read = tables.filter((table) => isRead(table, tables))
  for (const table of read.length > 0 ? read : tables) {
    const named = read.length > 0 ? correctionsOfTable(table) : unnamed(table)
    found.push(...named)
  }
  if (read.length > 0) found.push(...sheetsLeft(tables))
  const each = new Map(found.map((correction) => [`${correction.option}=${correction.value}`, correction]))
  return [...each.values()].slice(0, correctionsMax)
}

const correctionsMax = 20
/** Text in a wrong encoding is still read, and rows that are split wrongly mostly are not. */
const choiceSureMin = 0.6
const choiceLikelyMin = 0.1

function meansOf(option: 'encoding' | 'delimiter', value: string, why: string | null): string {
  if (option === 'delimiter') return `the columns are separated by ${value === 'tab' ? value : `"${value}"`}`
  return `the text is in ${value}${why === null ? '' : `, which ${why}`}`
}

function correctionsOfTable(table: TableDecision): Correction[] {
  const { mapping, header, headerRows, decimal, currency } = table
  const found: Correction[] = []
  if (
    !header.isPinned &&
    (header.confidence === null ? table.verdict === 'review' : header.confidence < sureMin)
  ) {
    const { runnerUp } = header
    if (runnerUp !== null)
      found.push({
        option: 'header_row',
        value: String(runnerUp.row + 1),
        means: `row ${runnerUp.row + 1} is the header: ${runnerUp.text}`,
      })
    const rows = headerRows.map((row) => row + 1)
    found.push(
      rows.length === 0
        ? { option: 'header_row', value: 'none', means: 'the list has no header' }
        : {
            option: 'header_row',
            value: rows.length === 1 ? String(rows[0]) : `${rows[0]}-${rows.at(-1)}`,
            means: 'the header is where it was found',
          },
    )
  }
  for (const field of ['sku', 'name', 'price'] as const) {
    const decided = mapping[field]
    if (decided === undefined || decided.confidence >= sureMin) continue
    found.push(columnCorrection(field, decided))
    if (decided.runnerUp !== null) found.push(columnCorrection(field, decided.runnerUp))
  }
  if (decimal.confidence < sureMin) found.push(...decimalCorrections(table))
  if (currency.code === null && currency.from !== 'column')
    found.push({ option: 'currency', value: 'CODE', means: 'the currency of the prices, such as EUR' })
  return found
}

/** For a file that was not taken for a list at all. */
function unnamed({ mapping }: TableDecision): Correction[] {
  const missing = (['name', 'price'] as const).filter((field) => mapping[field] === undefined)
  return missing.map((field) => ({
    option: 'map',
    value: `${field}=COLUMN`,
    means: `it is a list, and this column, by header or letter, is the ${fieldText(field)}`,
  }))
}

function columnCorrection(
  field: Field,
  { column, header }: { column: number; header: string | null },
): Correction {
  const letter = columnLetter(column)
  const name = header === null ? '' : ` "${header.slice(0, 60)}"`
  return {
    option: 'map',
    value: `${field}=${letter}`,
    means: `the ${fieldText(field)} is column ${letter}${name}`,
  }
}

/** "1.234" both ways. */
function decimalCorrections({ decimal }: TableDecision): Correction[] {
  const raw = decimal.evidence[0]?.raw
  if (raw === undefined) return []
  return (['dot', 'comma'] as const).flatMap((style) => {
    const reading = priceReader(style)(raw)
    if (reading.kind !== 'price') return []
    return [{ option: 'decimal', value: style, means: `"${raw.slice(0, 40)}" is ${formatPrice(reading.e4)}` }]
  })
}

/** Half sure of its columns at least: groups of discounts and goods beside a list are no lists. */
function isLikely({ mapping }: TableDecision): boolean {
  return (['name', 'price'] as const).every((field) => (mapping[field]?.confidence ?? 1) >= 0.5)
}

/** Sheets that may be lists after all. */
function sheetsLeft(tables: readonly TableDecision[]): Correction[] {
  const left = tables.filter(
    (table) =>
      table.sheetName !== null &&
      table.isChosen === null &&
      table.verdict !== 'not-a-price-list' &&
      isLikely(table) &&
      !isRead(table, tables),
  )
  return left.map(({ sheetName }) => ({
    option: 'sheet',
    value: sheetName!,
    means: 'this sheet is the list, and no other',
  }))
}
