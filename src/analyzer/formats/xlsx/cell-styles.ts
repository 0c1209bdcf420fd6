import type { Cell } from '../../table/rows/row.ts'
import { type MoneyFormat, moneyFormatOf } from './money-format.ts'
import { builtinKind, kindOf, type NumberKind, plainNumber } from './number-format.ts'
import { serialText } from './serial-date.ts'
import { xmlTags } from './xml.ts'

/** What the styles of a workbook mean for its numbers. */
export interface CellStyles {
  /** By style number, 1 where the style changes numbers at all: most cells need no more than this look. */
  changesNumber: Uint8Array
  /** A number under a style, as a cell: itself, a date as ISO text, or digits with their leading zeros. */
  numberCell(value: number, style: number): Cell
  /** What the style shows beside a number. */
  moneyFormat(style: number): MoneyFormat
}

/**
 * Reads xl/styles.xml; only number formats matter.
 * @param text the part, or null when the workbook has none
 * @throws InvalidError `damaged_workbook`, `xml_doctype`
 */
export function readCellStyles(text: string | null, partName: string, is1904: boolean): CellStyles {
  return cellStyles(text === null ? [] : styleFormats(text, partName), is1904)
}

/** The number format of a style: its number, and its code where the file gives one. */
export interface StyleFormat {
  id: number
  code: string | null
}

/** @param formats the number format of each style */
export function cellStyles(formats: readonly StyleFormat[], is1904: boolean): CellStyles {
  const byCode = new Map<string, NumberKind>()
  const kinds = formats.map(({ id, code }) => {
    if (code === null) return builtinKind(id)
    const kind = byCode.get(code) ?? kindOf(code)
    byCode.set(code, kind)
    return kind
  })
  return {
    changesNumber: Uint8Array.from(kinds, (kind) => (kind === plainNumber ? 0 : 1)),
    numberCell: (value, style) => numberCell(value, kinds[style] ?? plainNumber, is1904),
    moneyFormat(style) {
      const { id, code } = formats[style] ?? { id: 0, code: null }
      return moneyFormatOf(code ?? (percentFormats.has(id) ? '0%' : ''))
    },
  }
}

/** Longer digits than this are no code, and a number does not hold them exactly. */
const zerosMax = 15

/** 0% and 0.00%. The built-in formats for money show the sign of whoever looks at them, so they say nothing. */
const percentFormats: ReadonlySet<number> = new Set([9, 10])

/** The number format of each style. */
function styleFormats(text: string, partName: string): StyleFormat[] {
  const byId = new Map<number, string>()
  const formatIds: number[] = []
  // The same tags stand elsewhere too: numFmt in differential styles, xf in the styles of styles.
  let list: string | null = null
  for (const { kind, name, attributes } of xmlTags(text, partName)) {
    if (name === 'numFmts' || name === 'cellXfs') list = kind === 'open' ? name : null
    else if (kind === 'close') continue
    else if (list === 'numFmts' && name === 'numFmt') {
      byId.set(Number(attributes.get('numFmtId')), attributes.get('formatCode') ?? '')
    } else if (list === 'cellXfs' && name === 'xf') {
      formatIds.push(Number(attributes.get('numFmtId') ?? 0))
    }
  }
  return formatIds.map((id) => ({ id, code: byId.get(id) ?? null }))
}

/** A number under a format, as a cell: itself, a date as ISO text, or digits with their leading zeros. */
export function numberCell(value: number, kind: NumberKind, is1904: boolean): Cell {
  if (kind.kind === 'number') return value
  if (kind.kind !== 'zeros') return serialText(value, kind.kind, is1904) ?? value
  const digits = String(Math.abs(value))
  if (!Number.isInteger(value) || digits.length > zerosMax || kind.count > zerosMax) return value
  return (value < 0 ? '-' : '') + digits.padStart(kind.count, '0')
}
