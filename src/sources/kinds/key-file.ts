import { constants } from 'node:fs'
import { open, realpath } from 'node:fs/promises'
import { resolve } from 'node:path'
import { AppError, ForbiddenError, InvalidError, NotFoundError, systemErrorCode } from '../../lib/errors.ts'
import { isWithin } from '../../lib/is-within.ts'
import { t } from '../../lib/schema.ts'
import type { FetchSettings } from './kind.ts'

/** No key of any kind is larger. */
const sizeBytesMax = 65_536

/** The path of a key, as a kind's configuration has it. */
export function keyPath(description: string) {
  return t.String({
    minLength: 1,
    maxLength: 4096,
    pattern: '^/[^\\u0000]*$',
    description: `${description} An absolute path on the server, in a folder that TALLYMAN_KEY_FOLDERS names.`,
    examples: ['/etc/tallyman/keys/acme.key'],
  })
}

/**
 * Refuses a path outside of the folders that keys may be read from, before anything is looked at, so that nobody
 * learns what there is elsewhere.
 * @throws ForbiddenError `key_folder_not_allowed`
 */
export function refuseKeyOutside(path: string, { keyFolders }: Pick<FetchSettings, 'keyFolders'>): void {
  if (!keyFolders.some((folder) => isWithin(folder, resolve(path)))) throw notAllowed(path, keyFolders)
}

/**
 * The text of a key that lies in a file of this server. Nothing of it is part of any message.
 * @throws ForbiddenError `key_folder_not_allowed`, also for a link that leads out
 * @throws NotFoundError `key_file_missing`
 * @throws InvalidError `key_file_not_readable`, `key_file_too_large`
 */
export async function readKeyFile(
  path: string,
  { keyFolders }: Pick<FetchSettings, 'keyFolders'>,
): Promise<string> {
  refuseKeyOutside(path, { keyFolders })
  try {
    const folders = await Promise.all(keyFolders.map((folder) => realpath(folder).catch(() => null)))
    const real = await realpath(path)
    if (!folders.some((folder) => folder !== null && isWithin(folder, real)))
      throw notAllowed(path, keyFolders)
    return await textOf(real, path)
  } catch (error) {
    throw explained(error, path)
  }
}

async function textOf(real: string, path: string): Promise<string> {
  // Without O_NONBLOCK a pipe that nobody writes to would be waited for.
  await using file = await open(real, constants.O_RDONLY | constants.O_NONBLOCK)
  const stats = await file.stat()
  if (!stats.isFile())
    throw new InvalidError('key_file_not_readable', `${path} is no file; name the file of the key.`)
  // One byte more, in case that it grows meanwhile.
  const { buffer, bytesRead } = await file.read({ buffer: Buffer.alloc(sizeBytesMax + 1) })
  if (bytesRead > sizeBytesMax)
    throw new InvalidError('key_file_too_large', `${path} is larger than any key: is it another file?`)
  return buffer.toString('utf8', 0, bytesRead)
}

const notAllowed = (path: string, folders: readonly string[]) =>
  new ForbiddenError(
    'key_folder_not_allowed',
    `The key ${path} may not be read: ${
      folders.length === 0
        ? 'no folder of this server may be, until TALLYMAN_KEY_FOLDERS names some'
        : `it is, or leads, outside of what TALLYMAN_KEY_FOLDERS allows (${folders.join(', ')})`
    }. Add its folder there and restart, or move the key.`,
  )

function explained(error: unknown, path: string): unknown {
  const code = systemErrorCode(error)
  if (code === null || error instanceof AppError) return error
  if (code === 'ENOENT' || code === 'ENOTDIR')
    return new NotFoundError('key_file_missing', `There is no key file ${path}; put the key there.`, {
      cause: error,
    })
  return new InvalidError(
    'key_file_not_readable',
    `The key file ${path} cannot be read by the user that the service runs as (${code}).`,
    { cause: error },
  )
}
