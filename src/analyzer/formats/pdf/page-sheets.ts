import type { HeaderNames } from '../../table/header/header-names.ts'
import type { Row } from '../../table/rows/row.ts'
import type { Sheet } from '../format.ts'
import type { Column } from './columns.ts'
import type { Block } from './page-layout.ts'
import { type Budget, type RowStore, rowStore } from './row-store.ts'
import { isNumeric, type TableRow } from './table-rows.ts'

/** Row numbers of a page: those of page 3 are 3001 to 3999, as people count them. */
export const rowsPerPage = 1000

export interface PageSheet extends Sheet {
  name: string
  store: RowStore
}

/**
 * Turns pages into sheets: tables with the same columns are one sheet, over as many pages as they go on. A header
 * of its own, or columns that do not fit, begin another sheet. Text around tables becomes rows of one cell.
 */
export class PageSheets {
  readonly #budget: Budget
  readonly #names: HeaderNames
  readonly #parts: Part[] = []
  /** Text that no table has followed yet. */
  #waiting: { text: string; page: number }[] = []
  #pictures: { from: number; to: number }[] = []

  constructor(budget: Budget, names: HeaderNames) {
    this.#budget = budget
    this.#names = names
  }

  addPage(page: number, blocks: readonly Block[]): void {
    for (const block of blocks) {
      if (block.kind === 'text') {
        this.#waiting.push({ text: block.text, page })
        continue
      }
      const { part, columnOf } = this.#partFor(page, block)
      this.#placeWaiting(part)
      for (const { cells } of block.rows) part.add(page, arranged(cells, columnOf, part.columns.length))
    }
    // What stands below the last table belongs to it; a page of text alone to the list that it interrupts.
    const last = this.#parts.at(-1)
    if (last !== undefined) this.#placeWaiting(last)
  }

  /** A page that shows a picture where text would be. */
  addPicture(page: number): void {
    const last = this.#pictures.at(-1)
    if (last !== undefined && last.to === page - 1) last.to = page
    else this.#pictures.push({ from: page, to: page })
  }

  /** @returns the sheets in the order in which they begin */
  sheets(): PageSheet[] {
    if (this.#waiting.length > 0) {
      const part = this.#parts.at(-1) ?? this.#newPart(this.#waiting[0]!.page, [{ x0: 0, x1: 1 }])
      this.#placeWaiting(part)
    }
    for (const { from, to } of this.#pictures) {
      const part = this.#newPart(from, [{ x0: 0, x1: 1 }])
      part.to = to
      part.note = to > from ? 'pictures without text' : 'a picture without text'
      part.add(from, ['Note: what the picture shows cannot be read; it needs text recognition (OCR) first.'])
    }
    const ordered = this.#parts.sort((a, b) => a.from - b.from)
    return ordered.map((part, index) => ({
      index,
      name: nameOf(part, ordered),
      isHidden: false,
      store: part.store,
    }))
  }

  #placeWaiting(part: Part): void {
    for (const { text, page } of this.#waiting) part.add(page, [text])
    this.#waiting = []
  }

  #partFor(page: number, table: Extract<Block, { kind: 'table' }>): { part: Part; columnOf: number[] } {
    const header = this.#headerOf(table.rows)
    const last = this.#parts.at(-1)
    const columnOf = last === undefined ? null : matchColumns(last.columns, table.columns)
    if (last !== undefined && columnOf !== null && agree(last.header, header, columnOf)) {
      widen(last.columns, table.columns, columnOf)
      last.header ??= header === null ? null : header.map((_, at) => header[columnOf.indexOf(at)] ?? null)
      return { part: last, columnOf }
    }
    const part = this.#newPart(page, table.columns)
    part.header = header
    return { part, columnOf: table.columns.map((_, at) => at) }
  }

  #newPart(page: number, columns: readonly Column[]): Part {
    const part = new Part(page, columns, rowStore(this.#budget))
    this.#parts.push(part)
    return part
  }

  /** What the columns are named after, where the table begins with a header; null: it begins with data. */
  #headerOf(rows: readonly TableRow[]): Header | null {
    for (const { cells } of rows.slice(0, headerSearchRows)) {
      const filled = cells.filter((text) => text !== '')
      if (filled.some((text) => isNumeric(text) && !/^\W*(?:19|20)\d\d\W*$/.test(text))) return null
      const header = cells.map((text) => this.#fieldOf(text))
      if (new Set(header.filter((field) => field !== null)).size >= 2) return header
    }
    return null
  }

  #fieldOf(text: string): string | null {
    if (text === '' || text.length > headerCellMax) return null
    const scores = Object.entries(this.#names.quick(text.replaceAll('\n', ' ')))
    const [best] = scores.sort(([, a], [, b]) => b - a)
    return best !== undefined && best[1] >= nameScoreMin ? best[0] : null
  }
}

