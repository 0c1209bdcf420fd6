import { expect, test } from 'bun:test'
import { mkdir, rm, symlink, writeFile } from 'node:fs/promises'
import { readKeyFile, refuseKeyOutside } from '../../../src/sources/kinds/key-file.ts'
import { rejection } from '../../helpers/open-database.ts'
import { temporaryDirectory } from '../../helpers/temporary.ts'

async function folders() {
  const directory = await temporaryDirectory()
  const keys = directory.file('keys')
  await mkdir(keys)
  return { directory, keys, [Symbol.asyncDispose]: () => directory[Symbol.asyncDispose]() }
}

test('a key is read from a folder that keys may be read from, also by a link to that folder', async () => {
  await using fixture = await folders()
  const { directory, keys } = fixture
  await writeFile(`${keys}/acme.key`, 'the key')
  expect(await readKeyFile(`${keys}/acme.key`, { keyFolders: [keys] })).toBe('the key')
  const alias = directory.file('alias')
  await symlink(keys, alias)
  expect(await readKeyFile(`${alias}/acme.key`, { keyFolders: [alias] })).toBe('the key')
})

test('nothing else is read as a key, by whatever way, and nobody learns what there is', async () => {
  await using fixture = await folders()
  const { directory, keys } = fixture
  await writeFile(directory.file('secret'), 'secret')
  await symlink(directory.file('secret'), `${keys}/link`)
  const refused = { name: 'ForbiddenError', code: 'key_folder_not_allowed' }
  for (const path of [
    directory.file('secret'),
    directory.file('not-there'),
    `${keys}/../secret`,
    `${keys}-other/acme.key`,
    `${keys}/link`,
    '/etc/passwd',
  ])
    expect(await rejection(readKeyFile(path, { keyFolders: [keys] }))).toMatchObject(refused)
  expect(() => refuseKeyOutside('/etc/passwd', { keyFolders: [] })).toThrow(
    expect.objectContaining({ ...refused, message: expect.stringContaining('TALLYMAN_KEY_FOLDERS') }),
  )
})

test('a key that is missing, no file or far too large is said', async () => {
  await using fixture = await folders()
  const { keys } = fixture
  const read = (name: string) => rejection(readKeyFile(`${keys}/${name}`, { keyFolders: [keys] }))
  expect(await read('none')).toMatchObject({
    name: 'NotFoundError',
    code: 'key_file_missing',
    message: expect.stringContaining(`${keys}/none`),
  })
  await mkdir(`${keys}/folder`)
  expect(await read('folder')).toMatchObject({ code: 'key_file_not_readable' })
  await writeFile(`${keys}/large`, 'x'.repeat(70_000))
  expect(await read('large')).toMatchObject({ code: 'key_file_too_large' })
  // A pipe that nobody writes to is not waited for.
  expect(Bun.spawnSync(['mkfifo', `${keys}/pipe`]).exitCode).toBe(0)
  expect(await read('pipe')).toMatchObject({ code: 'key_file_not_readable' })
  await rm(keys, { recursive: true })
  expect(await read('acme.key')).toMatchObject({ code: 'key_file_missing' })
})
