import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import { Readable } from 'node:stream'
import { crc32, createInflateRaw } from 'node:zlib'
import { InvalidError, systemErrorCode } from '../../../lib/errors.ts'
import { readDirectory, type ZipEntry } from './zip-directory.ts'

export type { ZipEntry } from './zip-directory.ts'

export interface ZipStreamOptions {
  /** More unpacked bytes than this end the stream with `zip_bomb`. */
  unpackedBytesMax: number
  /** Called with the size of every packed piece as it is taken from the file. */
  onPacked?: (bytes: number) => void
}

/** A ZIP archive that is open for reading. Nothing of it is in memory but its directory. */
export interface ZipFile {
  entries: readonly ZipEntry[]
  /** Looks a part up as workbooks mean it: "/", "\" and the case of letters do not matter. */
  find(path: string): ZipEntry | null
  /**
   * Unpacks one entry piece by piece, never further ahead of the reader than a few pieces. The last piece is
   * followed by a check of size and CRC-32, so whoever stops early goes without it.
   * @throws InvalidError `encrypted_workbook`, `unsupported_format`, `damaged_workbook`, `zip_bomb`
   */
  stream(entry: ZipEntry, options: ZipStreamOptions): AsyncGenerator<Buffer>
  /**
   * Unpacks one small entry as a whole.
   * @throws InvalidError as `stream`, and `workbook_too_large` above `sizeBytesMax`
   */
  read(entry: ZipEntry, options: { sizeBytesMax: number }): Promise<Buffer>
  close(): void
}

/**
 * Opens a ZIP archive and reads its directory.
 * @throws InvalidError `damaged_workbook` (no directory, offsets that lead nowhere), `too_many_entries`,
 * `zip_bomb` (entries that overlap)
 */
export function openZip(path: string): ZipFile {
  const file = openSync(path, 'r')
  try {
    const entries = readDirectory(file, fstatSync(file).size)
    // Of two entries with the same name the later one counts, as everywhere else.
    const byName = new Map(entries.map((entry) => [lookupName(entry.name), entry]))
    let isOpen = true
    const stream: ZipFile['stream'] = (entry, options) => unpack(file, entry, options)
    return {
      entries,
      find: (name) => byName.get(lookupName(name)) ?? null,
      stream,
      read: (entry, options) => readWhole(entry, options, stream),
      close() {
        if (isOpen) closeSync(file)
        isOpen = false
      },
    }
  } catch (error) {
    closeSync(file)
    throw error
  }
}

const packedPieceBytes = 128 * 1024
// 1 MiB pieces inflate twice as fast as 256 KiB ones (82 against 171 ms for 65 MB), 64 KiB four times slower.
const unpackedPieceBytes = 1024 * 1024
/**
 * How much waits on either side of inflating. It goes on in a thread of the runtime while the reader is busy only if
 * there is something to inflate and room for it before the reader asks: of 230 ms that reading a sheet of 118 MB had
 * to wait, 80 are left.
 */
const inflateAhead = {
  writableHighWaterMark: 2 * packedPieceBytes,
  readableHighWaterMark: 2 * unpackedPieceBytes,
}
/**
 * Left to itself the runtime lets up to 500 MB of pieces pile up before it collects them. One collection in 128 of
 * them costs 5 %, one in 32 costs 25.
 */
const piecesPerCollection = 128
/** Worksheets reach about 30:1. Deflate cannot exceed 1032:1, so a bomb has to show itself here or by size. */
const unpackRatioMax = 200
const unpackRatioCheckedFromBytes = 64 * 1024 * 1024
const localHeaderBytes = 30

function lookupName(name: string): string {
  return name
    .replaceAll('\\', '/')
    .replace(/^(\.?\/)+/, '')
    .toLowerCase()
}

async function readWhole(
  entry: ZipEntry,
  { sizeBytesMax }: { sizeBytesMax: number },
  stream: ZipFile['stream'],
): Promise<Buffer> {
  if (entry.unpackedBytes > sizeBytesMax) {
    throw new InvalidError(
      'workbook_too_large',
      `The part ${entry.name} unpacks to ${entry.unpackedBytes} bytes; at most ${sizeBytesMax} are read.`,
    )
  }
  const pieces: Buffer[] = []
  for await (const piece of stream(entry, { unpackedBytesMax: sizeBytesMax })) pieces.push(piece)
  return Buffer.concat(pieces)
}

