import { InvalidError } from '../../lib/errors.ts'
import type { Row } from '../table/rows/row.ts'
import { type CsvDialect, csvDialect } from './csv/csv-dialect.ts'
import { csvRecords } from './csv/csv-records.ts'
import type { Format, OpenedFile, OpenOptions, RecordTaker } from './format.ts'
import { encodingOfMark, utf16Order } from './text/encoding-detection.ts'
import { encodingOf, textOf, utf8Of } from './text/text-file.ts'

/**
 * CSV and TSV in any of the encodings that `encoding.ts` lists; `csv-scanner.ts` says how rows are read, and
 * `csv-dialect.ts` how the delimiter is found. The file is one sheet without a name. Row indexes count every line
 * of the table, blank ones included, from 0. A first line `sep=;` names the delimiter; it is no row, since
 * spreadsheets do not show it either.
 *
 * Memory: some chunks and the rows of one, whatever the size of the file. Nothing stays open between `rows` calls.
 */
export const csv: Format = csvFormat({ chunkBytes: 64 * 1024 })

/** The format with another chunk size, so that tests can cut files anywhere. */
export function csvFormat({ chunkBytes }: { chunkBytes: number }): Format {
  return {
    name: 'csv',
    detect: looksLikeText,
    open: (path, options) => openCsv(path, options, chunkBytes),
  }
}

const dialectSampleBytes = 64 * 1024

async function openCsv(path: string, options: OpenOptions, chunkBytes: number): Promise<OpenedFile> {
  checkDelimiter(options.delimiter)
  const chosen = await encodingOf(path, options.encoding)
  const encoding = chosen.value
  const dialect = await dialectOf(path, encoding, options)
  let bytesRead = 0
  let isClosed = false

  async function* records(sheet: number, taker: RecordTaker): AsyncGenerator<void> {
    if (sheet !== 0) throw new InvalidError('unknown_sheet', `A CSV file has one sheet, not ${sheet + 1}.`)
    bytesRead = 0
    const { delimiter, columnsTypical, declarationLength } = dialect
    const { limits } = options
    const isFirstLineSkipped = declarationLength > 0
    const reader = csvRecords({ delimiter, columnsTypical, limits, isFirstLineSkipped }, taker)
    for await (const piece of utf8Of(path, encoding, chunkBytes)) {
      // Ending quietly would look like a shorter list.
      if (isClosed) throw new Error('The file was closed while it was being read.')
      bytesRead = piece.bytesRead
      reader.push(piece.bytes)
      yield
    }
    reader.end()
    yield
  }

  async function* rows(sheet: number): AsyncGenerator<Row[]> {
    let batch: Row[] = []
    const taker: RecordTaker = { knows: () => false, take: (row) => batch.push(row) }
    for await (const _ of records(sheet, taker)) {
      if (batch.length === 0) continue
      yield batch
      batch = []
    }
  }

  return {
    format: 'csv',
    encoding,
    delimiter: dialect.delimiter,
    choices: { encoding: chosen, delimiter: dialect.choice },
    sheets: [{ index: 0, name: null, isHidden: false }],
    rows,
    records,
    bytesRead: () => bytesRead,
    close() {
      isClosed = true
    },
  }
}

/** Text has hardly any control characters; UTF-16 is recognised first, as half of it may be zero bytes. */
function looksLikeText(head: Uint8Array): boolean {
  if (head.length === 0) return false
  const mark = encodingOfMark(head)
  if (mark === 'utf-16le' || mark === 'utf-16be' || utf16Order(head) !== null) return true
  let controlCount = 0
  for (const byte of head) {
    // Tab to carriage return, and the escape and end-of-file characters that old systems leave in text.
    if (byte < 32 && (byte < 9 || byte > 13) && byte !== 26 && byte !== 27) controlCount++
  }
  // A few damaged cells do not make a file binary, however short it is.
  return controlCount <= Math.max(3, head.length * 0.01)
}

function checkDelimiter(delimiter: string | null): void {
  if (delimiter === null || (delimiter.length === 1 && !/["\r\n]/.test(delimiter))) return
  throw new InvalidError(
    'invalid_delimiter',
    `The delimiter ${JSON.stringify(delimiter)} cannot be used: it must be one character, and no quote or line end.`,
  )
}

async function dialectOf(path: string, encoding: string, options: OpenOptions): Promise<CsvDialect> {
  let head = ''
  let isWhole = true
  for await (const { text } of textOf(path, encoding, dialectSampleBytes)) {
    // Any number of blank lines may come first. One stays, for `sep=` counts in the very first line only.
    head = head.trim() === '' && head.length > dialectSampleBytes ? `\n${text}` : head + text
    if (head.length >= dialectSampleBytes && head.trim() !== '') {
      isWhole = false
      break
    }
  }
  if (head.trim() === '') {
    throw new InvalidError('empty_file', 'The file is empty. Check the export or the download that made it.')
  }
  return csvDialect(head, { delimiterPinned: options.delimiter, limits: options.limits, isWhole })
}
