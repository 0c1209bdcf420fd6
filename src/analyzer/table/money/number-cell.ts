import type { Cell } from '../rows/row.ts'
import { cellText } from '../text.ts'
import { affixReader } from './affix.ts'
import { numberScanner } from './number.ts'
import { yearIn } from './price-rank.ts'
import { quantityBreakOf } from './quantity-break.ts'

/** Whether a cell holds a number (with a currency or unit perhaps) and nothing that a header would be called. */
export type NumberTest = (cell: Cell | undefined) => boolean

/** Much cheaper than reading a price, because header search asks it of every cell in 200 rows. */
export function numberTest(): NumberTest {
  const scan = numberScanner()
  const affixOf = affixReader()
  return (cell) => {
    if (cell === undefined) return false
    if (typeof cell === 'number') return true
    const text = cellText(cell)
    if (text === '' || text.length > numberLengthMax) return false
    const { isNumber, start, end } = scan(text)
    if (!isNumber) return false
    if (start === 0 && end === text.length) return true
    const affix = affixOf(text.slice(0, start), text.slice(end))
    if (affix === null) return false
    if (affix.currency !== null) return true
    // "Preis 2026", "ab 10", "100+", "Price 1": headers of prices.
    return !(yearIn(text) > 0 || quantityBreakOf(text)?.kind === 'stated' || numberedList.test(text))
  }
}

/** The first, second, third of several price lists. */
const numberedList = /^\p{L}{3,}\.? ?\d$/u

const numberLengthMax = 40
