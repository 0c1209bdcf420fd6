import type { Choice } from '../../table/card/choice.ts'
import type { Row } from '../../table/rows/row.ts'
import type { OpenedFile, Sheet } from '../format.ts'
import { textOf } from '../text/text-file.ts'
import type { MarkupHandler, MarkupScanner } from './scanner.ts'

/** Makes rows of one sheet while a document is scanned. */
export interface SheetReader extends MarkupHandler {
  /** Whoever takes rows empties it. */
  rows: Row[]
  readonly isDone: boolean
}

export interface TableFile<Reader extends SheetReader> {
  format: string
  encoding: Choice
  path: string
  chunkBytes: number
  sheets: Sheet[]
  readerOf: (sheet: number) => Reader
  scannerOf: (reader: Reader) => MarkupScanner
  /** When the document has ended before the sheet did. */
  finish?: (reader: Reader) => void
}

/** A file that is one document, read anew for every sheet, no further than the sheet goes. */
export function tableFile<Reader extends SheetReader>(file: TableFile<Reader>): OpenedFile {
  const { format, path, chunkBytes, sheets } = file
  const encoding = file.encoding.value
  let bytesRead = 0
  let isClosed = false

  async function* rows(sheet: number): AsyncGenerator<Row[]> {
    if (sheets[sheet] === undefined) throw new RangeError(`The file has no sheet ${sheet}.`)
    bytesRead = 0
    const reader = file.readerOf(sheet)
    const scanner = file.scannerOf(reader)
    for await (const piece of textOf(path, encoding, chunkBytes)) {
      // Ending quietly would look like a shorter list.
      if (isClosed) throw new Error('The file was closed while it was being read.')
      bytesRead = piece.bytesRead
      scanner.push(piece.text)
      if (reader.rows.length > 0) yield reader.rows
      reader.rows = []
      if (reader.isDone) return
    }
    scanner.end()
    file.finish?.(reader)
    if (reader.rows.length > 0) yield reader.rows
  }

  return {
    format,
    encoding,
    delimiter: null,
    choices: { encoding: file.encoding, delimiter: null },
    sheets,
    rows,
    records: null,
    bytesRead: () => bytesRead,
    close() {
      isClosed = true
    },
  }
}
