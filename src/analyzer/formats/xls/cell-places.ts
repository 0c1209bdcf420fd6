import { damagedBook, Records, recordHeadBytes, recordTypes, startTypes } from './records.ts'
import type { XlsSheet } from './workbook.ts'

/** Records that hold cells, by generation where they differ; all begin with the number of their row. */
export const cellTypes = {
  number: 0x0203,
  number2: 0x0003,
  whole2: 0x0002,
  rk: 0x027e,
  severalRk: 0x00bd,
  label: 0x0204,
  label2: 0x0004,
  sharedLabel: 0x00fd,
  richLabel: 0x00d6,
  boolean: 0x0205,
  boolean2: 0x0005,
  formula: 0x0006,
  formula3: 0x0206,
  formula4: 0x0406,
} as const

/** Where a sheet ends, and where its cells are if they do not stand in the order of their rows. */
export interface CellPlaces {
  /** Where its last record begins. */
  end: number
  /** In the order of rows; null: the cells stand in order. */
  places: Float64Array | null
}

/**
 * Looks at the heads of a sheet's records, before any of it is read: a sheet that is cut off gives no rows at all.
 * @throws InvalidError `damaged_workbook`
 */
export function cellPlaces(bytes: Buffer, sheet: XlsSheet): CellPlaces {
  let lastRow = 0
  let cellCount = 0
  let isInOrder = true
  const end = forEachCell(bytes, sheet, (_, row) => {
    cellCount++
    isInOrder &&= row >= lastRow
    lastRow = row
  })
  if (isInOrder) return { end, places: null }
  const places = new Float64Array(cellCount)
  let count = 0
  forEachCell(bytes, sheet, (at, row) => {
    places[count++] = row * rowFactor + at
  })
  places.sort()
  for (let i = 0; i < count; i++) places[i]! %= rowFactor
  return { end, places }
}

/** Above any place in a file. */
const rowFactor = 2 ** 32
const isCell = new Uint8Array(0x10000)
for (const type of Object.values(cellTypes)) isCell[type] = 1

/** @returns where the sheet's last record begins */
function forEachCell(bytes: Buffer, { at, name }: XlsSheet, take: (at: number, row: number) => void): number {
  const records = new Records(bytes, at)
  let depth = 0
  while (records.next()) {
    const { type, from, to } = records
    // Charts that stand in a sheet have cells of their own.
    if (startTypes.includes(type)) depth++
    else if (type === recordTypes.endOfPart && --depth === 0) return from - recordHeadBytes
    else if (depth === 1 && isCell[type] === 1 && to - from >= 4) {
      take(from - recordHeadBytes, bytes[from]! | (bytes[from + 1]! << 8))
    }
  }
  throw damagedBook(`it ends in the middle of sheet "${name}"`)
}
