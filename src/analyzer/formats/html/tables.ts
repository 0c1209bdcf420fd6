import { InvalidError } from '../../../lib/errors.ts'
import type { Cell, Row } from '../../table/rows/row.ts'
import type { ReadLimits } from '../format.ts'
import type { TagAttributes } from '../markup/attributes.ts'
import type { MarkupHandler } from '../markup/scanner.ts'

/** What is known of a table when the page has been read through. */
export interface HtmlTable {
  caption: string
  /** Rows that have any text. */
  rows: number
  /** Most cells with text in one row. */
  cellsMax: number
}

/**
 * Reads the tables of a page, leniently: rows and cells end where the next one begins. A table within a cell is a
 * table by itself, and no part of the cell. Merged cells have their value in the first.
 */
export class HtmlTables implements MarkupHandler {
  readonly tables: HtmlTable[] = []
  /** Of the table that was asked for; whoever takes rows empties it. */
  rows: Row[] = []
  isDone = false
  /** Whether somebody is asked to log in. */
  hasPassword = false
  readonly #wanted: number
  readonly #limits: ReadLimits
  readonly #open: OpenTable[] = []
  #hasEnd = false
  #captionText: string | null = null

  /** @param wanted which table's rows are made, by its place in the page; -1: of none */
  constructor(wanted: number, limits: ReadLimits) {
    this.#wanted = wanted
    this.#limits = limits
  }

  get wantsText(): boolean {
    return this.#captionText !== null || (this.#open.at(-1)?.isInCell ?? false)
  }

  place(): string {
    const table = this.#open.at(-1)
    return table === undefined ? '' : `, in table ${table.number + 1}, row ${table.index + 1}`
  }

  open(name: string, attributes: TagAttributes): void {
    const table = this.#open.at(-1)
    switch (name) {
      case 'table':
        // Only what is in a cell is a table within a table.
        if (table !== undefined && !table.isInCell) this.#endTable()
        this.#beginTable()
        return
      case 'caption':
        if (table !== undefined) this.#captionText = ''
        return
      case 'tr':
        if (table === undefined) return
        this.#endRow(table)
        table.beginRow()
        return
      case 'td':
      case 'th':
        if (table === undefined) return
        if (!table.isInRow) table.beginRow()
        this.#endCell(table)
        table.beginCell(attributes)
        return
      case 'input':
        if (attributes.get('type')?.toLowerCase() === 'password') this.hasPassword = true
        return
      default:
        if (table?.isInCell && lineElements.has(name)) table.beginLine()
    }
  }

  text(text: string): void {
    if (this.#captionText !== null) this.#captionText += text
    else this.#open.at(-1)?.add(text, this.#limits.cellCharactersMax, () => this.place())
  }

  close(name: string): void {
    if (name === 'body' || name === 'html') this.#hasEnd = true
    const table = this.#open.at(-1)
    if (table === undefined) return
    if (name === 'table') this.#endTable()
    else if (name === 'tr') {
      this.#endRow(table)
      table.hasClosedRow = true
    } else if (name === 'td' || name === 'th') this.#endCell(table)
    else if (name === 'caption') this.#endCaption(table)
    else if (table.isInCell && lineElements.has(name) && name !== 'br') table.beginLine()
  }

  /**
   * The page has ended.
   * @throws InvalidError `damaged_xml` when it is cut off in a table: who closes rows closes tables or the page as well
   */
  finish(): void {
    for (let table = this.#open.at(-1); table !== undefined; table = this.#open.at(-1)) {
      if (table.hasClosedRow && (table.isInRow || !this.#hasEnd)) {
        throw new InvalidError(
          'damaged_xml',
          `The page is cut off: it ends in table ${table.number + 1}, ${table.isInRow ? 'within' : 'behind'} row ${table.index + 1}. Fetch or export it again.`,
        )
      }
      this.#endTable()
    }
  }

  #beginTable(): void {
    if (this.#open.length >= nestedMax) {
      throw new InvalidError('too_deep', `The page nests tables more than ${nestedMax} deep.`)
    }
    if (this.tables.length >= tablesMax) {
      throw new InvalidError('too_many_sheets', `The page has more than ${tablesMax} tables.`)
    }
    this.#open.push(new OpenTable(this.tables.length))
    this.tables.push({ caption: '', rows: 0, cellsMax: 0 })
  }

  #endTable(): void {
    const table = this.#open.at(-1)
    if (table === undefined) return
    this.#endRow(table)
    this.#endCaption(table)
    this.#open.pop()
    if (table.number === this.#wanted) this.isDone = true
  }

  #endCaption(table: OpenTable): void {
    if (this.#captionText === null) return
    const about = this.tables[table.number]
    if (about !== undefined)
      about.caption = this.#captionText.replace(/\s+/g, ' ').trim().slice(0, captionMax)
    this.#captionText = null
  }

  #endCell(table: OpenTable): void {
    if (!table.isInCell) return
    if (!table.endCell(this.#limits.columnsMax)) {
      throw new InvalidError(
        'too_many_columns',
        `Table ${table.number + 1}, row ${table.index + 1} has more than ${this.#limits.columnsMax} columns.`,
      )
    }
  }

  #endRow(table: OpenTable): void {
    if (!table.isInRow) return
    this.#endCell(table)
    const { index, cells, filled } = table.endRow()
    if (filled === 0) return
    const about = this.tables[table.number]
    if (about !== undefined) {
      about.rows++
      about.cellsMax = Math.max(about.cellsMax, filled)
    }
    if (table.number === this.#wanted) this.rows.push({ index, cells })
  }
}

/** What stands on lines of its own within a cell. */
const lineElements = new Set('br p div li ul ol h1 h2 h3 h4 h5 h6 hr'.split(' '))
const nestedMax = 50
const tablesMax = 10_000
const captionMax = 200
/** As browsers have it. */
const columnSpanMax = 1000
const rowSpanMax = 65_534

class OpenTable {
  readonly number: number
  index = -1
  isInRow = false
  isInCell = false
  /** Whether it says where its rows end. */
  hasClosedRow = false
  #cells: Cell[] = []
  #filled = 0
  #column = 0
  #text = ''
  /** What comes before the next text, if there is one. */
  #isLineDue = false
  #isBlankDue = false
  #value: number | null = null
  #columnSpan = 1
  #rowSpan = 1
  /** By column: how many rows, this one included, a cell from above still covers. */
  #covered: number[] = []

