import { formatPrice } from '../../../lib/money.ts'
import type { DecimalStyle, Field, TableDecision } from '../decision.ts'
import { fields } from '../decision.ts'
import { priceReader } from '../money/price.ts'
import type { ItemRow } from '../rows/item.ts'
import type { Row } from '../rows/row.ts'
import { cellText } from '../text.ts'

/** A cell that shows how its column was read. */
export interface ProvingCell {
  /** 0-based, like the column. */
  row: number
  column: number
  /** The cell's text, cut to a sensible length. */
  raw: string
  /** What was read from it: a decimal string, a currency's code, a text. */
  read: string
  /** The cell is a binary number of a workbook: its text is ours. */
  isNumber?: true
}

/** Up to 3 cells for each field; `currency` also where no column is one: then it is a price cell, or the header. */
export type ProvingCells = Partial<Record<Field, ProvingCell[]>>

/** Collects what shows how a table was read, from rows of its sample that were taken. */
export function provingCells(
  decision: Pick<TableDecision, 'mapping' | 'headers' | 'headerRows' | 'currency'>,
) {
  const { mapping } = decision
  const shown = new Map<Field, Shown>()
  for (const field of fields) if (mapping[field] !== undefined) shown.set(field, { telling: [], plain: [] })
  const showsSign = decision.currency.from === 'symbol' || decision.currency.from === 'code'
  const signs: Shown = { telling: [], plain: [] }

  return {
    see(row: Row, item: ItemRow): void {
      for (const [field, cells] of shown) {
        const { column } = mapping[field]!
        const read = readOf(field, item)
        if (isFull(cells) || read === undefined) continue
        const cell = cellAt(row, column, read)
        if (cell !== null) add(cells, cell, field === 'price' && /[^\d]/.test(cell.raw))
      }
      if (!showsSign || isFull(signs) || item.currency === null || mapping.price === undefined) return
      const cell = cellAt(row, mapping.price.column, item.currency)
      // Figures, and what stands between them, show no currency.
      if (cell !== null && /[^\d\s.,'’+-]/.test(cell.raw)) add(signs, cell, true)
    },

    cells(): ProvingCells {
      const found: ProvingCells = {}
      for (const [field, { telling, plain }] of shown) {
        const cells = [...telling, ...plain].slice(0, cellsMax)
        if (cells.length > 0) found[field] = cells
      }
      const inHeader = headerCell(decision)
      if (signs.telling.length > 0) found.currency = signs.telling
      else if (inHeader !== null) found.currency = [inHeader]
      return found
    },
  }
}

/** The same cells once their column turned out to be written another way. */
export function provedAgain(cells: ProvingCells, style: DecimalStyle | null): ProvingCells {
  if (cells.price === undefined) return cells
  const readPrice = priceReader(style)
  const price = cells.price.flatMap((cell) => {
    if (cell.isNumber) return [cell]
    const { kind, e4 } = readPrice(cell.raw)
    return kind === 'price' ? [{ ...cell, read: formatPrice(e4) }] : []
  })
  return { ...cells, price }
}

/** Cells that look as though there were something to read come first. */
interface Shown {
  telling: ProvingCell[]
  plain: ProvingCell[]
}

const cellsMax = 3
const textMax = 100

const isFull = ({ telling, plain }: Shown) =>
  telling.length + plain.length >= 2 * cellsMax || telling.length >= cellsMax

function add(shown: Shown, cell: ProvingCell, isTelling: boolean): void {
  const cells = isTelling ? shown.telling : shown.plain
  const isKnown = cells.some(({ raw }) => raw === cell.raw)
  if (cells.length < cellsMax && !isKnown) cells.push(cell)
}

function cellAt({ cells, index }: Row, column: number, read: string): ProvingCell | null {
  const cell = cells[column]
  const raw = cellText(cell)
  if (raw === '') return null
  return {
    row: index,
    column,
    raw: raw.slice(0, textMax),
    read: read.slice(0, textMax),
    ...(typeof cell === 'number' && { isNumber: true as const }),
  }
}

/** Undefined: this row says nothing about the field, or what it says is the cell's text itself. */
function readOf(field: Field, item: ItemRow): string | undefined {
  switch (field) {
    case 'sku':
      return item.sku ?? undefined
    case 'name':
      return item.name
    case 'price':
      return item.priceE4 === null ? undefined : formatPrice(item.priceE4)
    case 'currency':
      return item.currency ?? undefined
    case 'unit':
      return item.unit ?? undefined
    case 'category':
      return item.category ?? undefined
    case 'brand':
      return item.brand ?? undefined
    case 'valid_from':
      return item.validFrom ?? undefined
    case 'valid_to':
      return item.validTo ?? undefined
    default:
      return ''
  }
}

/** "Preis €" as the cell that says EUR. */
function headerCell({
  mapping,
  headerRows,
  currency,
}: Pick<TableDecision, 'mapping' | 'headerRows' | 'currency'>): ProvingCell | null {
  const { price } = mapping
  const row = headerRows.at(-1)
  if (currency.from !== 'header' || currency.code === null || price?.header == null || row === undefined)
    return null
  return { row, column: price.column, raw: price.header.slice(0, textMax), read: currency.code }
}
