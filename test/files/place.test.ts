import { expect, test } from 'bun:test'
import { chmod, cp, readdir } from 'node:fs/promises'
import { placeOf } from '../../src/files/place.ts'
import { rejection } from '../helpers/open-database.ts'
import { temporaryDirectory } from '../helpers/temporary.ts'

test('a folder has one id, whoever asks and however often', async () => {
  await using folder = await temporaryDirectory()
  const ids = await Promise.all(Array.from({ length: 20 }, () => placeOf(folder.path)))
  expect(new Set(ids).size).toBe(1)
  expect(await placeOf(folder.path)).toBe(ids[0]!)
  expect(await readdir(folder.path)).toEqual(['place.id'])
  await using other = await temporaryDirectory()
  expect(await placeOf(other.path)).not.toBe(ids[0]!)
})

test('processes that ask for the first time at the same moment agree', async () => {
  await using folder = await temporaryDirectory()
  const code = `console.log(await (await import('${import.meta.dir}/../../src/files/place.ts')).placeOf(process.argv[1]))`
  const children = Array.from({ length: 4 }, () =>
    Bun.spawn([process.execPath, '-e', code, folder.path], { stdout: 'pipe', stderr: 'inherit' }),
  )
  const said = await Promise.all(children.map(({ stdout }) => new Response(stdout).text()))
  expect(new Set(said)).toEqual(new Set([`${await placeOf(folder.path)}\n`]))
})

test('a folder that moves keeps its id', async () => {
  await using folder = await temporaryDirectory()
  const id = await placeOf(folder.path)
  await using other = await temporaryDirectory()
  await cp(folder.path, other.path, { recursive: true })
  expect(await placeOf(other.path)).toBe(id)
})

test('a damaged id is said to be one, and not made anew', async () => {
  await using folder = await temporaryDirectory()
  for (const text of ['', 'not an id\n']) {
    await Bun.write(folder.file('place.id'), text)
    expect(await rejection(placeOf(folder.path))).toMatchObject({ name: 'InvalidError', code: 'no_place' })
    expect(await Bun.file(folder.file('place.id')).text()).toBe(text)
  }
})

// Root may write everywhere.
test.skipIf(process.getuid?.() === 0)('a folder that cannot be written is said to be one', async () => {
  await using folder = await temporaryDirectory()
  await chmod(folder.path, 0o500)
  expect(await rejection(placeOf(folder.path))).toMatchObject({ name: 'InvalidError', code: 'no_place' })
  await chmod(folder.path, 0o700)
})

test('a folder that is not there is said to be none', async () => {
  await using folder = await temporaryDirectory()
  expect(await rejection(placeOf(folder.file('nowhere')))).toMatchObject({ code: 'no_place' })
})
