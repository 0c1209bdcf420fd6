import { textEncoding } from '../formats/text/text-encoder.ts'
import type { Cell } from '../table/rows/row.ts'
import { plainNumber } from '../table/text.ts'
import { guarded } from './formula-guard.ts'
import { rowHeader, sectionHeader } from './mark.ts'
import type { ByteSink, RejectsWriter, ReturnedTable } from './rejects-writer.ts'

/** How a CSV file is written. */
export interface CsvForm {
  /** One of `encodings` that can be written. */
  encoding: string
  /** One character. */
  delimiter: string
  lineEnd: string
}

const pieceCharacters = 64 * 1024

/** Rejected rows as CSV; tables follow each other with a blank line between them. */
export function csvWriter(sink: ByteSink, { encoding, delimiter, lineEnd }: CsvForm): RejectsWriter {
  const { encode, mark } = textEncoding(encoding)
  let current: ReturnedTable | null = null
  let nextAbove = 0
  let text = ''
  let isFirst = true

  const write = async (line: string) => {
    text += line + lineEnd
    if (text.length >= pieceCharacters) await flush()
  }
  async function flush() {
    if (isFirst && mark.length > 0) await sink(mark)
    isFirst = false
    const bytes = encode(text)
    text = ''
    if (bytes.length > 0) await sink(bytes)
  }
  const cellOf = (cell: Cell) => {
    const plain = typeof cell === 'number' ? decimalText(cell, current?.decimalStyle ?? null) : guarded(cell)
    return needsQuotes(plain, delimiter) ? `"${plain.replaceAll('"', '""')}"` : plain
  }
  /** Every row is as wide as the header, so that ours are in their columns. */
  const line = (cells: readonly Cell[], own: readonly Cell[]) => {
    const filled = cells.slice(0, current!.reasonColumn)
    while (filled.length < current!.reasonColumn) filled.push('')
    return [...filled, ...own].map(cellOf).join(delimiter)
  }

  return {
    async table(table) {
      if (current !== null) await write('')
      current = table
      nextAbove = table.topRow
    },
    async row({ kind, index, cells, reason, section }, number) {
      if (current === null) throw new Error('A row came before its table.')
      const { hasSections } = current
      if (kind === 'row') return write(line(cells, [reason, number ?? '', ...(hasSections ? [section] : [])]))
      for (; nextAbove < index; nextAbove++) await write('')
      nextAbove = index + 1
      const own = [current.mark, rowHeader, ...(hasSections ? [sectionHeader] : [])]
      await write(kind === 'head' ? line(cells, own) : cells.map(cellOf).join(delimiter))
    },
    end: flush,
  }
}

/**
 * A number of a workbook as its list writes prices. Three decimals get a fourth, since "1,234" could be a thousand,
 * and four never are.
 */
function decimalText(value: number, style: ReturnedTable['decimalStyle']): string {
  const text = plainNumber(value)
  const full = /\.\d{3}$/.test(text) ? `${text}0` : text
  return style === 'comma' ? full.replace('.', ',') : full
}

/** Also where another program could split the cell and run what comes behind. */
function needsQuotes(text: string, delimiter: string): boolean {
  return text.includes(delimiter) || /["\r\n]/.test(text) || /[,;\t|][=+\-@]/.test(text)
}
