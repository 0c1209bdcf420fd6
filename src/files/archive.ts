import { createHash, randomUUID } from 'node:crypto'
import { constants } from 'node:fs'
import { type FileHandle, link, mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { AppError, InvalidError, NotFoundError, systemErrorCode, UnavailableError } from '../lib/errors.ts'
import { hasEnded, ownIdentity } from '../lib/process-identity.ts'

/** A file as the archive keeps it. */
export interface KeptFile {
  /** Lower-case hex. */
  sha256: string
  md5: string
  sizeBytes: number
  /** Absolute or relative to the working directory, as the archive's folder is. */
  path: string
}

/** A file that lies beside the archive, whole, synced and hashed, until somebody decides about it. */
export interface ReceivedFile {
  sha256: string
  md5: string
  sizeBytes: number
  /** Takes it into the archive. @throws UnavailableError `archive_not_writable` */
  keep(): Promise<KeptFile>
  /** Deletes it; once kept it stays. Never throws. */
  discard(): Promise<void>
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

  /** @param source the path that is read, for the words of an error */
  async function receive(
    source: string | null,
    write: (temporary: string) => Promise<Hashed>,
  ): Promise<ReceivedFile> {
    const temporary = join(incoming, temporaryName())
    // Where the folder is not there, there is nothing to delete either.
    const discard = () => rm(temporary, { force: true }).catch(() => {})
    try {
      await mkdir(incoming, { recursive: true })
      const hashed = await write(temporary)
      return { ...hashed, discard, keep: () => keep(temporary, hashed).catch(failed) }
    } catch (error) {
      return failed(error)
    }

    async function failed(error: unknown): Promise<never> {
      await discard()
      throw explained(error, { source, folder })
    }
  }

  async function keep(temporary: string, hashed: Hashed): Promise<KeptFile> {
    const path = pathOf(hashed.sha256)
    await mkdir(dirname(path), { recursive: true })
    await place(temporary, path, hashed.sizeBytes)
    await syncFolder(dirname(path))
    await syncFolder(folder)
    return { ...hashed, path }
  }

  return {
    /**
     * Copies a file into the archive.
     * @throws InvalidError `no_such_file`, `not_a_file`, `file_not_readable`, `file_too_large`, `file_changed`
     * @throws UnavailableError `disk_full`, `file_limit`, `archive_not_writable`; nothing is left behind
     */
    async keep(source: string, options: { sizeBytesMax: number }): Promise<KeptFile> {
      const received = await this.copy(source, options)
      return received.keep()
    },

    /** Copies a file without keeping it yet. @throws as `keep` does */
    copy: (source: string, options: { sizeBytesMax: number }): Promise<ReceivedFile> =>
      receive(source, (temporary) => copyHashed(source, temporary, options.sizeBytesMax)),

    /**
     * Takes bytes in as they come, written and hashed in one pass. Whoever sends is not asked for more than is
     * written, so memory does not grow with the file.
     * @throws InvalidError `file_too_large`
     * @throws UnavailableError `disk_full`, `file_limit`, `archive_not_writable`
     * @throws whatever the pieces throw; nothing is left behind
     */
    receive: (pieces: AsyncIterable<Uint8Array>, options: { sizeBytesMax: number }): Promise<ReceivedFile> =>
      receive(null, (temporary) =>
        writeNew(temporary, (to) => writeHashed(pieces, to, { ...options, name: 'The file' })),
      ),

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

    /**
     * Deletes what a crash left half-copied: what a process of this machine was writing that has ended, and of others
     * what is older than any copy takes.
     */
    async sweep(olderThan: Date): Promise<void> {
      const names = await readdir(incoming).catch(() => [])
      for (const name of names) {
        const path = join(incoming, name)
        // Another process may have finished with it meanwhile.
        const found = await stat(path).catch(() => null)
        if (found !== null && (found.mtime < olderThan || hasEnded(writerOf(name))))
          await rm(path, { force: true })
      }
    },
  }
}

/**
 * Gives a file its name. The same bytes that lie there already stay: somebody may be reading them, and would take a
 * new file under the name for one that is being written. One that has lost some of its bytes is replaced.
 */
async function place(temporary: string, path: string, sizeBytes: number): Promise<void> {
  try {
    await link(temporary, path)
  } catch (error) {
    const isThere =
      systemErrorCode(error) === 'EEXIST' && (await stat(path).catch(() => null))?.size === sizeBytes
    // A file system without links, too.
    if (!isThere) return rename(temporary, path)
  }
  await rm(temporary, { force: true })
}

export type Archive = ReturnType<typeof openArchive>

/** Says who writes, so that it is known when nobody does any more. */
const temporaryName = () => `${Buffer.from(ownIdentity()).toString('base64url')}.${randomUUID()}`
const writerOf = (name: string) => Buffer.from(name.split('.')[0]!, 'base64url').toString()

type Hashed = Omit<KeptFile, 'path'>

async function copyHashed(source: string, target: string, sizeBytesMax: number): Promise<Hashed> {
  // Without O_NONBLOCK a pipe that nobody writes to would be waited for.
  const from = await open(source, constants.O_RDONLY | constants.O_NONBLOCK)
  try {
    const before = await from.stat({ bigint: true })
    if (!before.isFile()) throw new InvalidError('not_a_file', `${source} is not a file; name one list.`)
    return await writeNew(target, async (to) => {
      const copied = await writeHashed(piecesOf(from), to, { sizeBytesMax, name: source })
      const after = await from.stat({ bigint: true })
      if (after.mtimeNs !== before.mtimeNs || Number(after.size) !== copied.sizeBytes)
        throw new InvalidError(
          'file_changed',
          `${source} was being written while it was read; try again when it is complete.`,
        )
      return copied
    })
  } finally {
    await from.close()
  }
}

/** Makes a file, and syncs it once it is written. */
async function writeNew(path: string, write: (to: FileHandle) => Promise<Hashed>): Promise<Hashed> {
  const to = await open(path, 'wx')
  try {
    const written = await write(to)
    await to.sync()
    return written
  } finally {
    await to.close()
  }
}

/** Each piece is over when the next one is asked for. */
async function* piecesOf(from: FileHandle): AsyncGenerator<Uint8Array> {
  const piece = Buffer.allocUnsafe(pieceBytes)
  for (;;) {
    const { bytesRead } = await from.read(piece, 0, pieceBytes, null)
    if (bytesRead === 0) return
    yield piece.subarray(0, bytesRead)
  }
}

async function writeHashed(
  pieces: AsyncIterable<Uint8Array>,
  to: FileHandle,
  { sizeBytesMax, name }: { sizeBytesMax: number; name: string },
): Promise<Hashed> {
  const sha256 = createHash('sha256')
  const md5 = createHash('md5')
  let sizeBytes = 0
  for await (const bytes of pieces) {
    sizeBytes += bytes.length
    if (sizeBytes > sizeBytesMax)
      throw new InvalidError(
        'file_too_large',
        `${name} is larger than ${sizeBytesMax} bytes; raise TALLYMAN_FILE_BYTES_MAX if that is right.`,
      )
    sha256.update(bytes)
    md5.update(bytes)
    await writeAll(to, bytes)
  }
  return { sha256: sha256.digest('hex'), md5: md5.digest('hex'), sizeBytes }
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

function explained(error: unknown, { source, folder }: { source: string | null; folder: string }): unknown {
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
  const isOfSource = source !== null && error instanceof Error && 'path' in error && error.path === source
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
