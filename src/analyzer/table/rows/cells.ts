import { minorDigits } from '../../../lib/money.ts'
import { isAmbiguousDate, parseDate } from '../columns/dates.ts'
import type { TableDecision, TableOptions } from '../decision.ts'
import { type CurrencyMention, currencyOf } from '../money/currency.ts'
import { priceReader } from '../money/price.ts'
import { cellText, rowText } from '../text.ts'
import type { Issue } from './issue.ts'
import { isTidyAt, type Row, tidyThroughout } from './row.ts'
import { type Faults, quoted } from './validate.ts'

/** Readers for the cells beside SKU, name and price. Faults are added to the lists that are handed in. */
export interface CellReaders {
  /** Trimmed text, null where blank. */
  text(row: Row, field: 'unit' | 'brand' | 'category'): string | null
  /** What the price cell says, else header, currency column, table, configuration (in this order). */
  currency(row: Row, mention: CurrencyMention | null, issues: Issue[]): string | null
  /** Whether the price has no more decimals than the currency, where the source demands that. */
  fitsCurrency(e4: number, currency: string | null): boolean
  /** In ten-thousandths; null: one, or not stated. */
  quantity(row: Row, issues: Issue[]): number | null
  dates(row: Row, issues: Issue[]): { validFrom: string | null; validTo: string | null }
  /** NUL characters are refused (databases cut or reject them); undecodable ones and open quotes are noted. */
  checkCharacters(row: Row, issues: Issue[], notes: Issue[]): void
}

export function cellReaders(decision: TableDecision, options: TableOptions, faults: Faults): CellReaders {
  const { mapping, currency: table } = decision
  const currencyColumn = mapping.currency?.column ?? -1
  const quantityColumn = mapping.price_quantity?.column ?? -1
  const fromColumn = mapping.valid_from?.column ?? -1
  const toColumn = mapping.valid_to?.column ?? -1
  const columns = {
    unit: mapping.unit?.column ?? -1,
    brand: mapping.brand?.column ?? -1,
    category: mapping.category?.column ?? -1,
  }
  const mentionOf = remembering(currencyOf)
  const readQuantity = priceReader(decision.decimal.style)
  const noDates = { validFrom: null, validTo: null }
  // A currency column speaks for its own row only: a blank cell in it is not the neighbour's currency.
  const isOpen = table.code === null && table.from === 'symbol'
  const tableCode = isOpen
    ? null
    : table.from === 'column'
      ? options.currency
      : (table.code ?? options.currency)

  return {
    text(row, field) {
      const column = columns[field]
      if (column < 0) return null
      const text = rowText(row, column)
      return text.length === 0 ? null : text
    },

    currency(row, mention, issues) {
      const stated = currencyColumn < 0 ? '' : rowText(row, currencyColumn)
      const named = stated === '' ? null : mentionOf(stated)
      if (stated !== '' && named === null) {
        const text = `holds ${quoted(stated)}, which is no currency; use an ISO 4217 code such as EUR`
        issues.push(
          faults.error({
            code: 'unknown_currency',
            row: row.index,
            column: currencyColumn,
            raw: stated,
            text,
          }),
        )
      }
      if (table.from === 'header' && named?.code != null && named.code !== table.code) {
        const text = `holds ${quoted(stated)}, but the header says ${table.code}; correct one of them`
        issues.push(
          faults.error({
            code: 'currency_conflict',
            row: row.index,
            column: currencyColumn,
            raw: stated,
            text,
          }),
        )
      }
      if (mention !== null && mention.code !== null) return mention.code
      const code = table.from === 'header' ? table.code : (named?.code ?? null)
      // "$50" under "Price, EUR" is no price in euros.
      const isExcluded = code !== null && mention !== null && !mention.candidates.includes(code)
      if (code !== null && !isExcluded) return code
      const shared = mention ?? named
      // A shared sign takes the table's currency only where it may mean it.
      if (shared !== null)
        return tableCode !== null && shared.candidates.includes(tableCode) ? tableCode : null
      return tableCode
    },

    fitsCurrency(e4, currency) {
      if (options.decimalsMax === 4 || currency === null) return true
      const digits = minorDigits(currency) ?? 4
      return e4 % 10 ** (4 - Math.min(4, digits)) === 0
    },

    quantity(row, issues) {
      if (quantityColumn < 0) return null
      const { kind, e4, raw } = readQuantity(row.cells[quantityColumn])
      if (kind === 'blank') return null
      if (kind === 'price' && e4 > 0) return e4 === 10_000 ? null : e4
      const text = `holds ${quoted(raw)}, which is no quantity; a price is for 1, 100, … units`
      issues.push(
        faults.error({ code: 'invalid_price_quantity', row: row.index, column: quantityColumn, raw, text }),
      )
      return null
    },

    dates(row, issues) {
      if (fromColumn < 0 && toColumn < 0) return noDates
      const validFrom = dateIn(row, fromColumn, issues)
      const validTo = dateIn(row, toColumn, issues)
      if (validFrom !== null && validTo !== null && validFrom > validTo) {
        const text = `says valid to ${validTo}, which is before valid from ${validFrom}; correct one of them`
        const raw = cellText(row.cells[toColumn])
        issues.push(faults.error({ code: 'invalid_dates', row: row.index, column: toColumn, raw, text }))
      }
      return { validFrom, validTo }
    },

    checkCharacters(row, issues, notes) {
      const { cells } = row
      if (row.tidy === tidyThroughout) return
      for (let column = 0; column < cells.length; column++) {
        const cell = cells[column]!
        if (typeof cell === 'number' || isTidyAt(row, column)) continue
        if (cell.charCodeAt(0) === quotationMark && cell.split('"').length % 2 === 0) {
          const text =
            'begins with a quotation mark that is never closed; it was read as text, so check the row'
          notes.push(faults.note({ code: 'open_quote', row: row.index, column, raw: cell, text }))
        }
        // Two searches cost half of one regex.
        const hasNul = cell.includes('\u0000')
        if (!hasNul && !cell.includes('\ufffd')) continue
        if (hasNul) {
          const text = 'holds a NUL character; export the file again'
          const raw = cell.replaceAll('\u0000', '\ufffd')
          issues.push(faults.error({ code: 'nul_character', row: row.index, column, raw, text }))
        } else {
          const text = 'holds characters that could not be decoded; check the encoding of the file'
          notes.push(faults.note({ code: 'undecodable_text', row: row.index, column, raw: cell, text }))
        }
      }
    },
  }

  function dateIn(row: Row, column: number, issues: Issue[]): string | null {
    if (column < 0) return null
    const raw = rowText(row, column)
    if (raw.length === 0) return null
    const date = parseDate(raw, decision.dateOrder)
    if (date !== null) return date
    const isAmbiguous = isAmbiguousDate(raw)
    const code = isAmbiguous ? 'ambiguous_date' : 'invalid_date'
    const text = isAmbiguous
      ? `holds ${quoted(raw)}, and nothing tells day from month; write it as 2026-12-31`
      : `holds ${quoted(raw)}, which is no date; write it as 2026-12-31`
    issues.push(faults.error({ code, row: row.index, column, raw, text }))
    return null
  }
}

const quotationMark = 34
const rememberedMax = 1000

/** A function of short texts that keeps its answers: currency columns repeat the same few words. */
function remembering<T>(answer: (text: string) => T): (text: string) => T {
  const known = new Map<string, T>()
  return (text) => {
    const found = known.get(text)
    if (found !== undefined) return found
    const given = answer(text)
    if (known.size < rememberedMax) known.set(text, given)
    return given
  }
}
