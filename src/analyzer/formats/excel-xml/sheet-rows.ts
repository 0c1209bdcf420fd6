import { InvalidError } from '../../../lib/errors.ts'
import type { Cell, Row } from '../../table/rows/row.ts'
import type { ReadLimits } from '../format.ts'
import type { TagAttributes } from '../markup/attributes.ts'
import type { MarkupHandler } from '../markup/scanner.ts'
import { numberCell } from '../xlsx/cell-styles.ts'
import { rowsMax } from '../xlsx/row-order.ts'
import { isoDateText } from '../xlsx/serial-date.ts'
import type { SheetList } from './sheets.ts'

/** Reads the rows of one sheet. Source: "XML Spreadsheet Reference" of Office 2003. */
export class SheetRows implements MarkupHandler {
  /** Whoever takes rows empties it. */
  rows: Row[] = []
  /** Whether the sheet has ended: what follows is of others. */
  isDone = false
  readonly #sheet: number
  readonly #list: SheetList
  readonly #limits: ReadLimits
  #seen = -1
  #state: 'outside' | 'table' | 'row' | 'cell' | 'data' = 'outside'
  /** Levels below an element that is passed over, or that is part of a text. */
  #depth = 0
  #isText = false
  #index = -1
  /** How many further rows the last one stands for. */
  #span = 0
  #cells: Cell[] = []
  #column = -1
  #merged = 0
  #type: string | null = null
  #text = ''
  #value: Cell = ''
  #cellStyle: string | null = null
  #rowStyle: string | null = null
  readonly #columnStyles = new Map<number, string>()
  #nextColumn = 0

  constructor(sheet: number, list: SheetList, limits: ReadLimits) {
    this.#sheet = sheet
    this.#list = list
    this.#limits = limits
  }

  get wantsText(): boolean {
    return this.#state === 'data' && (this.#depth === 0 || this.#isText)
  }

  place(): string {
    return this.#state === 'outside' ? '' : `, in ${this.#where()}`
  }

