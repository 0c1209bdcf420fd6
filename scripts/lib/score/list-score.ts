import type { PreviewItem } from '../../../src/analyzer/preview.ts'
import type { Field, TableDecision } from '../../../src/analyzer/table/decision.ts'
import type { RowCounts } from '../../../src/imports/model.ts'
import { isSameDecimal, sumOf } from './decimal.ts'
import type { ListReading, ReadList, RefusedList } from './list-reading.ts'
import { type SampleFault, sampleFaults } from './sample-score.ts'
import { type Count, isOneOf, type ListTruth, type TableTruth } from './truth.ts'

/** Something that was not read as a person reads it. */
export interface Fault {
  readonly what: string
  readonly expected: string
  readonly found: string
}

/** `held`: a person is asked where none need be. `refused`: the file could not be read. */
export type VerdictScore = 'right' | 'wrong' | 'held' | 'refused'

export interface ListScore {
  readonly file: string
  readonly isNegative: boolean
  /** The verdict as found, or the code of the error. */
  readonly found: string
  readonly verdict: VerdictScore
  readonly isHeaderRight: boolean
  /** "field" or, where there are several tables, "field 2". */
  readonly wrongFields: readonly string[]
  readonly items: CountScore
  readonly priced: CountScore
  readonly rejected: CountScore
  readonly samples: { readonly right: number; readonly of: number }
  /** Prices that are wrong although nobody would be asked. */
  readonly silentlyWrong: number
  readonly faults: readonly Fault[]
}

export interface CountScore {
  /** Null: not asked. */
  readonly expected: Count | null
  readonly found: number
  readonly isRight: boolean
}

/** Compares what was read with what a person reads. */
export function scoreList(truth: ListTruth, reading: ListReading): ListScore {
  const isNegative = truth.verdict[0] === 'not-a-price-list'
  if (reading.error !== null) return refused(truth, reading.error, isNegative)
  const { decision, items } = reading
  const counts = countsOf(truth, reading)
  const verdict = verdictOf(truth, decision.verdict)
  const verdictFaults =
    verdict === 'right'
      ? []
      : [fault('verdict', truth.verdict.join(' or '), [decision.verdict, ...decision.reasons].join(': '))]
  const base = { file: truth.file, isNegative, found: decision.verdict, verdict }
  // Nothing is taken from a file that a person must look at first, or that is no list: only that is asked.
  if (truth.verdict[0] !== 'price-list') {
    const none = { expected: null, found: counts.accepted, isRight: true }
    return {
      ...base,
      isHeaderRight: true,
      wrongFields: [],
      items: none,
      priced: { ...none, found: counts.priced },
      rejected: { ...none, found: counts.rejected },
      samples: { right: 0, of: 0 },
      // Where one should have asked, what was read may still be right.
      silentlyWrong: isNegative && verdict !== 'right' ? counts.priced : 0,
      faults: verdictFaults,
    }
  }
  const tables = scoreTables(truth.tables, decision.tables)
  const samples = truth.samples.map((sample) => sampleFaults(sample, items))
  const currency = currencyFaults(truth, items)
  const repeated = truth.repeated ?? 0
  const itemCount = countScore(truth.items, counts.accepted, { fewer: repeated * 2, more: 0 })
  const priced = countScore(truth.priced, counts.priced, { fewer: repeated * 2, more: 0 })
  const rejected = countScore(truth.rejected, counts.rejected, { fewer: 0, more: repeated * 2 })
  const prices = priceFaults(truth, items, counts.priced)
  const isSilent = decision.verdict === 'price-list'
  const silent = new Set([...samples.flatMap(silentRows), ...prices.wrongItems, ...currency.wrongItems])
  return {
    ...base,
    ...tables,
    items: itemCount,
    priced,
    rejected,
    samples: { right: samples.filter(({ faults }) => faults.length === 0).length, of: samples.length },
    silentlyWrong: isSilent ? silent.size : 0,
    faults: [
      ...verdictFaults,
      ...tables.faults,
      ...countFaults({ items: itemCount, priced, rejected }),
      ...currency.faults,
      ...samples.flatMap(({ faults }) => faults),
      ...prices.faults,
    ],
  }
}