async function* unpack(file: number, entry: ZipEntry, options: ZipStreamOptions): AsyncGenerator<Buffer> {
  refuseUnreadable(entry)
  if (entry.unpackedBytes > options.unpackedBytesMax) throw tooMuch(entry, options.unpackedBytesMax)
  const { name, unpackedBytes } = entry
  let packed = 0
  let unpacked = 0
  let checksum = 0
  const pieces = packedPieces(file, entry, (bytes) => {
    packed += bytes
    options.onPacked?.(bytes)
  })
  for await (const piece of entry.method === 'stored' ? pieces : inflate(pieces, name)) {
    unpacked += piece.length
    if (unpacked > options.unpackedBytesMax) throw tooMuch(entry, options.unpackedBytesMax)
    if (unpacked > unpackRatioCheckedFromBytes && unpacked > packed * unpackRatioMax) {
      throw new InvalidError(
        'zip_bomb',
        `The part ${name} unpacks to more than ${unpackRatioMax} times its packed size.`,
      )
    }
    if (unpacked > unpackedBytes) throw wrongSize(entry)
    checksum = crc32(piece, checksum)
    yield piece
  }
  if (unpacked !== unpackedBytes) throw wrongSize(entry)
  if (checksum !== entry.crc32) throw damaged(`The part ${name} does not match its checksum.`)
}

function refuseUnreadable(entry: ZipEntry): void {
  if (entry.isEncrypted) {
    throw new InvalidError(
      'encrypted_workbook',
      `The part ${entry.name} is encrypted. Save the workbook without a password.`,
    )
  }
  if (entry.method === 'other') {
    throw new InvalidError(
      'unsupported_format',
      `The part ${entry.name} is packed in a way that workbooks do not use. Save the workbook again in Excel or LibreOffice.`,
    )
  }
}

/** The packed bytes of an entry, in pieces, as they are asked for. */
function* packedPieces(file: number, entry: ZipEntry, onPacked: (bytes: number) => void): Generator<Buffer> {
  const header = readExactly(file, localHeaderBytes, entry.offset, entry.name)
  if (header.readUInt32LE(0) !== 0x04034b50) {
    throw damaged(`The part ${entry.name} is not where the directory says.`)
  }
  // Sizes come from the directory: with a data descriptor the local header has none.
  let at = entry.offset + localHeaderBytes + header.readUInt16LE(26) + header.readUInt16LE(28)
  const end = at + entry.packedBytes
  if (end > entry.endMax) throw damaged(`The part ${entry.name} reaches beyond its place in the file.`)
  while (at < end) {
    const piece = readExactly(file, Math.min(packedPieceBytes, end - at), at, entry.name)
    at += piece.length
    onPacked(piece.length)
    yield piece
  }
}

async function* inflate(pieces: Iterable<Buffer>, name: string): AsyncGenerator<Buffer> {
  const inflater = createInflateRaw({ chunkSize: unpackedPieceBytes, ...inflateAhead })
  const source = Readable.from(pieces, { highWaterMark: 1 })
  // `pipe` holds the source back while the reader is busy; it does not hand errors on, so that is done here.
  source.on('error', (error) => inflater.destroy(error))
  source.pipe(inflater)
  try {
    let count = 0
    for await (const piece of inflater) {
      yield piece
      if (++count % piecesPerCollection === 0) Bun.gc(true)
    }
  } catch (error) {
    if (!systemErrorCode(error)?.startsWith('Z_')) throw error
    throw damaged(`The part ${name} cannot be unpacked.`, error)
  } finally {
    source.destroy()
    inflater.destroy()
  }
}

function readExactly(file: number, size: number, at: number, name: string): Buffer {
  const bytes = Buffer.allocUnsafe(size)
  let count = 0
  while (count < size) {
    const more = readSync(file, bytes, count, size - count, at + count)
    if (more === 0) throw damaged(`The file ends within the part ${name}.`)
    count += more
  }
  return bytes
}

function tooMuch(entry: ZipEntry, unpackedBytesMax: number): InvalidError {
  return new InvalidError(
    'zip_bomb',
    `The part ${entry.name} unpacks to more than ${unpackedBytesMax} bytes, the most that is left for it.`,
  )
}

function wrongSize(entry: ZipEntry): InvalidError {
  return damaged(`The part ${entry.name} does not have the size that the directory says.`)
}

function damaged(what: string, cause?: unknown): InvalidError {
  return new InvalidError('damaged_workbook', `${what} The file is damaged; fetch or save it again.`, {
    cause,
  })
}
