import type { Mapping } from '../columns/mapping.ts'
import type { DecimalDecision, DecimalStyle, TableOptions } from '../decision.ts'
import type { Row } from '../rows/row.ts'
import { sureMin } from '../verdict/sure.ts'
import {
  type DecimalEvidence,
  type DecimalKnowledge,
  decimalEvidence,
  type FileStyle,
} from './decimal-style.ts'
import { priceReader } from './price.ts'

/** How the columns of prices in one table write decimals. */
export interface Decimals {
  price: DecimalDecision
  /** For a further column of prices. Null: no cell needs one. `mixed`: nothing settles it, so it is read cell by cell. */
  styleOf(column: number): DecimalStyle | null
}

/**
 * Decides the decimal sign of the price, by its column; where that proves nothing, by the currency and by the other
 * numbers of the file.
 * @param known.currency of the table; null where rows differ or nothing says it
 * @param known.fileStyle what other tables of the file prove
 * @param pinned what a person said; null: nothing
 */
export function decideDecimals(
  mapping: Mapping,
  body: readonly Row[],
  known: DecimalKnowledge,
  pinned: TableOptions['decimal'],
): Decimals {
  const priceColumn = mapping.price?.column
  const own = priceColumn === undefined ? decimalEvidence() : evidenceIn(priceColumn, body)
  const alone = own.decision()
  // Looking through all other columns is only worth it where the prices leave a doubt.
  const isSettled = alone.from === null || alone.from === 'column'
  const fileStyle = isSettled ? null : (otherColumnsStyle(mapping, body) ?? known.fileStyle)
  const decided = own.decision({ currency: known.currency, fileStyle })
  const price: DecimalDecision =
    pinned === null ? decided : { ...decided, style: pinned, confidence: 1, isPinned: true }
  return {
    price,
    styleOf(column) {
      const evidence = evidenceIn(column, body)
      const ownStyle = price.style === 'mixed' ? null : price.style
      const decided = evidence.decision({ currency: known.currency, fileStyle: fileStyle ?? ownStyle })
      const isSure = decided.confidence >= sureMin
      if (decided.style === null || (isSure && decided.from === 'column')) return decided.style ?? price.style
      const style = isSure ? decided.style : price.confidence >= sureMin ? price.style : null
      if (style === null || priceColumn === undefined) return style ?? 'mixed'
      return isFarOff([priceColumn, price.style], [column, style], body) ? 'mixed' : style
    },
  }
}

/**
 * Whether a further price that is read so is nowhere near the row's own, and would be if its lone separators were read
 * the other way: "1.200" beside "1234.50" is no 1.2.
 */
function isFarOff(
  [own, ownStyle]: [number, DecimalStyle | null],
  [further, style]: [number, DecimalStyle | null],
  body: readonly Row[],
): boolean {
  const readOwn = priceReader(ownStyle)
  const [readSo, readOtherwise] = [priceReader(style), priceReader(style === 'dot' ? 'comma' : 'dot')]
  let far = 0
  let compared = 0
  for (const row of body) {
    const price = readOwn(row.cells[own])
    if (price.kind !== 'price' || price.e4 === 0) continue
    const { kind, e4, shape } = readSo(row.cells[further])
    if (kind !== 'price' || shape?.isAmbiguous !== true) continue
    compared++
    const isNear = (value: number) => value * farFactor > price.e4 && value < price.e4 * farFactor
    if (!isNear(e4) && isNear(readOtherwise(row.cells[further]).e4)) far++
  }
  return far > compared / 2
}

/** Prices for one article differ by less: for a pack, in another currency, in bulk. */
const farFactor = 200

function evidenceIn(column: number, body: readonly Row[]): DecimalEvidence {
  const evidence = decimalEvidence()
  const readPrice = priceReader(null)
  for (const row of body) {
    const { shape, raw } = readPrice(row.cells[column])
    if (shape !== null) evidence.see(shape, row.index, raw)
  }
  return evidence
}

/**
 * What the other columns of numbers prove: weights, discounts, stock. Codes such as "12.50" in a column of article
 * numbers are no numbers. Null: nothing, or both signs.
 */
function otherColumnsStyle(mapping: Mapping, body: readonly Row[]): FileStyle {
  const left = new Set(codeFields.flatMap((field) => mapping[field]?.column ?? []))
  if (mapping.price !== undefined) left.add(mapping.price.column)
  const width = body.reduce((most, { cells }) => Math.max(most, cells.length), 0)
  let found: FileStyle = null
  for (let column = 0; column < Math.min(width, columnsMax); column++) {
    if (left.has(column)) continue
    const { style, from, confidence } = evidenceIn(column, body).decision()
    if (style === null || style === 'mixed' || from !== 'column' || confidence < sureMin) continue
    if (found !== null && found !== style) return null
    found = style
  }
  return found
}

const codeFields = ['sku', 'name', 'ean', 'group', 'variant', 'description', 'url', 'image'] as const
const columnsMax = 256