/** Of the sheet that the truth counts, else of the file. */
function countsOf(
  { countedOn }: ListTruth,
  { decision, counts }: ReadList,
): Pick<RowCounts, 'accepted' | 'priced' | 'rejected'> {
  if (countedOn === undefined) return counts
  const tables = decision.tables.filter(({ sheetName }) => sheetName === countedOn)
  const sum = (key: 'accepted' | 'priced' | 'rejected') =>
    tables.reduce((total, table) => total + table.counts[key], 0)
  return { accepted: sum('accepted'), priced: sum('priced'), rejected: sum('rejected') }
}

/** Whether everything about the file is right. */
export function isRight(score: ListScore): boolean {
  return score.faults.length === 0
}

function refused(truth: ListTruth, { code, message }: RefusedList['error'], isNegative: boolean): ListScore {
  const isWrong = truth.verdict[0] === 'price-list'
  // Nothing is written of a file that the reader refuses, and of a negative nothing may be; but it must have looked.
  const isFine = isNegative && code !== 'crash' && code !== 'unsupported_format'
  const none = (expected: Count | undefined) => ({ expected: expected ?? null, found: 0, isRight: !isWrong })
  return {
    file: truth.file,
    isNegative,
    found: code,
    verdict: isFine ? 'right' : 'refused',
    isHeaderRight: !isWrong,
    wrongFields: isWrong ? truth.tables.flatMap(({ mapping }) => Object.keys(mapping)) : [],
    items: none(truth.items),
    priced: none(truth.priced),
    rejected: none(truth.rejected),
    samples: { right: 0, of: truth.samples.length },
    silentlyWrong: 0,
    faults: isFine ? [] : [fault('verdict', truth.verdict.join(' or '), `${code}: ${message}`)],
  }
}

function verdictOf(truth: ListTruth, found: ReadList['decision']['verdict']): VerdictScore {
  if (truth.verdict.includes(found)) return 'right'
  return found === 'review' ? 'held' : 'wrong'
}

function scoreTables(
  truths: readonly TableTruth[],
  found: readonly TableDecision[],
): Pick<ListScore, 'isHeaderRight' | 'wrongFields' | 'faults'> {
  const faults: Fault[] = []
  const wrongFields: string[] = []
  let isHeaderRight = true
  truths.forEach((truth, index) => {
    const suffix = truths.length > 1 ? ` ${index + 1}` : ''
    const table = bestTable(truth, found)
    if (table === null || !hasHeader(truth, table)) {
      isHeaderRight = false
      faults.push(
        fault(
          `header${suffix}`,
          rowsText(truth.headerRows),
          table === null ? 'no table' : rowsText(table.headerRows),
        ),
      )
    }
    for (const [field, columns] of Object.entries(truth.mapping)) {
      const column = table === null ? null : columnOf(table, field)
      if (column !== null && columns.includes(column)) continue
      wrongFields.push(`${field}${suffix}`)
      faults.push(
        fault(`${field} column${suffix}`, columns.join(' or '), column === null ? 'none' : String(column)),
      )
    }
  })
  return { isHeaderRight, wrongFields, faults }
}

/** The table that the truth speaks of: of those on its sheet, the one that agrees most. */
function bestTable(truth: TableTruth, found: readonly TableDecision[]): TableDecision | null {
  const agreement = (table: TableDecision) =>
    Object.entries(truth.mapping).filter(([field, columns]) => columns.includes(columnOf(table, field) ?? -1))
      .length + (hasHeader(truth, table) ? 100 : 0)
  return (
    found
      .filter(
        ({ verdict, sheetName }) =>
          verdict !== 'not-a-price-list' && (truth.sheet === undefined || truth.sheet === sheetName),
      )
      .sort((one, other) => agreement(other) - agreement(one))[0] ?? null
  )
}

