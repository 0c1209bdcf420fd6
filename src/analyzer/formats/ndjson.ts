import { InvalidError } from '../../lib/errors.ts'
import type { Cell, Row } from '../table/rows/row.ts'
import type { Format, OpenedFile, OpenOptions, ReadLimits, Sheet } from './format.ts'
import { type NdjsonLine, ndjsonLine } from './json/ndjson-line.ts'
import { refuseCutLine } from './text/cut-line.ts'
import { textLines } from './text/text-lines.ts'

/**
 * NDJSON: one flat JSON object a line, UTF-8. The keys are the header; a sheet's columns are the keys of its rows in
 * the order in which they turn up. `_sheet` names the sheet of a row, `_row` (from 1 on, ascending) its place there;
 * without it that is the line. Blank lines are passed over. This is what a foreign analyzer answers.
 *
 * The header is row -1, before everything that has a place. A line that cannot be taken is a row with a fault; a file
 * that ends within a line was cut off, and gives nothing.
 * Memory: some chunks and the rows of one, and the names of the columns.
 */
export const ndjson: Format = { name: 'ndjson', detect, open: openNdjson }

const sheetsMax = 1000
const rowKey = '_row'
const sheetKey = '_sheet'
const rowNumberMax = 1_000_000_000
/** So many characters of a line that cannot be taken are shown. */
const rawMax = 200

/** Its first line must be there whole, and be right; objects within objects are read as JSON. */
function detect(head: Uint8Array): boolean {
  const text = new TextDecoder().decode(head)
  const [, first] = /^\s*(\{[^\n]*)(?:\n|$)/.exec(text) ?? []
  if (first === undefined || !('members' in ndjsonLine(first))) return false
  return text.split('\n').every((line) => {
    const found = ndjsonLine(line)
    return 'members' in found || found.code !== 'nested_value'
  })
}

async function openNdjson(path: string, { limits }: OpenOptions): Promise<OpenedFile> {
  const columns = await columnsOf(path, limits)
  const names = [...columns.keys()]
  let bytesRead = 0
  let isClosed = false

  async function* rows(sheet: number): AsyncGenerator<Row[]> {
    const name = names[sheet]
    const places = name === undefined ? undefined : columns.get(name)
    if (name === undefined || places === undefined)
      throw new InvalidError('unknown_sheet', `There are ${names.length} sheets, and no sheet ${sheet + 1}.`)
    yield [{ index: -1, cells: [...places.keys()] }]
    let last = -1
    for await (const batch of textLines(path, 'utf-8', limits)) {
      if (isClosed) throw new Error('The file was closed while it was being read.')
      bytesRead = batch.bytesRead
      const found: Row[] = []
      for (const { number, text } of batch.lines) {
        const line = ndjsonLine(text)
        // Nobody knows whose line a damaged one is; it is told with the first sheet.
        if ((sheetOf(line) ?? (sheet === 0 ? name : null)) !== name) continue
        const row = rowOf(line, { number, text, last, places, lengthMax: limits.cellCharactersMax })
        last = row.index
        found.push(row)
      }
      if (found.length > 0) yield found
    }
  }

  return {
    format: 'ndjson',
    encoding: 'utf-8',
    delimiter: null,
    sheets: names.map((name, index): Sheet => ({ index, name: name === '' ? null : name, isHidden: false })),
    rows,
    records: null,
    bytesRead: () => bytesRead,
    close() {
      isClosed = true
    },
  }
}

/**
 * Sheet → key → column, of the whole file.
 * @throws InvalidError `truncated_json`, `too_many_sheets`, `too_many_columns`, `empty_file`
 */
async function columnsOf(path: string, limits: ReadLimits): Promise<Map<string, Map<string, number>>> {
  const columns = new Map<string, Map<string, number>>()
  let linesSeen = 0
  for await (const { lines, isEnded } of textLines(path, 'utf-8', limits)) {
    for (const { number, text } of lines) {
      linesSeen++
      const line = ndjsonLine(text)
      if (!isEnded && linesSeen > 1 && !('members' in line)) refuseCutLine(number, text)
      const sheet = sheetOf(line)
      if (sheet === null || !('members' in line)) continue
      let places = columns.get(sheet)
      if (places === undefined) {
        if (columns.size === sheetsMax)
          throw new InvalidError(
            'too_many_sheets',
            `Line ${number} begins sheet ${sheetsMax + 1}; at most ${sheetsMax} are read.`,
          )
        places = new Map()
        columns.set(sheet, places)
      }
      for (const [key] of line.members) {
        if (key === rowKey || key === sheetKey || places.has(key)) continue
        if (places.size === limits.columnsMax)
          throw new InvalidError(
            'too_many_columns',
            `Line ${number} has column ${limits.columnsMax + 1}; at most ${limits.columnsMax} are read.`,
          )
        places.set(key, places.size)
      }
    }
  }
  if (linesSeen === 0)
    throw new InvalidError('empty_file', 'The file is empty. Check the export or the download that made it.')
  // Not one line can be taken: the faults are told all the same.
  if (columns.size === 0) columns.set('', new Map())
  return columns
}

/** @returns null: the line does not say */
function sheetOf(line: NdjsonLine): string | null {
  if (!('members' in line)) return null
  const named = line.members.find(([key]) => key === sheetKey)
  return named === undefined ? '' : String(named[1])
}

function rowOf(
  line: NdjsonLine,
  of: {
    number: number
    text: string
    last: number
    places: ReadonlyMap<string, number>
    lengthMax: number
  },
): Row {
  const { number, text, last, places, lengthMax } = of
  // Behind a row that said a higher place, the count goes on from there.
  const counted = Math.max(number - 1, last + 1)
  const faulty = (code: string, message: string): Row => ({
    index: counted,
    cells: [],
    fault: { code, message: `Line ${number} ${message}.`, raw: text.slice(0, rawMax) },
  })
  if (!('members' in line)) return faulty(line.code, line.message)
  const cells: Cell[] = new Array<Cell>(places.size).fill('')
  let index = counted
  for (const [key, cell] of line.members) {
    if (key === rowKey) {
      if (typeof cell !== 'number' || !Number.isInteger(cell) || cell < 1 || cell > rowNumberMax)
        return faulty(
          'wrong_row_number',
          `has ${JSON.stringify(cell)} as _row; write a whole number from 1 on`,
        )
      if (cell - 1 <= last)
        return faulty('wrong_row_number', `has _row ${cell} behind row ${last + 1}; rows must ascend`)
      index = cell - 1
    }
    if (typeof cell === 'string' && cell.length > lengthMax)
      return faulty('cell_too_long', `has a value of more than ${lengthMax} characters`)
    const column = places.get(key)
    if (column !== undefined) cells[column] = cell
  }
  return { index, cells }
}
