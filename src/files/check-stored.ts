import { createHash } from 'node:crypto'
import { AppError } from '../lib/errors.ts'
import { type Lending, plainBytes } from './borrow.ts'
import { damaged } from './damaged.ts'
import type { FileForm, FileKey } from './file-store.ts'

/**
 * What lies in the archive under a hash: `ok`, `missing`, or `damaged`, when the bytes of any form of it are not those
 * that the hash is of.
 */
export interface Checked {
  state: 'ok' | 'missing' | 'damaged'
  /** All that lies there of it. */
  storedBytes: number
  /** Of the plain bytes; null unless it is `ok`. */
  sizeBytes: number | null
  isPacked: boolean
}

/** @throws UnavailableError when the store cannot be read now */
export async function checkStored(lending: Lending, sha256: string, signal?: AbortSignal): Promise<Checked> {
  const { store, sizeOf } = lending
  const checked: Checked = { state: 'missing', storedBytes: 0, sizeBytes: null, isPacked: false }
  for (const form of ['plain', 'packed'] satisfies FileForm[]) {
    const key: FileKey = { sha256, form }
    const stored = await store.stat(key)
    if (stored === null) continue
    checked.storedBytes += stored.sizeBytes
    checked.isPacked = form === 'packed' && checked.state === 'missing'
    const sizeBytesMax = (await sizeOf(sha256)) ?? Number.MAX_SAFE_INTEGER
    const sizeBytes = await rightSize(plainBytes(store, key, signal), { sha256, sizeBytesMax, signal })
    if (sizeBytes === 'gone') continue
    if (sizeBytes === null) checked.state = 'damaged'
    else if (checked.state !== 'damaged') checked.state = 'ok'
    checked.sizeBytes = checked.state === 'ok' ? sizeBytes : null
  }
  return checked
}

/** Whether these are the bytes of a hash. @throws whatever the pieces throw */
export const isRight = async (pieces: AsyncIterable<Uint8Array>, { sha256 }: Pick<FileKey, 'sha256'>) =>
  typeof (await rightSize(pieces, { sha256, sizeBytesMax: Number.MAX_SAFE_INTEGER })) === 'number'

/**
 * The bytes of a hash, as they come. Memory does not grow with them.
 * @throws InvalidError `raw_file_damaged` after the last one, where they are others: whoever has taken them has nothing
 */
export async function* rightPieces(
  pieces: AsyncIterable<Uint8Array>,
  { sha256 }: Pick<FileKey, 'sha256'>,
): AsyncGenerator<Uint8Array> {
  const hash = createHash('sha256')
  for await (const piece of pieces) {
    hash.update(piece)
    yield piece
  }
  if (hash.digest('hex') !== sha256) throw damaged(sha256)
}

/** How many bytes these are, if they are those of a hash. @returns null: they are others, or more than there may be */
export async function rightSize(
  pieces: AsyncIterable<Uint8Array>,
  {
    sha256,
    sizeBytesMax,
    signal,
  }: { sha256: string; sizeBytesMax: number; signal?: AbortSignal | undefined },
): Promise<number | 'gone' | null> {
  const hash = createHash('sha256')
  let sizeBytes = 0
  try {
    for await (const piece of pieces) {
      signal?.throwIfAborted()
      sizeBytes += piece.length
      if (sizeBytes > sizeBytesMax) return null
      hash.update(piece)
    }
  } catch (error) {
    if (error instanceof AppError && error.code === 'raw_file_damaged') return null
    if (error instanceof AppError && error.code === 'raw_file_missing') return 'gone'
    throw error
  }
  return hash.digest('hex') === sha256 ? sizeBytes : null
}
