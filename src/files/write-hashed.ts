import { createHash } from 'node:crypto'
import { type BigIntStats, constants } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { AppError, InvalidError, systemErrorCode } from '../lib/errors.ts'

/** What was found out about bytes while they were written. */
export interface Hashed {
  /** Lower-case hex. */
  sha256: string
  md5: string
  sizeBytes: number
}

/** How a file is copied. */
export interface CopyOptions {
  sizeBytesMax: number
  /** Told after each piece; the next one waits for it. */
  onBytes?: (bytes: number) => void | Promise<void>
  /** Aborted: the copying ends before the next piece. */
  signal?: AbortSignal
  /** Whether what was opened is the file that was meant; the last part of its path is no link then. */
  isExpected?: (stats: BigIntStats) => boolean
}

const pieceBytes = 1024 * 1024

/**
 * Copies a file, hashing it on the way; synced when this returns.
 * @throws InvalidError `no_such_file`, `not_a_file`, `file_not_readable`, `file_too_large`, `file_changed`
 * @throws system errors of the target
 */
export async function copyHashed(source: string, target: string, options: CopyOptions): Promise<Hashed> {
  const { isExpected, signal } = options
  // Without O_NONBLOCK a pipe that nobody writes to would be waited for.
  const flags = constants.O_RDONLY | constants.O_NONBLOCK
  const from = await open(source, isExpected === undefined ? flags : flags | constants.O_NOFOLLOW).catch(
    (error) => {
      throw sourceError(error, source)
    },
  )
  try {
    const before = await from.stat({ bigint: true })
    if (!before.isFile()) throw new InvalidError('not_a_file', `${source} is not a file; name one list.`)
    if (isExpected?.(before) === false) throw changed(source)
    return await writeNew(target, async (to) => {
      const copied = await writeHashed(piecesOf(from, signal), to, { ...options, name: source })
      const after = await from.stat({ bigint: true })
      if (after.mtimeNs !== before.mtimeNs || Number(after.size) !== copied.sizeBytes) throw changed(source)
      return copied
    })
  } finally {
    await from.close()
  }
}

/**
 * Makes a file of bytes as they come, hashed on the way; synced when this returns.
 * @throws InvalidError `file_too_large`; whatever the pieces throw; system errors
 */
export async function writeReceived(
  target: string,
  pieces: AsyncIterable<Uint8Array>,
  options: { sizeBytesMax: number },
): Promise<Hashed> {
  return writeNew(target, (to) => writeHashed(pieces, to, { ...options, name: 'The file' }))
}

/** Makes a file, and syncs it once it is written. */
export async function writeNew<Result>(
  path: string,
  write: (to: FileHandle) => Promise<Result>,
): Promise<Result> {
  const to = await open(path, 'wx')
  try {
    const written = await write(to)
    await to.sync()
    return written
  } finally {
    await to.close()
  }
}

/** Some file systems write less than they were asked to. */
export async function writeAll(to: FileHandle, bytes: Uint8Array): Promise<void> {
  for (let offset = 0; offset < bytes.length; ) {
    const { bytesWritten } = await to.write(bytes, offset)
    offset += bytesWritten
  }
}

/** Each piece is over when the next one is asked for. */
async function* piecesOf(from: FileHandle, signal?: AbortSignal): AsyncGenerator<Uint8Array> {
  const piece = Buffer.allocUnsafe(pieceBytes)
  for (;;) {
    signal?.throwIfAborted()
    const { bytesRead } = await from.read(piece, 0, pieceBytes, null)
    if (bytesRead === 0) return
    yield piece.subarray(0, bytesRead)
  }
}

async function writeHashed(
  pieces: AsyncIterable<Uint8Array>,
  to: FileHandle,
  { sizeBytesMax, onBytes, name }: Pick<CopyOptions, 'sizeBytesMax' | 'onBytes'> & { name: string },
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
    await onBytes?.(sizeBytes)
  }
  return { sha256: sha256.digest('hex'), md5: md5.digest('hex'), sizeBytes }
}

const changed = (source: string) =>
  new InvalidError(
    'file_changed',
    `${source} was being written while it was read; try again when it is complete.`,
  )

function sourceError(error: unknown, source: string): unknown {
  const code = systemErrorCode(error)
  if (code === null || error instanceof AppError) return error
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
