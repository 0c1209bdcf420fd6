import { jsonText, snakeCaseKeys } from '../lib/json.ts'
import type { Io } from './command.ts'
import type { Writer } from './writer.ts'

/** A column of a text table. */
export interface TableColumn {
  header: string
  /** Numbers go right; default left. */
  align?: 'left' | 'right'
  /** May be cut with "…" when the terminal is too narrow; at least 8 characters stay. */
  canShrink?: boolean
}

export interface TextTable {
  columns: readonly TableColumn[]
  /** Cells as they are to be read; null prints as blank. */
  rows: readonly (readonly (string | number | null)[])[]
}

/** Prints an aligned table, with a header line, two spaces between columns. */
export function printTable(writer: Writer, table: TextTable): void {
  writer.write(renderTable(table, { columns: writer.columns, isTerminal: writer.isTerminal }))
}

/** Prints a line of text; what could steer the terminal is made visible, line ends inside stay. */
export function printLine(writer: Writer, text: string): void {
  writer.write(`${visibleLines(text)}\n`)
}

/**
 * Prints a sentence. On a terminal it is broken between words, and goes on two columns further right than it begins;
 * what is to be copied and typed is printed with `printLine`.
 */
export function printProse(writer: Writer, text: string): void {
  printLine(writer, writer.isTerminal && writer.columns !== null ? wrapped(text, writer.columns) : text)
}

/**
 * Prints a value as JSON with snake_case keys in the order of the object: indented on a terminal, one line
 * elsewhere. The keys inside `characteristics` are data and stay.
 */
export function printJson(io: Io, value: unknown): void {
  io.stdout.write(`${jsonText(snakeCaseKeys(value), io.stdout.isTerminal ? 2 : 0)}\n`)
}

/**
 * The table as text. Widths are what a terminal shows: wide characters count 2, combining marks 0.
 * @param target columns null: nothing is cut. On a terminal right-to-left cells are isolated, so that they
 *   do not reorder their neighbours.
 */
export function renderTable(
  table: TextTable,
  target: { columns: number | null; isTerminal: boolean },
): string {
  const cells = table.rows.map((row) => row.map((cell) => (cell === null ? '' : visible(String(cell)))))
  const lines = [table.columns.map((column) => visible(column.header)), ...cells]
  const widths = table.columns.map((_, index) => widest(lines, index))
  if (target.columns !== null) shrink(widths, table.columns, target.columns)
  let text = ''
  for (const line of lines) {
    const padded = table.columns.map((column, index) => {
      const cell = cutToWidth(line[index] ?? '', widths[index]!)
      const padding = ' '.repeat(Math.max(0, widths[index]! - Bun.stringWidth(cell)))
      const shown = target.isTerminal && rightToLeft.test(cell) ? `\u2068${cell}\u2069` : cell
      return column.align === 'right' ? padding + shown : shown + padding
    })
    text += `${padded.join('  ').trimEnd()}\n`
  }
  return text
}

/**
 * Text that cannot steer a terminal or hide what it says: control characters appear as their pictures ("␛"),
 * direction overrides as "\u{202e}".
 */
export function visible(text: string): string {
  const wellFormed = text.toWellFormed()
  return unsafe.test(wellFormed) ? wellFormed.replace(new RegExp(unsafe, 'g'), pictured) : wellFormed
}

/** As `visible`, but line ends stay. */
export function visibleLines(text: string): string {
  return text.split('\n').map(visible).join('\n')
}

/** Cuts by what people see as one character; what is cut ends in "…". */
export function cutToWidth(text: string, width: number): string {
  if (Bun.stringWidth(text) <= width) return text
  if (width < 1) return ''
  let kept = ''
  let used = 0
  for (const { segment } of new Intl.Segmenter().segment(text)) {
    const segmentWidth = Bun.stringWidth(segment)
    if (used + segmentWidth > width - 1) break
    kept += segment
    used += segmentWidth
  }
  return `${kept}…`
}

/** A word that is longer than a line stays whole. */
function wrapped(text: string, columns: number): string {
  const indent = /^ */.exec(text)![0].length
  const lines: string[] = []
  let line = ' '.repeat(indent)
  for (const word of text.trim().split(' ')) {
    const isFirst = line.trim() === ''
    const longer = isFirst ? line + word : `${line} ${word}`
    if (isFirst || Bun.stringWidth(longer) <= columns) line = longer
    else {
      lines.push(line)
      line = ' '.repeat(indent + 2) + word
    }
  }
  return [...lines, line].join('\n')
}

const shrunkWidthMin = 8
// C0, DEL, C1, line separators, and the controls that reorder text.
const unsafe = /[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]/
const rightToLeft = /[\p{Script=Hebrew}\p{Script=Arabic}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}]/u

function pictured(character: string): string {
  const code = character.charCodeAt(0)
  if (code < 0x20) return String.fromCharCode(0x2400 + code)
  if (code === 0x7f) return '\u2421'
  return `\\u{${code.toString(16)}}`
}

function widest(lines: readonly (readonly string[])[], index: number): number {
  return lines.reduce((width, line) => Math.max(width, Bun.stringWidth(line[index] ?? '')), 0)
}

/** Takes from the widest column that may shrink, until the line fits or nothing can give any more. */
function shrink(widths: number[], columns: readonly TableColumn[], available: number): void {
  let excess = widths.reduce((sum, width) => sum + width, 2 * (widths.length - 1)) - available
  while (excess > 0) {
    let index = -1
    columns.forEach((column, candidate) => {
      if (!column.canShrink || widths[candidate]! <= shrunkWidthMin) return
      if (index < 0 || widths[candidate]! > widths[index]!) index = candidate
    })
    if (index < 0) return
    widths[index]!--
    excess--
  }
}