function hasHeader(truth: TableTruth, { headerRows }: TableDecision): boolean {
  return truth.headerRows.join() === headerRows.join()
}

function columnOf({ mapping }: TableDecision, field: string): number | null {
  // A truth may name a field that the reader does not know; it is then not found.
  return mapping[field as Field]?.column ?? null
}

function rowsText(rows: readonly number[]): string {
  return rows.length === 0 ? 'none' : `row ${rows.join(', ')}`
}

/** @param slack how far rows that repeat an article may move the count */
function countScore(
  expected: Count | undefined,
  found: number,
  slack: { fewer: number; more: number },
): CountScore {
  if (expected === undefined) return { expected: null, found, isRight: true }
  const accepted = typeof expected === 'number' ? [expected] : expected
  const isRight = accepted.some((count) => found >= count - slack.fewer && found <= count + slack.more)
  return { expected, found, isRight }
}

function countFaults(counts: { [name: string]: CountScore }): Fault[] {
  return Object.entries(counts)
    .filter(([, { isRight }]) => !isRight)
    .map(([name, { expected, found }]) =>
      fault(name, String(expected).replaceAll(',', ' or '), String(found)),
    )
}

function currencyFaults(
  truth: ListTruth,
  items: readonly PreviewItem[],
): { faults: Fault[]; wrongItems: string[] } {
  const priced = items.filter(({ price }) => price !== null)
  const wrong = priced.filter(({ currency }) => !isOneOf(currency, truth.currency))
  const found = [...new Set(wrong.map(({ currency }) => currency ?? 'none'))]
  return {
    faults: found.map((code) => fault('currency', codesText(truth.currency), code)),
    // A missing currency is asked for before anything is published; a wrong one is not.
    wrongItems: wrong.filter(({ currency }) => currency !== null).map(keyOf),
  }
}

function codesText(codes: ListTruth['currency']): string {
  return [codes]
    .flat()
    .map((code) => code ?? 'none')
    .join(' or ')
}

/** Every price where all are known, else their sum. */
function priceFaults(
  { prices, priceSum, priced }: ListTruth,
  items: readonly PreviewItem[],
  pricedCount: number,
): { faults: Fault[]; wrongItems: string[] } {
  if (prices !== undefined) {
    // Under codes that the list does not have, an item is one too many; where most are so, another column was read.
    const known = items.filter(({ sku }) => sku !== null && prices[sku] !== undefined)
    if (known.length * 2 < items.length) return { faults: [], wrongItems: [] }
    const wrong = items.flatMap((item) => {
      const { sku, price } = item
      if (sku === null) return []
      const expected = prices[sku]
      const isWrong = expected === undefined ? price !== null : !isSameDecimal(expected, price)
      return isWrong ? [{ item, fault: fault(`price of ${sku}`, priceText(expected), priceText(price)) }] : []
    })
    return { faults: wrong.map((each) => each.fault), wrongItems: wrong.map(({ item }) => keyOf(item)) }
  }
  const sum = sumOf(items.map(({ price }) => price))
  // Where rows that repeat an article were left out, so are their prices.
  const isComparable = priceSum !== undefined && priced !== undefined && isOneOf(pricedCount, priced)
  if (!isComparable || sum === sumOf([priceSum])) return { faults: [], wrongItems: [] }
  return { faults: [fault('sum of prices', priceSum, sum)], wrongItems: ['sum'] }
}

function priceText(price: string | null | undefined): string {
  if (price === undefined) return 'no such item'
  return price ?? 'on request'
}

function silentRows({ item, faults }: SampleFault): string[] {
  const isPriceWrong = faults.some(({ what }) => /: (price|price quantity)$/.test(what))
  return item !== null && isPriceWrong ? [keyOf(item)] : []
}

function keyOf({ sheet, row, sku }: PreviewItem): string {
  return `${sheet}\n${row}\n${sku}`
}

function fault(what: string, expected: string, found: string): Fault {
  return { what, expected, found }
}
