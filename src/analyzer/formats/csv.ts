import { isAscii } from 'node:buffer'
import { open } from 'node:fs/promises'
import { InvalidError } from '../../lib/errors.ts'
import { type Choice, pinnedChoice, sureChoice } from '../table/choice.ts'
import type { Row } from '../table/row.ts'
import { type CsvDialect, csvDialect } from './csv-dialect.ts'
import { csvRecords } from './csv-records.ts'
import { encodingNamed, textStream } from './encoding.ts'
import { chooseEncoding, encodingOfMark, utf16Order } from './encoding-detection.ts'
import type { Format, OpenedFile, OpenOptions, RecordTaker } from './format.ts'

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

const chunksPerRead = 4
const formatHeadBytes = 64 * 1024
const dialectSampleBytes = 64 * 1024
// Enough for hundreds of words; twenty encodings are tried on them.
const encodingSampleBytes = 16 * 1024

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

async function encodingOf(path: string, pinned: string | null): Promise<Choice> {
  const head = await firstBytes(path)
  const mark = encodingOfMark(head)
  if (pinned !== null) {
    const named = encodingNamed(pinned)
    // "utf-16" leaves the byte order open; the mark then says it.
    return pinnedChoice(named === 'utf-16le' && mark === 'utf-16be' ? mark : named)
  }
  if (mark === 'utf-32') {
    throw new InvalidError(
      'unknown_encoding',
      'The file is written in UTF-32. Save it as UTF-8 and try again.',
    )
  }
  if (mark !== null) return sureChoice(mark, 'the file begins with its mark')
  const order = utf16Order(head)
  if (order !== null) return sureChoice(order, 'every other byte is zero')
  return chooseEncoding(await linesBeyondAscii(path))
}

/**
 * The first lines that have bytes beyond ASCII. They may lie anywhere in the file, so a list in plain ASCII is
 * looked through to its end: at several GB/s, and without decoding anything.
 */
async function linesBeyondAscii(path: string): Promise<Uint8Array> {
  const sample = new Uint8Array(encodingSampleBytes)
  let length = 0
  let isFirst = true
  for await (const chunk of chunksOf(path, 64 * 1024)) {
    // A chunk may begin inside a character, and so does its first line.
    let at = isFirst || isAscii(chunk) ? 0 : lineEndAfter(chunk, 0) % chunk.length
    isFirst = false
    if (isAscii(chunk)) continue
    while (at < chunk.length) {
      // Line ends are the same bytes in every encoding that gets here, and never half of another character.
      const end = lineEndAfter(chunk, at)
      if (!isAscii(chunk.subarray(at, end))) {
        const line = chunk.subarray(at, Math.min(end, at + sample.length - length))
        sample.set(line, length)
        length += line.length
        if (length === sample.length) return sample
      }
      at = end
    }
  }
  return sample.subarray(0, length)
}

/** The index behind the next LF or CR, or the length of the chunk. */
function lineEndAfter(chunk: Uint8Array, from: number): number {
  let at = from
  while (at < chunk.length && chunk[at] !== 10 && chunk[at] !== 13) at++
  return Math.min(at + 1, chunk.length)
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

/** Decodes the file piece by piece. `bytesRead` counts from the start of the file. */
async function* textOf(
  path: string,
  encoding: string,
  chunkBytes: number,
): AsyncGenerator<{ text: string; bytesRead: number }> {
  const stream = textStream(encoding)
  let bytesRead = 0
  for await (const chunk of chunksOf(path, chunkBytes)) {
    bytesRead += chunk.length
    yield { text: stream.decode(chunk), bytesRead }
  }
  yield { text: stream.end(), bytesRead }
}

/**
 * Reads the file in chunks. A chunk is valid until the next is asked for. Several chunks are read at once, and the
 * next ones while the latest are used: a read costs some 70 µs whatever its length. Larger chunks are no gain, since
 * more rows then live at once and the garbage collector has to move them (128 KiB: 5 % slower, 1 MiB: 15 %).
 */
async function* chunksOf(path: string, chunkBytes: number): AsyncGenerator<Uint8Array> {
  const blockBytes = chunkBytes * chunksPerRead
  const file = await open(path, 'r')
  let spare = new Uint8Array(blockBytes)
  let current = new Uint8Array(blockBytes)
  let reading = file.read(current, 0, blockBytes, null)
  try {
    for (;;) {
      const { bytesRead } = await reading
      if (bytesRead === 0) return
      reading = file.read(spare, 0, blockBytes, null)
      // Nobody awaits it yet, and whoever stops reading never will.
      reading.catch(() => {})
      for (let at = 0; at < bytesRead; at += chunkBytes) {
        yield current.subarray(at, Math.min(at + chunkBytes, bytesRead))
      }
      ;[current, spare] = [spare, current]
    }
  } finally {
    await reading.catch(() => {})
    await file.close()
  }
}

/** The file as UTF-8, piece by piece, without its byte order mark. A piece is valid until the next is asked for. */
async function* utf8Of(
  path: string,
  encoding: string,
  chunkBytes: number,
): AsyncGenerator<{ bytes: Buffer; bytesRead: number }> {
  if (encoding !== 'utf-8') {
    for await (const { text, bytesRead } of textOf(path, encoding, chunkBytes))
      yield { bytes: Buffer.from(text), bytesRead }
    return
  }
  let bytesRead = 0
  let head: Buffer | null = Buffer.alloc(0)
  for await (const chunk of chunksOf(path, chunkBytes)) {
    bytesRead += chunk.length
    const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length)
    if (head === null) {
      yield { bytes, bytesRead }
      continue
    }
    head = Buffer.concat([head, bytes])
    if (head.length < byteOrderMark.length) continue
    yield { bytes: withoutMark(head), bytesRead }
    head = null
  }
  if (head !== null) yield { bytes: head, bytesRead }
}

const byteOrderMark = Buffer.from('\ufeff')

function withoutMark(head: Buffer): Buffer {
  const mark = head.subarray(0, byteOrderMark.length)
  return mark.equals(byteOrderMark) ? head.subarray(byteOrderMark.length) : head
}

async function firstBytes(path: string): Promise<Uint8Array> {
  const file = await open(path, 'r')
  try {
    const { buffer, bytesRead } = await file.read(new Uint8Array(formatHeadBytes), 0, formatHeadBytes, 0)
    return buffer.subarray(0, bytesRead)
  } finally {
    await file.close()
  }
}