  open(name: string, attributes: TagAttributes): void {
    if (this.#depth > 0) this.#depth++
    else if (this.#state === 'data') {
      // Rich text.
      this.#depth = 1
      this.#isText = true
    } else if (this.#state === 'cell') this.#openInCell(name, attributes)
    else if (this.#state === 'row' && name === 'Cell') this.#openCell(attributes)
    else if (this.#state === 'table' && name === 'Row') this.#openRow(attributes)
    else if (this.#state === 'table' && name === 'Column') this.#openColumn(attributes)
    else if (this.#state === 'outside' && (name === 'Workbook' || name === 'Worksheet')) {
      if (name === 'Worksheet') this.#seen++
    } else if (this.#state === 'outside' && name === 'Table' && this.#seen === this.#sheet)
      this.#state = 'table'
    else this.#pass()
  }

  text(text: string): void {
    this.#text += text
    if (this.#text.length <= this.#limits.cellCharactersMax) return
    throw new InvalidError(
      'cell_too_long',
      `${capital(this.#where())} has a cell of more than ${this.#limits.cellCharactersMax} characters. Shorten it, or remove it from the sheet.`,
    )
  }

  close(name: string): void {
    if (this.#depth > 0) this.#depth--
    else if (this.#state === 'data') {
      this.#value = this.#valueOf(this.#text)
      this.#state = 'cell'
    } else if (this.#state === 'cell') {
      this.#endCell()
      this.#state = 'row'
    } else if (this.#state === 'row') {
      this.#endRow()
      this.#state = 'table'
    } else if (this.#state === 'table' && name === 'Table') {
      this.#state = 'outside'
      this.isDone = true
    }
  }

  #pass(): void {
    this.#depth = 1
    this.#isText = false
  }

  #openRow(attributes: TagAttributes): void {
    const next = this.#index + 1 + this.#span
    const stated = indexOf(attributes.get('Index'))
    this.#index = stated ?? next
    this.#span = spanOf(attributes.get('Span'))
    if (this.#index < next) throw this.#damaged('stands behind a later row')
    if (this.#index >= rowsMax) {
      throw new InvalidError(
        'too_many_rows',
        `${capital(this.#where())} is beyond row ${rowsMax}, the last one of a worksheet; save the workbook anew.`,
      )
    }
    this.#rowStyle = attributes.get('StyleID')
    this.#cells = []
    this.#column = -1
    this.#merged = 0
    this.#state = 'row'
  }

  #openColumn(attributes: TagAttributes): void {
    const column = indexOf(attributes.get('Index')) ?? this.#nextColumn
    const span = spanOf(attributes.get('Span'))
    const style = attributes.get('StyleID')
    const last = Math.min(column + span, this.#limits.columnsMax)
    if (style !== null) for (let at = column; at <= last; at++) this.#columnStyles.set(at, style)
    this.#nextColumn = column + span + 1
    this.#pass()
  }

  #openCell(attributes: TagAttributes): void {
    const next = this.#column + 1 + this.#merged
    this.#column = indexOf(attributes.get('Index')) ?? next
    if (this.#column < next) throw this.#damaged('has a cell behind a later one')
    this.#merged = spanOf(attributes.get('MergeAcross'))
    this.#cellStyle = attributes.get('StyleID')
    this.#value = ''
    this.#state = 'cell'
  }

  #openInCell(name: string, attributes: TagAttributes): void {
    // A comment has data too.
    if (name !== 'Data') {
      this.#pass()
      return
    }
    this.#type = attributes.get('Type')
    this.#text = ''
    this.#state = 'data'
  }

  #endCell(): void {
    if (this.#value === '') return
    if (this.#column >= this.#limits.columnsMax) {
      throw new InvalidError(
        'too_many_columns',
        `${capital(this.#where())} has more than ${this.#limits.columnsMax} columns; keep the columns of the list in a sheet of their own.`,
      )
    }
    while (this.#cells.length < this.#column) this.#cells.push('')
    this.#cells.push(this.#value)
  }

  #endRow(): void {
    if (this.#cells.length > 0) this.rows.push({ index: this.#index, cells: this.#cells })
  }

  #valueOf(text: string): Cell {
    const { is1904 } = this.#list
    switch (this.#type) {
      case 'Number': {
        const number = text.trim() === '' ? Number.NaN : Number(text)
        if (!Number.isFinite(number)) return text
        const style = this.#cellStyle ?? this.#rowStyle ?? this.#columnStyles.get(this.#column) ?? null
        return numberCell(number, this.#list.kindOf(style), is1904)
      }
      case 'DateTime': {
        // A time alone is written with day zero.
        const time = /^(?:1899-12-3[01]|1904-01-01)T(\d{2}:\d{2}:\d{2})/.exec(text.trim())
        if (time !== null && (is1904 || !text.trim().startsWith('1904'))) return time[1]!
        return isoDateText(text)
      }
      case 'Boolean':
        return text.trim() === '1' ? 'TRUE' : text.trim() === '0' ? 'FALSE' : text
      default:
        return text
    }
  }

  #where(): string {
    return `sheet "${this.#list.sheets[this.#sheet]?.name ?? ''}", row ${this.#index + 1}`
  }

  #damaged(what: string): InvalidError {
    return new InvalidError(
      'damaged_workbook',
      `${capital(this.#where())} ${what}. Save the workbook again in Excel or LibreOffice.`,
    )
  }
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}

/** From 1 on in the file; null where it is not stated. */
function indexOf(text: string | null): number | null {
  const index = text === null ? Number.NaN : Number(text)
  return Number.isInteger(index) && index >= 1 && index <= 1e9 ? index - 1 : null
}

function spanOf(text: string | null): number {
  const span = Number(text ?? 0)
  return Number.isInteger(span) && span > 0 ? Math.min(span, 1e9) : 0
}