  constructor(number: number) {
    this.number = number
  }

  beginRow(): void {
    this.index++
    this.isInRow = true
    this.#cells = []
    this.#filled = 0
    this.#column = 0
  }

  beginCell(attributes: TagAttributes): void {
    this.isInCell = true
    this.#text = ''
    this.#isLineDue = false
    this.#isBlankDue = false
    // What Excel and LibreOffice add to a number that they show rounded.
    const value = attributes.isEmpty ? null : (attributes.getFull('x:num') ?? attributes.getFull('sdval'))
    const number = value === null || value.trim() === '' ? Number.NaN : Number(value)
    this.#value = Number.isFinite(number) ? number : null
    this.#columnSpan = attributes.isEmpty ? 1 : spanOf(attributes.get('colspan'), columnSpanMax)
    this.#rowSpan = attributes.isEmpty ? 1 : spanOf(attributes.get('rowspan'), rowSpanMax)
  }

  beginLine(): void {
    if (this.#text !== '') this.#isLineDue = true
  }

  /** Looks only at what is added: a text may come in as many pieces as it has characters. */
  add(text: string, charactersMax: number, place: () => string): void {
    const collapsed = text.replace(/[ \t\n\r\f]+/g, ' ')
    const isBlank = collapsed === '' || collapsed === ' '
    if (isBlank) {
      this.#isBlankDue ||= collapsed !== ''
      return
    }
    const startsBlank = collapsed.startsWith(' ')
    if (this.#isLineDue) this.#text += '\n'
    else if (this.#text !== '' && (startsBlank || this.#isBlankDue)) this.#text += ' '
    this.#isLineDue = false
    this.#isBlankDue = collapsed.endsWith(' ')
    this.#text += collapsed.slice(startsBlank ? 1 : 0, this.#isBlankDue ? -1 : undefined)
    if (this.#text.length <= charactersMax) return
    throw new InvalidError(
      'cell_too_long',
      `The page has a cell of more than ${charactersMax} characters${place()}. Shorten it, or remove it.`,
    )
  }

  /** @returns false: that is beyond the last column */
  endCell(columnsMax: number): boolean {
    this.isInCell = false
    while ((this.#covered[this.#column] ?? 0) > 0) this.#column++
    const text = this.#text.trim()
    const cell =
      this.#value === null || (leadingZeros.test(text) && Number(text) === this.#value) ? text : this.#value
    const end = this.#column + this.#columnSpan
    if (cell !== '' && this.#column >= columnsMax) return false
    if (cell !== '') {
      while (this.#cells.length < this.#column) this.#cells.push('')
      this.#cells.push(cell)
      this.#filled++
    }
    if (this.#rowSpan > 1) {
      for (let column = this.#column; column < Math.min(end, columnsMax); column++) {
        while (this.#covered.length <= column) this.#covered.push(0)
        this.#covered[column] = this.#rowSpan
      }
    }
    this.#column = Math.min(end, columnsMax)
    return true
  }

  endRow(): { index: number; cells: Cell[]; filled: number } {
    this.isInRow = false
    const covered = this.#covered
    for (let column = 0; column < covered.length; column++) if (covered[column]! > 0) covered[column]!--
    return { index: this.index, cells: this.#cells, filled: this.#filled }
  }
}

const leadingZeros = /^-?0\d{1,14}$/

function spanOf(text: string | null, most: number): number {
  const span = Number(text ?? 1)
  return Number.isInteger(span) && span >= 1 ? Math.min(span, most) : 1
}
