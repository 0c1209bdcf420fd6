import { open, rename, rm, stat } from 'node:fs/promises'
import { basename } from 'node:path'
import { ConflictError, InvalidError, systemErrorCode } from '../lib/errors.ts'
import { newId } from '../lib/id.ts'

/** Writes a file whole or not at all. @throws ConflictError `file_exists` */
export async function writeNewFile<Result>(
  path: string,
  mayReplace: boolean,
  write: (sink: (bytes: Uint8Array) => Promise<void>) => Promise<Result>,
): Promise<Result> {
  const isThere = await stat(path).then(
    () => true,
    () => false,
  )
  if (isThere && !mayReplace)
    throw new ConflictError(
      'file_exists',
      `${basename(path)} exists already; name another file, or replace it with --force.`,
    )
  const unfinished = `${path}.${newId()}.part`
  try {
    const file = await open(unfinished, 'wx')
    let result: Result
    try {
      result = await write(async (bytes) => {
        await file.writeFile(bytes)
      })
      await file.sync()
    } finally {
      await file.close()
    }
    await rename(unfinished, path)
    return result
  } catch (error) {
    await rm(unfinished, { force: true })
    const code = systemErrorCode(error)
    if (code !== 'ENOENT' && code !== 'EACCES' && code !== 'EISDIR' && code !== 'ENOTDIR') throw error
    throw new InvalidError('not_writable', `${path} cannot be written (${code}); name another file.`, {
      cause: error,
    })
  }
}
