import { readSync } from 'node:fs'
import { InvalidError } from '../../../lib/errors.ts'

/** One file of an archive, as the central directory describes it. */
export interface ZipEntry {
  /** As written, except that it is decoded as UTF-8 whatever the flag says. */
  name: string
  method: 'stored' | 'deflated' | 'other'
  isEncrypted: boolean
  packedBytes: number
  unpackedBytes: number
  crc32: number
  /** Where its local header begins. */
  offset: number
  /** Where the next entry or the directory begins. */
  endMax: number
}

/** A workbook has some dozen entries, one with thousands of pictures some thousand. */
export const zipEntriesMax = 10_000

/**
 * Reads the central directory of the archive open as `file`. Understands ZIP64, comments, bytes before the
 * archive (self-extracting files, forgotten headers) and up to 64 KiB after it.
 * Source: APPNOTE.TXT 6.3.10, sections 4.3 and 4.5.3.
 * @throws InvalidError `damaged_workbook`, `too_many_entries`, `zip_bomb`
 */
export function readDirectory(file: number, sizeBytes: number): ZipEntry[] {
  const place = findDirectory(file, sizeBytes)
  if (place.count > zipEntriesMax) {
    throw new InvalidError(
      'too_many_entries',
      `The archive holds ${place.count} files; a workbook has at most ${zipEntriesMax}. Save it anew, or export the list as CSV.`,
    )
  }
  if (place.sizeBytes > directoryBytesMax) throw damaged()
  const directory = readAt(file, place.sizeBytes, place.offset)
  const entries: ZipEntry[] = []
  let at = 0
  for (let index = 0; index < place.count; index++) {
    if (at + 46 > directory.length || directory.readUInt32LE(at) !== 0x02014b50) throw damaged()
    const next = at + 46 + nameBytes(directory, at) + extraBytes(directory, at) + commentBytes(directory, at)
    if (next > directory.length) throw damaged()
    entries.push(readEntry(directory, at, place))
    at = next
  }
  keepApart(entries, place.offset)
  return entries
}

/** Room for names, extra fields and comments of 6.5 kB in each entry. */
const directoryBytesMax = 64 * 1024 * 1024
const endRecordBytes = 22
const commentBytesMax = 0xffff
const absent16 = 0xffff
const absent32 = 0xffffffff
// Sizes are 64 bits wide in ZIP64; beyond this a number loses bits, and no file is that long.
const offsetMax = BigInt(Number.MAX_SAFE_INTEGER)

interface DirectoryPlace {
  offset: number
  sizeBytes: number
  count: number
  /** How many bytes stand before the archive: all its offsets are this much short. */
  prefixBytes: number
}

function findDirectory(file: number, sizeBytes: number): DirectoryPlace {
  const tailBytes = Math.min(sizeBytes, endRecordBytes + commentBytesMax)
  const tailOffset = sizeBytes - tailBytes
  const tail = readAt(file, tailBytes, tailOffset)
  // The comment may itself hold the signature, so a record whose comment ends the file exactly comes first.
  let fallback: DirectoryPlace | null = null
  for (let at = tailBytes - endRecordBytes; at >= 0; at--) {
    if (tail[at] !== 0x50 || tail.readUInt32LE(at) !== 0x06054b50) continue
    const excessBytes = tailBytes - (at + endRecordBytes + tail.readUInt16LE(at + 20))
    if (excessBytes < 0 || (excessBytes > 0 && fallback !== null)) continue
    const place = directoryPlace(file, tail.subarray(at, at + endRecordBytes), tailOffset + at)
    if (place === null) continue
    if (excessBytes === 0) return place
    fallback = place
  }
  if (fallback === null) throw damaged()
  return fallback
}

/** What one end record points at, or null where it does not lead to a directory. */
function directoryPlace(file: number, record: Buffer, recordOffset: number): DirectoryPlace | null {
  let count = record.readUInt16LE(10)
  let sizeBytes = record.readUInt32LE(12)
  let offset = record.readUInt32LE(16)
  let end = recordOffset
  if (count === absent16 || sizeBytes === absent32 || offset === absent32) {
    const wide = zip64Record(file, recordOffset)
    if (wide !== null) ({ count, sizeBytes, offset, end } = wide)
  }
  if (count === 0) return { offset: end, sizeBytes: 0, count, prefixBytes: 0 }
  // The directory ends where its end record begins; where it says it is may be short of a prefix.
  for (const start of [end - sizeBytes, offset]) {
    if (start < 0 || start + sizeBytes > end || sizeBytes < 46) continue
    if (readAt(file, 4, start).readUInt32LE(0) !== 0x02014b50) continue
    const prefixBytes = start - offset
    if (prefixBytes >= 0) return { offset: start, sizeBytes, count, prefixBytes }
  }
  return null
}

