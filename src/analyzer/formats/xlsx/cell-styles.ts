import type { Cell } from '../../table/row.ts'
import { builtinKind, kindOf, type NumberKind, plainNumber } from './number-format.ts'
import { serialText } from './serial-date.ts'
import { xmlTags } from './xml.ts'

/** What the styles of a workbook mean for its numbers. */
export interface CellStyles {
  /** By style number, 1 where the style changes numbers at all: most cells need no more than this look. */
  changesNumber: Uint8Array
  /** A number under a style, as a cell: itself, a date as ISO text, or digits with their leading zeros. */
  numberCell(value: number, style: number): Cell
}

/**
 * Reads xl/styles.xml; only number formats matter.
 * @param text the part, or null when the workbook has none
 * @throws InvalidError `damaged_workbook`, `xml_doctype`
 */
export function readCellStyles(text: string | null, partName: string, is1904: boolean): CellStyles {
  const kinds = text === null ? [] : styleKinds(text, partName)
  return {
    changesNumber: Uint8Array.from(kinds, (kind) => (kind === plainNumber ? 0 : 1)),
    numberCell: (value, style) => numberCell(value, kinds[style] ?? plainNumber, is1904),
  }
}

/** Longer digits than this are no code, and a number does not hold them exactly. */
const zerosMax = 15

function styleKinds(text: string, partName: string): NumberKind[] {
  const byId = new Map<number, NumberKind>()
  const formatIds: number[] = []
  // The same tags stand elsewhere too: numFmt in differential styles, xf in the styles of styles.
  let list: string | null = null
  for (const { kind, name, attributes } of xmlTags(text, partName)) {
    if (name === 'numFmts' || name === 'cellXfs') list = kind === 'open' ? name : null
    else if (kind === 'close') continue
    else if (list === 'numFmts' && name === 'numFmt') {
      byId.set(Number(attributes.get('numFmtId')), kindOf(attributes.get('formatCode') ?? ''))
    } else if (list === 'cellXfs' && name === 'xf') {
      formatIds.push(Number(attributes.get('numFmtId') ?? 0))
    }
  }
  return formatIds.map((id) => byId.get(id) ?? builtinKind(id))
}

/** A number under a format, as a cell: itself, a date as ISO text, or digits with their leading zeros. */
export function numberCell(value: number, kind: NumberKind, is1904: boolean): Cell {
  if (kind.kind === 'number') return value
  if (kind.kind !== 'zeros') return serialText(value, kind.kind, is1904) ?? value
  const digits = String(Math.abs(value))
  if (!Number.isInteger(value) || digits.length > zerosMax || kind.count > zerosMax) return value
  return (value < 0 ? '-' : '') + digits.padStart(kind.count, '0')
}
