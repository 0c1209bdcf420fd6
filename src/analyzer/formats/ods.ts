import { InvalidError } from '../../lib/errors.ts'
import type { Row } from '../table/rows/row.ts'
import type { Format, OpenedFile, OpenOptions, ReadLimits } from './format.ts'
import { documentKind } from './markup/document-kind.ts'
import { markupChunkBytes, markupEncoding } from './markup/encoding.ts'
import { type MarkupHandler, MarkupScanner } from './markup/scanner.ts'
import { TableRows } from './ods/table-rows.ts'
import { TableList } from './ods/tables.ts'
import { textOf } from './text/text-file.ts'
import { utf8Pieces } from './xlsx/encoding.ts'
import { openZip, type ZipFile } from './zip/zip.ts'

/**
 * OpenDocument spreadsheets (ODS, OTS), in an archive or as one XML document (FODS). A cell is its value, not what it
 * shows: numbers are numbers, dates ISO texts; only zeros in front of a code are kept as they are shown. Merged cells
 * have their value in the first. Nothing is in memory but some hundred rows.
 */
export const ods: Format = {
  name: 'ods',
  /** As one document; an archive shows only inside what it is, see `isOpenDocumentSheet`. */
  detect: (head) => documentKind(head) === 'flat-ods',
  open: openOds,
}

/** Whether an archive is an OpenDocument spreadsheet. */
export async function isOpenDocumentSheet(zip: ZipFile): Promise<boolean> {
  for (const name of ['mimetype', 'META-INF/manifest.xml']) {
    const entry = zip.find(name)
    if (entry === null || entry.unpackedBytes > manifestBytesMax) continue
    const text = (await zip.read(entry, { sizeBytesMax: manifestBytesMax })).toString('latin1')
    if (name === 'mimetype') return text.trim().startsWith(mediaType)
    return new RegExp(`full-path\\s*=\\s*"/"[^>]*${mediaType}|${mediaType}[^>]*full-path\\s*=\\s*"/"`).test(
      text,
    )
  }
  return false
}

const mediaType = 'application/vnd.oasis.opendocument.spreadsheet'
const manifestBytesMax = 16 * 1024 * 1024
/** A text has references and marks in it, and is as long as a cell may be without them. */
const textFactor = 4
/** Copies of a repeated row are handed over in batches. */
const batchRows = 1000

/** Reads the document anew. `onBytes` is told how much of the file has been read. */
type Document = (onBytes: (bytes: number) => void) => AsyncGenerator<string>

async function openOds(path: string, options: OpenOptions): Promise<OpenedFile> {
  if (await isFlat(path)) {
    const { value: encoding } = await markupEncoding(path, options.encoding)
    return openDocument(flatDocument(path, encoding), {
      what: 'The file',
      limits: options.limits,
      close() {},
    })
  }
  const zip = openZip(path)
  try {
    return await openDocument(await archivedDocument(zip, options.limits), {
      what: 'The part content.xml',
      limits: options.limits,
      close: () => zip.close(),
    })
  } catch (error) {
    zip.close()
    throw error
  }
}

async function isFlat(path: string): Promise<boolean> {
  const start = new Uint8Array(await Bun.file(path).slice(0, 4).arrayBuffer())
  return !(start[0] === 0x50 && start[1] === 0x4b)
}

function flatDocument(path: string, encoding: string): Document {
  return async function* (onBytes) {
    for await (const { text, bytesRead } of textOf(path, encoding, markupChunkBytes)) {
      onBytes(bytesRead)
      yield text
    }
  }
}

async function archivedDocument(zip: ZipFile, limits: ReadLimits): Promise<Document> {
  await refuseEncrypted(zip)
  const entry = zip.find('content.xml')
  if (entry === null) {
    throw new InvalidError(
      'damaged_workbook',
      'The workbook lacks its main part, content.xml. The file is damaged; fetch or save it again.',
    )
  }
  return async function* (onBytes) {
    let packed = 0
    const pieces = zip.stream(entry, {
      unpackedBytesMax: limits.unpackedBytesMax,
      onPacked: (bytes) => {
        packed += bytes
      },
    })
    const decoder = new TextDecoder()
    for await (const piece of utf8Pieces(pieces, entry.name)) {
      onBytes(packed)
      yield decoder.decode(piece, { stream: true })
    }
    yield decoder.decode()
  }
}

async function refuseEncrypted(zip: ZipFile): Promise<void> {
  const manifest = zip.find('META-INF/manifest.xml')
  const isEncrypted =
    zip.find('encrypted-package') !== null ||
    (manifest !== null &&
      (await zip.read(manifest, { sizeBytesMax: manifestBytesMax })).includes('encryption-data'))
  if (!isEncrypted) return
  throw new InvalidError(
    'encrypted_workbook',
    'The workbook is protected with a password. Save it without one and send it again.',
  )
}

async function openDocument(
  document: Document,
  { what, limits, close }: { what: string; limits: ReadLimits; close: () => void },
): Promise<OpenedFile> {
  const list = new TableList()
  const scannerFor = (handler: MarkupHandler, place: () => string) =>
    new MarkupScanner(handler, {
      limits: { textCharactersMax: limits.cellCharactersMax * textFactor },
      dialect: 'xml',
      what,
      place,
    })
  const scanner = scannerFor(list, () => (list.tables.length === 0 ? '' : `, in sheet ${list.tables.length}`))
  for await (const text of document(() => {})) scanner.push(text)
  scanner.end()
  let bytesRead = 0
  let isClosed = false

  async function* rows(index: number): AsyncGenerator<Row[]> {
    const table = list.tables[index]
    if (table === undefined) throw new RangeError(`The workbook has no sheet ${index}.`)
    const reader = new TableRows(index, table.name, limits)
    const scanner = scannerFor(reader, () => reader.place())
    for await (const text of document((bytes) => (bytesRead = bytes))) {
      if (isClosed) throw new Error('The file was closed while it was being read.')
      scanner.push(text)
      yield* batchesOf(reader.rows)
      reader.rows = []
      if (reader.isDone) return
    }
    scanner.end()
  }

  return {
    format: 'ods',
    encoding: null,
    delimiter: null,
    sheets: list.tables.map(({ name, isHidden }, index) => ({ index, name, isHidden })),
    rows,
    records: null,
    bytesRead: () => bytesRead,
    close() {
      isClosed = true
      close()
    },
  }
}

function* batchesOf(rows: readonly (Row & { count: number })[]): Generator<Row[]> {
  let batch: Row[] = []
  for (const { index, cells, count } of rows) {
    batch.push({ index, cells })
    for (let i = 1; i < count; i++) {
      batch.push({ index: index + i, cells: cells.slice() })
      if (batch.length < batchRows) continue
      yield batch
      batch = []
    }
  }
  if (batch.length > 0) yield batch
}
