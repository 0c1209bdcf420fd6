import type { TableDecision } from '../decision.ts'
import { isNumbering } from '../header/header-rows.ts'
import { numberTest } from '../money/number-cell.ts'
import type { PriceKind } from '../money/price.ts'
import { cellText, filledCount, normalize } from '../text.ts'
import type { IgnoredReason } from './issue.ts'
import type { Row } from './row.ts'
import { isNoteText, isPageNumber, isTaxText, isTotalText, mayBeTotalText } from './row-words.ts'
import { otherwiseSame } from './section-column.ts'

/** Tells rows that are no items from rows that are, or should be. */
export interface RowKinds {
  /** A row above the first data row. */
  above(row: Row): IgnoredReason
  /** Why a row below the header is no item; null: it is one, perhaps a faulty one. */
  ignored(row: Row, price: PriceKind): IgnoredReason | null
  /**
   * Whether a row only numbers the columns, as one of the header's rows does: on the next page it would read like an
   * item. Null: this header has no such row.
   */
  isNumbering: ((row: Row) => boolean) | null
  /** Cheap: whether the name of a row without SKU could introduce a total. */
  mayBeTotal(name: string): boolean
  /** Column of the text of a section row. */
  headingColumn(row: Row): number
}

export function rowKinds(decision: TableDecision): RowKinds {
  const isNumber = numberTest()
  const headerRows = new Set(decision.headerRows)
  const { sectionColumn } = decision
  const headerWords = decision.headers.map((text) => normalize(text))
  /** What a repeated header may say: all of it in one row, or each of its rows. */
  const headerLines = [headerWords, ...decision.headerLines].map((words) => ({
    words,
    filled: words.filter((word) => word !== '').length,
  }))
  const isNumbered = decision.headerLines.some((words) => isNumbering(words))
  const skuColumn = decision.mapping.sku?.column ?? -1
  const nameColumn = decision.mapping.name?.column ?? -1
  const priceColumn = decision.mapping.price?.column ?? -1
  /** A row of the header says from which quantities on its prices hold: in the price's column stands a number. */
  const hasQuantities = headerLines.some(({ words }) => /^\d[\d ]*$/.test(words[priceColumn] ?? ''))

  return {
    above(row) {
      if (row.index < 0 || headerRows.has(row.index)) return 'header'
      return filledCount(row.cells) === 0 ? 'blank' : 'title'
    },

    ignored(row, price) {
      const { count, first, numbers } = look(row)
      if (count === 0) return 'blank'
      if (price !== 'price') {
        if (sectionColumn !== null && otherwiseSame(row, headerWords) === sectionColumn) return 'section'
        if (repeatsHeader(row)) return 'repeated_header'
      } else if (hasQuantities && !isNamed(row) && repeatsHeader(row)) return 'repeated_header'
      const text = cellText(row.cells[first])
      if (numbers > 0 && !hasSku(row, first) && (isTotalText(text) || isTax(text, first, count)))
        return 'total'
      // What only numbers the rows says nothing: "105" alone is a blank row.
      if (numbers === count && count === 1 && first === decision.lineColumn) return 'blank'
      // "-" or "on request" beside a text: an article without a price.
      if (price === 'on_request') return null
      if (count === 1 && numbers === 1 && isPageNumber(text)) return 'note'
      if (count === 1 && numbers === 0) return oneText(text, first)
      return isGroupSum(row, { count, first, numbers }) ? oneText(text, first) : null
    },

    isNumbering: isNumbered ? (row) => isNumbering(row.cells) : null,

    mayBeTotal: mayBeTotalText,

    headingColumn(row) {
      const column = sectionColumn === null ? null : otherwiseSame(row, headerWords)
      return column ?? look(row).first
    },
  }

  /** Filled cells without the line number, the first of them, and how many hold numbers. */
  function look(row: Row): { count: number; first: number; numbers: number } {
    let count = 0
    let first = -1
    let numbers = 0
    let lineAt = -1
    let isOneText = true
    for (let column = 0; column < row.cells.length; column++) {
      const text = cellText(row.cells[column])
      if (text === '') continue
      if (column === decision.lineColumn && isNumber(row.cells[column])) {
        lineAt = column
        continue
      }
      // "." and "-" alone fill a cell without saying anything.
      if (text.length === 1 && /[.\-–—_*]/.test(text)) continue
      count++
      if (first < 0) first = column
      else isOneText &&= text === cellText(row.cells[first])
      if (isNumber(row.cells[column])) numbers++
    }
    if (count === 0 && lineAt >= 0) return { count: 1, first: lineAt, numbers: 1 }
    // A heading over merged cells may come out as the same text in each of them.
    return isOneText && numbers === 0 && count > 2 ? { count: 1, first, numbers } : { count, first, numbers }
  }

  function isNamed(row: Row): boolean {
    return [nameColumn, skuColumn].some((column) => column >= 0 && cellText(row.cells[column]) !== '')
  }

  function repeatsHeader(row: Row): boolean {
    return headerLines.some(({ words, filled }) => {
      if (filled === 0) return false
      let same = 0
      for (let column = 0; column < words.length; column++) {
        if (words[column] !== '' && normalize(cellText(row.cells[column])) === words[column]) same++
      }
      return same >= Math.min(2, filled) && same >= filled * 0.6
    })
  }

  /** A tax beside its amount, and not where articles are named. */
  function isTax(text: string, column: number, count: number): boolean {
    return count <= 2 && column !== nameColumn && isTaxText(text)
  }

  /** In a list of SKUs: a text where names are, sums in other columns, and neither SKU nor price. */
  function isGroupSum(
    row: Row,
    { count, first, numbers }: { count: number; first: number; numbers: number },
  ): boolean {
    return (
      numbers > 0 &&
      numbers === count - 1 &&
      skuColumn >= 0 &&
      (first === nameColumn || first === skuColumn) &&
      cellText(row.cells[priceColumn]) === '' &&
      !/\d/.test(cellText(row.cells[skuColumn]))
    )
  }

  /** Whether the row has a SKU of its own, in another cell than the word for total. */
  function hasSku(row: Row, first: number): boolean {
    return skuColumn >= 0 && skuColumn !== first && cellText(row.cells[skuColumn]) !== ''
  }

  function oneText(text: string, column: number): IgnoredReason | null {
    // A code alone in the SKU column is an article whose other cells are missing, no heading.
    if (column === skuColumn && /\d/.test(text) && !/\s/.test(text)) return null
    // A text where prices go, and a workbook's error ("#N/A"), are faults to show.
    if (column === priceColumn || /^#[A-Z]/.test(text)) return null
    if (!/\p{L}/u.test(text)) return 'note'
    if (isTotalText(text)) return 'total'
    return isNoteText(text) ? 'note' : 'section'
  }
}
