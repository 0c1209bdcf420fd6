import { randomUUID } from 'node:crypto'
import { type FileHandle, link, open, rename, rm, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { AppError, ConflictError, InvalidError, systemErrorCode, UnavailableError } from '../lib/errors.ts'
import { syncFolder } from './sync-folder.ts'

/**
 * Writes a file that was not there before: whole and safe from a power cut when this returns, or not at all. It is
 * written under a temporary name beside its place, synced, linked to its name, and the folder synced.
 * @param path absolute
 * @param write is handed the open file
 * @throws ConflictError `file_exists`: what is there is never written over
 * @throws InvalidError `no_such_folder`, `not_writable`
 * @throws UnavailableError `disk_full`, `disk_failed`
 * @throws whatever `write` throws; nothing is left behind
 */
export async function writeNewFile(path: string, write: (to: FileHandle) => Promise<void>): Promise<void> {
  const temporary = `${path}.${randomUUID()}.part`
  try {
    // Asked for early, so that nobody waits for the file only to hear it then.
    if (await isThere(path)) throw existsError(path)
    await writeSynced(temporary, write)
    await name(temporary, path)
    await syncFolder(dirname(path))
  } catch (error) {
    throw explained(error, path)
  } finally {
    await rm(temporary, { force: true }).catch(() => {})
  }
}

async function writeSynced(path: string, write: (to: FileHandle) => Promise<void>): Promise<void> {
  const to = await open(path, 'wx', 0o600)
  try {
    await write(to)
    await to.sync()
  } finally {
    await to.close()
  }
}

/** Unlike renaming, linking never takes the place of a file that somebody has made meanwhile. */
async function name(temporary: string, path: string): Promise<void> {
  try {
    await link(temporary, path)
  } catch (error) {
    const code = systemErrorCode(error)
    if (code === 'EEXIST') throw existsError(path)
    // A file system without links, such as that of a memory stick.
    if (code !== 'EPERM' && code !== 'ENOTSUP' && code !== 'EOPNOTSUPP' && code !== 'ENOSYS') throw error
    if (await isThere(path)) throw existsError(path)
    await rename(temporary, path)
  }
}

const isThere = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    (error) => {
      if (systemErrorCode(error) === 'ENOENT') return false
      throw error
    },
  )

const existsError = (path: string) =>
  new ConflictError(
    'file_exists',
    `${path} is there already, and nothing is written over; name another file.`,
  )

function explained(error: unknown, path: string): unknown {
  const code = systemErrorCode(error)
  if (code === null || error instanceof AppError) return error
  switch (code) {
    case 'ENOENT':
    case 'ENOTDIR':
      return new InvalidError('no_such_folder', `There is no folder ${dirname(path)}; make it first.`, {
        cause: error,
      })
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
    case 'ENAMETOOLONG':
      return new InvalidError('not_writable', `${path} cannot be written by this user (${code}).`, {
        cause: error,
      })
    case 'ENOSPC':
    case 'EDQUOT':
      return new UnavailableError('disk_full', `The disk is full; ${path} was not written.`, { cause: error })
    default:
      return new UnavailableError('disk_failed', `${path} could not be written (${code}).`, { cause: error })
  }
}
