import { type CurrencyMention, currencyOf } from './currency.ts'
import type { TableDecision } from './decision.ts'
import type { Issue } from './issue.ts'
import { type PriceReading, priceReader } from './price.ts'
import { priceFault } from './price-faults.ts'
import type { Row } from './row.ts'
import { rowText } from './text.ts'
import type { Faults } from './validate.ts'

/** The further prices of a row as `ItemRow` holds them. */
export interface TierTexts {
  tiers: string
  tierCells: string
}

/**
 * Writes the further prices of a row as JSON text, an array of `PriceTier` in the order of their columns; null where
 * the row has none. A cell that is blank, 0 or on request means that the article is not on that list; one that cannot
 * be read is noted and left out, since the row's own price does not hang on it.
 */
export function tierWriter(
  { tiers }: Pick<TableDecision, 'tiers'>,
  faults: Faults,
): (row: Row, rowCurrency: string | null, notes: Issue[]) => TierTexts | null {
  const columns = tiers.map((tier) => ({
    ...tier,
    readPrice: priceReader(tier.decimal),
    start: `{"name":${JSON.stringify(tier.name)},"min_quantity_e4":${tier.minQuantityE4},"price_e4":`,
  }))
  return (row, rowCurrency, notes) => {
    let tiers = ''
    let tierCells = ''
    for (const { column, readPrice, start, currency, currencyColumn } of columns) {
      const reading = readPrice(row.cells[column])
      if (reading.kind === 'blank') continue
      if (reading.kind === 'price') {
        if (reading.e4 === 0) continue
        const stated = reading.currency?.code ?? currency
        const code = stated ?? sharedCode(reading.currency, currencyIn(row, currencyColumn, rowCurrency))
        const before = tiers === '' ? '[' : ','
        tiers += `${before}${start}${reading.e4},"currency":${JSON.stringify(code)}}`
        tierCells += `${before}[${column},${JSON.stringify(reading.raw)}]`
        continue
      }
      const fault = priceFault(reading.kind, reading.raw)
      if (fault === null) continue
      const text = `${fault.text} (the row was taken without this further price)`
      notes.push(faults.note({ ...fault, text, row: row.index, column, raw: reading.raw }))
    }
    return tiers === '' ? null : { tiers: `${tiers}]`, tierCells: `${tierCells}]` }
  }
}

/** A price that stands in for the main one. */
export interface OtherPrice {
  column: number
  reading: PriceReading
}

/**
 * Finds the price of an article that is not on the main list; null: it is on none. The reading is used
 * again for the next row.
 */
export function otherPriceReader({ otherLists, tiers }: TableDecision): (row: Row) => OtherPrice | null {
  const lists = otherLists.map((column) => {
    const tier = tiers.find((candidate) => candidate.column === column)
    const code = tier?.currency ?? null
    const currency: CurrencyMention | null = code === null ? null : { code, candidates: [code], kind: 'code' }
    const currencyColumn = tier?.currencyColumn ?? null
    return { column, currency, currencyColumn, readPrice: priceReader(tier?.decimal ?? null) }
  })
  return (row) => {
    for (const { column, currency, currencyColumn, readPrice } of lists) {
      const reading = readPrice(row.cells[column])
      if (reading.kind !== 'price' || reading.e4 === 0) continue
      const stated = currencyColumn === null ? null : currencyOf(rowText(row, currencyColumn))
      if (reading.currency?.code == null) reading.currency = currency ?? stated ?? reading.currency
      return { column, reading }
    }
    return null
  }
}

/**
 * The currency that a price's own column says, else that of the row. A sign that several share means the row's if it
 * may; what is no currency leaves it open.
 */
function currencyIn(row: Row, column: number | null, rowCurrency: string | null): string | null {
  const text = column === null ? '' : rowText(row, column)
  if (text === '') return rowCurrency
  const mention = currencyOf(text)
  return mention === null ? null : (mention.code ?? sharedCode(mention, rowCurrency))
}

/** Without a sign a further price is in the row's currency; a sign that several share only where it may mean it. */
function sharedCode(mention: CurrencyMention | null, rowCurrency: string | null): string | null {
  if (mention === null || rowCurrency === null) return rowCurrency
  return mention.candidates.includes(rowCurrency) ? rowCurrency : null
}
