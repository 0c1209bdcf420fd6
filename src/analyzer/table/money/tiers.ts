import type { DecimalDecision, TableDecision } from '../decision.ts'
import type { Issue } from '../rows/issue.ts'
import type { Row } from '../rows/row.ts'
import type { Faults } from '../rows/validate.ts'
import { cellText } from '../text.ts'
import { type CurrencyMention, currencyOf } from './currency.ts'
import { type DecimalKnowledge, decimalEvidence } from './decimal-style.ts'
import { type PriceReading, priceReader } from './price.ts'
import { priceFault } from './price-faults.ts'

/** The further prices of a row as `ItemRow` holds them. */
export interface TierTexts {
  tiers: string
  tierCells: string
}

export interface TierWriter {
  write(row: Row, rowCurrency: string | null, notes: Issue[]): TierTexts | null
  /** What each column has proved so far about its decimal sign, in the order of the tiers. */
  decimalDecisions(known: DecimalKnowledge): DecimalDecision[]
}

/**
 * Writes the further prices of a row as JSON text, an array of `PriceTier` in the order of their columns; null where
 * the row has none. A cell that is blank, 0 or on request means that the article is not on that list; one that cannot
 * be read is noted and left out, since the row's own price does not hang on it.
 */
export function tierWriter({ tiers }: Pick<TableDecision, 'tiers'>, faults: Faults): TierWriter {
  const columns = tiers.map((tier) => ({
    ...tier,
    evidence: decimalEvidence(),
    readPrice: priceReader(tier.decimal),
    start: `{"name":${JSON.stringify(tier.name)},"min_quantity_e4":${tier.minQuantityE4},"price_e4":`,
  }))
  return {
    write,
    decimalDecisions: (known) => columns.map(({ evidence }) => evidence.decision(known)),
  }

  function write(row: Row, rowCurrency: string | null, notes: Issue[]): TierTexts | null {
    let tiers = ''
    let tierCells = ''
    for (const { column, evidence, readPrice, start, currency, currencyColumn } of columns) {
      const reading = readPrice(row.cells[column])
      if (reading.shape !== null) evidence.see(reading.shape, row.index, reading.raw)
      if (reading.kind === 'blank') continue
      if (reading.kind === 'price') {
        if (reading.e4 === 0) continue
        const known = currencyColumn === null ? rowCurrency : codeIn(row, currencyColumn)
        const code = reading.currency?.code ?? currency ?? sharedCode(reading.currency, known)
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
    return {
      column,
      code,
      currencyColumn: tier?.currencyColumn ?? null,
      readPrice: priceReader(tier?.decimal ?? null),
    }
  })
  return (row) => {
    for (const { column, code, currencyColumn, readPrice } of lists) {
      const reading = readPrice(row.cells[column])
      if (reading.kind !== 'price' || reading.e4 === 0) continue
      const stated = code ?? (currencyColumn === null ? null : codeIn(row, currencyColumn))
      if (reading.currency?.code == null && stated !== null)
        reading.currency = { code: stated, candidates: [stated], kind: 'code' }
      return { column, reading }
    }
    return null
  }
}

/** Without a sign a further price is in the row's currency; a sign that several share only where it may mean it. */
function sharedCode(mention: CurrencyMention | null, rowCurrency: string | null): string | null {
  if (mention === null || rowCurrency === null) return rowCurrency
  return mention.candidates.includes(rowCurrency) ? rowCurrency : null
}

/** ISO 4217; null: the cell is blank, or names no currency without a doubt. */
function codeIn(row: Row, column: number): string | null {
  return currencyOf(cellText(row.cells[column]))?.code ?? null
}
