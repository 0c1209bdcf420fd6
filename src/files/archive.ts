import { createHash, randomUUID } from 'node:crypto'
import { constants } from 'node:fs'
import { type FileHandle, mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { AppError, InvalidError, NotFoundError, systemErrorCode, UnavailableError } from '../lib/errors.ts'

/** A file as the archive keeps it. */
export interface KeptFile {
  /** Lower-case hex. */
  sha256: string
  md5: string
  sizeBytes: number
  /** Absolute or relative to the working directory, as the archive's folder is. */
  path: string
}

const pieceBytes = 1024 * 1024

/**
 * The raw files, content-addressed: the same bytes are kept once, under their SHA-256. A file is there whole or not
 * at all: it is written under a temporary name, hashed on the way, synced, renamed, and the folder synced.
 * @param folder made where it is missing
 */
export function openArchive(folder: string) {
  const pathOf = (sha256: string) => join(folder, sha256.slice(0, 2), sha256)
  const incoming = join(folder, 'incoming')

  return {
    /**
     * Copies a file into the archive.
     * @throws InvalidError `no_such_file`, `not_a_file`, `file_not_readable`, `file_too_large`, `file_changed`
     * @throws UnavailableError `disk_full`, `file_limit`, `archive_not_writable`; nothing is left behind
     */
    async keep(source: string, options: { sizeBytesMax: number }): Promise<KeptFile> {
      const temporary = join(incoming, randomUUID())
      try {
        await mkdir(incoming, { recursive: true })
        const copied = await copyHashed(source, temporary, options.sizeBytesMax)
        const path = pathOf(copied.sha256)
        await mkdir(dirname(path), { recursive: true })
        await rename(temporary, path)
        await syncFolder(dirname(path))
        await syncFolder(folder)
        return { ...copied, path }
      } catch (error) {
        // Where the folder is not there, there is nothing to delete either.
        await rm(temporary, { force: true }).catch(() => {})
        throw explained(error, { source, folder })
      }
    },

    /**
     * The path of a file that was kept.
     * @throws NotFoundError `raw_file_missing`
     */
    async find(sha256: string): Promise<string> {
      const path = pathOf(sha256)
      const isThere = await stat(path).then(
        () => true,
        () => false,
      )
      if (!isThere)
        throw new NotFoundError(
          'raw_file_missing',
          `The raw file ${sha256} is no longer in the archive; hand the list in again.`,
        )
      return path
    },

    /** Deletes what a crash left half-copied. Only safe while nobody keeps a file: at start. */
    async sweep(olderThan: Date): Promise<void> {
      const names = await readdir(incoming).catch(() => [])
      for (const name of names) {
        const path = join(incoming, name)
        // Another process may have finished with it meanwhile.
        const found = await stat(path).catch(() => null)
        if (found !== null && found.mtime < olderThan) await rm(path, { force: true })
      }
    },
  }
}

export type Archive = ReturnType<typeof openArchive>

async function copyHashed(
  source: string,
  target: string,
  sizeBytesMax: number,
): Promise<Omit<KeptFile, 'path'>> {
  // Without O_NONBLOCK a pipe that nobody writes to would be waited for.
  const from = await open(source, constants.O_RDONLY | constants.O_NONBLOCK)
  try {
    const before = await from.stat({ bigint: true })
    if (!before.isFile()) throw new InvalidError('not_a_file', `${source} is not a file; name one list.`)
    const to = await open(target, 'wx')
    try {
      const copied = await copyPieces(from, to, sizeBytesMax, source)
      const after = await from.stat({ bigint: true })
      if (after.mtimeNs !== before.mtimeNs || Number(after.size) !== copied.sizeBytes)
        throw new InvalidError(
          'file_changed',
          `${source} was being written while it was read; try again when it is complete.`,
        )
      await to.sync()
      return copied
    } finally {
      await to.close()
    }
  } finally {
    await from.close()
  }
}

async function copyPieces(from: FileHandle, to: FileHandle, sizeBytesMax: number, source: string) {
  const sha256 = createHash('sha256')
  const md5 = createHash('md5')
  const piece = Buffer.allocUnsafe(pieceBytes)
  let sizeBytes = 0
  for (;;) {
    const { bytesRead } = await from.read(piece, 0, pieceBytes, null)
    if (bytesRead === 0) return { sha256: sha256.digest('hex'), md5: md5.digest('hex'), sizeBytes }
    sizeBytes += bytesRead
    if (sizeBytes > sizeBytesMax)
      throw new InvalidError(
        'file_too_large',
        `${source} is larger than ${sizeBytesMax} bytes; raise TALLYMAN_FILE_BYTES_MAX if that is right.`,
      )
    const bytes = piece.subarray(0, bytesRead)
    sha256.update(bytes)
    md5.update(bytes)
    await writeAll(to, bytes)
  }
}

async function writeAll(to: FileHandle, bytes: Uint8Array): Promise<void> {
  for (let offset = 0; offset < bytes.length; ) {
    const { bytesWritten } = await to.write(bytes, offset)
    offset += bytesWritten
  }
}

/** Without it a rename may be lost in a power cut although the file itself was synced. */
async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r')
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}

function explained(error: unknown, { source, folder }: { source: string; folder: string }): unknown {
  const code = systemErrorCode(error)
  if (code === null || error instanceof AppError) return error
  if (code === 'ENOSPC' || code === 'EDQUOT')
    return new UnavailableError(
      'disk_full',
      'The disk is full; the file was not kept. Make room and try again.',
      { cause: error },
    )
  if (code === 'EFBIG')
    return new UnavailableError(
      'file_limit',
      'The copy would be larger than this user may write (ulimit -f); raise that limit and try again.',
      { cause: error },
    )
  const isOfSource = error instanceof Error && 'path' in error && error.path === source
  if (!isOfSource)
    return new UnavailableError(
      'archive_not_writable',
      `The file could not be copied to ${folder} (${code}); is that a folder that may be written?`,
      { cause: error },
    )
  switch (code) {
    case 'ENOENT':
    case 'ENOTDIR':
      return new InvalidError('no_such_file', `There is no file ${source}.`, { cause: error })
    case 'EISDIR':
    case 'ENXIO':
      return new InvalidError('not_a_file', `${source} is not a file; name one list.`, { cause: error })
    default:
      return new InvalidError('file_not_readable', `${source} cannot be read by this user (${code}).`, {
        cause: error,
      })
  }
}
