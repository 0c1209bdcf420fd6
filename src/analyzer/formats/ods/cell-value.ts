import type { Cell } from '../../table/rows/row.ts'
import type { TagAttributes } from '../markup/attributes.ts'
import { isoDateText } from '../xlsx/serial-date.ts'

/** What the tag of a cell says of its value. */
export interface CellTag {
  type: string
  value: string | null
}

export const blankCell: CellTag = { type: '', value: null }

/** Source: OpenDocument 1.3 part 3, 19.387 (office:value-type). */
export function readCellTag(attributes: TagAttributes): CellTag {
  const type = attributes.get('value-type')
  if (type === null) return blankCell
  // What failed to be computed is a number for old programs, and its text says what it is.
  if (attributes.getFull('calcext:value-type') === 'error') return blankCell
  const attribute = valueAttributes[type]
  return { type, value: attribute === undefined ? null : attributes.get(attribute) }
}

/** @param text what the cell shows */
export function cellValue({ type, value }: CellTag, text: string): Cell {
  if (value === null || type === '') return text
  switch (type) {
    case 'float':
    case 'currency':
    case 'percentage': {
      const number = value.trim() === '' ? Number.NaN : Number(value)
      if (!Number.isFinite(number)) return text
      // Codes keep the zeros that their format shows.
      return leadingZeros.test(text) && Number(text) === number ? text : number
    }
    case 'date':
      return isoDateText(value)
    case 'time':
      return clockText(value) ?? text
    case 'boolean':
      return value === 'true' ? 'TRUE' : value === 'false' ? 'FALSE' : text
    default:
      return text === '' ? value : text
  }
}

const valueAttributes: Record<string, string> = {
  float: 'value',
  currency: 'value',
  percentage: 'value',
  date: 'date-value',
  time: 'time-value',
  boolean: 'boolean-value',
  string: 'string-value',
}
const leadingZeros = /^-?0\d{1,14}$/

/** "PT08H24M00S" → "08:24:00"; null for anything else. */
function clockText(duration: string): string | null {
  const match = /^PT(\d{1,7})H(\d{1,2})M(\d{1,2})(?:[.,]\d+)?S$/.exec(duration)
  return match === null
    ? null
    : match
        .slice(1)
        .map((part) => part.padStart(2, '0'))
        .join(':')
}
