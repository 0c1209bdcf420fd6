import { crc32, deflateRawSync } from 'node:zlib'

export interface ZipEntryOptions {
  name: string
  content: string | Uint8Array
  /** Default: deflated. */
  method?: 'stored' | 'deflated'
  /** Sizes and checksum after the content instead of before it, as streaming writers do. */
  hasDescriptor?: boolean
  /** Bit 0 says "encrypted". */
  flags?: number
  /** What is written instead of the packed content, the unpacked size, the checksum and the method's number. */
  packed?: Uint8Array
  unpackedBytes?: number
  crc32?: number
  methodNumber?: number
  /** Points at the bytes of another entry by its index instead of having some. */
  sharesBytesOf?: number
}

export interface ZipOptions {
  comment?: string | Uint8Array
  /** Stands before the archive; its offsets do not count it. */
  prefix?: Uint8Array
  /** All sizes, offsets and counts as 64-bit fields. */
  isZip64?: boolean
}

/** Makes a ZIP archive, a lying one where a test asks for it. */
export function makeZip(entries: ZipEntryOptions[], options: ZipOptions = {}): Buffer {
  const isWide = options.isZip64 ?? false
  const pieces: Buffer[] = []
  const directory: Buffer[] = []
  const offsets: number[] = []
  let at = 0
  const write = (bytes: Uint8Array) => {
    pieces.push(Buffer.from(bytes))
    at += bytes.length
  }
  for (const entry of entries) {
    const fields = entryFields(entry)
    const offset = entry.sharesBytesOf === undefined ? at : offsets[entry.sharesBytesOf]!
    offsets.push(offset)
    if (entry.sharesBytesOf === undefined) {
      write(localHeader(fields, entry.hasDescriptor ?? false))
      write(fields.packed)
      if (entry.hasDescriptor)
        write(uint32s(0x08074b50, fields.crc, fields.packed.length, fields.unpackedBytes))
    }
    directory.push(directoryEntry(fields, offset, isWide))
  }
  const directoryOffset = at
  for (const bytes of directory) write(bytes)
  const place = { count: entries.length, sizeBytes: at - directoryOffset, offset: directoryOffset }
  if (isWide) write(zip64End(place, at))
  write(endRecord(isWide ? null : place, Buffer.from(options.comment ?? '')))
  return Buffer.concat([options.prefix ?? Buffer.alloc(0), ...pieces])
}

interface EntryFields {
  name: Buffer
  flags: number
  method: number
  crc: number
  packed: Uint8Array
  unpackedBytes: number
}

interface DirectoryPlace {
  count: number
  sizeBytes: number
  offset: number
}

function entryFields(entry: ZipEntryOptions): EntryFields {
  const content = Buffer.from(entry.content)
  const isStored = entry.method === 'stored'
  return {
    name: Buffer.from(entry.name),
    flags: (entry.flags ?? 0) | (entry.hasDescriptor ? 8 : 0) | 0x800,
    method: entry.methodNumber ?? (isStored ? 0 : 8),
    crc: entry.crc32 ?? crc32(content),
    packed: entry.packed ?? (isStored ? content : deflateRawSync(content)),
    unpackedBytes: entry.unpackedBytes ?? content.length,
  }
}

function localHeader(fields: EntryFields, hasDescriptor: boolean): Buffer {
  const { name, flags, method, crc, packed, unpackedBytes } = fields
  return Buffer.concat([
    uint32s(0x04034b50),
    uint16s(20, flags, method, 0, 0x21),
    hasDescriptor ? uint32s(0, 0, 0) : uint32s(crc, packed.length, unpackedBytes),
    uint16s(name.length, 0),
    name,
  ])
}

function directoryEntry(fields: EntryFields, offset: number, isWide: boolean): Buffer {
  const { name, flags, method, crc, packed, unpackedBytes } = fields
  const sizes = isWide ? [0xffffffff, 0xffffffff] : [packed.length, unpackedBytes]
  const extra = isWide
    ? Buffer.concat([uint16s(1, 24), uint64s(unpackedBytes, packed.length, offset)])
    : Buffer.alloc(0)
  return Buffer.concat([
    uint32s(0x02014b50),
    uint16s(20, 20, flags, method, 0, 0x21),
    uint32s(crc, ...sizes),
    uint16s(name.length, extra.length, 0, 0, 0),
    uint32s(0, isWide ? 0xffffffff : offset),
    name,
    extra,
  ])
}

function zip64End({ count, sizeBytes, offset }: DirectoryPlace, at: number): Buffer {
  return Buffer.concat([
    uint32s(0x06064b50),
    uint64s(44),
    uint16s(45, 45),
    uint32s(0, 0),
    uint64s(count, count, sizeBytes, offset),
    uint32s(0x07064b50, 0),
    uint64s(at),
    uint32s(1),
  ])
}

/** Null: the place is in the ZIP64 record. */
function endRecord(place: DirectoryPlace | null, comment: Buffer): Buffer {
  const count = place?.count ?? 0xffff
  return Buffer.concat([
    uint32s(0x06054b50),
    uint16s(0, 0, count, count),
    uint32s(place?.sizeBytes ?? 0xffffffff, place?.offset ?? 0xffffffff),
    uint16s(comment.length),
    comment,
  ])
}

function uint16s(...values: number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 2)
  for (const [index, value] of values.entries()) bytes.writeUInt16LE(value, index * 2)
  return bytes
}

function uint32s(...values: number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 4)
  for (const [index, value] of values.entries()) bytes.writeUInt32LE(value, index * 4)
  return bytes
}

function uint64s(...values: number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 8)
  for (const [index, value] of values.entries()) bytes.writeBigUInt64LE(BigInt(value), index * 8)
  return bytes
}
