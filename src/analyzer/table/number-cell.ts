import { affixReader } from './affix.ts'
import { numberScanner } from './number.ts'
import type { Cell } from './row.ts'
import { cellText } from './text.ts'

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
    return isNumber && affixOf(text.slice(0, start), text.slice(end)) !== null
  }
}

const numberLengthMax = 40
