import { deflateRawSync, inflateRawSync } from 'node:zlib'
import { InvalidError } from '../../../lib/errors.ts'
import type { Row } from '../../table/rows/row.ts'

/**
 * Rows in memory, packed to some 20 bytes each, so that a PDF is taken apart once however often its rows are read:
 * taking it apart costs a hundred times more than unpacking them.
 */
export interface RowStore {
  add(row: Row): void
  /** How many batches `batch` can give. Nothing can be added any more. */
  seal(): number
  batch(at: number): Row[]
}

const batchRowsMax = 2000
const batchCharactersMax = 512 * 1024

/** @param budget what all the stores of a file may fill, packed */
export function rowStore(budget: Budget): RowStore {
  const packed: Buffer[] = []
  let rows: Row[] = []
  let characters = 0

  function pack(): void {
    if (rows.length === 0) return
    const bytes = deflateRawSync(JSON.stringify(rows), { level: 1 })
    budget.take(bytes.length)
    packed.push(bytes)
    rows = []
    characters = 0
  }

  return {
    add(row) {
      rows.push(row)
      for (const cell of row.cells) characters += typeof cell === 'string' ? cell.length : 8
      if (rows.length >= batchRowsMax || characters >= batchCharactersMax) pack()
    },
    seal() {
      pack()
      return packed.length
    },
    // Packed above from rows.
    batch: (at) => JSON.parse(inflateRawSync(packed[at]!).toString()) as Row[],
  }
}

export interface Budget {
  /** @throws InvalidError `pdf_too_large` */
  take(bytes: number): void
}

export function rowBudget(bytesMax: number): Budget {
  let left = bytesMax
  return {
    take(bytes) {
      left -= bytes
      if (left >= 0) return
      throw new InvalidError(
        'pdf_too_large',
        'The PDF holds more rows than fit in memory. Split it, or ask for the list as CSV or XLSX.',
      )
    },
  }
}
