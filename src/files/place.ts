import { randomUUID } from 'node:crypto'
import { constants } from 'node:fs'
import { copyFile, link, open, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { InvalidError, systemErrorCode } from '../lib/errors.ts'
import { syncFolder } from './sync-folder.ts'

const fileName = 'place.id'
const idPattern = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

/**
 * The id of a folder of raw files: it says where a job's file lies, so that of the workers on one database only those take it
 * that can read it. Made at random once and kept in the folder, so whoever shares the folder has the same one, under
 * whatever path. A copy of the folder is another place only when its `place.id` is deleted.
 * @param folder absolute, and there
 * @param earlier the folder where its id lay before, if there is one: jobs that wait know it by that
 * @throws InvalidError `no_place` when the file is damaged, or cannot be read or made
 */
export async function placeOf(folder: string, earlier: string | null = null): Promise<string> {
  const path = join(folder, fileName)
  try {
    const known = await read(path)
    if (known !== null) return idIn(path, known)
    const before = earlier === null ? null : await read(join(earlier, fileName))
    const id = before === null ? randomUUID() : idIn(join(earlier ?? folder, fileName), before)
    return idIn(path, await make(folder, path, id))
  } catch (error) {
    const code = systemErrorCode(error)
    if (code === null || error instanceof InvalidError) throw error
    throw new InvalidError(
      'no_place',
      `${path} cannot be read or made (${code}); the folder of raw files must be writable for this user.`,
      { cause: error },
    )
  }
}

async function read(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return null
    throw error
  }
}

/** Of several that make it at the same moment one does, and the others take what it made; it is there whole or not at all. */
async function make(folder: string, path: string, id: string): Promise<string> {
  const temporary = `${path}.${randomUUID()}`
  try {
    const file = await open(temporary, 'wx')
    try {
      await file.writeFile(`${id}\n`)
      await file.sync()
    } finally {
      await file.close()
    }
    // A file system without links, too.
    await link(temporary, path).catch(() => copyFile(temporary, path, constants.COPYFILE_EXCL))
  } catch (error) {
    if (systemErrorCode(error) !== 'EEXIST') throw error
  } finally {
    await rm(temporary, { force: true })
  }
  await syncFolder(folder)
  return readFile(path, 'utf8')
}

/** @param path for people @throws InvalidError `no_place` */
export function idIn(path: string, text: string): string {
  const id = text.trim()
  if (idPattern.test(id)) return id
  throw new InvalidError(
    'no_place',
    `${path} is damaged: it holds no id. Restore it from a backup; or delete it, and jobs that wait for this folder have to be retried.`,
  )
}
