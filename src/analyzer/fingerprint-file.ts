import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
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
const layout = 1

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
  ]
  const body = Buffer.concat(
    parts.map(({ buffer, byteOffset, byteLength }) => Buffer.from(buffer, byteOffset, byteLength)),
  )
  const header: Header = { layout, ...key, count, otherCount: others.length, checksum: checksumOf(body) }
  mkdirSync(dirname(path), { recursive: true })
  const temporary = `${path}.${process.pid}.new`
  try {
    writeFileSync(temporary, Buffer.concat([Buffer.from(`${JSON.stringify(header)}\n`), body]))
    renameSync(temporary, path)
  } catch (error) {
    rmSync(temporary, { force: true })
    throw error
  }
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
  // A copy of its own, because the columns of 32 bits must begin at a multiple of four.
  const body = Buffer.from(bytes.subarray(end + 1))
  const { count, otherCount } = header
  if (body.length !== count * 13 + otherCount * 4 || checksumOf(body) !== header.checksum) return null
  const words = new Uint32Array(
    body.buffer.slice(body.byteOffset, body.byteOffset + count * 12 + otherCount * 4),
  )
  const entries = new FingerprintEntries(0)
  entries.count = count
  entries.a = words.subarray(0, count)
  entries.b = words.subarray(count, 2 * count)
  entries.itemIds = words.subarray(2 * count, 3 * count)
  entries.flags = new Uint8Array(body.subarray(count * 12 + otherCount * 4))
  return new KnownRows(entries, words.subarray(3 * count), header.revision)
}

function parseHeader(text: string): Header | null {
  try {
    // Only this file writes it, and the checksum tells whether it did.
    return JSON.parse(text) as Header
  } catch {
    return null
  }
}

const checksumOf = (body: Uint8Array) => Bun.hash.xxHash64(body).toString(16)
