import { tablesMax } from '../areas/areas.ts'
import { numberTest } from '../money/number-cell.ts'
import type { Row } from '../rows/row.ts'
import { type HeaderNames, headerNames } from './header-names.ts'
import { type HeadingRow, headingRow, isSameHeading, pricelessHeading } from './heading-row.ts'

/** Watches the rows of a sheet that are no items for headers of tables that the sample did not reach. */
export interface HeadingWatch {
  /** Rows must come in the order of their index. */
  see(row: Row): void
  /** Indexes of the rows that read like the header of another table. */
  found: readonly number[]
}

/**
 * @param known the rows of the header that is in force where the sample ends; empty: none is recognised as one
 * @param after index of the last row of the sample
 */
export function headingWatch(known: readonly Row[], after: number): HeadingWatch {
  const isNumber = numberTest()
  const found: number[] = []
  let looks = 0
  // Most sheets end with their sample, and need none of it.
  let names: HeaderNames | null = null
  let current: HeadingRow[] = []
  return {
    see({ index, cells }) {
      if (index <= after || found.length >= tablesMax || looks >= looksMax) return
      looks++
      if (names === null) {
        const all = headerNames()
        names = all
        current = known.flatMap((row) => headingRow(row.cells, all, isNumber) ?? [])
      }
      const words = names
      const heading = headingRow(cells, words, isNumber) ?? pricelessHeading(cells, words, isNumber, current)
      if (heading === null || current.some((one) => isSameHeading(one, heading, words))) return
      current = [heading]
      found.push(index)
    },
    found,
  }
}

/** Half a second's worth, for lists in which hardly any row is an item. */
const looksMax = 50_000