/** The field that each column is named after; null: none that is known. */
type Header = (string | null)[]

/** Whether two headers name the same columns after the same fields; a table without one goes on as before. */
function agree(known: Header | null, header: Header | null, columnOf: readonly number[]): boolean {
  if (known === null || header === null) return true
  return header.every((field, at) => field === null || (known[columnOf[at]!] ?? field) === field)
}

const headerSearchRows = 4
const headerCellMax = 60
/** As for headers of other formats; see analyzer/table/header/header.ts. */
const nameScoreMin = 0.68

/** One sheet in the making. */
class Part {
  readonly from: number
  to: number
  readonly columns: Column[]
  readonly store: RowStore
  header: Header | null = null
  note: string | null = null
  #next = 0

  constructor(page: number, columns: readonly Column[], store: RowStore) {
    this.from = page
    this.to = page
    this.columns = columns.map((column) => ({ ...column }))
    this.store = store
  }

  add(page: number, cells: string[]): void {
    const index = Math.max(this.#next, page * rowsPerPage)
    const row: Row = { index, cells }
    this.store.add(row)
    this.#next = index + 1
    this.to = Math.max(this.to, page)
  }
}

function arranged(cells: readonly string[], columnOf: readonly number[], width: number): string[] {
  const result: string[] = Array.from({ length: width }, () => '')
  cells.forEach((text, at) => {
    result[columnOf[at]!] = text
  })
  return result
}

/** Where the columns of a further table go; a column that is new gets the next number. Null: they do not fit. */
function matchColumns(known: readonly Column[], columns: readonly Column[]): number[] | null {
  return matchAt(known, columns, 0) ?? matchAt(known, columns, known[0]!.x0 - columns[0]!.x0)
}

/** @param shift how far the page lies to the side, as odd and even pages do */
function matchAt(known: readonly Column[], columns: readonly Column[], shift: number): number[] | null {
  const result: number[] = []
  let matched = 0
  let last = -1
  let next = known.length
  for (const column of columns) {
    let best = -1
    let most = 0
    known.forEach(({ x0, x1 }, at) => {
      const shared = Math.min(x1, column.x1 + shift) - Math.max(x0, column.x0 + shift)
      const share = shared / Math.max(1, Math.min(x1 - x0, column.x1 - column.x0))
      if (share > most) {
        most = share
        best = at
      }
    })
    if (best < 0) {
      result.push(next++)
    } else {
      if (best <= last || most < sharedMin) return null
      matched++
      last = best
      result.push(best)
    }
  }
  const isMost = matched >= Math.min(known.length, columns.length) * 0.7
  return isMost && matched >= Math.min(2, known.length) && next - known.length <= columns.length / 3
    ? result
    : null
}

const sharedMin = 0.3

function widen(known: Column[], columns: readonly Column[], columnOf: readonly number[]): void {
  columns.forEach((column, at) => {
    const target = known[columnOf[at]!]
    if (target === undefined) known.push({ ...column })
  })
}

/** "page 3", "pages 1–4", with the number of the table where several begin on one page. */
function nameOf(part: Part, all: readonly Part[]): string {
  const pages = part.to > part.from ? `pages ${part.from}–${part.to}` : `page ${part.from}`
  if (part.note !== null) return `${pages}: ${part.note}`
  const beside = all.filter(({ from, note }) => from === part.from && note === null)
  return beside.length > 1 ? `${pages}, table ${beside.indexOf(part) + 1}` : pages
}
