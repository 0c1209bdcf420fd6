import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { AppError, NotFoundError } from '../lib/errors.ts'
import { damaged, missing } from './damaged.ts'
import type { FileKey, FileStore } from './file-store.ts'
import { unpacked } from './packing.ts'
import { temporaryName } from './temporary-name.ts'
import { type Hashed, writeReceived } from './write-hashed.ts'

/** A raw file that can be read under a path of this machine until it is given back. */
export interface Borrowed extends AsyncDisposable {
  /** Never to be written to. */
  path: string
  /** Of the plain bytes. */
  sizeBytes: number
  /** It is the file as it lies in the archive, and its bytes were not looked at; else a copy whose bytes were. */
  isFileItself: boolean
  /** Never throws; a second time does nothing. */
  giveBack(): Promise<void>
}

/** Where files are borrowed from. */
export interface Lending {
  store: FileStore
  /** For copies. */
  folder: string
  sizeOf: (sha256: string) => Promise<number | null>
}

/** Between two looks somebody may have packed the file, or deleted what it was unpacked from. */
const looksMax = 3

/** @throws as `Archive.borrow`; system errors of this machine's disk */
export async function borrow(lending: Lending, sha256: string, signal?: AbortSignal): Promise<Borrowed> {
  const { store } = lending
  for (let look = 1; ; look++) {
    const lent = await store.lend({ sha256, form: 'plain' })
    if (lent !== null)
      return borrowed(lent.path, lent.sizeBytes, { isFileItself: true, giveBack: lent.giveBack })
    const key = await keyThatIsThere(store, sha256)
    if (key === null) throw missing({ sha256 })
    try {
      return await copyOf(lending, key, signal)
    } catch (error) {
      if (!(error instanceof NotFoundError) || look === looksMax) throw error
    }
  }
}

/** The plain bytes behind what lies there. @throws NotFoundError `raw_file_missing`; InvalidError `raw_file_damaged` */
export function plainBytes(store: FileStore, key: FileKey, signal?: AbortSignal): AsyncIterable<Uint8Array> {
  const bytes = store.read(key, signal)
  return key.form === 'packed' ? unpacked(bytes, key) : bytes
}

async function keyThatIsThere(store: FileStore, sha256: string): Promise<FileKey | null> {
  for (const form of ['plain', 'packed'] as const)
    if ((await store.stat({ sha256, form })) !== null) return { sha256, form }
  return null
}

async function copyOf(
  { store, folder, sizeOf }: Lending,
  key: FileKey,
  signal?: AbortSignal,
): Promise<Borrowed> {
  const path = join(folder, temporaryName())
  const giveBack = () => rm(path, { force: true }).catch(() => {})
  try {
    await mkdir(folder, { recursive: true })
    const sizeBytesMax = (await sizeOf(key.sha256)) ?? Number.MAX_SAFE_INTEGER
    const pieces = stoppable(plainBytes(store, key, signal), signal)
    const copied = await writeReceived(path, pieces, { sizeBytesMax }).catch((error) => {
      // It would unpack to more than the file has.
      throw error instanceof AppError && error.code === 'file_too_large' ? damaged(key.sha256) : error
    })
    checkBytes(copied, key)
    return borrowed(path, copied.sizeBytes, { isFileItself: false, giveBack })
  } catch (error) {
    await giveBack()
    throw error
  }
}

function checkBytes({ sha256 }: Hashed, key: FileKey): void {
  if (sha256 !== key.sha256) throw damaged(key.sha256)
}

async function* stoppable(
  pieces: AsyncIterable<Uint8Array>,
  signal?: AbortSignal,
): AsyncGenerator<Uint8Array> {
  for await (const piece of pieces) {
    signal?.throwIfAborted()
    yield piece
  }
}

function borrowed(
  path: string,
  sizeBytes: number,
  { isFileItself, giveBack }: Pick<Borrowed, 'isFileItself' | 'giveBack'>,
): Borrowed {
  return { path, sizeBytes, isFileItself, giveBack, [Symbol.asyncDispose]: giveBack }
}