function zip64Record(
  file: number,
  endRecordOffset: number,
): { count: number; sizeBytes: number; offset: number; end: number } | null {
  if (endRecordOffset < 20 + 56) return null
  const locator = readAt(file, 20, endRecordOffset - 20)
  if (locator.readUInt32LE(0) !== 0x07064b50) return null
  // Without a prefix the locator is right; with one, the record still stands directly before the locator.
  for (const start of [safeNumber(locator.readBigUInt64LE(8)), endRecordOffset - 20 - 56]) {
    if (start > endRecordOffset - 20 - 56) continue
    const record = readAt(file, 56, start)
    if (record.readUInt32LE(0) !== 0x06064b50) continue
    return {
      count: safeNumber(record.readBigUInt64LE(32)),
      sizeBytes: safeNumber(record.readBigUInt64LE(40)),
      offset: safeNumber(record.readBigUInt64LE(48)),
      end: start,
    }
  }
  return null
}

function nameBytes(directory: Buffer, at: number): number {
  return directory.readUInt16LE(at + 28)
}

function extraBytes(directory: Buffer, at: number): number {
  return directory.readUInt16LE(at + 30)
}

function commentBytes(directory: Buffer, at: number): number {
  return directory.readUInt16LE(at + 32)
}

function readEntry(directory: Buffer, at: number, place: DirectoryPlace): ZipEntry {
  const method = directory.readUInt16LE(at + 10)
  const nameAt = at + 46
  const extraAt = nameAt + nameBytes(directory, at)
  const wide = wideFields(directory.subarray(extraAt, extraAt + extraBytes(directory, at)))
  // The wide field holds only those values that did not fit, in this order.
  const unpackedBytes = wide(directory.readUInt32LE(at + 24))
  const packedBytes = wide(directory.readUInt32LE(at + 20))
  const offset = wide(directory.readUInt32LE(at + 42))
  return {
    name: directory.toString('utf8', nameAt, extraAt),
    method: method === 0 ? 'stored' : method === 8 ? 'deflated' : 'other',
    isEncrypted: (directory.readUInt16LE(at + 8) & 1) !== 0,
    packedBytes,
    unpackedBytes,
    crc32: directory.readUInt32LE(at + 16),
    offset: offset + place.prefixBytes,
    endMax: place.offset,
  }
}

/** Takes the next 64-bit value of the ZIP64 extra field for each 32-bit value that says "see there". */
function wideFields(extra: Buffer): (narrow: number) => number {
  let field = extra.subarray(0, 0)
  for (let at = 0; at + 4 <= extra.length; at += 4 + extra.readUInt16LE(at + 2)) {
    if (extra.readUInt16LE(at) === 1) field = extra.subarray(at + 4, at + 4 + extra.readUInt16LE(at + 2))
  }
  return (narrow) => {
    if (narrow !== absent32 || field.length < 8) return narrow
    const value = safeNumber(field.readBigUInt64LE(0))
    field = field.subarray(8)
    return value
  }
}

/**
 * Lets no two entries share bytes: archives that unpack one block many times are built so (Fifield 2019), and
 * no writer of workbooks is.
 */
function keepApart(entries: ZipEntry[], directoryOffset: number): void {
  const inOrder = entries.toSorted((left, right) => left.offset - right.offset)
  for (const [index, entry] of inOrder.entries()) {
    entry.endMax = inOrder[index + 1]?.offset ?? directoryOffset
    // A local header has 30 bytes, its name and its extra field; what the name adds is checked when it is read.
    if (entry.offset + 30 + entry.packedBytes <= entry.endMax) continue
    if (entry.endMax === directoryOffset) throw damaged()
    throw new InvalidError('zip_bomb', `The part ${entry.name} overlaps another one.`)
  }
}

function readAt(file: number, size: number, at: number): Buffer {
  const bytes = Buffer.alloc(size)
  let count = 0
  while (count < size) {
    const more = readSync(file, bytes, count, size - count, at + count)
    if (more === 0) throw damaged()
    count += more
  }
  return bytes
}

function safeNumber(value: bigint): number {
  if (value > offsetMax) throw damaged()
  return Number(value)
}

function damaged(): InvalidError {
  return new InvalidError(
    'damaged_workbook',
    'The archive has no readable directory, as when a download was cut short. Fetch or save the file again.',
  )
}
