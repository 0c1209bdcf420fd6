import { mkdir, rm, stat, utimes } from 'node:fs/promises'
import { join } from 'node:path'
import { zstdCompressSync } from 'node:zlib'
import { AppError } from '../lib/errors.ts'
import { plainBytes } from './borrow.ts'
import { rightSize } from './check-stored.ts'
import type { FileKey, FileStore } from './file-store.ts'
import { packed, unpacked } from './packing.ts'
import { readPieces } from './read-pieces.ts'
import type { Keeping } from './received.ts'
import { temporaryName } from './temporary-name.ts'
import { writeReceived } from './write-hashed.ts'

/** What is smaller takes no less room on a disk. */
const sizeBytesMin = 4096
/** At least this share has to be saved. */
const savedShareMin = 0.2
/** Its beginning tells of most files whether packing them pays: pictures and workbooks are packed already. */
const sampleBytes = 256 * 1024

/** A file that was packed, and is not yet in the place of the plain one. */
export interface Packing {
  savedBytes: number
  /**
   * Takes the place of the plain file, unless somebody is reading that. For within the transaction in which nobody
   * deletes the file.
   * @returns whether it did
   */
  replace(): Promise<boolean>
  /** Deletes what was packed, if it has not taken its place. */
  discard(): Promise<void>
}

/** How many bytes packing would save, by the beginning of the file; null: too few, or there is nothing to pack. */
export async function packable(store: FileStore, sha256: string): Promise<number | null> {
  const plain: FileKey = { sha256, form: 'plain' }
  const stored = await store.stat(plain)
  if (stored === null || stored.sizeBytes < sizeBytesMin) return null
  for await (const piece of store.read(plain)) {
    const sample = piece.subarray(0, sampleBytes)
    const saved = 1 - zstdCompressSync(sample).length / sample.length
    return saved < savedShareMin ? null : Math.round(saved * stored.sizeBytes)
  }
  return null
}

/**
 * Packs a file that is kept, and reads it once more to see that it can be unpacked. Both are there for a moment then, and
 * the plain one counts, so that being killed at any point costs nothing but room.
 * @returns null: there is nothing to pack, it would not pay, or the file is damaged and better left as it is
 * @throws UnavailableError, system errors of this machine's disk
 */
export async function pack(
  { store, incoming }: Keeping,
  sha256: string,
  signal: AbortSignal,
): Promise<Packing | null> {
  const plain: FileKey = { sha256, form: 'plain' }
  const key: FileKey = { sha256, form: 'packed' }
  const stored = await store.stat(plain)
  if (stored === null || stored.sizeBytes < sizeBytesMin) return null
  const { sizeBytes } = stored
  const isRight = async (pieces: AsyncIterable<Uint8Array>) =>
    (await rightSize(pieces, { sha256, sizeBytesMax: sizeBytes, signal })) === sizeBytes
  const temporary = join(incoming, temporaryName())
  const discard = () => rm(temporary, { force: true }).catch(() => {})
  try {
    // Left by one that was killed, or by a list that came once more.
    const before = await store.stat(key)
    const isPacked = before !== null && (await isRight(plainBytes(store, key, signal)))
    if (before !== null && !isPacked) await store.remove(key)
    if (!isPacked) {
      if ((await packable(store, sha256)) === null) return null
      await mkdir(incoming, { recursive: true })
      await writeReceived(temporary, packed(store.read(plain, signal)), { sizeBytesMax: sizeBytes })
      // It is as old as what is in it.
      await utimes(temporary, stored.storedAt, stored.storedAt)
    }
    const packedBytes = isPacked ? before.sizeBytes : (await stat(temporary)).size
    const savedBytes = sizeBytes - packedBytes
    const file = { path: temporary, sizeBytes: packedBytes }
    const isGood = isPacked || (await isRight(unpackedFile(temporary, key)))
    if (savedBytes < sizeBytes * savedShareMin || !isGood) {
      await discard()
      return null
    }
    if (!isPacked) await store.prepare?.(key, file)
    return {
      savedBytes,
      discard,
      async replace() {
        if (await store.isLent(plain)) return false
        if (!isPacked) await store.put(key, file)
        await discard()
        return store.remove(plain)
      },
    }
  } catch (error) {
    await discard()
    // It packs to more than it is, or is gone by now.
    if (error instanceof AppError && ['file_too_large', 'raw_file_missing'].includes(error.code)) return null
    throw error
  }
}

const unpackedFile = (path: string, key: FileKey): AsyncIterable<Uint8Array> =>
  unpacked(readPieces(path), key)
