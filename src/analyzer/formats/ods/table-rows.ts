import { InvalidError } from '../../../lib/errors.ts'
import type { Cell, Row } from '../../table/rows/row.ts'
import type { ReadLimits } from '../format.ts'
import type { TagAttributes } from '../markup/attributes.ts'
import type { MarkupHandler } from '../markup/scanner.ts'
import { blankCell, type CellTag, cellValue, readCellTag } from './cell-value.ts'
import { leadsToTables } from './tables.ts'

/**
 * Reads the rows of one sheet. Blank rows and cells cost nothing however often they are repeated; a repeated row is
 * handed over once with a count.
 */
export class TableRows implements MarkupHandler {
  /** Whoever takes rows empties it. */
  rows: (Row & { count: number })[] = []
  /** Whether the sheet has ended: what follows is of others. */
  isDone = false
  readonly #sheet: number
  readonly #sheetName: string
  readonly #limits: ReadLimits
  #seen = -1
  #state: 'outside' | 'table' | 'cell' = 'outside'
  /** Levels below an element that is passed over. */
  #depth = 0
  #index = 0
  #rowRepeats = 1
  #cells: Cell[] = []
  #column = 0
  #tag: CellTag = blankCell
  #repeats = 1
  #isCovered = false
  #text = ''
  #paragraphs = 0
  /** How deep within a paragraph. */
  #inText = 0
  #copiedCells = 0
  #copiedCharacters = 0

  constructor(sheet: number, sheetName: string, limits: ReadLimits) {
    this.#sheet = sheet
    this.#sheetName = sheetName
    this.#limits = limits
  }

  get wantsText(): boolean {
    return this.#inText > 0 && this.#depth === 0
  }

  /** As in `Sheet "Prices", row 12`, for messages. */
  place(): string {
    return this.#state === 'outside' ? '' : `, in sheet "${this.#sheetName}", row ${this.#index + 1}`
  }

  open(name: string, attributes: TagAttributes): void {
    if (this.#depth > 0) this.#depth++
    else if (this.#state === 'cell') this.#openInCell(name, attributes)
    else if (this.#state === 'table') this.#openInTable(name, attributes)
    else if (name === 'table') {
      this.#seen++
      if (this.#seen === this.#sheet) this.#state = 'table'
      else this.#depth = 1
    } else if (!leadsToTables(name)) this.#depth = 1
  }

  /** Only what stands in paragraphs. */
  text(text: string): void {
    // Line breaks and runs of blanks have elements of their own.
    this.#text += /[\n\t]| {2}/.test(text) ? text.replace(/[ \n\t]+/g, ' ') : text
    this.#checkText()
  }

  close(name: string): void {
    if (this.#depth > 0) {
      this.#depth--
      return
    }
    if (this.#inText > 0) {
      this.#inText--
      return
    }
    if (this.#state === 'cell') {
      if (name !== 'table-cell' && name !== 'covered-table-cell') return
      this.#endCell()
      this.#state = 'table'
    } else if (this.#state === 'table') {
      if (name === 'table-row') this.#endRow()
      if (name !== 'table') return
      this.#state = 'outside'
      this.isDone = true
    }
  }

  #openInTable(name: string, attributes: TagAttributes): void {
    if (name === 'table-cell' || name === 'covered-table-cell') {
      this.#state = 'cell'
      this.#isCovered = name !== 'table-cell'
      this.#text = ''
      this.#paragraphs = 0
      this.#tag = attributes.isEmpty ? blankCell : readCellTag(attributes)
      this.#repeats = attributes.isEmpty ? 1 : countOf(attributes.get('number-columns-repeated'))
    } else if (name === 'table-row') {
      this.#cells = []
      this.#column = 0
      this.#rowRepeats = countOf(attributes.get('number-rows-repeated'))
    } else if (!rowGroups.has(name)) this.#depth = 1
  }

  #openInCell(name: string, attributes: TagAttributes): void {
    if (this.#inText > 0) {
      if (name === 's')
        this.#text += ' '.repeat(Math.min(countOf(attributes.get('c')), this.#limits.cellCharactersMax))
      else if (name === 'tab') this.#text += '\t'
      else if (name === 'line-break') this.#text += '\n'
      else if (besidesText.has(name)) {
        this.#depth = 1
        return
      }
      this.#checkText()
      this.#inText++
    } else if (name === 'p' || name === 'h') {
      if (this.#paragraphs > 0) this.#text += '\n'
      this.#paragraphs++
      this.#inText = 1
    } else if (!textGroups.has(name)) this.#depth = 1
  }

  #checkText(): void {
    const { cellCharactersMax } = this.#limits
    if (this.#text.length <= cellCharactersMax) return
    throw new InvalidError(
      'cell_too_long',
      `Sheet "${this.#sheetName}", row ${this.#index + 1} has a cell of more than ${cellCharactersMax} characters. Shorten it, or remove it from the sheet.`,
    )
  }

  #endCell(): void {
    const value = this.#isCovered ? '' : cellValue(this.#tag, this.#text)
    if (value !== '') {
      const cells = this.#cells
      const end = this.#column + this.#repeats
      if (end > this.#limits.columnsMax) {
        throw new InvalidError(
          'too_many_columns',
          `Sheet "${this.#sheetName}", row ${this.#index + 1} has more than ${this.#limits.columnsMax} columns.`,
        )
      }
      while (cells.length < this.#column) cells.push('')
      for (let i = 0; i < this.#repeats; i++) cells.push(value)
      if (this.#repeats > 1) this.#countCopies(this.#repeats - 1, String(value).length * (this.#repeats - 1))
    }
    this.#column = Math.min(this.#column + this.#repeats, beyondColumns)
  }

  #endRow(): void {
    const cells = this.#cells
    const count = this.#rowRepeats
    if (cells.length > 0) {
      if (this.#index + count > rowsMax) {
        throw new InvalidError('too_many_rows', `Sheet "${this.#sheetName}" has more than ${rowsMax} rows.`)
      }
      if (count > 1) {
        const characters = cells.reduce<number>((sum, cell) => sum + String(cell).length, 0)
        this.#countCopies(cells.length * (count - 1), characters * (count - 1))
      }
      this.rows.push({ index: this.#index, cells, count })
    }
    this.#index = Math.min(this.#index + count, beyondRows)
  }

  /** A few bytes can say that a filled row stands there a billion times. */
  #countCopies(cells: number, characters: number): void {
    this.#copiedCells += cells
    this.#copiedCharacters += characters
    if (this.#copiedCells <= copiedCellsMax && this.#copiedCharacters <= this.#limits.unpackedBytesMax) return
    throw new InvalidError(
      'too_many_repeats',
      `Sheet "${this.#sheetName}", row ${this.#index + 1} repeats filled cells so often that the sheet would have more than ${copiedCellsMax} copies. Delete what is below and beside the list, and save it again.`,
    )
  }
}

/** As many rows as any program has in a sheet. */
const rowsMax = 16_777_216
const beyondRows = 1_000_000_000
const beyondColumns = 1_000_000
const copiedCellsMax = 5_000_000
const rowGroups = new Set(['table-header-rows', 'table-rows', 'table-row-group'])
const textGroups = new Set(['list', 'list-item', 'list-header'])
/** What hangs on a text without being part of it. */
const besidesText = new Set(
  'annotation note ruby-text frame custom-shape control g rect line polyline polygon path circle ellipse connector caption'.split(
    ' ',
  ),
)

function countOf(text: string | null): number {
  if (text === null) return 1
  const count = Number(text)
  return Number.isInteger(count) && count >= 1 ? Math.min(count, beyondRows) : 1
}
