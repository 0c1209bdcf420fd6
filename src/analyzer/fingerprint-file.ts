import { closeSync, mkdirSync, openSync, readFileSync, renameSync, rmSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'
import { FingerprintEntries, KnownRows } from './fingerprint.ts'

/** What must be the same for fingerprints to mean anything. */
export interface FingerprintKey {
  /** Options and parser version: see imports/reading-key.ts. */
  readingKey: string
  /** What was decided about the tables: see `decisionKey`. */
  decision: string
  /** The supplier's revision: any other write to its items voids them. */
  revision: number
}

/** The layout of the file; another one is not read. */
const layout = 2

interface Header extends FingerprintKey {
  layout: number
  count: number
  otherCount: number
  /** Of everything behind the header. */
  checksum: string
}

/**
 * Writes a source's fingerprints: one line of JSON, then the columns as they are in memory. The file may be lost at
 * any time, so it is renamed into place but not synced; a torn one has the wrong checksum.
 */
export function saveFingerprints(
  path: string,
  key: FingerprintKey,
  entries: FingerprintEntries,
  others: Uint32Array,
): void {
  const { count, a, b, flags, itemIds } = entries
  const parts = [
    a.subarray(0, count),
    b.subarray(0, count),
    itemIds.subarray(0, count),
    others,
    flags.subarray(0, count),
  ].map(({ buffer, byteOffset, byteLength }) => new Uint8Array(buffer, byteOffset, byteLength))
  const header: Header = { layout, ...key, count, otherCount: others.length, checksum: checksumOf(parts) }
  mkdirSync(dirname(path), { recursive: true })
  const temporary = `${path}.${process.pid}.new`
  try {
    const file = openSync(temporary, 'w')
    try {
      writeAll(file, Buffer.from(`${JSON.stringify(header)}\n`))
      // One after the other: together they would be a second copy of everything.
      for (const part of parts) writeAll(file, part)
    } finally {
      closeSync(file)
    }
    renameSync(temporary, path)
  } catch (error) {
    rmSync(temporary, { force: true })
    throw error
  }
}

function writeAll(file: number, bytes: Uint8Array): void {
  for (let offset = 0; offset < bytes.length; ) offset += writeSync(file, bytes, offset)
}

/** The rows of the source's last list, or null when there is no file, a damaged one, or one for something else. */
export function loadFingerprints(path: string, key: FingerprintKey): KnownRows | null {
  let bytes: Buffer
  try {
    bytes = readFileSync(path)
  } catch {
    return null
  }
  const end = bytes.indexOf(10)
  const header = parseHeader(bytes.subarray(0, Math.max(end, 0)).toString())
  if (header === null || header.layout !== layout) return null
  if (
    header.readingKey !== key.readingKey ||
    header.decision !== key.decision ||
    header.revision !== key.revision
  )
    return null
  const { count, otherCount } = header
  const wordBytes = count * 12 + otherCount * 4
  const start = end + 1
  if (bytes.length !== start + wordBytes + count) return null
  // Copies, because columns of 32 bits must begin at a multiple of four.
  const columns = new Uint8Array(wordBytes)
  columns.set(bytes.subarray(start, start + wordBytes))
  const words = new Uint32Array(columns.buffer)
  const entries = new FingerprintEntries(0)
  entries.count = count
  entries.a = words.subarray(0, count)
  entries.b = words.subarray(count, 2 * count)
  entries.itemIds = words.subarray(2 * count, 3 * count)
  entries.flags = new Uint8Array(bytes.subarray(start + wordBytes))
  const others = words.subarray(3 * count)
  const parts = [entries.a, entries.b, entries.itemIds, others, entries.flags]
  if (checksumOf(parts) !== header.checksum) return null
  return new KnownRows(entries, others, header.revision)
}

function parseHeader(text: string): Header | null {
  try {
    // Only this file writes it, and the checksum tells whether it did.
    return JSON.parse(text) as Header
  } catch {
    return null
  }
}

function checksumOf(parts: (Uint8Array | Uint32Array)[]): string {
  let checksum = 0n
  for (const part of parts) checksum = Bun.hash.xxHash64(part, checksum)
  return checksum.toString(16)
}
