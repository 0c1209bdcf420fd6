import { link, mkdir, readdir, rename, rm, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { systemErrorCode } from '../lib/errors.ts'
import { isRight } from './check-stored.ts'
import { missing } from './damaged.ts'
import { diskError } from './disk-error.ts'
import { type FileKey, type FileStore, keyOf, nameOf, type StoredFile, type WholeFile } from './file-store.ts'
import { placeOf } from './place.ts'
import { readPieces } from './read-pieces.ts'
import { syncFolder } from './sync-folder.ts'
import { temporaryName } from './temporary-name.ts'

/** Files that are listed at a time; each has up to three names. */
const filesPerBatch = 200
/** Below the folder: where borrowed files have their names. */
export const lentFolder = 'borrowed'

/**
 * Raw files in a folder of this machine, or in one that several machines share. A file gets its name by a link, and the
 * folder is synced. Where workers of several machines share it they all see the same `place.id`.
 * @param folder made where it is missing
 * @param placeBefore the folder where its `place.id` lay in earlier versions
 */
export function localStore(folder: string, placeBefore: string | null = null): FileStore {
  const pathOf = (key: FileKey) => join(folder, nameOf(key))
  const failed = (error: unknown): never => {
    throw diskError(error, folder)
  }

  async function put(key: FileKey, { path, sizeBytes }: WholeFile): Promise<void> {
    const target = pathOf(key)
    const made = await mkdir(dirname(target), { recursive: true })
    if (key.form === 'note') await rename(path, target)
    else await place(path, target, { key, sizeBytes })
    await syncFolder(dirname(target))
    if (made !== undefined) await syncFolder(folder)
  }

  async function found(key: FileKey): Promise<StoredFile | null> {
    try {
      const { size, mtime } = await stat(pathOf(key))
      return { key, sizeBytes: size, storedAt: mtime }
    } catch (error) {
      if (isMissing(error)) return null
      throw error
    }
  }

  return {
    where: folder,
    placeId: async () => {
      await mkdir(folder, { recursive: true }).catch(failed)
      return placeOf(folder, placeBefore)
    },
    // Naming a file takes no time, and happens in the transaction: what cannot be recorded never has a name.
    prepare: null,
    put: (key, file) => put(key, file).catch(failed),
    stat: (key) => found(key).catch(failed),

    async *read(key) {
      try {
        yield* readPieces(pathOf(key))
      } catch (error) {
        if (isMissing(error)) throw missing(key)
        failed(error)
      }
    },

    async lend(key) {
      const path = pathOf(key)
      const kept = await found(key).catch(failed)
      if (kept === null) return null
      const { sizeBytes } = kept
      const name = join(folder, lentFolder, temporaryName())
      try {
        // A second name holds on to the bytes when the first is deleted meanwhile. Nothing is synced for it.
        await link(path, name)
      } catch (error) {
        if (!isMissing(error)) return { path, sizeBytes, giveBack: async () => {} }
        await mkdir(dirname(name), { recursive: true }).catch(() => {})
        const isLinked = await link(path, name).then(
          () => true,
          () => false,
        )
        // A folder that this user may only read, or a file system without links.
        if (!isLinked) return (await found(key)) && { path, sizeBytes, giveBack: async () => {} }
      }
      return { path: name, sizeBytes, giveBack: () => rm(name, { force: true }).catch(() => {}) }
    },

    isLent: async (key) => {
      const { nlink } = await stat(pathOf(key)).catch(() => ({ nlink: 1 }))
      return nlink > 1
    },

    async *list() {
      const folders = await readdir(folder).catch(() => [])
      for (const name of folders.filter((each) => /^[0-9a-f]{2}$/.test(each)).sort()) {
        const keys = (await readdir(join(folder, name)).catch(() => []))
          .sort()
          .map(keyOf)
          .filter((key) => key !== null)
        for (const batch of batches(keys)) {
          const stored = await Promise.all(batch.map((key) => found(key).catch(() => null)))
          yield stored.filter((file) => file !== null)
        }
      }
    },

    async remove(key) {
      try {
        await rm(pathOf(key))
        return true
      } catch (error) {
        return isMissing(error) ? false : failed(error)
      }
    },
  }
}

/**
 * Gives a file its name. The same bytes that lie there already stay: somebody may be reading them, and would take a
 * new file under the name for one that is being written. One that has lost some of its bytes, or has others, is replaced.
 */
async function place(
  temporary: string,
  path: string,
  { key, sizeBytes }: { key: FileKey; sizeBytes: number },
): Promise<void> {
  try {
    await link(temporary, path)
  } catch (error) {
    const isThere =
      systemErrorCode(error) === 'EEXIST' &&
      (await stat(path).catch(() => null))?.size === sizeBytes &&
      // What was packed was unpacked before it came here, and is looked at by whoever packs.
      (key.form !== 'plain' || (await isRight(readPieces(path), key).catch(() => false)))
    // A file system without links, too.
    if (!isThere) await rename(temporary, path)
  }
}

/** Sorted by hash: cut where one ends. */
function* batches(keys: FileKey[]): Generator<FileKey[]> {
  let from = 0
  for (let at = 1; at <= keys.length; at++) {
    const isWithin = at < keys.length && keys[at]!.sha256 === keys[at - 1]!.sha256
    if (isWithin || (at < keys.length && at - from < filesPerBatch)) continue
    yield keys.slice(from, at)
    from = at
  }
}

/** A folder that is not there, too. */
const isMissing = (error: unknown) => ['ENOENT', 'ENOTDIR'].includes(systemErrorCode(error) ?? '')
