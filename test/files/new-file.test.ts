import { expect, test } from 'bun:test'
import { chmod, mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { writeNewFile } from '../../src/files/new-file.ts'
import { rejection } from '../helpers/open-database.ts'
import { temporaryDirectory } from '../helpers/temporary.ts'

const write = (path: string, text = 'new') => writeNewFile(path, (to) => to.appendFile(text))

test('a new file is there whole, and nothing beside it', async () => {
  await using folder = await temporaryDirectory()
  await write(folder.file('a'))
  expect(await readFile(folder.file('a'), 'utf8')).toBe('new')
  expect(await readdir(folder.path)).toEqual(['a'])
})

test('a file that is there is never written over, not even one that is made meanwhile', async () => {
  await using folder = await temporaryDirectory()
  const path = folder.file('a')
  await writeFile(path, 'old')
  let asked = false
  const early = await rejection(
    writeNewFile(path, async () => {
      asked = true
    }),
  )
  expect([early, asked]).toMatchObject([{ name: 'ConflictError', code: 'file_exists' }, false])
  const late = await rejection(
    writeNewFile(folder.file('b'), async (to) => {
      await to.appendFile('new')
      await writeFile(folder.file('b'), 'old')
    }),
  )
  expect(late).toMatchObject({ code: 'file_exists' })
  for (const name of ['a', 'b']) expect(await readFile(folder.file(name), 'utf8')).toBe('old')
  expect((await readdir(folder.path)).sort()).toEqual(['a', 'b'])
})

test('a writer that fails leaves nothing behind', async () => {
  await using folder = await temporaryDirectory()
  const failed = writeNewFile(folder.file('a'), async (to) => {
    await to.appendFile('half')
    throw new RangeError('no more')
  })
  expect(await rejection(failed)).toBeInstanceOf(RangeError)
  expect(await readdir(folder.path)).toEqual([])
})

test('a folder that is not there, or may not be written, is said', async () => {
  await using folder = await temporaryDirectory()
  expect(await rejection(write(folder.file('no/a')))).toMatchObject({ code: 'no_such_folder' })
  if (process.getuid?.() === 0) return
  await mkdir(folder.file('closed'))
  await chmod(folder.file('closed'), 0o500)
  expect(await rejection(write(join(folder.file('closed'), 'a')))).toMatchObject({ code: 'not_writable' })
})
